"""The sheet that imports a model: what was recognised, how it and its two sides are to be called, how far it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.editors import QuietCheck
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.words.cards import Foreign, ModelCard
from ganstudio.words.events import Progress

WIDTH = 520
LONGEST_SIDE = 40


class ImportSheet(QDialog):
    """One file after the other.

    Signals:
        agreed: Import it now; the fields say how.
        left: Leave this file out.
    """

    agreed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import"))
        self.setFixedWidth(WIDTH)
        self._given = ("", "")
        self.heading = theme.label("", "heading", wrap=True)
        self.sentence = theme.label("", wrap=True)
        self.files = theme.label("", "muted", wrap=True)
        self.name, self.source, self.target = QLineEdit(), QLineEdit(), QLineEdit()
        self.alone = QuietCheck(self.tr("Only this file, without those that lie beside it"))
        self.by_picture = QuietCheck(self.tr("Colours by each picture alone"))
        self.by_picture.setToolTip(
            self.tr("As the published program shows them. Without it, averages of its training decide. Try both.")
        )
        self.work = ProgressRow()
        self.work.cancelled.connect(self.reject)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.go = QPushButton(self.tr("Import"))
        self.go.setProperty("role", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self._agree)
        for line in (self.name, self.source, self.target):
            line.textChanged.connect(self._check)
        self.fields = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        grid = QGridLayout(self.fields)
        grid.setContentsMargins(0, theme.GRID, 0, 0)
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        grid.setColumnStretch(1, 1)
        self._labels: list[QLabel] = []
        for row, (title, line) in enumerate(
            (
                (self.tr("Name"), self.name),
                (self.tr("Turns pictures of"), self.source),
                (self.tr("into pictures of"), self.target),
            )
        ):
            label = theme.label(title, "muted")
            label.setBuddy(line)
            line.setAccessibleName(title)
            line.setMaxLength(80 if line is self.name else LONGEST_SIDE)
            self._labels.append(label)
            grid.addWidget(label, row, 0)
            grid.addWidget(line, row, 1)
        grid.addWidget(self.alone, 3, 1)
        grid.addWidget(self.by_picture, 4, 1)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(theme.GRID)
        for widget in (self.heading, self.sentence, self.files, self.fields, self.work):
            column.addWidget(widget)
        column.addSpacing(2 * theme.GRID)
        column.addLayout(buttons)

    @property
    def names(self) -> tuple[str, str] | None:
        """What goes in and what comes out; None where it was left as it was recognised."""
        said = (self.source.text().strip(), self.target.text().strip())
        return None if said == self._given or not self.source.isVisibleTo(self) else said

    def show_looking(self, file: Path) -> None:
        """Someone looks into this file."""
        self.heading.setText(file.name)
        self._say(self.tr("Looking into it…"))
        self.fields.hide()
        self.files.hide()
        self.work.hide()
        self.go.setEnabled(False)
        self.adjustSize()

    def show_foreign(self, found: Foreign) -> None:
        """It is of another program: show as what it would be imported."""
        self._say(found.sentence)
        beside = found.files[1:]
        self.files.setText(self.tr("Together with {}").format(", ".join(beside)))
        self.files.setVisible(bool(beside))
        self.alone.setVisible(bool(beside))
        self.by_picture.setVisible(found.averaged)
        ways = [route for route in found.routes if route.source is not None and route.source != route.target]
        self._given = (ways[0].source or "", ways[0].target) if ways else ("", "")
        self._show_fields(found.name, sides=bool(ways))

    def show_own(self, card: ModelCard) -> None:
        """It is one of our own: it keeps what it says of itself."""
        self._say(
            self.tr("A model of GAN Studio: {}. It is checked and copied.").format(
                ", ".join(route.title for route in card.routes)
            )
        )
        self.files.hide()
        self.alone.hide()
        self.by_picture.hide()
        self._given = ("", "")
        self._show_fields(card.name, sides=False)

    def show_fault(self, reason: str) -> None:
        """It cannot be imported, for this reason."""
        self._say(reason, "bad")
        self.fields.hide()
        self.files.hide()
        self.work.hide()
        self.go.setEnabled(False)
        self.cancel.setText(self.tr("Close"))
        self.adjustSize()

    def show_working(self) -> None:
        """It is being imported."""
        self.fields.setEnabled(False)
        self.go.setEnabled(False)
        self.work.begin(self.tr("Importing…"))
        self.work.cancel.hide()
        self.adjustSize()

    def show_progress(self, event: Progress) -> None:
        """So far it is."""
        self.work.show_progress(event)

    def _say(self, text: str, role: str = "body") -> None:
        self.sentence.setText(text)
        theme.set_role(self.sentence, role)

    def _show_fields(self, name: str, *, sides: bool) -> None:
        self.cancel.setText(self.tr("Cancel"))
        self.fields.setEnabled(True)
        self.name.setText(name)
        self.source.setText(self._given[0])
        self.target.setText(self._given[1])
        for widget in (self.source, self.target, *self._labels[1:]):
            widget.setVisible(sides)
        self.alone.setChecked(False)
        self.by_picture.setChecked(False)
        self.fields.show()
        self._check()
        self.adjustSize()
        self.name.setFocus()
        self.name.selectAll()

    @Slot()
    def _check(self) -> None:
        sides = not self.source.isVisibleTo(self) or (
            bool(self.source.text().strip())
            and bool(self.target.text().strip())
            and self.source.text().strip() != self.target.text().strip()
        )
        self.go.setEnabled(bool(self.name.text().strip()) and sides)

    @Slot()
    def _agree(self) -> None:
        self.show_working()
        self.agreed.emit()

    def reject(self) -> None:
        """Leave this file out."""
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter imports once everything is said; Escape leaves it."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.go.isEnabled():
                self._agree()
            return
        super().keyPressEvent(event)
