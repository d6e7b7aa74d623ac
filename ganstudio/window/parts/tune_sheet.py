"""The sheet that trains on from a model: which folder is which of its sides, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import answers
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.words.cards import ModelCard

WIDTH = 520


class TuneSheet(QDialog):
    """Asks for a folder for each side of the model, and for a preset.

    Args:
        card: The model.
        domains: Names of the project's folders; at least as many as the model has sides.
        presets: Key, title and sentence of each preset.
        parent: The window it belongs to.

    Signals:
        agreed: Begin with these folders, by their places in the project, and this preset.
    """

    agreed = Signal(object, str)

    def __init__(
        self, card: ModelCard, domains: Sequence[str], presets: Sequence[tuple[str, str, str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Train on"))
        self.setFixedWidth(WIDTH)
        self._sentences = [sentence for _, _, sentence in presets]
        self.sides: list[QuietChoice] = []
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(card.pictures):
            box = QuietChoice()
            box.setFixedHeight(theme.ROW)
            box.setAccessibleName(self.tr("Folder for {}").format(name))
            box.addItems(list(domains))
            # A folder of the same name is meant; else they come in order.
            box.setCurrentIndex(domains.index(name) if name in domains else row)
            box.currentIndexChanged.connect(self._check)
            self.sides.append(box)
            grid.addWidget(theme.label(name, "muted"), row, 0)
            grid.addWidget(box, row, 1)
        self.preset = QuietChoice()
        self.preset.setFixedHeight(theme.ROW)
        self.preset.setAccessibleName(self.tr("Preset"))
        for key, title, _ in presets:
            self.preset.addItem(title, key)
        self.preset.currentIndexChanged.connect(self._check)
        self.note = theme.label("", "small", wrap=True)
        grid.addWidget(theme.label(self.tr("Preset"), "muted"), len(self.sides), 0)
        grid.addWidget(self.preset, len(self.sides), 1)
        grid.addWidget(self.note, len(self.sides) + 1, 1)
        said = self.tr(
            "A new run that begins with what this model has learnt. New discriminators learn first, for a short while "
            "in which the generators rest; the model itself stays as it is."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addWidget(theme.label(self.tr("Train on from {}").format(card.name), "heading", wrap=True))
        column.addWidget(theme.label(said, "muted", wrap=True))
        column.addLayout(grid)
        column.addSpacing(theme.GRID)
        self.go = QPushButton(self.tr("Train"))
        column.addLayout(answers(self, self.go))
        self._check()

    @Slot()
    def _check(self) -> None:
        chosen = [box.currentIndex() for box in self.sides]
        twice = len(set(chosen)) < len(chosen)
        self.go.setEnabled(not twice and -1 not in chosen)
        row = self.preset.currentIndex()
        self.note.setText(self.tr("Each side needs a folder of its own.") if twice else self._sentences[max(0, row)])

    def accept(self) -> None:
        """Hand over what was chosen."""
        chosen = tuple(box.currentIndex() for box in self.sides)
        super().accept()
        self.agreed.emit(chosen, str(self.preset.currentData()))
