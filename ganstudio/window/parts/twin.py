"""Twin: two pictures side by side that are zoomed and moved as one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.picture_view import Levels, View


class Twin(QWidget):
    """A canvas on each side; what the hand does to one, the other does too.

    Args:
        between: Pixels between the two.
    """

    def __init__(self, parent: QWidget | None = None, *, between: int = theme.GRID) -> None:
        super().__init__(parent)
        self.sides = (Compare(), Compare())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(between)
        for canvas, other in zip(self.sides, reversed(self.sides), strict=True):
            canvas.viewed.connect(lambda view, other=other: self._follow(other, view))
            row.addWidget(canvas, 1)

    def show_side(self, side: int, name: str, picture: Levels | None, message: str = "") -> None:
        """Show a picture on one side (0 is the left one), under this name; where there is none, say why."""
        canvas = self.sides[side]
        canvas.setAccessibleName(name)
        view = (canvas if canvas.levels is not None else self.sides[1 - side]).view()
        with QSignalBlocker(canvas):  # A new picture is no move of the hand.
            canvas.show_pair(picture, None)
        canvas.set_message(message)
        if picture is not None:
            canvas.look_at(view)

    def fit(self) -> None:
        """Show both as a whole."""
        self.sides[0].fit()

    def actual_size(self) -> None:
        """Show both at one pixel of the left picture to one of the screen."""
        self.sides[0].actual_size()

    def _follow(self, other: Compare, view: View) -> None:
        if other.levels is not None:
            other.look_at(view)
