"""The sheet of shortcuts: every action that has keys, and the keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from ganstudio.window import theme

ROWS = 16
"""In one column of titles; the smallest screen has room for them."""


class ShortcutSheet(QDialog):
    """Titles and their keys, as the system writes keys."""

    def __init__(self, keys: Iterable[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(theme.label(self.tr("Keyboard shortcuts"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(48)
        grid.setVerticalSpacing(theme.GRID)
        for place, (title, shortcut) in enumerate(keys):
            side, row = divmod(place, ROWS)
            written = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            grid.addWidget(theme.label(title.replace("&", "").rstrip("…")), row, 2 * side)
            grid.addWidget(theme.label(written, "muted"), row, 2 * side + 1)
        column.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
