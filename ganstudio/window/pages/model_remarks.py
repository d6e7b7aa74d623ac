"""What the artist says of a model: stars, a licence, notes. Written down by itself, a moment after the last key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ganstudio.runs.remarks import LONGEST_NOTES
from ganstudio.window import theme
from ganstudio.window.parts.licence import licence_line
from ganstudio.window.parts.stars import Stars
from ganstudio.words.cards import Remarks

REST = 800
"""Milliseconds after the last key."""


class RemarksEditor(QWidget):
    """Stars, licence and notes of one model.

    Signals:
        remarked: This is said of this model now.
    """

    remarked = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._known = Remarks()
        self.stars = Stars()
        self.licence = licence_line()
        self.licence.setPlaceholderText(self.tr("None yet"))
        self.licence.setAccessibleName(self.tr("Licence"))
        self.notes = QPlainTextEdit()
        self.notes.setPlaceholderText(self.tr("Notes: what it is good at, what to try next…"))
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(92)
        self._rest = QTimer(self, interval=REST, singleShot=True)
        self._rest.timeout.connect(self.keep)
        label = theme.label(self.tr("Licence"), "muted")
        label.setBuddy(self.licence)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        row.addWidget(label)
        row.addWidget(self.licence, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(row)
        column.addWidget(self.notes)
        self.stars.chosen.connect(self.keep)
        for changed in (self.licence.textEdited, self.notes.textChanged):
            changed.connect(self._rest.start)
        self.licence.installEventFilter(self)
        self.notes.installEventFilter(self)

    def show_remarks(self, path: Path, said: Remarks) -> None:
        """Show what is said of this model; what was being written of another is written down first."""
        if path == self._path and said == self._known:
            return
        self.keep()
        if path == self._path and self._typing():
            self.stars.show_stars(said.stars)
            self._known = said
            return
        self._path, self._known = path, said
        self.stars.show_stars(said.stars)
        self.licence.setText(said.licence)
        self.notes.blockSignals(True)
        self.notes.setPlainText(said.notes)
        self.notes.blockSignals(False)
        self._rest.stop()

    @Slot()
    def keep(self) -> None:
        """Have what was changed written down now."""
        self._rest.stop()
        notes = self.notes.toPlainText()[:LONGEST_NOTES].strip()
        said = replace(self._known, stars=self.stars.stars, licence=self.licence.text().strip(), notes=notes)
        if self._path is not None and said != self._known:
            self._known = said
            self.remarked.emit(self._path, said)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Write down when the keyboard goes elsewhere."""
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        return super().eventFilter(watched, event)

    def _typing(self) -> bool:
        return self.licence.hasFocus() or self.notes.hasFocus()
