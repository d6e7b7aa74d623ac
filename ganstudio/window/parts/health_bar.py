"""Health bar: how many pictures are fine and what is so of the others; each number is pressed to see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.flow import Flow

HELD_OUT, LEFT_OUT = "held out", "left out"
"""Two kinds that are no findings: what training never sees, by our choice and by the artist's."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of pictures is told.

    Attributes:
        title: What stands behind the number; of several, when that is another word, behind "|".
        sentence: What it means, and what becomes of such pictures.
        icon: Name of its icon.
        ink: Name of the icon's colour.
    """

    title: str
    sentence: str
    icon: str
    ink: str


def kinds() -> dict[str, Kind]:
    """Every kind, in the order of the chips."""
    say = QCoreApplication.translate
    return {
        "fine": Kind(say("health", "fine"), say("health", "Readable, large enough, one of a kind."), "check", "good"),
        "broken": Kind(
            say("health", "broken"), say("health", "Cannot be read; training goes on without them."), "warning", "bad"
        ),
        "blank": Kind(
            say("health", "nearly blank"),
            say("health", "Almost a single colour: nothing to learn from, and they can spoil a training."),
            "warning",
            "caution",
        ),
        "shared": Kind(
            say("health", "in two folders"),
            say("health", "Also among the pictures of another folder, so they do not tell the two apart."),
            "copy",
            "caution",
        ),
        "leak": Kind(
            say("health", "same as held out"),
            say("health", "A held-out picture looks the same: it would be judged better than it is."),
            "copy",
            "caution",
        ),
        "duplicate": Kind(
            say("health", "duplicate|duplicates"),
            say("health", "The very same file again; it counts double."),
            "copy",
            "caution",
        ),
        "near": Kind(
            say("health", "near-duplicate|near-duplicates"),
            say("health", "Nearly the same picture again. The best of each group has a tick."),
            "copy",
            "caution",
        ),
        "narrow": Kind(
            say("health", "very long"), say("health", "A square shows only a small part of them."), "crop", "caution"
        ),
        "small": Kind(
            say("health", "too small"), say("health", "Would be enlarged and look soft."), "image", "caution"
        ),
        "odd": Kind(
            say("health", "odd"),
            say("health", "Not the format their name says, or converted colours; training uses them all the same."),
            "info",
            "caution",
        ),
        HELD_OUT: Kind(
            say("health", "held out"),
            say(
                "health",
                "Never trained on: samples and scores show how well unseen pictures do. Chosen by file name, so that "
                "adding pictures changes nothing for the others.",
            ),
            "dot",
            "accent",
        ),
        LEFT_OUT: Kind(
            say("health", "left out"), say("health", "Training does not see them; the files stay."), "minus", "muted"
        ),
    }


class HealthBar(QWidget):
    """Chips with counts, and progress while something is being done with the pictures.

    Signals:
        wanted: Show the pictures of this kind; empty for all.
        cancelled: Do not go on with what is in progress.
    """

    wanted = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, QPushButton] = {}
        self._row = QWidget()
        self._flow = chips = Flow(self._row, spacing=6)
        for name, kind in kinds().items():
            chip = QPushButton()
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setProperty("title", kind.title)
            chip.setToolTip(kind.sentence)
            theme.set_icon(chip, kind.icon, kind.ink, 16)
            chip.clicked.connect(lambda on=False, name=name: self._pressed(name, on))
            chip.hide()
            self.chips[name] = chip
            chips.addWidget(chip)
        # What is done is told among the chips, and below them room is kept: pictures under someone's hand stay there.
        self.doing = QPushButton()
        self.doing.setProperty("role", "chip")
        self.doing.setToolTip(self.tr("Cancel"))
        self.doing.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # The cross stands behind the words.
        theme.set_icon(self.doing, "close", "muted", 16)
        self.doing.clicked.connect(lambda _=False: self.cancelled.emit())
        chips.addWidget(self.doing)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        kept = self.progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(kept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._row)
        column.addWidget(self.progress)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.end_progress()

    @property
    def kind(self) -> str:
        """The kind that is pressed; empty for none."""
        return next((name for name, chip in self.chips.items() if chip.isChecked()), "")

    def show_progress(self, what: str, done: int, total: int) -> None:
        """So many of so many pictures are done; of an unknown number when `total` is 0."""
        counted = self.tr("{done} of {total}").format(done=words.count(done), total=words.count(total))
        self.doing.setText(f"{what}  ·  {counted}" if total else what)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.doing.setAccessibleName(self.tr("Cancel: {}").format(self.doing.text()))
        for part in (self.doing, self.progress):
            part.show()
        self._flow.activate()  # More letters are never painted in the room of fewer.

    def end_progress(self) -> None:
        """Nothing is being done."""
        for part in (self.doing, self.progress):
            part.hide()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How many there are of each kind; one without pictures is not shown."""
        for name, chip in self.chips.items():
            number = counts.get(name, 0)
            one, _, several = str(chip.property("title")).partition("|")
            chip.setText(f"{words.count(number)} {several if several and number != 1 else one}")
            chip.setVisible(number > 0)
            if chip.isHidden():
                chip.setChecked(False)

    def clear(self) -> None:
        """Nothing is known."""
        self.end_progress()
        for chip in self.chips.values():
            chip.setChecked(False)
            chip.hide()

    def release(self) -> None:
        """Press no chip."""
        for chip in self.chips.values():
            chip.setChecked(False)

    def _pressed(self, kind: str, on: bool) -> None:
        for other, chip in self.chips.items():
            if other != kind:
                chip.setChecked(False)
        self.wanted.emit(kind if on else "")
