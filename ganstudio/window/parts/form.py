"""A form made from setting cards, whose edits can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QGridLayout, QWidget

from ganstudio.window.parts.field import Field, plain
from ganstudio.words.settings import SettingCard, Value

_MERGED = 1


class _Edit(QUndoCommand):
    """One field from one state to another; what is typed in one sitting is one edit."""

    def __init__(self, form: Form, field: Field, change: tuple[str | None, str | None], sitting: int) -> None:
        super().__init__(plain(field.card.name))
        self._form = form
        self.field, self.sitting = field, sitting
        self.before, self.after = change
        self._done = True

    def id(self) -> int:
        """Edits may merge."""
        return _MERGED

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in what was typed next in the same field."""
        if not isinstance(other, _Edit) or (other.field, other.sitting) != (self.field, self.sitting):
            return False
        self.after = other.after
        self.setObsolete(self.before == self.after)
        return True

    def undo(self) -> None:
        """Back to the state before."""
        self._done = False
        self._form.restore_field(self.field, self.before)

    def redo(self) -> None:
        """Forth to the state after; the first time the hand has done it already."""
        if not self._done:
            self._form.restore_field(self.field, self.after)
        self._done = True


class Form(QWidget):
    """Fields for some cards, in two columns.

    Signals:
        changed: Another value in a field.
        restored: This field was changed by undoing or doing again.

    Args:
        undo: Takes the edits, for several forms that undo as one; without it the form has its own.
        parent: Qt's parent.
    """

    changed = Signal()
    restored = Signal(QWidget)

    def __init__(self, undo: QUndoStack | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.undo = undo or QUndoStack(self)
        self._fields: dict[str, Field] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(32)
        self._grid.setVerticalSpacing(20)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def set_cards(self, cards: Sequence[SettingCard]) -> None:
        """Show fields for these cards, with their defaults. What was done to others cannot be undone any more."""
        self.undo.clear()
        for field in self._fields.values():
            self._grid.removeWidget(field)
            field.setParent(None)
            field.deleteLater()
        self._fields = {card.name: Field(card) for card in cards}
        for index, field in enumerate(self._fields.values()):
            field.changed.connect(self.changed)
            field.edited.connect(
                lambda before, after, sitting, field=field: self.undo.push(_Edit(self, field, (before, after), sitting))
            )
            self._grid.addWidget(field, index // 2, index % 2)

    def preset(self, values: Mapping[str, Value]) -> None:
        """Take a preset's values; what it does not name goes to the default. Values someone changed stay."""
        for name, field in self._fields.items():
            field.preset(values.get(name, field.card.default))

    def reset(self) -> None:
        """Every field back to the preset's value, as one step to undo."""
        if not self.differs():
            return
        self.undo.beginMacro(self.tr("Reset all"))
        for field in self._fields.values():
            if field.differs():
                field.reset.click()
        self.undo.endMacro()

    def field(self, name: str) -> Field:
        """The field of one setting."""
        return self._fields[name]

    def restore_field(self, field: Field, state: str | None) -> None:
        """Put a field into a state it had."""
        field.restore(state)
        self.restored.emit(field)

    def states(self) -> dict[str, str]:
        """What stands in the fields that differ from the preset, for `restore`."""
        states = {name: field.state() for name, field in self._fields.items()}
        return {name: state for name, state in states.items() if state is not None}

    def restore(self, states: Mapping[str, str]) -> None:
        """Put back what `states` told; names that are no fields are passed over."""
        for name, state in states.items():
            if name in self._fields:
                self._fields[name].restore(state)

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
        return bool(self.states())
