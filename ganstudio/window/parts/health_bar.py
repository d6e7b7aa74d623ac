"""Health bar: how many pictures are fine and what is wrong with the others; each number is pressed to see them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.flow import Flow

KINDS = ("fine", "broken", "small", "duplicate", "odd")


class HealthBar(QWidget):
    """Chips with counts, and progress while the pictures are being checked.

    Signals:
        wanted: Show the pictures of this kind; empty for all.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        row = QWidget()
        chips = Flow(row, spacing=theme.GRID)
        titles = {
            "fine": (self.tr("fine"), self.tr("Readable, large enough, one of a kind"), "check", "good"),
            "broken": (self.tr("broken"), self.tr("Cannot be read; training leaves them out"), "warning", "bad"),
            "small": (self.tr("too small"), self.tr("Would be enlarged and look soft"), "image", "caution"),
            "duplicate": (self.tr("duplicate"), self.tr("The same file again; it counts double"), "copy", "caution"),
            "odd": (
                self.tr("odd"),
                self.tr("Not the format its name says, or converted colours; training uses it"),
                "info",
                "caution",
            ),
        }
        for kind in KINDS:
            title, hint, icon, ink = titles[kind]
            chip = QPushButton()
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setProperty("title", title)
            chip.setToolTip(hint)
            theme.set_icon(chip, icon, ink, 16)
            chip.clicked.connect(lambda on=False, kind=kind: self._pressed(kind, on))
            chip.hide()
            self._group.addButton(chip)
            self.chips[kind] = chip
            chips.addWidget(chip)
        self.checking = theme.label(role="small")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(row)
        column.addWidget(self.checking)
        column.addWidget(self.progress)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.checking.hide()
        self.progress.hide()

    def show_progress(self, done: int, total: int) -> None:
        """So many of so many pictures are checked."""
        self.checking.setText(
            self.tr("Checking {done} of {total}").format(done=words.count(done), total=words.count(total))
        )
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.checking.show()
        self.progress.show()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """The check is done. Kinds with no picture are not shown, except "fine"."""
        self.clear()
        for kind, chip in self.chips.items():
            number = counts.get(kind, 0)
            chip.setText(f"{words.count(number)} {chip.property('title')}")
            chip.setVisible(number > 0 or kind == "fine")

    def clear(self) -> None:
        """Nothing is known."""
        self.checking.hide()
        self.progress.hide()
        for chip in self.chips.values():
            chip.setChecked(False)
            chip.hide()

    def _pressed(self, kind: str, on: bool) -> None:
        for other, chip in self.chips.items():
            if other != kind:
                chip.setChecked(False)
        self.wanted.emit(kind if on else "")
