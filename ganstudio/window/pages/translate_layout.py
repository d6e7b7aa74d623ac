"""Where the parts of the desk for pictures stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ganstudio.window import theme

if TYPE_CHECKING:
    from ganstudio.window.pages.translate_picture import PictureDesk

_SIDE = 248


def lay_out(desk: PictureDesk) -> None:
    """The picture with its lines on the left, the queue and what is done with it on the right."""
    desk.stack.addWidget(desk.drop)
    desk.stack.addWidget(desk.compare)
    line = QHBoxLayout()
    line.setSpacing(4)
    line.addWidget(desk.status, 1)
    line.addWidget(desk.retry)
    line.addSpacing(theme.GRID)
    for widget in (desk.zoom, desk.fit, desk.full):
        line.addWidget(widget)
    below = QHBoxLayout()
    below.setSpacing(4)
    below.addWidget(desk.look, 1)
    below.addWidget(desk.more)
    left = QVBoxLayout()
    left.setSpacing(theme.GRID)
    left.addWidget(desk.stack, 1)
    left.addLayout(line)
    left.addWidget(desk.brush)
    left.addWidget(desk.film)
    left.addLayout(below)
    right = QVBoxLayout()
    right.setSpacing(theme.GRID)
    right.setContentsMargins(0, 0, 0, 0)
    right.addLayout(_row(desk.open, desk.folder))
    right.addWidget(desk.camera)
    right.addWidget(desk.list, 1)
    right.addWidget(desk.saving_row)
    right.addWidget(desk.clear)
    right.addLayout(_row(desk.copy, desk.save))
    right.addWidget(desk.save_all)
    side = QWidget()
    side.setFixedWidth(_SIDE)
    side.setLayout(right)
    layout = QHBoxLayout(desk.still)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3 * theme.GRID)
    layout.addLayout(left, 1)
    layout.addWidget(side)
    whole = QVBoxLayout(desk)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(desk.pages)
    for page in (desk.still, desk.live):
        desk.pages.addWidget(page)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GRID)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
