"""The runs that wait for their turn: earlier, later, not at all, or now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ganstudio.runs.title import title
from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.elided import Elided


class WaitingList(QFrame):
    """A line for each run that waits; hidden while none does.

    Signals:
        moved: This run is to come earlier (-1) or later (1).
        removed: This run is to wait no more.
        begin_wanted: The first is to begin now.
    """

    moved = Signal(object, int)
    removed = Signal(object)
    begin_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._runs: tuple[Path, ...] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.lines: list[QWidget] = []
        self.begin = QPushButton(self.tr("Begin the next"))
        self.begin.setProperty("role", "chip")
        self.begin.clicked.connect(self.begin_wanted)
        self.said = theme.label(self.tr("They train one after another."), "muted")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(theme.label(self.tr("Waiting"), "strong"))
        head.addWidget(self.said, 1)
        head.addWidget(self.begin)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._rows)
        self.hide()

    def show_runs(self, runs: Sequence[Path], *, training: bool) -> None:
        """Show these runs, the next one first; nothing begins by hand while something trains."""
        self.begin.setVisible(not training)
        if tuple(runs) == self._runs:
            return
        self._runs = tuple(runs)
        for line in self.lines:
            line.hide()
            line.deleteLater()
        self.lines = [self._line(at, run) for at, run in enumerate(runs)]
        for line in self.lines:
            self._rows.addWidget(line)
        self.setVisible(bool(runs))

    def _line(self, at: int, run: Path) -> QWidget:
        made = QWidget()
        name = Elided()
        name.setText(f"{at + 1}.  {title(run)}")
        earlier = icon_button(self.tr("Earlier"), "chevron-up", lambda: self.moved.emit(run, -1), side=16)
        later = icon_button(self.tr("Later"), "chevron-down", lambda: self.moved.emit(run, 1), side=16)
        never = icon_button(self.tr("Wait no more"), "close", lambda: self.removed.emit(run), side=16)
        earlier.setEnabled(at > 0)
        later.setEnabled(at < len(self._runs) - 1)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(name, 1)
        for button in (earlier, later, never):
            row.addWidget(button)
        return made
