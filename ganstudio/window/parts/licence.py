"""A line for a licence that knows the usual ones."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit

from ganstudio.runs.remarks import LONGEST_LICENCE

LICENCES = (
    "CC0 1.0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC BY-NC 4.0",
    "CC BY-NC-SA 4.0",
    "MIT",
    "Apache-2.0",
    "All rights reserved",
)
"""Offered; any other words may be written."""


def licence_line() -> QLineEdit:
    """A line that knows the usual licences."""
    line = QLineEdit()
    line.setMaxLength(LONGEST_LICENCE)
    known = QCompleter(LICENCES, line)
    known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    known.setFilterMode(Qt.MatchFlag.MatchContains)
    line.setCompleter(known)
    return line
