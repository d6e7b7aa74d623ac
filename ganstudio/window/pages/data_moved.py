"""A folder of a domain that is not there: say so, and take the place where it is now, with all that was edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from ganstudio.window import edits

if TYPE_CHECKING:
    from ganstudio.window.pages.data_column import DomainColumn


class Moved(QObject):
    """Asks where a folder went. That it is back by itself is noticed elsewhere."""

    def __init__(self, column: DomainColumn) -> None:
        super().__init__(column)
        self._column = column
        self._away = Path()

    def offer(self, away: Path) -> None:
        """Say that this source is not there, with a button to find it."""
        self._away = away
        said = self.tr("{} is away. Bring its drive back, or find the folder where it is now.").format(away)
        self._column.notice.say(said, self.tr("Find it…"), self.find, icon="warning")

    @Slot()
    def find(self) -> None:
        """Ask where it is now."""
        column, near = self._column, self._away
        while not near.is_dir() and near != near.parent:
            near = near.parent
        name = QFileDialog.getExistingDirectory(column, self.tr("Where is {} now?").format(self._away.name), str(near))
        if name:
            domain = edits.move_source(column.domain, self._away, Path(name))
            column.edited.emit(domain, self.tr("{} is taken from its new place.").format(self._away.name))
