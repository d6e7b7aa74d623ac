"""Where a folder of translations goes, what its files are called, and how they are written: one small sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.writing.naming import Naming
from ganstudio.window import theme
from ganstudio.window.parts.editors import QuietCheck, QuietChoice, QuietSpin
from ganstudio.words.making import Format

_LOSSY = {"jpg", "webp", "avif", "same"}


@dataclass(frozen=True, slots=True)
class Filling:
    """How a folder is to be filled.

    Attributes:
        out: The folder.
        naming: What the files are called, and their format.
        file_quality: From 1 to 100 for formats that lose something; 0 for what is usual.
        again: Make all anew, also what is there already.
        masked: Lay the mask that is painted over all of them.
    """

    out: Path
    naming: Naming = field(default_factory=Naming)
    file_quality: int = 0
    again: bool = False
    masked: bool = False


class FolderSheet(QDialog):
    """Asks how a folder is to be filled.

    Args:
        count: In words, how much is to be translated: "12 pictures".
        example: A file, the route's target, the model's name, and the suffix that it has in any format, as a film has;
            for the line that shows how names come out.
        last: What was chosen the last time.
        mask: Whether there is a mask that could lie over all.
        parent: The window it belongs to.

    Signals:
        picked: The `Filling`.
    """

    picked = Signal(object)

    def __init__(
        self, count: str, example: tuple[Path, str, str, str], last: Filling, *, mask: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save all"))
        self._example = example
        self.folder = QLineEdit(str(last.out))
        self.folder.setAccessibleName(self.tr("Folder"))
        self.choose = QPushButton(self.tr("Choose…"))
        self.template = QLineEdit(last.naming.template)
        self.template.setAccessibleName(self.tr("Names"))
        self.template.setToolTip(
            self.tr("{stem} is the name it has, {to} what it became; also {number} {date} {model}")
        )
        self.sample = theme.label("", "small", wrap=True)
        self.format = QuietChoice()
        self.format.setAccessibleName(self.tr("Format"))
        formats: tuple[tuple[Format, str], ...] = (
            ("png", "PNG"),
            ("jpg", "JPEG"),
            ("webp", "WebP"),
            ("avif", "AVIF"),
            ("tiff", "TIFF"),
            ("same", self.tr("As it came")),
        )
        for kind, name in formats:
            self.format.addItem(name, kind)
        self.format.setCurrentIndex(self.format.findData(last.naming.format))
        self.quality = QuietSpin()
        self.quality.setRange(0, 100)
        self.quality.setSpecialValueText(self.tr("usual"))
        self.quality.setValue(last.file_quality)
        self.quality.setAccessibleName(self.tr("Quality of the files"))
        self.again = QuietCheck(self.tr("Make anew what is there already"))
        self.masked = QuietCheck(self.tr("Lay the painted mask over all"))
        self.masked.setVisible(mask)
        self.save = QPushButton(self.tr("Save all"))
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self._lay_out(count)
        self.choose.clicked.connect(self._choose)
        self.save.clicked.connect(self.accept)
        for edit in (self.folder, self.template):
            edit.textChanged.connect(self._refresh)
        self.format.currentIndexChanged.connect(self._refresh)
        self._refresh()

    @property
    def filling(self) -> Filling | None:
        """What is chosen; None while something of it cannot be."""
        try:
            naming = Naming(self.template.text().strip(), self.format.currentData())
        except ValueError:
            return None
        folder = Path(self.folder.text().strip()).expanduser()
        if not self.folder.text().strip() or not folder.is_absolute():
            return None
        quality = self.quality.value() if self.quality.isEnabled() else 0
        masked = self.masked.isChecked() and not self.masked.isHidden()
        return Filling(folder, naming, quality, self.again.isChecked(), masked)

    def accept(self) -> None:
        """Hand over what was chosen."""
        filling = self.filling
        if filling is not None:
            super().accept()
            self.picked.emit(filling)

    @Slot()
    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for the translations"), self.folder.text())
        if name:
            self.folder.setText(name)

    @Slot()
    def _refresh(self) -> None:
        self.quality.setEnabled(self.format.currentData() in _LOSSY)
        self.save.setEnabled(self.filling is not None)
        path, to, model, keeps = self._example
        fault = ""
        try:
            naming = Naming(self.template.text().strip(), self.format.currentData())
            values = {"stem": path.stem, "to": to, "model": model, "number": "001", "date": "2025-06-21"}
            line = f"{path.name} → {naming.template.format(**values)}{keeps or naming.suffix(path)}"
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            line = fault = str(error)
        theme.set_role(self.sample, "bad" if fault else "small")
        self.sample.setText(line)
        self.template.setProperty("faulty", bool(fault))
        theme.set_role(self.template, "")

    def _lay_out(self, count: str) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(theme.GRID)
        place = QHBoxLayout()
        place.setSpacing(theme.GRID)
        self.folder.setMinimumWidth(280)
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        written = QHBoxLayout()
        written.setSpacing(theme.GRID)
        written.addWidget(self.format, 1)
        written.addWidget(theme.label(self.tr("Quality"), "muted"))
        self.quality.setMinimumWidth(96)
        self.quality.setFixedHeight(theme.ROW)
        self.format.setFixedHeight(theme.ROW)
        written.addWidget(self.quality)
        names = QHBoxLayout()
        names.addWidget(self.template)
        for row, (words, line) in enumerate(
            ((self.tr("Folder"), place), (self.tr("Names"), names), (self.tr("Format"), written))
        ):
            grid.addWidget(theme.label(words, "muted"), 2 * row, 0)
            grid.addLayout(line, 2 * row, 1)
        grid.addWidget(self.sample, 3, 1)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GRID)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.save)
        note = self.tr("What is there already is left as it is, so a folder can be stopped and gone on with.")
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addWidget(theme.label(self.tr("Save {}").format(count), "heading"))
        column.addLayout(grid)
        column.addWidget(self.again)
        column.addWidget(self.masked)
        column.addWidget(theme.label(note, "small", wrap=True))
        column.addSpacing(theme.GRID)
        column.addLayout(foot)
