"""Start the window: Fusion, our colours, a log, signals obeyed; the engine loads once the window is there."""

from __future__ import annotations

import locale
import logging
import sys
from pathlib import Path

from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import QApplication

from ganstudio.window import wishes
from ganstudio.window.closing import obey_signals
from ganstudio.window.faults import Faults
from ganstudio.window.logbook import keep_log
from ganstudio.window.main_window import MainWindow
from ganstudio.window.readying import Readying
from ganstudio.window.rubbish import Rubbish
from ganstudio.window.session import Session
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
    settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "ganstudio", "window")
    wishes.apply(settings)
    Theme(app, wishes.theme(settings))
    # Dialogs come and go while the window is in the tray; it says itself when it is over.
    app.setQuitOnLastWindowClosed(False)
    keep_log()
    rubbish = Rubbish(app)
    studio = Studio(settings)
    studio.catalogue_ready.connect(rubbish.settle)
    window = MainWindow(studio)
    session = Session()
    faults = Faults(window, session)
    faults.install()
    obey_signals(window.closing, app, session.end)
    window.closed.connect(app.quit)
    app.commitDataRequest.connect(window.closing.leave_session)
    if project is not None and studio.open_project(project):
        studio.show("data")
    # Once the window is there: what is slow to load, and nobody waits for.
    readying = Readying(window)
    readying.painted.connect(faults.watch)
    readying.loaded.connect(studio.load_catalogue)
    window.show()
    code = app.exec()
    studio.shut()
    session.end()
    rubbish.end()
    log.info("Ended in order")
    return code
