"""Before a training: which method, how long, and what is different this time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.aims import best
from ganstudio.window.pages.train_drawer import TrainDrawer
from ganstudio.window.parts.cards_choice import CardsChoice
from ganstudio.window.parts.chosen_method import ChosenMethod
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.folder_choice import FolderChoice
from ganstudio.window.parts.method_chooser import MethodChooser
from ganstudio.window.parts.preset_card import ChoiceCard
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.parts.weights_offer import WeightsOffer
from ganstudio.window.selection import Selection, candidates, left_out, of_recipe
from ganstudio.window.words import sharpness
from ganstudio.words.cards import MethodCard, Preset, WeightsFile
from ganstudio.words.recipe import PRESETS, Domain, Recipe

_TITLES = {
    "quick": "Quick · minutes",
    "balanced": "Balanced · overnight",
    "best": "Best · weekend",
    "low-memory": "Low memory",
}


class TrainSetup(QWidget):
    """The choices for one training. Knows nothing of projects and jobs: it is told what fits, and says what is chosen.

    Signals:
        method_chosen: Another method is chosen.
        folders_chosen: Other folders are chosen, or another order.
        preset_chosen: Another preset is chosen.
        edited: A value of the Advanced drawer changed.
        device_chosen: The artist chose this device.
        train_wanted: The Train button.
        data_wanted: The button that leads to the pictures.
    """

    method_chosen = Signal()
    folders_chosen = Signal()
    preset_chosen = Signal()
    edited = Signal()
    device_chosen = Signal(str)
    train_wanted = Signal()
    data_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue: dict[str, MethodCard] = {}
        self._refused: frozenset[str] = frozenset()
        self._unsure: frozenset[str] = frozenset()
        self._method: str | None = None
        self._method_wished: str | None = None
        self._domains: tuple[Domain, ...] = ()
        self._selections: dict[str, Selection] = {}
        self._first: dict[str, Selection] = {}
        self._weights: dict[str, WeightsFile] = {}
        self._preset_wished = False
        self.chosen, self.chooser = ChosenMethod(), MethodChooser()
        self.folders, self.weights = FolderChoice(), WeightsOffer()
        self.presets = {key: ChoiceCard(title, "", detail_lines=3) for key, title in _TITLES.items()}
        self._preset_group = QButtonGroup(self)
        self.drawer = TrainDrawer()
        self.stack = QStackedWidget()
        self._choices, self._times = QWidget(), QWidget()
        self.waiting = theme.label(self.tr("Loading the methods…"), "muted")
        self.problem = theme.label("", "bad", wrap=True)
        self.promise = theme.label("", "muted", wrap=True)
        self.data = QPushButton(self.tr("Go to Data"))
        self.train = QPushButton(self.tr("Train"))
        self.train.setProperty("role", "primary")
        self.train.setMinimumWidth(144)
        self.cards = CardsChoice()
        self.device = QuietChoice()
        self.device.setAccessibleName(self.tr("Device to train on"))
        self._layout()
        self._connect()
        self.set_catalogue(())
        self.set_problem("", at_data=False)

    # Told from outside

    def set_catalogue(self, catalogue: Sequence[MethodCard]) -> None:
        """What can be chosen from; nothing is chosen until it is known what fits."""
        self._catalogue = {card.key: card for card in catalogue}
        self.chooser.set_catalogue(catalogue)
        self.waiting.setVisible(not catalogue)
        self.chosen.setVisible(bool(catalogue))
        self._refused, self._unsure = frozenset(), frozenset(self._catalogue)
        self._take_method(None)

    def set_folders(self, domains: Sequence[Domain]) -> None:
        """The project's folders. What was chosen of others is forgotten; which method fits them follows."""
        if tuple(domains) == self._domains:
            return
        self._domains = tuple(domains)
        self._selections, self._first = {}, {}
        self.folders.set_folders([domain.name for domain in domains])
        self._show_folders()

    def set_fits(
        self,
        reasons: Mapping[str, str],
        details: Mapping[str, str],
        unsure: Collection[str],
        first: Mapping[str, Selection],
    ) -> None:
        """Say what fits the folders; the method chosen stays while it fits, else the best one that fits is chosen.

        Args:
            reasons: Method → why it does not fit.
            details: Method → more about that.
            unsure: Methods that nobody knows of yet.
            first: Method → the first folders that fit it, where that is known.
        """
        self._refused, self._unsure, self._first = frozenset(reasons), frozenset(unsure), dict(first)
        folders = len(self._domains)
        self.chooser.set_reasons(folders, reasons, details)
        wished = self._method_wished
        if wished in self._catalogue and wished not in self._refused:
            self._take_method(wished)
        else:
            cards = self._catalogue.values()
            # While a folder is away, what fits the others alone is not what the artist put them there for.
            partly = {key for key in first if folders - len(first[key]) > left_out(self._catalogue[key].needs, folders)}
            self._take_method(best(tuple(cards), folders, self._refused | partly, self._unsure))

    def forget_method(self) -> None:
        """What the artist chose was for other folders."""
        self._method_wished = None

    def set_weights(self, missing: Mapping[str, WeightsFile]) -> None:
        """Method → the file of weights that it would do better with; the chosen one's is offered."""
        self._weights = dict(missing)
        self.weights.offer(self._weights.get(self._method or ""))

    def set_plan(self, preset: str, size: int, steps: int, batch: int, time: str) -> None:
        """Show what a preset means for these pictures; the drawer follows the chosen preset."""
        facts = [f"{size} px, {sharpness(size)}", f"{steps:,} steps"]
        if batch > 1:
            facts.append(f"batches of {batch}")
        self.presets[preset].set_detail("  ·  ".join(facts) + f"\n{time}")
        # The preset's steps depend on how many pictures there are, its size on how large they are.
        if preset == self.preset:
            self.drawer.suggest(size, steps)

    def set_time(self, preset: str, time: str) -> None:
        """Replace what a preset's card says below its size and steps."""
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
        """Choose a preset, unless the artist has chosen one, and say that it suits this computer."""
        for name, choice in self.presets.items():
            choice.set_tag(self.tr("Suits this computer") if name == key else "")
        if not self._preset_wished and key != self.preset:
            self.presets[key].setChecked(True)
            self._take_preset()

    def take(self, recipe: Recipe) -> None:
        """Fill in what a recipe asks for; the drawer opens, so that it is seen."""
        self._preset_wished = True
        self.presets[recipe.preset if recipe.preset in self.presets else PRESETS[0]].setChecked(True)
        if recipe.method in self._catalogue:
            self._method_wished = recipe.method
            if (selection := of_recipe(recipe.domains, self._domains)) is not None:
                self._selections[recipe.method] = selection
            self._take_method(recipe.method)
        self.drawer.take(recipe)

    def set_promise(self, sentence: str) -> None:
        """Say what the Train button will do."""
        self.promise.setText(sentence)

    def set_starting(self) -> None:
        """The button was pressed; disabled, it would give the keyboard to something else."""
        self.train.setText(self.tr("Starting…"))

    def set_queueing(self, training: str) -> None:
        """While another one trains, a new one waits for its turn; an empty name says that nothing trains."""
        self.train.setText(self.tr("Add to queue") if training else self.tr("Train"))
        tip = self.tr("It begins when {} has ended.").format(training) if training else ""
        self.train.setToolTip(theme.tip(tip))

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
        return self._method

    @property
    def selection(self) -> Selection:
        """The folders that the chosen method trains on: the artist's choice, else the first that fit."""
        key = self._method or ""
        if key not in self._catalogue:
            return ()
        tried = candidates(self._catalogue[key].needs, len(self._domains))
        return self._selections.get(key) or self._first.get(key) or (tried[0] if tried else ())

    @property
    def looked(self) -> bool:
        """Whether it is known of every method if it fits."""
        return not self._unsure

    @property
    def preset(self) -> str:
        """Key of the chosen preset."""
        return next(key for key, choice in self.presets.items() if choice.isChecked())

    def fault(self) -> str:
        """The first wrong value of the drawer, or an empty text."""
        return self.drawer.fault()

    def wishes(self) -> dict[str, object]:
        """What differs from the preset, as `jobs.plan` takes it.

        Raises:
            ValueError: A value is wrong.
        """
        return self.drawer.wishes()

    # Inside

    def _preset_card(self) -> Preset | None:
        method = self._catalogue.get(self.method or "")
        return method.presets[self.preset] if method else None

    @Slot(str)
    def _choose_method(self, key: str) -> None:
        self._method_wished = key
        self._show_choices()
        if key != self._method:
            self._take_method(key)
            self.method_chosen.emit()

    @Slot(object)
    def _choose_folders(self, selection: Selection) -> None:
        if self._method is not None:
            self._selections[self._method] = selection
            self.folders_chosen.emit()

    @Slot()
    def _show_chooser(self) -> None:
        self.stack.setCurrentWidget(self.chooser)
        self._foot.hide()
        self.chooser.begin()

    @Slot()
    def _show_choices(self) -> None:
        self.stack.setCurrentWidget(self._area)
        self._foot.show()
        self.chosen.others.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _preset_clicked(self) -> None:
        self._preset_wished = True
        self._take_preset()
        self.preset_chosen.emit()

    def _take_method(self, key: str | None) -> None:
        """Show a method: its card, what its presets mean, its settings."""
        method = self._catalogue.get(key or "")
        looking = bool(self._unsure - self._refused)
        self.chosen.show_method(method, len(self._catalogue) - 1, looking=looking)
        self.chooser.set_method(key)
        self.train.setEnabled(method is not None)
        self.cards.set_able(able=method is None or method.shareable)
        if key == self._method and key is not None:
            self._show_folders()
            return
        self._method = key
        self._show_folders()
        self.weights.offer(self._weights.get(key or ""))
        for name, choice in self.presets.items():
            choice.setVisible(method is None or name in method.presets)
            choice.set_sentence(method.presets[name].sentence if method and name in method.presets else "")
            choice.set_detail("")
        self.drawer.set_method(method, self._preset_card())
        self._times.setVisible(method is not None)
        self.drawer.setVisible(method is not None)

    def _show_folders(self) -> None:
        self.folders.show_method(self._catalogue.get(self._method or ""), self.selection)

    def _take_preset(self) -> None:
        preset = self._preset_card()
        if preset is not None:
            self.drawer.take_preset(preset)

    def _connect(self) -> None:
        self._preset_group.buttonClicked.connect(self._preset_clicked)
        for key, choice in self.presets.items():
            self._preset_group.addButton(choice)
            choice.setChecked(key == "quick")
        self.chosen.others.clicked.connect(self._show_chooser)
        self.chooser.chosen.connect(self._choose_method)
        self.chooser.left.connect(self._show_choices)
        self.folders.chosen.connect(self._choose_folders)
        self.drawer.changed.connect(self.edited)
        self.drawer.restored.connect(self._reveal)
        self.train.clicked.connect(self.train_wanted)
        self.data.clicked.connect(self.data_wanted)
        self.device.activated.connect(lambda: self.device_chosen.emit(self.device.currentData()))
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, slot in (
            (QKeySequence.StandardKey.Undo, self.drawer.history.undo),
            (QKeySequence.StandardKey.Redo, self.drawer.history.redo),
        ):
            QShortcut(QKeySequence(keys), self._choices, slot, inside)

    @Slot(QWidget)
    def _reveal(self, field: QWidget) -> None:
        # The drawer may just have opened, and is laid out after this.
        QTimer.singleShot(0, field, lambda: self._area.ensureWidgetVisible(field, 0, 3 * theme.GRID))

    def _layout(self) -> None:
        presets = QHBoxLayout()
        presets.setSpacing(12)
        times = QVBoxLayout(self._times)
        times.setContentsMargins(0, 16, 0, 8)
        times.setSpacing(12)
        times.addWidget(theme.label(self.tr("How much time may it take?"), "heading"))
        times.addLayout(presets)
        for choice in self.presets.values():
            presets.addWidget(choice, 1)
        self._choices.setProperty("role", "scrolled")
        column = QVBoxLayout(self._choices)
        column.setSpacing(12)
        column.addWidget(theme.label(self.tr("What should it learn?"), "heading"))
        column.addWidget(self.waiting)
        column.addWidget(self.chosen)
        column.addWidget(self.weights)
        column.addWidget(self.folders)
        column.addWidget(self._times)
        column.addWidget(self.drawer)
        column.addStretch(1)
        self._area = scrolling(self._choices)
        # A distance to the scroll bar, where there is one; else the cards end where the page does.
        self._area.verticalScrollBar().rangeChanged.connect(
            lambda _, most: column.setContentsMargins(0, 0, 16 if most else 0, 16)
        )
        column.setContentsMargins(0, 0, 0, 16)
        self._foot = self._bottom()
        self.stack.addWidget(self._area)
        self.stack.addWidget(self.chooser)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self._foot)

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
        row.addWidget(self.cards)
        row.addWidget(self.device)
        row.addWidget(self.train)
        return card
