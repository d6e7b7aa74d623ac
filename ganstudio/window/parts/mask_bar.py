"""What one paints a mask with: brush or eraser, how large, how soft; turn it over, clear, undo, load."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSlider, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.mask_canvas import LARGEST_BRUSH, SMALLEST_BRUSH, Brush


class MaskBar(QFrame):
    """The controls of a brush and of the mask it paints on.

    Signals:
        brush_changed: The brush is this now.
        shown_changed: Whether the mask itself is to be seen.
        load_wanted: A mask is to be read from a file.
        left: Enough of painting.
    """

    brush_changed = Signal(object)
    shown_changed = Signal(bool)
    load_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask: Mask | None = None
        self.paint = self._tool(self.tr("Show the translation where I paint"), "brush")
        self.erase = self._tool(self.tr("Hide it where I paint (X, or hold Alt)"), "eraser")
        self.paint.setChecked(True)
        self._tools = QButtonGroup(self)
        for button in (self.paint, self.erase):
            self._tools.addButton(button)
        self.size_slider = self._slider(self.tr("Size of the brush ([ and ])"), SMALLEST_BRUSH, LARGEST_BRUSH, 80)
        self.softness = self._slider(self.tr("Softness of its edge"), 0, 100, 60)
        self.shown = self._tool(self.tr("See the mask itself"), "eye")
        self.invert = icon_button(self.tr("Turn the mask over"), "invert", self._invert)
        self.undo = icon_button(self.tr("Undo (Ctrl+Z)"), "undo", self._undo)
        self.clear = icon_button(self.tr("No mask"), "trash", self._clear)
        self.load = icon_button(self.tr("Load a mask from a picture…"), "open", self.load_wanted.emit)
        self.done = QPushButton(self.tr("Done"))
        self.done.setProperty("role", "chip")
        self.done.clicked.connect(self.left)
        self._lay_out()
        self._tools.buttonToggled.connect(self._tell)
        self.size_slider.valueChanged.connect(self._tell)
        self.softness.valueChanged.connect(self._tell)
        self.shown.toggled.connect(self.shown_changed)

    @property
    def brush(self) -> Brush:
        """What is chosen."""
        return Brush(self.size_slider.value(), self.softness.value() / 100, self.erase.isChecked())

    def set_brush(self, brush: Brush) -> None:
        """Choose this, as a key asked for."""
        with QSignalBlocker(self.size_slider), QSignalBlocker(self._tools):
            self.size_slider.setValue(round(brush.size))
            (self.erase if brush.erases else self.paint).setChecked(True)
        self._tell()

    def set_mask(self, mask: Mask | None) -> None:
        """Work on this mask."""
        if self._mask is not None:
            self._mask.changed.disconnect(self._refresh)
        self._mask = mask
        if mask is not None:
            mask.changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        there = self._mask is not None and not self._mask.is_blank
        self.invert.setEnabled(there)
        self.clear.setEnabled(there)
        self.undo.setEnabled(self._mask is not None and self._mask.can_undo)

    @Slot()
    def _tell(self) -> None:
        self.brush_changed.emit(self.brush)

    def _invert(self) -> None:
        if self._mask is not None:
            self._mask.invert()

    def _undo(self) -> None:
        if self._mask is not None:
            self._mask.undo()

    def _clear(self) -> None:
        if self._mask is not None:
            self._mask.clear()

    def _tool(self, name: str, icon: str) -> QPushButton:
        made = icon_button(name, icon)
        made.setCheckable(True)
        return made

    def _slider(self, name: str, low: int, high: int, value: int) -> QSlider:
        made = QSlider(Qt.Orientation.Horizontal)
        made.setRange(low, high)
        made.setValue(value)
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setMinimumWidth(48)
        return made

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.paint)
        row.addWidget(self.erase)
        row.addSpacing(theme.GRID)
        for words, slider in ((self.tr("Size"), self.size_slider), (self.tr("Soft"), self.softness)):
            label = theme.label(words, "muted")
            label.setBuddy(slider)
            row.addWidget(label)
            row.addWidget(slider, 1)
            row.addSpacing(4)
        for button in (self.shown, self.invert, self.undo, self.clear, self.load):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.done)
