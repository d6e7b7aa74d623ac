"""One setting to edit, made from its card: label, editor, unit, help; fault, change and way back beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.window.parts.editors import OnOff, QuietChoice, QuietSpin
from ganstudio.words.settings import SettingCard, Value, check

_FIELD = 168
_CAPITALS = {"kl": "KL", "vgg": "VGG"}
_WIDEST_INT = 2**31 - 1
_KEYS_OF_UNDOING = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def plain(name: str) -> str:
    """A setting's name for people: discriminator_width is Discriminator width, kl_cycle is KL cycle."""
    words = [_CAPITALS.get(word, word) for word in name.split("_")]
    said = " ".join(words)
    return said[:1].upper() + said[1:]


def written(value: Value) -> str:
    """A value as it stands in a field: 1e-07, 0.0002, 10; reading it gives the same value again."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


class Field(QWidget):
    """The editor of one setting.

    Signals:
        changed: Another value, by someone's hand or by undoing.
        edited: A hand changed it, from a state to a state (see `state`); a third argument numbers the sitting.
    """

    changed = Signal()
    edited = Signal(object, object, int)

    def __init__(self, card: SettingCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self._preset = card.default
        self._state: str | None = None
        self._sitting = 0
        self.label = theme.label(plain(card.name))
        self._editor = self._make()
        self._editor.setAccessibleName(plain(card.name))
        self._editor.setAccessibleDescription(card.help)
        self._editor.installEventFilter(self)
        self.label.setBuddy(self._editor)
        self._fault = theme.label("", "bad", wrap=True)
        self.reset = QPushButton()
        self.reset.setProperty("role", "line")
        theme.set_icon(self.reset, "undo", "accent", 16)
        self.reset.setAccessibleName(self.tr("Reset {}").format(plain(card.name)))
        self.reset.clicked.connect(self._reset)
        self._layout()
        self.set_value(card.default)

    def preset(self, value: Value) -> None:
        """Take the preset's value; a value that was reset to, or never changed, follows it."""
        follows = self.state() is None
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
        text = self.text()
        # Half of the world writes 0,5.
        return check(self.card, text.replace(",", ".") if self.card.type == "float" else text)

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

    def state(self) -> str | None:
        """What stands in the field when it differs from the preset; None when it is the preset's, whatever that is."""
        return self.text() if self.differs() else None

    def restore(self, state: str | None) -> None:
        """Go to a state, as undoing does it."""
        with QSignalBlocker(self._editor):
            if state is None:
                self._put(self._preset)
            else:
                self._put_text(state)
        self._sitting += 1
        self._judge()
        self.changed.emit()

    def set_value(self, value: Value) -> None:
        """Put a value in the field; `changed` is for what someone edits, not for this."""
        with QSignalBlocker(self._editor):
            self._put(value)
        self._judge()

    def take_focus(self) -> None:
        """Let the keyboard write here."""
        self._editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undoing to the form, whose steps are whole edits; what is typed after a pause is an edit of its own."""
        if event.type() == QEvent.Type.FocusOut:
            self._sitting += 1
        if isinstance(event, QKeyEvent) and any(event.matches(key) for key in _KEYS_OF_UNDOING):
            return True
        return super().eventFilter(watched, event)

    def _put(self, value: Value) -> None:
        self._put_text(str(value).lower() if isinstance(value, bool) else written(value))

    def _put_text(self, text: str) -> None:
        match self._editor:
            case QCheckBox():
                self._editor.setChecked(text == "true")
            case QComboBox():
                self._editor.setCurrentIndex(max(0, self._editor.findData(text)))
            case QSpinBox():
                self._editor.setValue(int(text))
            case QLineEdit():
                self._editor.setText(text)

    def _make(self) -> QWidget:
        card = self.card
        if card.type == "bool":
            box = OnOff()
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
        self._editor.setFixedHeight(theme.ROW)  # Spin boxes would be higher than their neighbours.
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(self._editor)
        if self.card.unit:
            row.addWidget(theme.label(self.card.unit, "muted"))
        row.addSpacing(theme.GRID)
        row.addWidget(self.reset)
        row.addStretch(1)
        help_line = theme.label(self.card.help, wrap=True)
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
        if self.reset.hasFocus():  # The button goes, and the keyboard must not go astray.
            self.take_focus()
        before = self._state
        self.set_value(self._preset)
        self._sitting += 1
        self._tell(before)

    def _edited(self) -> None:
        before = self._state
        self._judge()
        self._tell(before)

    def _tell(self, before: str | None) -> None:
        if before != self._state:
            self.edited.emit(before, self._state, self._sitting)
        self.changed.emit()

    def _judge(self) -> None:
        fault = self.fault()
        self._state = self.state()
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        if self._editor.property("faulty") != bool(fault):
            self._editor.setProperty("faulty", bool(fault))
            self._editor.style().unpolish(self._editor)
            self._editor.style().polish(self._editor)
        differs = self._state is not None
        shown = self._shown(self._preset)
        self.reset.setVisible(differs)
        self.reset.setText(shown)
        self.reset.setToolTip(theme.tip(self.tr("Back to the preset's {}").format(shown)))
        if self.label.property("role") != ("changed" if differs else "body"):
            theme.set_role(self.label, "changed" if differs else "body")

    def _shown(self, value: Value) -> str:
        if isinstance(value, bool):
            return self.tr("On") if value else self.tr("Off")
        if isinstance(value, int):
            return self.locale().toString(value)
        return plain(value) if isinstance(value, str) else written(value)


def _limit(value: float | None, otherwise: int) -> int:
    return otherwise if value is None else max(-_WIDEST_INT, min(_WIDEST_INT, int(value)))
