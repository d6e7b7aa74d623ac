"""How much of a translation is wanted, in one row: strength, what goes back, the picture's own colours, a mask."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QSlider, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.editors import QuietCheck, QuietChoice
from ganstudio.words.look import Blend, Look


class LookBar(QWidget):
    """The controls of a `Look`.

    Signals:
        changed: The look is this now.
        masking: The mask is to be painted, or no longer.
    """

    changed = Signal(object)
    masking = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setAccessibleName(self.tr("Strength"))
        self.strength.setMinimumWidth(48)
        self.strength.setMaximumWidth(320)
        self.percent = theme.label("100 %", "muted")
        self.percent.setFixedWidth(self.percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self.blend = QuietChoice()
        self.blend.setAccessibleName(self.tr("What goes back to the picture's own"))
        self.blend.setToolTip(self.tr("What goes back to the picture's own below full strength"))
        kinds: tuple[tuple[Blend, str], ...] = (
            ("light", self.tr("Everything")),
            ("luminance", self.tr("Light and shade")),
            ("colour", self.tr("Colours")),
        )
        for blend, name in kinds:
            self.blend.addItem(name, blend)
        self.blend.setMinimumWidth(116)  # In the smallest window the longest of them is shortened, and nothing cut.
        self.colours = QuietCheck(self.tr("Own colours"))
        self.colours.setToolTip(self.tr("Keep the picture's own colours and take the translation's light and shade"))
        self.paint = QPushButton(self.tr("Mask"))
        self.paint.setCheckable(True)
        self.paint.setProperty("role", "chip")
        self.paint.setToolTip(self.tr("Paint where the translation shows (M)"))
        theme.set_icon(self.paint, "brush", side=16)
        self._lay_out()
        self.strength.valueChanged.connect(self._tell)
        self.blend.currentIndexChanged.connect(self._tell)
        self.colours.toggled.connect(self._tell)
        self.paint.toggled.connect(self.masking)
        self._refresh()

    @property
    def look(self) -> Look:
        """What is asked for, without the mask."""
        blend: Blend = self.blend.currentData()
        return Look(self.strength.value() / 100, blend, self.colours.isChecked())

    @Slot()
    def _tell(self) -> None:
        self._refresh()
        self.changed.emit(self.look)

    def _refresh(self) -> None:
        self.percent.setText(f"{self.strength.value()} %")
        self.blend.setEnabled(self.strength.value() < 100)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        label = theme.label(self.tr("Strength"))
        label.setBuddy(self.strength)
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.paint.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.colours.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row.addWidget(label)
        row.addWidget(self.strength, 4)
        row.addWidget(self.percent)
        row.addWidget(self.blend)
        row.addSpacing(4)
        row.addWidget(self.colours)
        row.addStretch(1)
        row.addWidget(self.paint)
