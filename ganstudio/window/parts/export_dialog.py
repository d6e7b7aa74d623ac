"""Export dialog: which format and which direction."""

from __future__ import annotations

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
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.words.cards import ModelCard


class ExportDialog(QDialog):
    """Asks for a format and a direction.

    Signals:
        picked: Suffix such as ".onnx", and the domain that comes out; empty for all of them.
    """

    picked = Signal(str, str)

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(theme.GRID)
        column.addWidget(theme.label(self.tr("Export {}").format(card.name), "heading"))
        column.addSpacing(theme.GRID)
        self._formats = QButtonGroup(self)
        self.formats: dict[str, QRadioButton] = {}
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
        self.route = QuietChoice()
        self.route.setAccessibleName(self.tr("Direction"))
        for route in card.routes:
            self.route.addItem(route.title, route.title)
        direction = QHBoxLayout()
        direction.addWidget(theme.label(self.tr("Direction"), "muted"))
        direction.addWidget(self.route, 1)
        column.addSpacing(theme.GRID)
        column.addLayout(direction)
        column.addSpacing(2 * theme.GRID)
        column.addLayout(self._buttons())
        self.formats[".onnx"].setChecked(True)

    def _buttons(self) -> QHBoxLayout:
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        self.go = QPushButton(self.tr("Choose a file…"))
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.go)
        return row

    @Slot()
    def _refresh(self) -> None:
        self.route.setEnabled(not self.formats[".safetensors"].isChecked())

    def accept(self) -> None:
        """Hand over what was picked."""
        suffix = next(suffix for suffix, choice in self.formats.items() if choice.isChecked())
        super().accept()
        self.picked.emit(suffix, self.route.currentData() if self.route.isEnabled() else "")
