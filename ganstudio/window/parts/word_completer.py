"""Completes the word under the cursor of a line, not the whole line."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QCompleter, QLineEdit


class WordCompleter(QCompleter):
    """Offers words of its model for the last word of a line."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        if (offered := self.popup()) is not None:
            offered.setProperty("role", "words")
        line.setCompleter(self)

    def splitPath(self, path: str) -> list[str]:
        """What is completed: the last word."""
        return [path.rpartition(" ")[2]]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The line with its last word completed."""
        before, space, _ = self._line.text().rpartition(" ")
        return f"{before}{space}{super().pathFromIndex(index)}"
