"""The trash, asked for once: the only thing the Data page does to files, and the only one without Undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox
from shiboken6 import isValid

from ganstudio.window import taking, words
from ganstudio.window.taking import Trashed
from ganstudio.window.worker import Worker
from ganstudio.words.events import Failed, Progress

if TYPE_CHECKING:
    from ganstudio.window.pages.data_column import DomainColumn


class Trash(QObject):
    """Asks, moves, and says what became of it.

    Signals:
        said: A sentence.
    """

    said = Signal(str)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._jobs: dict[int, DomainColumn] = {}
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)

    def ask(self, column: DomainColumn, paths: list[Path]) -> None:
        """Ask once, with the number."""
        if not paths:
            return
        box = QMessageBox(column)
        box.setWindowTitle("GAN Studio")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Move {} to the trash?").format(words.pictures(len(paths))))
        box.setInformativeText(
            self.tr("The files leave their folder. Undo cannot bring them back; the trash of your system can.")
        )
        move = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        move.clicked.connect(lambda _=False: self._move(column, paths))
        box.open()

    def cancel(self, column: DomainColumn) -> None:
        """Move no more of this domain's files."""
        for job, moving in self._jobs.items():
            if moving is column:
                self._worker.cancel(job)

    def _move(self, column: DomainColumn, paths: list[Path]) -> None:
        self._jobs[self._worker.begin(lambda: taking.trash(paths))] = column

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job in self._jobs and isinstance(event, Progress) and isValid(self._jobs[job]):
            self._jobs[job].health.show_progress(self.tr("Moving to trash"), event.done, event.total)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job not in self._jobs:
            return
        column = self._jobs.pop(job)
        if isinstance(result, Failed):
            self.said.emit(result.message)
        elif isinstance(result, Trashed):
            parts = []
            if result.gone:
                parts.append(self.tr("{} in the trash.").format(words.pictures(len(result.gone))))
            if result.kept:
                first = result.kept[0]
                parts.append(
                    self.tr("{pictures} could not be moved, such as {name}: {reason}").format(
                        pictures=words.pictures(len(result.kept)), name=Path(first.path).name, reason=first.reason
                    )
                )
            self.said.emit(" ".join(parts))
        if isValid(column):
            column.read()
