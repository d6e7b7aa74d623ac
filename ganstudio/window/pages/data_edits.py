"""Undo for the Data page: every change of the project's domains is a step that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from ganstudio.window.studio import Studio
from ganstudio.words.recipe import Domain

Domains = tuple[Domain, ...]


class _Step(QUndoCommand):
    """The domains before and after one change."""

    def __init__(self, keep: Callable[[Domains], None], before: Domains, after: Domains) -> None:
        super().__init__()
        self._keep, self._before, self._after = keep, before, after

    def redo(self) -> None:
        self._keep(self._after)

    def undo(self) -> None:
        self._keep(self._before)


class Edits(QObject):
    """The history of changes; forgotten when the project is another one, or was changed elsewhere."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._stack = QUndoStack(self)
        self._busy = False
        self._offered: tuple[int, str] | None = None
        self._stack.indexChanged.connect(self._moved)
        studio.project_changed.connect(self._changed)

    def change(self, after: Domains, said: str = "") -> None:
        """Give the project these domains; `said` tells the artist, with a button that takes it back."""
        project = self._studio.project
        if project is None or after == project.domains:
            return
        self._stack.push(_Step(self._keep, project.domains, after))
        if said and self._studio.project is not None and self._studio.project.domains == after:
            self._offered = (self._stack.index() - 1, said)
            self._studio.offer(said, self.tr("Undo"), partial(self._undo_to, self._stack.index() - 1))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        self._stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back last."""
        self._stack.redo()

    def _undo_to(self, index: int) -> None:
        """Take back the change after which the button came up, and what came after it."""
        if index < self._stack.index():
            self._stack.setIndex(index)

    @Slot(int)
    def _moved(self, index: int) -> None:
        """A button that takes back what was taken back already goes."""
        if self._offered is not None and index <= self._offered[0]:
            self._studio.withdraw(self._offered[1])
            self._offered = None

    def _keep(self, domains: Domains) -> None:
        self._busy = True
        try:
            self._studio.keep_domains(domains)
        finally:
            self._busy = False

    @Slot()
    def _changed(self) -> None:
        if not self._busy:
            self._stack.clear()
