"""A choice of things that are known, with "Open another one…" at the end of its list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from ganstudio.window.parts.editors import QuietChoice

_MORE = Qt.ItemDataRole.UserRole + 1


class Picker(QuietChoice):
    """A combo box whose last entry is no choice but an action.

    Signals:
        picked: An entry was chosen.
        more_wanted: The last entry was chosen; the choice is what it was.
    """

    picked = Signal()
    more_wanted = Signal()

    def __init__(self, more: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more = more
        self._chosen = -1
        self.activated.connect(self._activated)

    def fill(self, entries: list[tuple[str, str]], chosen: str) -> None:
        """Offer these (title, data) and the action; choose by data, the first entry where there is no such one."""
        self.blockSignals(True)
        self.clear()
        for title, data in entries:
            self.addItem(title, data)
        if entries:
            self.insertSeparator(self.count())
        self.addItem(self._more)
        self.setItemData(self.count() - 1, True, _MORE)
        self._allow_more(allowed=False)
        self.blockSignals(False)
        self.choose(chosen if any(data == chosen for _, data in entries) else entries[0][1] if entries else "")

    def choose(self, data: str) -> None:
        """Choose by data; nothing where there is no such entry."""
        self._chosen = self.findData(data) if data else -1
        self.setCurrentIndex(self._chosen)

    def showPopup(self) -> None:
        """Open the list, the action in it."""
        self._allow_more(allowed=True)
        super().showPopup()

    def hidePopup(self) -> None:
        """Close the list."""
        super().hidePopup()
        # Arrow keys on the closed box go from choice to choice; they must not come upon the action.
        self._allow_more(allowed=False)

    def _allow_more(self, *, allowed: bool) -> None:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        if self.count():
            model.item(self.count() - 1).setEnabled(allowed)

    @Slot(int)
    def _activated(self, index: int) -> None:
        if self.itemData(index, _MORE):
            self.setCurrentIndex(self._chosen)
            self.more_wanted.emit()
        else:
            self._chosen = index
            self.picked.emit()
