"""The Advanced drawer of a training: every setting, what differs from the preset, undo and redo."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtGui import QKeySequence, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.form import Form
from ganstudio.words.cards import MethodCard, Preset
from ganstudio.words.recipe import PRECISIONS, Recipe
from ganstudio.words.settings import SettingCard, Value

_TRAINING = (
    SettingCard(
        "size",
        "int",
        64,
        "Side of the training pictures; larger shows more detail and takes longer.",
        "pixels",
        16,
        1024,
    ),
    SettingCard("steps", "int", 1, "How many times the networks are corrected.", "steps", 1, 100_000_000),
    SettingCard("batch", "int", 1, "Pictures of each folder in one step; more need more memory.", "pictures", 1, 1024),
    SettingCard("seed", "int", 0, "Another number gives another training; the same number the same one again.", "", 0),
    SettingCard(
        "precision", "str", "auto", "Arithmetic of the training; auto takes what suits the device.", choices=PRECISIONS
    ),
)


class TrainDrawer(QWidget):
    """A line that opens, and two forms in it that undo as one.

    Signals:
        changed: Another value in a field.
        restored: This field was changed by undoing; it should be seen.
    """

    changed = Signal()
    restored = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self.training, self.method = Form(self.history), Form(self.history)
        self._card: MethodCard | None = None
        self._kept: dict[str, dict[str, str]] = {}
        self.line = QPushButton()
        self.line.setCheckable(True)
        self.line.setProperty("role", "line")
        self.undo = icon_button(self.tr("Undo"), "undo", self.history.undo)
        self.redo = icon_button(self.tr("Redo"), "redo", self.history.redo)
        self.reset = QPushButton(self.tr("Reset all to preset"))
        self.reset.setProperty("role", "line")
        self._inside = QWidget()
        self._heading = theme.label("", "strong")
        self.training.set_cards(_TRAINING)
        self._layout()
        self._connect()
        self._open(opened=False)
        self._tell()

    # Told from outside

    def set_method(self, card: MethodCard | None, preset: Preset | None) -> None:
        """Show the settings of a method, with what was changed in them before another one was looked at."""
        if self._card is not None:
            self._kept[self._card.key] = self.method.states()
        self._card = card
        self._heading.setText(card.title if card else "")
        self.method.set_cards(card.settings if card else ())
        if preset is not None:
            self.take_preset(preset)
        with QSignalBlocker(self.method):
            self.method.restore(self._kept.get(card.key, {}) if card else {})
        self._tell()

    def take_preset(self, preset: Preset) -> None:
        """Follow a preset, but for what was changed."""
        values: dict[str, Value] = {"size": preset.size, "batch": preset.batch}
        if preset.steps:
            values["steps"] = preset.steps
        self.training.preset(values)
        self.method.preset(preset.settings)
        self._tell()

    def suggest(self, size: int, steps: int) -> None:
        """Such a size and so many steps are what the preset means for these pictures; what someone typed stays."""
        for name, value in (("size", size), ("steps", steps)):
            if not self.fault() and name not in self.training.changes():
                self.training.field(name).preset(value)

    def take(self, recipe: Recipe) -> None:
        """Fill in what a recipe of the shown method asks for, and open."""
        for name in ("size", "steps", "batch", "seed", "precision"):
            self.training.field(name).set_value(getattr(recipe, name))
        for card in self._card.settings if self._card is not None and self._card.key == recipe.method else ():
            self.method.field(card.name).set_value(recipe.settings.get(card.name, card.default))
        self.history.clear()
        self.line.setChecked(True)
        self._tell()

    # Asked from outside

    def fault(self) -> str:
        """The first wrong value, or an empty text."""
        return self.training.fault() or self.method.fault()

    def wishes(self) -> dict[str, object]:
        """What differs from the preset, as `jobs.plan` takes it.

        Raises:
            ValueError: A value is wrong.
        """
        wishes: dict[str, object] = dict(self.training.changes())
        settings = self.method.changes()
        return wishes | ({"settings": settings} if settings else {})

    # Inside

    @Slot()
    def _changed(self) -> None:
        self._tell()
        self.changed.emit()

    @Slot(QWidget)
    def _restored(self, field: QWidget) -> None:
        self.line.setChecked(True)
        self.restored.emit(field)

    @Slot()
    def _reset_all(self) -> None:
        self.history.beginMacro(self.tr("Reset all"))
        self.training.reset()
        self.method.reset()
        self.history.endMacro()

    @Slot()
    def _tell(self) -> None:
        changes = len(self.training.states()) + len(self.method.states())
        self.reset.setEnabled(bool(changes))
        words = {0: self.tr("Advanced"), 1: self.tr("Advanced: 1 change")}
        self.line.setText(words.get(changes, self.tr("Advanced: {} changes").format(changes)))

    def _name(self, button: QPushButton, verb: str, keys: QKeySequence.StandardKey, what: str) -> None:
        said = f"{verb}: {what}" if what else verb
        button.setAccessibleName(said)
        shortcut = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(theme.tip(f"{said} ({shortcut})"))

    def _open(self, *, opened: bool) -> None:
        theme.set_icon(self.line, "chevron-down" if opened else "chevron-right")
        for part in (self._inside, self.reset, self.undo, self.redo):
            part.setVisible(opened)

    def _connect(self) -> None:
        for form in (self.training, self.method):
            form.changed.connect(self._changed)
            form.restored.connect(self._restored)
        self.line.toggled.connect(lambda opened: self._open(opened=opened))
        self.reset.clicked.connect(self._reset_all)
        keys = QKeySequence.StandardKey
        for button, verb, key, able, named in (
            (self.undo, self.tr("Undo"), keys.Undo, self.history.canUndoChanged, self.history.undoTextChanged),
            (self.redo, self.tr("Redo"), keys.Redo, self.history.canRedoChanged, self.history.redoTextChanged),
        ):
            button.setEnabled(False)
            able.connect(button.setEnabled)
            named.connect(partial(self._name, button, verb, key))
            self._name(button, verb, key, "")

    def _layout(self) -> None:
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 12, 0, 0)
        inside.setSpacing(16)
        inside.addWidget(theme.label(self.tr("Training"), "strong"))
        inside.addWidget(self.training)
        inside.addSpacing(8)
        inside.addWidget(self._heading)
        inside.addWidget(self.method)
        header = QHBoxLayout()
        header.setSpacing(4)
        header.addWidget(self.line)
        header.addStretch(1)
        header.addWidget(self.undo)
        header.addWidget(self.redo)
        header.addSpacing(8)
        header.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._inside)
