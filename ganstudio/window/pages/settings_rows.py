"""What the settings page is made of: sections of rows, each with words on the left and a control on the right."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.editors import OnOff, QuietCheck, QuietChoice

CONTROL = 232
"""Width of a control in pixels."""


class Section(QWidget):
    """A heading and a card of rows."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._card = QFrame()
        self._card.setProperty("role", "card")
        self._rows = QVBoxLayout(self._card)
        self._rows.setContentsMargins(0, 4, 0, 4)
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(theme.label(title, "heading"))
        column.addWidget(self._card)

    def add(self, title: str, help_line: str | QLabel, *controls: QWidget) -> QWidget:
        """Add a row; the first control is named after its title for screen readers."""
        row = QWidget()
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(theme.label(title))
        line = theme.label(help_line, "small", wrap=True) if isinstance(help_line, str) else help_line
        if isinstance(help_line, QLabel) or help_line:
            said.addWidget(line)
        inside = QHBoxLayout(row)
        inside.setContentsMargins(20, 10, 20, 10)
        inside.setSpacing(theme.GRID)
        inside.addLayout(said, 1)
        inside.addSpacing(2 * theme.GRID)
        for control in controls:
            inside.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        if controls and not controls[0].accessibleName():
            controls[0].setAccessibleName(title)
        self.add_widget(row)
        return row

    def add_widget(self, widget: QWidget) -> None:
        """Add anything, under a line."""
        if self._rows.count():
            rule = QFrame()
            rule.setProperty("role", "rule")
            self._rows.addWidget(rule)
        self._rows.addWidget(widget)


def choice(entries: Mapping[str, str], chosen: str) -> QuietChoice:
    """A combo box of these keys and titles."""
    made = QuietChoice()
    made.setFixedSize(CONTROL, theme.ROW)
    for key, title in entries.items():
        made.addItem(title, key)
    made.setCurrentIndex(max(0, made.findData(chosen)))
    return made


def check(on: bool, words: str = "") -> QuietCheck:
    """A check box with words of its own, or that says On or Off."""
    made = QuietCheck(words) if words else OnOff()
    made.setMinimumHeight(theme.ROW)
    made.setFixedWidth(CONTROL)
    made.setChecked(on)
    return made
