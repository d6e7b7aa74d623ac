"""Export dialog: which format and which direction, and the licence while the model has none."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.window.model_order import can_be_light
from ganstudio.window.parts.buttons import answers
from ganstudio.window.parts.editors import QuietCheck, QuietChoice
from ganstudio.window.parts.licence import licence_line
from ganstudio.words.cards import ModelCard


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written.

    Attributes:
        suffix: Of the file, such as ".onnx".
        to: Title of the route; empty for all of them in one file.
        floats: For ONNX and .pt2: numbers in [-1, 1] in and out instead of pixels.
        card: Write the card beside it, for people and for programs.
        licence: Under which licence; empty while nothing was said.
        whole: One file for other people, with all that is known of the model inside.
        light: A small, fast copy, which has to learn first.
    """

    suffix: str
    to: str = ""
    floats: bool = False
    card: bool = True
    licence: str = ""
    whole: bool = False
    light: bool = False


class ExportDialog(QDialog):
    """Asks for a format and a direction.

    Args:
        card: The model.
        parent: The window it belongs to.
        licence: What was answered the last time.
        sharing: All of the model in one file: nothing to choose but the licence.

    Signals:
        picked: The `Export` that was asked for.
    """

    picked = Signal(object)

    def __init__(
        self, card: ModelCard, parent: QWidget | None = None, *, licence: str = "", sharing: bool = False
    ) -> None:
        super().__init__(parent)
        self._sharing = sharing
        self.setWindowTitle(self.tr("Share") if sharing else self.tr("Export"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(theme.GRID)
        title = self.tr("Share {}") if sharing else self.tr("Export {}")
        column.addWidget(theme.label(title.format(card.name), "heading"))
        column.addSpacing(theme.GRID)
        self.formats: dict[str, QRadioButton] = {}
        self.route = QuietChoice()
        self.floats = QuietCheck(self.tr("Numbers from −1 to 1 instead of pixels, for tools that ask for it"))
        self.card = QuietCheck(self.tr("With a card beside it: what it is, and where it comes from"))
        self.card.setChecked(True)
        self.light = QuietCheck(self.tr("Light: a small, fast copy, for the camera and other live use"))
        self.light.toggled.connect(self._refresh)
        if not sharing:
            self._add_formats(column, card)
        self.licence = licence_line()
        self.licence.setText(card.remarks.licence or licence)
        self._add_licence(column, asked=not card.remarks.licence)
        column.addSpacing(2 * theme.GRID)
        self.go = QPushButton(self.tr("Choose a file…"))
        column.addLayout(answers(self, self.go))
        if not sharing:
            self.formats[".onnx"].setChecked(True)

    def _add_formats(self, column: QVBoxLayout, card: ModelCard) -> None:
        self._formats = QButtonGroup(self)
        for suffix, title, sentence in (
            (".onnx", "ONNX", self.tr("For other programs and the web. Takes pictures of any size.")),
            (".safetensors", "safetensors", self.tr("For GAN Studio on another computer. All directions in one file.")),
            (".pth", "PyTorch weights (.pth)", self.tr("For research code. Weights under their published names.")),
            (".pt2", "PyTorch program (.pt2)", self.tr("For PyTorch without GAN Studio. Takes pictures of any size.")),
        ):
            choice = QRadioButton(title)
            choice.setAccessibleDescription(sentence)
            choice.toggled.connect(self._refresh)
            self._formats.addButton(choice)
            self.formats[suffix] = choice
            column.addWidget(choice)
            note = theme.label(sentence, "small")
            note.setContentsMargins(26, 0, 0, 4)
            column.addWidget(note)
        self.route.setAccessibleName(self.tr("Direction"))
        for route in card.routes:
            self.route.addItem(route.title, route.title)
        direction = QHBoxLayout()
        direction.addWidget(theme.label(self.tr("Direction"), "muted"))
        direction.addWidget(self.route, 1)
        column.addSpacing(theme.GRID)
        column.addLayout(direction)
        column.addWidget(self.light)
        self._light_note = theme.label(
            self.tr("It learns for about five minutes. What it loses is measured, and said."), "small"
        )
        self._light_note.setContentsMargins(26, 0, 0, 4)
        column.addWidget(self._light_note)
        for widget in (self.light, self._light_note):
            widget.setVisible(can_be_light(card))
        column.addWidget(self.floats)
        column.addWidget(self.card)

    def _add_licence(self, column: QVBoxLayout, *, asked: bool) -> None:
        """Once for each model: what it is passed on under."""
        self._licence_part = QWidget()
        inner = QVBoxLayout(self._licence_part)
        inner.setContentsMargins(0, theme.GRID, 0, 0)
        inner.setSpacing(4)
        row = QHBoxLayout()
        label = theme.label(self.tr("Licence"), "muted")
        label.setBuddy(self.licence)
        self.licence.setAccessibleName(self.tr("Licence"))
        self.licence.setPlaceholderText(self.tr("such as CC BY 4.0"))
        row.addWidget(label)
        row.addWidget(self.licence, 1)
        inner.addLayout(row)
        inner.addWidget(
            theme.label(self.tr("What others may do with it. Asked once; it travels with the model."), "small")
        )
        column.addWidget(self._licence_part)
        self._licence_part.setVisible(asked)

    @Slot()
    def _refresh(self) -> None:
        # A light copy goes one way only, in any format.
        self.route.setEnabled(self.light.isChecked() or not self.formats[".safetensors"].isChecked())
        self.floats.setEnabled(self.formats[".onnx"].isChecked() or self.formats[".pt2"].isChecked())

    def accept(self) -> None:
        """Hand over what was picked."""
        licence = self.licence.text().strip()
        if self._sharing:
            asked = Export(".safetensors", licence=licence, whole=True)
        else:
            suffix = next(suffix for suffix, choice in self.formats.items() if choice.isChecked())
            to = self.route.currentData() if self.route.isEnabled() else ""
            floats = self.floats.isEnabled() and self.floats.isChecked()
            asked = Export(suffix, to, floats, self.card.isChecked(), licence, light=self.light.isChecked())
        super().accept()
        self.picked.emit(asked)
