"""Where the parts of the live picture stand: as those of the desk for pictures do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ganstudio.window import theme

if TYPE_CHECKING:
    from ganstudio.window.pages.translate_live import LiveDesk

SIDE = 248


def lay_out(desk: LiveDesk) -> None:
    """The moving picture with its lines on the left; its source and what was kept on the right."""
    desk.picker.setAccessibleName(desk.tr("Camera"))
    desk.picker.setFixedHeight(theme.ROW)
    desk.mirror.setToolTip(desk.tr("Swap left and right, as in a mirror (M)"))
    desk.snapshot.setToolTip(desk.tr("Translate this frame in its full size (S)"))
    desk.end.setToolTip(desk.tr("Let the camera or film go (Esc)"))
    line = QHBoxLayout()
    line.setSpacing(4)
    line.addWidget(desk.status, 1)
    line.addWidget(desk.again)
    line.addSpacing(theme.GRID)
    line.addWidget(desk.pace)
    line.addWidget(desk.fit)
    left = QVBoxLayout()
    left.setSpacing(theme.GRID)
    left.addWidget(desk.canvas, 1)
    left.addLayout(line)
    left.addWidget(desk.notice)
    left.addWidget(desk.look)
    right = QVBoxLayout()
    right.setSpacing(theme.GRID)
    right.setContentsMargins(0, 0, 0, 0)
    right.addWidget(desk.picker)
    right.addWidget(desk.mirror)
    right.addWidget(desk.list, 1)
    right.addWidget(desk.snapshot)
    right.addWidget(desk.end)
    side = QWidget()
    side.setFixedWidth(SIDE)
    side.setLayout(right)
    layout = QHBoxLayout(desk)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3 * theme.GRID)
    layout.addLayout(left, 1)
    layout.addWidget(side)
