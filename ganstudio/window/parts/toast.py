"""Toasts: sentences that come up in the corner, stay long enough to be read, and go by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme

WIDTH = 400
Deed: TypeAlias = tuple[str, Callable[[], object]]
"""What stands on a button, and what it does."""

AT_ONCE = 3


FAULT_MS = 20_000
"""What went wrong is to be seen also by who looked away for a moment."""


def reading_time(message: str, *, fault: bool = False, deed: bool = False) -> int:
    """Milliseconds to leave a message up: at least 5 s, and 70 ms a letter; longer where there is something to do."""
    usual = max(5000, 70 * len(message)) * (2 if fault or deed else 1)
    return max(FAULT_MS, usual) if fault else usual


class Toast(QFrame):
    """One sentence with a mark and a button that closes it. It waits while the pointer is on it."""

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
        text = theme.label(message, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 8, 10)
        row.setSpacing(12)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        if deed is not None:
            row.addWidget(self._button(*deed), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        row.setAlignment(mark, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self._timer.start(reading_time(message, fault=fault, deed=deed is not None))
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

    def enterEvent(self, event: QEvent) -> None:
        """Stay while someone reads."""
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """Go a little later."""
        self._timer.start(3000)
        super().leaveEvent(event)


class Toasts(QWidget):
    """The corner of `over` where toasts pile up, newest at the bottom."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._pile = QVBoxLayout(self)
        self._pile.setContentsMargins(0, 0, 0, 0)
        self._pile.setSpacing(theme.GRID)
        over.installEventFilter(self)
        self.hide()

    def messages(self) -> list[str]:
        """What is up now, oldest first."""
        return [toast.message for toast in self._toasts()]

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
        for toast in self._toasts():
            if toast.message == message:
                toast.leave()

    def _bring(self, message: str, *, fault: bool = False, deed: Deed | None = None) -> None:
        self.withdraw(message)
        for toast in self._toasts()[: -AT_ONCE + 1]:
            toast.leave()
        made = Toast(message, fault=fault, parent=self, deed=deed)
        made.destroyed.connect(self._settle)
        self._pile.addWidget(made)
        made.show()
        self.show()
        self._settle()

    def _toasts(self) -> list[Toast]:
        items = (self._pile.itemAt(at) for at in range(self._pile.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, Toast) and not widget.isHidden()]

    @Slot()
    def _settle(self) -> None:
        width = min(WIDTH, self._over.width() - 2 * theme.GRID)
        height = sum(max(t.heightForWidth(width), 56) for t in self._toasts())
        height += theme.GRID * max(0, len(self._toasts()) - 1)
        self.setVisible(height > 0)
        margin = 2 * theme.GRID
        self.setGeometry(self._over.width() - width - margin, self._over.height() - height - margin, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window changes size."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return super().eventFilter(watched, event)
