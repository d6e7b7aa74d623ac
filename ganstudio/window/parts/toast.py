"""Toasts: sentences that come up in the bar at the bottom, stay long enough to be read, and go by themselves.

They lie over words alone, never over what one may want to press next, so only the newest is seen; one that it lies over
waits with its time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ganstudio.window import theme

WIDTH = 720
"""Pixels at most: in longer lines the eye loses its place."""
HEIGHT = 7 * theme.GRID
"""Pixels at least, so that no line of the words looks out above or below."""
Deed: TypeAlias = tuple[str, Callable[[], object]]
"""What stands on a button, and what it does."""

AT_ONCE = 3
"""One that is seen and two that wait below it."""
FAULT_MS = 20_000
"""What went wrong is to be seen also by who looked away for a moment."""


def reading_time(message: str, *, fault: bool = False, deed: bool = False) -> int:
    """Milliseconds to leave a message up: at least 5 s, and 70 ms a letter; longer where there is something to do."""
    usual = max(5000, 70 * len(message)) * (2 if fault or deed else 1)
    return max(FAULT_MS, usual) if fault else usual


class Toast(QFrame):
    """One sentence with a mark and a button that closes it. Its time passes while it is seen and nobody points at it.

    Signals:
        left: It went away.
    """

    left = Signal()

    def __init__(self, message: str, *, fault: bool, parent: QWidget, deed: Deed | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark = QLabel()
        theme.set_icon(mark, "warning" if fault else "info", "bad" if fault else "accent")
        close = QPushButton()
        close.setProperty("role", "icon")
        close.setAccessibleName(self.tr("Close this message"))
        theme.set_icon(close, "close", "muted", 16)
        close.clicked.connect(self.leave)
        self._text = theme.label(message, wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._text, 1)
        if deed is not None:
            row.addWidget(self._button(*deed), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._rest = reading_time(message, fault=fault, deed=deed is not None)
        self.setAccessibleName(message)

    def _button(self, title: str, deed: Callable[[], object]) -> QPushButton:
        button = QPushButton(title)
        button.setProperty("role", "quiet")
        button.clicked.connect(self.leave)
        button.clicked.connect(lambda _=False: deed())
        return button

    @Slot()
    def leave(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()
        self.left.emit()

    def one_line(self) -> int:
        """Pixels that it is wide when its sentence is not broken into lines."""
        self._text.setWordWrap(False)
        width = self.sizeHint().width()
        self._text.setWordWrap(True)
        return width

    def showEvent(self, event: QShowEvent) -> None:
        """Its time goes on."""
        self._timer.start(self._rest)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another lies over it, or the window is put away: what is left of its time waits."""
        if self._timer.isActive():
            self._rest = self._timer.remainingTime()
            self._timer.stop()
        super().hideEvent(event)

    def enterEvent(self, event: QEvent) -> None:
        """Stay while someone reads."""
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """Go a little later."""
        if self.isVisible():  # And not because another came to lie over it.
            self._timer.start(3000)
        super().leaveEvent(event)


class Toasts(QObject):
    """The sentences that are up; the newest is seen.

    Args:
        over: Words, at whose end it lies.
        inside: The window's contents, whose children they are; a long sentence may reach above `over`.
    """

    def __init__(self, over: QWidget, inside: QWidget) -> None:
        super().__init__(inside)
        self._over, self._inside = over, inside
        self._up: list[Toast] = []
        for moves in (over, over.parentWidget()):
            assert moves is not None
            moves.installEventFilter(self)

    def messages(self) -> list[str]:
        """What is up now, oldest first; the last one is seen."""
        return [toast.message for toast in self._up]

    @property
    def seen(self) -> Toast | None:
        """The one that lies over the others."""
        return self._up[-1] if self._up else None

    @Slot(str, bool)
    def say(self, message: str, fault: bool = False) -> None:
        """Bring up a sentence; one that is up already is not said twice."""
        self._bring(message, fault=fault)

    @Slot(str, str, object)
    def offer(self, message: str, title: str, deed: Callable[[], object]) -> None:
        """Bring up a sentence with a button that does something about it."""
        self._bring(message, deed=(title, deed))

    @Slot(str)
    def withdraw(self, message: str) -> None:
        """Take a sentence away that holds no more."""
        for toast in list(self._up):
            if toast.message == message:
                toast.leave()

    def _bring(self, message: str, *, fault: bool = False, deed: Deed | None = None) -> None:
        self.withdraw(message)
        for toast in self._up[: -AT_ONCE + 1]:
            toast.leave()
        made = Toast(message, fault=fault, parent=self._inside, deed=deed)
        made.left.connect(partial(self._leave, made))
        self._up.append(made)
        self._settle()

    def _leave(self, toast: Toast) -> None:
        self._up.remove(toast)
        self._settle()

    def _settle(self) -> None:
        """Lay the newest at the end of the words, as wide as its sentence; the others wait unseen."""
        for under in self._up[:-1]:
            under.hide()
        toast = self.seen
        if toast is None:
            return
        room = self._over.rect().translated(self._over.mapTo(self._inside, QPoint()))
        width = min(toast.one_line(), WIDTH, room.width())
        height = max(toast.heightForWidth(width), HEIGHT)
        below = max((room.height() - height) // 2, theme.GRID // 2)
        toast.setGeometry(room.right() + 1 - width, room.bottom() + 1 - below - height, width, height)
        toast.show()
        toast.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the end of the words wherever that is."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self._settle()
        return super().eventFilter(watched, event)
