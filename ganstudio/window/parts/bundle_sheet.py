"""The support bundle, shown before it is saved: what is in it, word for word."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs.bundle import Piece
from ganstudio.window import jobs, places, theme, words
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.editors import QuietCheck, QuietChoice
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed

SHOWN = 200_000
"""Characters of one piece; the file has them all."""


class BundleSheet(QDialog):
    """Gathers, shows, saves. Nothing is sent anywhere."""

    def __init__(self, parent: QWidget, studio: Studio, run: Path | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Support bundle"))
        self.resize(860, 600)
        self._studio = studio
        self._pieces: tuple[Piece, ...] = ()
        self._gathering: int | None = None
        self._saving: int | None = None
        self.run = QuietChoice()
        self.run.setAccessibleName(self.tr("The training that it is about"))
        self._fill(run)
        self.names = QuietCheck(self.tr("With names and places of pictures"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("What is in it"))
        self.list.setProperty("role", "queue")
        self.list.setFixedWidth(220)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("What this part says"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.state = theme.label("", "muted")
        self.save = button(self.tr("Save…"), "save", self._ask, "primary")
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.run.currentIndexChanged.connect(self._gather)
        self.names.toggled.connect(self._gather)
        studio.reader.ended.connect(self._ended)
        self._gather()

    def _fill(self, run: Path | None) -> None:
        project = self._studio.project
        runs = [known.path for known in project.runs()] if project is not None else []
        if run is not None and run not in runs:
            runs.insert(0, run)
        for path in runs:
            self.run.addItem(path.name, str(path))
        self.run.addItem(self.tr("No training"), None)
        if run is not None:
            self.run.setCurrentIndex(runs.index(run))

    def _lay_out(self) -> None:
        sentence = self.tr(
            "One file for whoever helps you: the log, this computer, versions, and the settings and history of one "
            "training. No pictures. It stays on this computer until you send it."
        )
        choices = QHBoxLayout()
        choices.setSpacing(2 * theme.GRID)
        self.run.setMinimumWidth(220)
        self.run.setFixedHeight(theme.ROW)
        choices.addWidget(self.run)
        choices.addWidget(self.names)
        choices.addStretch()
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.list)
        middle.addWidget(self.text, 1)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GRID)
        foot.addWidget(self.state, 1)
        foot.addWidget(button(self.tr("Cancel"), "close", self.reject))
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(theme.label(self.tr("Support bundle"), "heading"))
        column.addWidget(theme.label(sentence, "muted", wrap=True))
        column.addLayout(choices)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    @Slot()
    def _gather(self) -> None:
        chosen = self.run.currentData()
        run, names = Path(chosen) if chosen else None, self.names.isChecked()
        self.save.setEnabled(False)
        self.state.setText(self.tr("Gathering…"))
        self._gathering = self._studio.reader.begin(lambda: jobs.support(run, names=names))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._gathering:
            self._gathering = None
            self._gathered(result)
        elif job == self._saving:
            self._saving = None
            if isinstance(result, Failed):
                self.state.setText(result.message)
                self.save.setEnabled(True)
            else:
                self._studio.say(self.tr("The support bundle is saved."))
                self.accept()

    def _gathered(self, result: object) -> None:
        if not isinstance(result, tuple):
            self.state.setText(result.message if isinstance(result, Failed) else "")
            return
        row = max(0, self.list.currentRow())
        self._pieces = result
        self.list.clear()
        for piece in self._pieces:
            self.list.addItem(f"{piece.name}  ({words.file_size(len(piece.text.encode(errors='replace')))})")
        self.list.setCurrentRow(min(row, len(self._pieces) - 1))
        self.state.setText("")
        self.save.setEnabled(True)

    @Slot(int)
    def _show(self, row: int) -> None:
        if 0 <= row < len(self._pieces):
            self.text.setPlainText(self._pieces[row].text[:SHOWN])

    def _ask(self) -> None:
        start = places.free(Path.home() / "ganstudio-support.zip")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the support bundle"), str(start), "ZIP (*.zip)")
        if name:
            self.write(Path(name))

    def write(self, file: Path) -> None:
        """Save what is shown."""
        pieces = self._pieces
        self.save.setEnabled(False)
        self._saving = self._studio.reader.begin(lambda: jobs.save_support(pieces, file))
