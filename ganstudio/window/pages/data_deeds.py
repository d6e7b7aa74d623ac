"""What an artist does with the pictures of a domain: leave out, take back, sort and describe anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ganstudio.window import edits, words
from ganstudio.window.pages import data_menus, data_words
from ganstudio.window.parts.filter_panel import EXCLUDE, KEEP_BEST, TAKE_BACK, TRASH
from ganstudio.window.parts.health_bar import LEFT_OUT

if TYPE_CHECKING:
    from ganstudio.window.pages.data_column import DomainColumn


class Deeds(QObject):
    """Turns what was pressed in a column into another state of its domain, with a sentence."""

    def __init__(self, column: DomainColumn) -> None:
        super().__init__(column)
        self._column = column

    @Slot(str)
    def do(self, deed: str) -> None:
        """What a button of the filter says, with its pictures."""
        paths = self._column.of_filter()
        if deed in {EXCLUDE, KEEP_BEST}:
            self._leave_out(paths)
        elif deed == TAKE_BACK:
            self._take_back(paths)
        elif deed == TRASH:
            self._column.trash_wanted.emit(list(paths))

    @Slot()
    def leave_out(self) -> None:
        """Leave the chosen pictures out; those that are left out come back."""
        chosen = self._column.gallery.chosen()
        if self._column.packed is not None:
            self._column.failed.emit(data_words.refusal())
        elif self._column.health.kind == LEFT_OUT:
            self._take_back(chosen)
        else:
            self._leave_out(chosen)

    def _leave_out(self, paths: Sequence[Path]) -> None:
        said = self.tr("Left out {}.").format(words.pictures(len(paths)))
        self._column.edited.emit(edits.leave_out(self._column.domain, paths), said)

    def _take_back(self, paths: Sequence[Path]) -> None:
        said = self.tr("Took back {}.").format(words.pictures(len(paths)))
        self._column.edited.emit(edits.take_back(self._column.domain, paths), said)

    @Slot(str)
    def move_to_class(self, name: str) -> None:
        """The chosen pictures are of this class; empty takes them out of theirs."""
        column, paths = self._column, self._column.gallery.chosen()
        if column.listing is not None and paths:
            told = self.tr("Moved {pictures} to {name}.") if name else self.tr("Moved {pictures} out of their class.")
            said = told.format(pictures=words.pictures(len(paths)), name=name)
            column.edited.emit(edits.move_to_class(column.domain, paths, name, column.listing), said)

    @Slot()
    def ask_new_class(self) -> None:
        """Ask for a class and move the chosen pictures to it."""
        data_menus.ask(self._column, self.tr("New class"), self.tr("Name of the class:"), "", self.move_to_class)

    @Slot(str)
    def ask_class_name(self, old: str) -> None:
        """Ask what a class is to be called."""

        def rename(new: str) -> None:
            column = self._column
            if column.listing is not None:
                said = self.tr("{old} is called {new} now.").format(old=old, new=new)
                column.edited.emit(edits.rename_class(column.domain, old, new, column.listing), said)

        data_menus.ask(self._column, self.tr("Rename class"), self.tr("Name of the class:"), old, rename)

    @Slot(list, str)
    def describe(self, paths: list[Path], text: str) -> None:
        """These pictures show what `text` says, one caption a line."""
        column = self._column
        if column.listing is not None:
            said = self.tr("Described {}.").format(words.pictures(len(paths)))
            column.edited.emit(edits.describe(column.domain, paths, text, column.listing), said)
