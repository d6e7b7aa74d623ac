"""Readying: what the window will need soon is loaded and built once it is painted, while nobody waits for anything.

What knows no Qt loads in the reader's thread: PySide6 makes each of its classes when it is first named, and two threads
that do so at once can end the program. A page is loaded and built in the window's own thread, which takes a tenth of a
second, of the Playground with its plotting library three: one at a time, and only while the pointer rests. A page that
is asked for before its turn is built at once.
"""

from __future__ import annotations

import importlib

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication

from ganstudio.window.job import Job
from ganstudio.window.main_window import PAGES, MainWindow

LATEST_MS = 1500
"""A window that was not painted by then is hidden behind others; what it needs is loaded all the same."""

WITHOUT_QT = (
    "numpy",
    "ganstudio.pictures.viewing",
    "ganstudio.pictures.films.cameras",
    "ganstudio.pictures.films.playing",
    "ganstudio.pictures.writing.canvas",
    "ganstudio.runs.following",
    "filelock",
)
"""What takes long to load of all that pages need, and what locks a project that is opened."""

LATER = {"train": ("train_watch", "train_runs")}
"""Modules that a page loads when something is to be seen in it."""

REST_MS = 400
"""Between two pages, and so long the pointer rests before each."""


class Readying(QObject):
    """Loads and builds what `window` will need.

    Signals:
        painted: The window's first frame is there.
        loaded: What pages need is loaded, or some of it could not be.
        done: Every page is built.
    """

    painted = Signal()
    loaded = Signal()
    done = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._reader = window.studio.reader
        self._loading: int | None = None
        self._seen = False
        self._pointer = QPoint()
        self._rest = QTimer(self, interval=REST_MS)
        self._rest.timeout.connect(self._build_one)
        self._reader.ended.connect(self._ended)
        window.studio.closing.connect(self._forget)
        window.installEventFilter(self)
        QTimer.singleShot(LATEST_MS, self, self._first_frame)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first frame; what follows begins once its painting is over."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._first_frame)
        return False

    @Slot()
    def _first_frame(self) -> None:
        if not self._seen:
            self._seen = True
            self.painted.emit()
            self._loading = self._reader.begin(modules)

    @Slot(int, object)
    def _ended(self, job: int, _: object) -> None:
        if job == self._loading:
            self._loading = None
            self._rest.start()
            self.loaded.emit()

    @Slot()
    def _forget(self) -> None:
        """The window closes: nothing is needed any more."""
        self._rest.stop()
        self._seen, self._loading = True, None

    @Slot()
    def _build_one(self) -> None:
        """The next page that was not asked for yet, in the order of the rail."""
        before, self._pointer = self._pointer, QCursor.pos()
        # A menu, a dialog or a press of the mouse is the artist in the middle of something.
        if before != self._pointer or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        if QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None:
            return
        missing = [key for key in PAGES if not self._window.has(key)]
        if missing:
            self._window.page(missing[0])
            for name in LATER.get(missing[0], ()):
                importlib.import_module(f"ganstudio.window.pages.{name}")
        if len(missing) < 2:
            self._rest.stop()
            self.done.emit()


def modules() -> Job[None]:
    """Load what pages need and what knows no Qt."""
    for name in WITHOUT_QT:
        yield None
        importlib.import_module(name)
