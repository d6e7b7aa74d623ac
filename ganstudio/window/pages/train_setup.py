"""Before a training: which method, how long, and what is different this time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.window.parts.form import Form, QuietChoice
from ganstudio.window.parts.preset_card import ChoiceCard, MethodPicture
from ganstudio.words.cards import MethodCard, Preset
from ganstudio.words.recipe import PRECISIONS, PRESETS, Recipe
from ganstudio.words.settings import SettingCard, Value

_TITLES = {"quick": "Quick", "balanced": "Balanced", "best": "Best"}
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


class TrainSetup(QWidget):
    """The choices for one training. Knows nothing of projects and jobs: it is told what fits, and says what is chosen.

    Signals:
        method_chosen: Another method is chosen.
        preset_chosen: Another preset is chosen.
        edited: A value of the Advanced drawer changed.
        device_chosen: The artist chose this device.
        train_wanted: The Train button.
        data_wanted: The button that leads to the pictures.
    """

    method_chosen = Signal()
    preset_chosen = Signal()
    edited = Signal()
    device_chosen = Signal(str)
    train_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: dict[str, MethodCard] = {}
        self._preset_wished = False
        self.methods: dict[str, ChoiceCard] = {}
        self.presets = {key: ChoiceCard(title, "") for key, title in _TITLES.items()}
        self._method_group, self._preset_group = QButtonGroup(self), QButtonGroup(self)
        self._method_grid = QGridLayout()
        self._method_grid.setSpacing(16)
        self.training_form, self.method_form = Form(), Form()
        self.drawer = QPushButton(self.tr("Advanced"))
        self.drawer.setCheckable(True)
        self.drawer.setProperty("role", "line")
        self.reset = QPushButton(self.tr("Reset all to preset"))
        self.reset.setProperty("role", "line")
        self._inside = QWidget()
        self.waiting = theme.label(self.tr("Loading the methods…"), "muted")
        self.problem = theme.label("", "bad", wrap=True)
        self.promise = theme.label("", "muted", wrap=True)
        self.data = QPushButton(self.tr("Go to Data"))
        self.train = QPushButton(self.tr("Train"))
        self.train.setProperty("role", "primary")
        self.train.setMinimumWidth(144)
        self.device = QuietChoice()
        self.device.setAccessibleName(self.tr("Device to train on"))
        self.training_form.set_cards(_TRAINING)
        self._layout()
        self._connect()
        self._open_drawer(opened=False)
        self.set_problem("", at_data=False)

    # Told from outside

    def set_catalogue(self, catalogue: Sequence[MethodCard]) -> None:
        """Show a card for each method."""
        self._catalogue = {card.key: card for card in catalogue}
        for old in self.methods.values():
            self._method_group.removeButton(old)
            old.deleteLater()
        self.methods = {}
        self.waiting.setVisible(not catalogue)
        for number, card in enumerate(catalogue):
            choice = ChoiceCard(card.title, card.sentence, lambda card=card: MethodPicture(card.needs))  # type: ignore[misc]
            self.methods[card.key] = choice
            self._method_group.addButton(choice)
            self._method_grid.addWidget(choice, number // 2, number % 2)

    def set_reasons(self, reasons: Mapping[str, str]) -> None:
        """Say of each method why it cannot be chosen now; an empty text lets it be chosen."""
        for key, choice in self.methods.items():
            choice.set_reason(reasons.get(key, ""))
        fitting = [key for key in self.methods if not reasons.get(key)]
        if self.method not in fitting:
            self._method_group.setExclusive(False)
            for key, choice in self.methods.items():
                choice.setChecked(bool(fitting) and key == fitting[0])
            self._method_group.setExclusive(True)
            self._show_method()
        self.train.setEnabled(self.method is not None)

    def set_plan(self, preset: str, size: int, steps: int, batch: int, time: str) -> None:
        """Show what a preset means for these pictures; the drawer follows the chosen preset."""
        facts = [f"{size} px", f"{steps:,} steps"]
        if batch > 1:
            facts.append(f"batches of {batch}")
        self.presets[preset].set_detail("  ·  ".join(facts) + f"\n{time}")
        # The preset's steps depend on how many pictures there are; a number that someone typed stays.
        if preset == self.preset and not self.fault() and "steps" not in self.training_form.changes():
            self.training_form.field("steps").preset(steps)

    def set_time(self, preset: str, time: str) -> None:
        """Replace the last line of a preset's card."""
        lines = self.presets[preset].detail.split("\n")
        self.presets[preset].set_detail(f"{lines[0]}\n{time}" if lines[0] else time)

    def set_devices(self, devices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Fill the choice of devices."""
        self.device.blockSignals(True)
        self.device.clear()
        best = devices[0][1] if devices else ""
        self.device.addItem(f"Automatic: {best}" if best else self.tr("Automatic"), "auto")
        for key, title in devices:
            self.device.addItem(title, key)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))
        self.device.blockSignals(False)

    def suggest_preset(self, key: str) -> None:
        """Choose a preset, unless the artist has chosen one."""
        if not self._preset_wished and key != self.preset:
            self.presets[key].setChecked(True)
            self._take_preset()

    def take(self, recipe: Recipe) -> None:
        """Fill in what a recipe asks for; the drawer opens, so that it is seen."""
        if recipe.method in self.methods:
            self.methods[recipe.method].setChecked(True)
        self._preset_wished = True
        self.presets[recipe.preset if recipe.preset in self.presets else PRESETS[0]].setChecked(True)
        self._show_method()
        for name in ("size", "steps", "batch", "seed", "precision"):
            self.training_form.field(name).set_value(getattr(recipe, name))
        for card in self._catalogue[recipe.method].settings if self.method == recipe.method else ():
            self.method_form.field(card.name).set_value(recipe.settings.get(card.name, card.default))
        self.drawer.setChecked(True)
        self._open_drawer(opened=True)

    def set_promise(self, sentence: str) -> None:
        """Say what the Train button will do."""
        self.promise.setText(sentence)

    def set_problem(self, sentence: str, *, at_data: bool) -> None:
        """Say what is in the way, and whether the Data page is where to mend it."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.promise.setVisible(not sentence)
        self.data.setVisible(at_data)
        self.train.setEnabled(not sentence and self.method is not None)

    # Asked from outside

    @property
    def method(self) -> str | None:
        """Key of the chosen method."""
        return next((key for key, choice in self.methods.items() if choice.isChecked() and choice.isEnabled()), None)

    @property
    def preset(self) -> str:
        """Key of the chosen preset."""
        return next(key for key, choice in self.presets.items() if choice.isChecked())

    def fault(self) -> str:
        """The first wrong value of the drawer, or an empty text."""
        return self.training_form.fault() or self.method_form.fault()

    def wishes(self) -> dict[str, object]:
        """What differs from the preset, as `jobs.plan` takes it.

        Raises:
            ValueError: A value is wrong.
        """
        wishes: dict[str, object] = dict(self.training_form.changes())
        settings = self.method_form.changes()
        return wishes | ({"settings": settings} if settings else {})

    # Inside

    def _preset_card(self) -> Preset | None:
        method = self._catalogue.get(self.method or "")
        return method.presets[self.preset] if method else None

    @Slot()
    def _method_clicked(self) -> None:
        self._show_method()
        self.method_chosen.emit()

    @Slot()
    def _preset_clicked(self) -> None:
        self._preset_wished = True
        self._take_preset()
        self.preset_chosen.emit()

    def _show_method(self) -> None:
        method = self._catalogue.get(self.method or "")
        self.method_form.set_cards(method.settings if method else ())
        for key in PRESETS:
            self.presets[key].setEnabled(method is not None)
            self.presets[key].set_sentence(method.presets[key].sentence if method else "")
            self.presets[key].set_detail("")
        self._take_preset()

    def _take_preset(self) -> None:
        preset = self._preset_card()
        if preset is None:
            return
        values: dict[str, Value] = {"size": preset.size, "batch": preset.batch}
        if preset.steps:
            values["steps"] = preset.steps
        self.training_form.preset(values)
        self.method_form.preset(preset.settings)

    def _connect(self) -> None:
        self._method_group.buttonClicked.connect(self._method_clicked)
        self._preset_group.buttonClicked.connect(self._preset_clicked)
        for key, choice in self.presets.items():
            self._preset_group.addButton(choice)
            choice.setChecked(key == "quick")
        for form in (self.training_form, self.method_form):
            form.changed.connect(self._form_changed)
        self.drawer.toggled.connect(lambda opened: self._open_drawer(opened=opened))
        self.reset.clicked.connect(self._reset_all)
        self.train.clicked.connect(self.train_wanted)
        self.data.clicked.connect(self.data_wanted)
        self.device.activated.connect(lambda: self.device_chosen.emit(self.device.currentData()))

    @Slot()
    def _form_changed(self) -> None:
        self.reset.setEnabled(self.training_form.differs() or self.method_form.differs())
        self.edited.emit()

    @Slot()
    def _reset_all(self) -> None:
        self.training_form.reset()
        self.method_form.reset()

    def _open_drawer(self, *, opened: bool) -> None:
        theme.set_icon(self.drawer, "chevron-down" if opened else "chevron-right")
        self._inside.setVisible(opened)
        self.reset.setVisible(opened)
        self.reset.setEnabled(self.training_form.differs() or self.method_form.differs())

    def _layout(self) -> None:
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(16)
        inside.addWidget(theme.label(self.tr("Training"), "strong"))
        inside.addWidget(self.training_form)
        inside.addWidget(theme.label(self.tr("Method"), "strong"))
        inside.addWidget(self.method_form)
        drawer = QHBoxLayout()
        drawer.setContentsMargins(0, 0, 0, 0)
        drawer.addWidget(self.drawer)
        drawer.addStretch(1)
        drawer.addWidget(self.reset)
        presets = QHBoxLayout()
        presets.setSpacing(16)
        for choice in self.presets.values():
            presets.addWidget(choice)
        scrolled = QWidget()
        scrolled.setProperty("role", "scrolled")
        column = QVBoxLayout(scrolled)
        column.setSpacing(12)
        column.addWidget(theme.label(self.tr("What should it learn?"), "heading"))
        column.addWidget(self.waiting)
        column.addLayout(self._method_grid)
        column.addSpacing(16)
        column.addWidget(theme.label(self.tr("How much time may it take?"), "heading"))
        column.addLayout(presets)
        column.addSpacing(8)
        column.addLayout(drawer)
        column.addWidget(self._inside)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(scrolled)
        # A distance to the scroll bar, where there is one; else the cards end where the page does.
        area.verticalScrollBar().rangeChanged.connect(
            lambda _, most: column.setContentsMargins(0, 0, 16 if most else 0, 16)
        )
        column.setContentsMargins(0, 0, 0, 16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(self._bottom())

    def _bottom(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        self.device.setMinimumWidth(224)
        self.device.setFixedHeight(theme.ROW)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.promise)
        words.addWidget(self.problem)
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.data)
        row.addWidget(self.device)
        row.addWidget(self.train)
        return card
