"""One graphics card or all: shown only where there are several."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ganstudio.window import theme
from ganstudio.window.parts.editors import QuietChoice


class CardsChoice(QuietChoice):
    """How many graphics cards train.

    Signals:
        chosen: Whether all of them are wanted.
    """

    chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._able = True
        self.setFixedHeight(theme.ROW)
        self.setAccessibleName(self.tr("Graphics cards to train on"))
        self.set_cards(1, every=False)
        self.activated.connect(self._choose)

    def set_cards(self, count: int, *, every: bool) -> None:
        """So many there are, and whether all of them are wanted."""
        self.clear()
        self.addItem(self.tr("1 card"), False)
        self.addItem(self.tr("Both cards") if count == 2 else self.tr("All {} cards").format(count), True)
        self._every = every
        self.setVisible(count > 1)
        self.set_able(able=self._able)

    def set_able(self, *, able: bool) -> None:
        """Whether the method can share its steps."""
        self._able = able
        self.setEnabled(able)
        self.setCurrentIndex(int(self._every and able))
        self.setToolTip(
            theme.tip(
                self.tr("All cards play each step together, each with pictures of its own.")
                if able
                else self.tr("This method has to see all pictures of a step at once, so it trains on one card.")
            )
        )

    @Slot()
    def _choose(self) -> None:
        self._every = bool(self.currentData())
        self.chosen.emit(self._every)
