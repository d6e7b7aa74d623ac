"""A scrolling part of a page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget


def scrolling(inner: QWidget) -> QScrollArea:
    """`inner`, as wide as its place and scrolled up and down where it is higher; Tab goes to what is in it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    # What wraps is as high as its width makes it; Qt would else keep room for all lines broken as narrowly as can be.
    if (layout := inner.layout()) is not None and layout.hasHeightForWidth():
        inner.setSizePolicy(inner.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Ignored)
    area.setWidget(inner)
    return area
