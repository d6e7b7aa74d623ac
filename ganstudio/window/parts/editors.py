"""Editors of single values, for pages that scroll: the wheel is the page's, the marks take the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStylePainter,
    QWidget,
)


class QuietSpin(QSpinBox):
    """A spin box that leaves the wheel to the page, so that scrolling changes no value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(8, 0, 0, 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the two arrows, in the theme's colour."""
        super().paintEvent(event)
        for up in (True, False):
            _chevron(self, QPointF(self.width() - 15, self.height() / 2 + (-5 if up else 5)), 3, up=up)


_FREE = 2  # Pixels beside a text.


class QuietChoice(QComboBox):
    """A combo box that leaves the wheel to the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """Room for the longest of its texts, and for what `shown_text` leaves free."""
        return super().sizeHint() + QSize(_FREE, 0)

    def shown_text(self) -> str:
        """What stands in the closed box: what is too long is shortened in its middle."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + 4
        text = option.currentText if self.currentIndex() >= 0 else self.placeholderText()
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room - _FREE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its text, cut nowhere, and the arrow in the theme's colour."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
        _chevron(self, QPointF(self.width() - 17, self.height() / 2), 4, up=False)


class NameEdit(QLineEdit):
    """A name that is edited in its place; while nobody does, one that is too long ends in "…"."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setProperty("role", "name")

    def shown_text(self) -> str:
        """What stands there while nobody edits it."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self._room().width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The letters that are edited, or the name as far as there is room for it."""
        if self.hasFocus() or self.shown_text() == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter, self.shown_text())

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        return inside.adjusted(_FREE, 0, -_FREE, 0)


class QuietCheck(QCheckBox):
    """A check box whose tick and edge are seen on any ground."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", "field")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the tick, in the theme's colour."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().highlightedText().color(), 2))
        middle = QPointF(9, self.height() / 2)
        painter.drawPolyline([middle + QPointF(-4, 0), middle + QPointF(-1, 3), middle + QPointF(4, -4)])


class OnOff(QuietCheck):
    """A check box that says what it is: On, or Off."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._say()

    def checkStateSet(self) -> None:
        """Say it anew, also when nobody is to hear that it changed."""
        super().checkStateSet()
        self._say()

    def nextCheckState(self) -> None:
        """Say it anew after a click."""
        super().nextCheckState()
        self._say()

    def _say(self) -> None:
        self.setText(self.tr("On") if self.isChecked() else self.tr("Off"))


def _chevron(widget: QWidget, at: QPointF, half: float, *, up: bool) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    group = QPalette.ColorGroup.Active if widget.isEnabled() else QPalette.ColorGroup.Disabled
    painter.setPen(QPen(widget.palette().color(group, QPalette.ColorRole.PlaceholderText), 1.6))
    rise = half / 2 if up else -half / 2
    painter.drawPolyline([at + QPointF(-half, rise), at + QPointF(0, -rise), at + QPointF(half, rise)])
