"""Start the window: Fusion, our colours, a log, signals obeyed; the engine loads once the window is there."""

from __future__ import annotations

import faulthandler
import locale
import logging
import logging.handlers
import signal
import sys
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QLocale, QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from ganstudio.window.main_window import MainWindow
from ganstudio.window.studio import Studio
from ganstudio.window.theme import Theme

log = logging.getLogger("ganstudio.window")


def open_window(project: Path | None = None) -> int:
    """Show the window and run until it is closed.

    Args:
        project: The project to open; None shows the recent ones.

    Returns:
        The exit code of the process.
    """
    # The window's thread gets its turn soon even while pure Python runs in the worker's (default 5 ms).
    sys.setswitchinterval(0.0005)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    # QApplication takes over the system's decimal comma, with which C libraries read "1.5" as 1.
    locale.setlocale(locale.LC_NUMERIC, "C")
    if QLocale().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English))
    app.setApplicationName("ganstudio")
    app.setApplicationDisplayName("GAN Studio")
    app.setDesktopFileName("ganstudio")
    Theme(app)
    log_file = keep_log()
    studio = Studio(QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "ganstudio", "window"))
    window = MainWindow(studio, log_file)
    show_faults(studio)
    obey_signals(window, app)
    app.commitDataRequest.connect(window.leave)
    if project is not None and studio.open_project(project):
        studio.show("data")
    window.show()
    QTimer.singleShot(0, studio.load_catalogue)
    code = app.exec()
    studio.shut()
    return code


def keep_log() -> Path | None:
    """Write warnings and faults to a file that cannot grow without end; None where no file can be written."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation))
    file = folder / "log.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=1 << 20, backupCount=2, encoding="utf-8", delay=True
        )
        faulthandler.enable((folder / "crash.txt").open("w", encoding="utf-8"))
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    return file


def show_faults(studio: Studio) -> None:
    """Turn an exception that nobody caught into a sentence; the traceback goes to the log."""

    def caught(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.error("Not caught", exc_info=(kind, fault, trace))
        studio.say(
            f"Something went wrong ({kind.__name__}). Your files are safe; Help, Open log shows the details.",
            fault=True,
        )

    sys.excepthook = caught


def obey_signals(window: MainWindow, app: QApplication) -> None:
    """Ctrl+C in the terminal and a request to end: stop, save, close."""

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  As `signal` calls it.
        window.leave()

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    # Python obeys signals between two of its own steps; without this timer none comes while Qt waits.
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(200)
