"""What one chooses for a film beyond the look: how much flicker is calmed, and to see it move."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QSlider, QWidget

from ganstudio.window import theme


class FilmBar(QFrame):
    """A slider from sharp to calm, and a button that plays the film through the model.

    Signals:
        play_wanted: It is to be played live.
    """

    play_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setAccessibleName(self.tr("Calm the flicker"))
        self.slider.setToolTip(self.tr("Frames are made more like the ones before; what moves becomes a little softer"))
        self.slider.setMaximumWidth(240)
        self.percent = theme.label("", "muted")
        self.percent.setFixedWidth(self.percent.fontMetrics().horizontalAdvance("100 %") + 4)
        self.slider.valueChanged.connect(self._refresh)
        self.play = QPushButton(self.tr("Play live"))
        self.play.setProperty("role", "chip")
        self.play.setToolTip(self.tr("See it move through the model, at a size that holds its tempo"))
        theme.set_icon(self.play, "play", side=16)
        self.play.clicked.connect(lambda _=False: self.play_wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        label = theme.label(self.tr("Calm the flicker"))
        label.setBuddy(self.slider)
        label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.percent)
        row.addStretch(1)
        row.addWidget(self.play)
        self._refresh()

    @property
    def smooth(self) -> float:
        """From 0 for frames as they come to 1 for the calmest."""
        return self.slider.value() / 100

    @Slot()
    def _refresh(self) -> None:
        self.percent.setText(f"{self.slider.value()} %")
