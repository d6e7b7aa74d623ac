"""A form made from setting cards: label, editor, unit, help line, reset to preset, and faults told beside the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window.theme import ROW, label
from ganstudio.words.settings import SettingCard, Value, check

_FIELD = 168
_WIDEST_INT = 2**31 - 1


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


class QuietChoice(QComboBox):
    """A combo box that leaves the wheel to the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "field")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Add the arrow, in the theme's colour."""
        super().paintEvent(event)
        _chevron(self, QPointF(self.width() - 17, self.height() / 2), 4, up=False)


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


def _chevron(widget: QWidget, at: QPointF, half: float, *, up: bool) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    group = QPalette.ColorGroup.Active if widget.isEnabled() else QPalette.ColorGroup.Disabled
    painter.setPen(QPen(widget.palette().color(group, QPalette.ColorRole.PlaceholderText), 1.6))
    rise = half / 2 if up else -half / 2
    painter.drawPolyline([at + QPointF(-half, rise), at + QPointF(0, -rise), at + QPointF(half, rise)])


def plain(name: str) -> str:
    """A setting's name for people: judge_width is Judge width."""
    return name.replace("_", " ").capitalize()


class Field(QWidget):
    """The editor of one setting."""

    changed = Signal()

    def __init__(self, card: SettingCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._preset = card.default
        self.label = label(plain(card.name))
        self._editor = self._make()
        self._editor.setAccessibleName(plain(card.name))
        self._editor.setAccessibleDescription(card.help)
        self.label.setBuddy(self._editor)
        self._fault = label("", "bad", wrap=True)
        self.reset = QToolButton()
        self.reset.setText("↺")
        self.reset.setAutoRaise(True)
        self.reset.setToolTip(self.tr("Back to the preset's value"))
        self.reset.setAccessibleName(self.tr("Reset {}").format(plain(card.name)))
        self.reset.clicked.connect(self._reset)
        self._layout()
        self.set_value(card.default)

    def preset(self, value: Value) -> None:
        """Take the preset's value; a value that was reset to, or never changed, follows it."""
        follows = not self.fault() and self.value() == self._preset
        self._preset = value
        if follows:
            self.set_value(value)
        self._judge()

    def text(self) -> str:
        """What stands in the field."""
        match self._editor:
            case QCheckBox():
                return str(self._editor.isChecked()).lower()
            case QComboBox():
                return str(self._editor.currentData())
            case QSpinBox():
                return str(self._editor.value())
            case QLineEdit():
                return self._editor.text()
            case _:
                raise AssertionError(type(self._editor))

    def value(self) -> Value:
        """The value in the field.

        Raises:
            ValueError: It is none; `fault` has the sentence.
        """
        return check(self.card, self.text())

    def fault(self) -> str:
        """What is wrong with the field, or an empty text."""
        try:
            self.value()
        except ValueError as error:
            sentence = str(error)
            name = self.card.name
            return plain(name) + sentence[len(name) :] if sentence.startswith(name) else sentence
        return ""

    def differs(self) -> bool:
        """Whether the value is another than the preset's."""
        return bool(self.fault()) or self.value() != self._preset

    def set_value(self, value: Value) -> None:
        """Put a value in the field; `changed` is for what someone edits, not for this."""
        self._editor.blockSignals(True)
        self._put(value)
        self._editor.blockSignals(False)
        self._judge()

    def _put(self, value: Value) -> None:
        match self._editor:
            case QCheckBox():
                self._editor.setChecked(bool(value))
            case QComboBox():
                self._editor.setCurrentIndex(max(0, self._editor.findData(value)))
            case QSpinBox():
                self._editor.setValue(int(value))
            case QLineEdit():
                self._editor.setText(f"{value:g}" if isinstance(value, float) else str(value))

    def _make(self) -> QWidget:
        card = self.card
        if card.type == "bool":
            box = QuietCheck(self.tr("On"))
            box.toggled.connect(self._edited)
            return box
        if card.choices:
            choice = QuietChoice()
            for option in card.choices:
                choice.addItem(plain(option), option)
            choice.currentIndexChanged.connect(self._edited)
            return choice
        if card.type == "int":
            spin = QuietSpin()
            spin.setRange(_limit(card.low, -_WIDEST_INT), _limit(card.high, _WIDEST_INT))
            spin.setGroupSeparatorShown(True)
            spin.valueChanged.connect(self._edited)
            return spin
        line = QLineEdit()
        line.textEdited.connect(self._edited)
        return line

    def _layout(self) -> None:
        self._editor.setFixedWidth(_FIELD)
        self._editor.setMinimumHeight(ROW)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._editor)
        if self.card.unit:
            row.addWidget(label(self.card.unit))
        row.addWidget(self.reset)
        row.addStretch(1)
        help_line = label(self.card.help, wrap=True)
        help_line.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
        policy.setHeightForWidth(True)
        help_line.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.label)
        layout.addLayout(row)
        layout.addWidget(self._fault)
        layout.addWidget(help_line)
        layout.addStretch(1)

    def _reset(self) -> None:
        self.set_value(self._preset)
        self.changed.emit()

    def _edited(self) -> None:
        self._judge()
        self.changed.emit()

    def _judge(self) -> None:
        fault = self.fault()
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        if self._editor.property("faulty") != bool(fault):
            self._editor.setProperty("faulty", bool(fault))
            self._editor.style().unpolish(self._editor)
            self._editor.style().polish(self._editor)
        self.reset.setEnabled(self.differs())


class Form(QWidget):
    """Fields for some cards, in two columns."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(16)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def set_cards(self, cards: Sequence[SettingCard]) -> None:
        """Show fields for these cards, with their defaults."""
        for field in self._fields.values():
            self._grid.removeWidget(field)
            field.setParent(None)
            field.deleteLater()
        self._fields = {card.name: Field(card) for card in cards}
        for index, field in enumerate(self._fields.values()):
            field.changed.connect(self.changed)
            self._grid.addWidget(field, index // 2, index % 2)

    def preset(self, values: Mapping[str, Value]) -> None:
        """Take a preset's values; what it does not name goes to the default. Values someone changed stay."""
        for name, field in self._fields.items():
            field.preset(values.get(name, field.card.default))

    def reset(self) -> None:
        """Every field back to the preset's value."""
        for field in self._fields.values():
            if field.differs():
                field.reset.click()

    def field(self, name: str) -> Field:
        """The field of one setting."""
        return self._fields[name]

    def values(self) -> dict[str, Value]:
        """All values.

        Raises:
            ValueError: One of them is none; the message says which and why.
        """
        return {name: field.value() for name, field in self._fields.items()}

    def changes(self) -> dict[str, Value]:
        """Values other than the preset's.

        Raises:
            ValueError: As `values`.
        """
        return {name: value for name, value in self.values().items() if self._fields[name].differs()}

    def fault(self) -> str:
        """The first thing wrong, or an empty text."""
        return next((fault for field in self._fields.values() if (fault := field.fault())), "")

    def differs(self) -> bool:
        """Whether any value is another than the preset's."""
        return any(field.differs() for field in self._fields.values())


def _limit(value: float | None, otherwise: int) -> int:
    return otherwise if value is None else max(-_WIDEST_INT, min(_WIDEST_INT, int(value)))
