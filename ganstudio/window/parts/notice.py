"""Notice: a line in place that says what is so now, with a button that does something about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ganstudio.window import theme


class Notice(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._deed: Callable[[], object] = lambda: None
        self._mark = QLabel()
        self.text = theme.label(wrap=True)
        self.button = QPushButton()
        self.button.setProperty("role", "chip")
        self.button.clicked.connect(lambda _=False: self._deed())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.text, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def say(self, message: str, title: str, deed: Callable[[], object], *, icon: str = "info") -> None:
        """Show this sentence and a button of this title; "warning" is said more loudly than "info"."""
        theme.set_icon(self._mark, icon, "caution" if icon == "warning" else "muted", 16)
        self.text.setText(message)
        self.button.setText(title)
        self.setAccessibleName(message)
        self._deed = deed
        self.show()
