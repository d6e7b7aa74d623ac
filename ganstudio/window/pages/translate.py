"""The Translate page: choose a model and a direction, then translate, generate or classify pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs.model import card
from ganstudio.window import theme
from ganstudio.window.pages import translate_live
from ganstudio.window.pages.translate_classify import ClassifyDesk
from ganstudio.window.pages.translate_generate import GenerateDesk
from ganstudio.window.pages.translate_picture import PictureDesk
from ganstudio.window.parts.picker import Picker
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Event, Save, Saved
from ganstudio.words.routes import Route


class TranslatePage(QWidget):
    """Model and direction in the header; below it the desk that suits the route."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._extra: list[Path] = []
        self._card: ModelCard | None = None
        self._awaited: int | None = None
        self._pause_again = False
        self.models = Picker(self.tr("Open a model file…"))
        self.directions = QHBoxLayout()
        self.group = QButtonGroup(self)
        self.newest = QPushButton(self.tr("Use the newest state"))
        self.title = theme.label(self.tr("Translate"), "title")
        self.note = theme.label("", "muted", wrap=True)
        self.empty = QWidget()
        self.pictures, self.generator = PictureDesk(studio), GenerateDesk(studio)
        self.classifier = ClassifyDesk(studio)
        self.stack = QStackedWidget()
        self._layout()
        self._connect()
        self._fill()

    @property
    def route(self) -> Route | None:
        """The chosen direction."""
        index = self.group.checkedId()
        return self._card.routes[index] if self._card is not None and 0 <= index < len(self._card.routes) else None

    @property
    def model(self) -> Path | None:
        """The chosen model: a run folder or a model file."""
        chosen = self.models.currentData()
        return Path(chosen) if chosen else None

    def shown(self, argument: object = None) -> None:
        """The page comes up; a model's path as argument chooses that model."""
        if isinstance(argument, Path):
            self.choose(argument)
        elif self._card is None:
            self._take_model()

    def choose(self, model: Path) -> None:
        """Use this model, of the project or from elsewhere."""
        if self.models.findData(str(model)) < 0:
            self._extra.append(model)
            self._fill()
        self.models.choose(str(model))
        self._take_model()

    def keys(self) -> list[tuple[str, str]]:
        """Titles and shortcuts of what this page alone can do, for the sheet of shortcuts."""
        others = [
            (self.tr("Paste a picture"), "Ctrl+V"),
            (self.tr("Copy"), "Ctrl+C"),
            (self.tr("Save"), "Ctrl+S"),
            (self.tr("Take out of the list"), "Del"),
            (self.tr("Undo"), "Ctrl+Z"),
            (self.tr("See the whole picture"), "0"),
            (self.tr("See each pixel"), "1"),
            (self.tr("Paint a mask"), "M"),
        ]
        return others + [(title, key) for _, title, key in translate_live.shortcuts()]

    # The model

    @Slot()
    def _fill(self) -> None:
        chosen = self.model
        project, training = self._studio.project, self._studio.training
        paths = [training.run] if training is not None else []
        paths += [path for path in (*(project.models() if project else ()), *self._extra) if path not in paths]
        entries = []
        for path in paths:
            live = training is not None and path == training.run
            entries.append((self.tr("{} (in training)").format(_name(path)) if live else _name(path), str(path)))
        self.models.fill(entries, str(chosen))
        if self.model != chosen or self._card is None:
            self._take_model()
        self._say()
        if chosen is not None and self.model != chosen and self.isVisible() and not chosen.exists():
            said = self.tr("{} is no longer there.").format(_name(chosen))
            now = self.tr("{} is chosen now.").format(_name(self.model)) if self.model is not None else ""
            self._studio.say(f"{said} {now}".strip(), fault=True)

    @Slot()
    def _take_model(self) -> None:
        """Read the chosen model's card; of the training in progress, have its state saved first."""
        self._card = None
        if self._is_live() and self._awaited is None and self.isVisible():
            self._ask_for_state()
        self._read_card()

    def _read_card(self) -> None:
        try:
            self._card = card(self.model) if self.model is not None and self._awaited is None else None
            fault = ""
        except ValueError as error:
            self._card, fault = None, str(error)
        self._show_directions()
        self._use()
        self._say(fault)

    def _ask_for_state(self) -> None:
        training = self._studio.training
        if training is None:
            return
        # A command wakes a paused training; it is put back to sleep once the model is written.
        self._pause_again = self._studio.training_state in {"paused", "pausing"}
        self._awaited = training.job
        self._studio.worker.send(training.job, Save())
        self._say()

    def _is_live(self) -> bool:
        training = self._studio.training
        return training is not None and training.run == self.model and self._studio.training_state != "stopping"

    def _show_directions(self) -> None:
        for button in self.group.buttons():
            self.group.removeButton(button)
            self.directions.removeWidget(button)
            button.hide()  # Lets the keyboard go now; while it dies the window cannot keep it in the page.
            button.deleteLater()
        routes = self._card.routes if self._card is not None else ()
        before: QWidget = self.models
        for index, route in enumerate(routes):
            button = QPushButton(route.title.replace("&", "&&"))
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setChecked(index == 0)
            button.setAccessibleName(self.tr("Direction {}").format(route.title))
            self.group.addButton(button, index)
            self.directions.addWidget(button)
            button.setVisible(len(routes) > 1)
            QWidget.setTabOrder(before, button)  # The keyboard comes to a model, its directions, and the desk.
            before = button

    @Slot()
    def _use(self) -> None:
        route = self.route
        desk = self.pictures if route is None else self._desk(route)
        for each in (self.pictures, self.generator, self.classifier):
            each.set_route(self.model, route if each is desk else None)
        self.stack.setCurrentWidget(self.empty if self.model is None else desk)
        titles = {self.generator: self.tr("Generate"), self.classifier: self.tr("Classify")}
        self.title.setText(titles.get(desk, self.tr("Translate")))

    def _desk(self, route: Route) -> PictureDesk | GenerateDesk | ClassifyDesk:
        if route.source is None:
            return self.generator
        return self.classifier if route.answers else self.pictures

    def _say(self, fault: str = "") -> None:
        waiting = self._awaited is not None
        self.newest.setVisible(self._is_live() and not waiting)
        text = fault
        if waiting:
            text = self.tr("Saving what the training has learnt so far…")
        elif not fault and self._card is not None and self._is_live():
            text = self.tr("The state of step {}; the training goes on.").format(f"{self._card.step:,}")
        theme.set_role(self.note, "bad" if fault else "muted")
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.models.setVisible(self.model is not None)

    # What happens elsewhere

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if job == self._awaited and isinstance(event, Saved) and event.kind == "model":
            self._arrived()
            if self._pause_again:
                self._studio.pause_training()

    @Slot()
    def _training_changed(self) -> None:
        if self._awaited is not None and self._studio.training is None:
            self._arrived()
        elif self._awaited is not None and self._studio.training_state == "paused":
            # It was paused before it could save; it may rest once the model is written.
            self._pause_again = True
            self._studio.resume_training()
        self._fill()

    def _arrived(self) -> None:
        self._awaited = None
        self._read_card()

    @Slot()
    def _project_changed(self) -> None:
        self._extra = []
        self._card = None
        self._fill()

    @Slot()
    def _open(self) -> None:
        kinds = self.tr("Models (*.safetensors)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a model file"), "", kinds)
        if name:
            self.choose(Path(name))

    @Slot()
    def _newest(self) -> None:
        if self._is_live() and self._awaited is None:
            self._ask_for_state()

    def _connect(self) -> None:
        studio = self._studio
        studio.runs_changed.connect(self._fill)
        studio.project_changed.connect(self._project_changed)
        studio.training_changed.connect(self._training_changed)
        studio.device_changed.connect(self._use)
        studio.worker.happened.connect(self._happened)
        self.models.picked.connect(self._take_model)
        self.models.more_wanted.connect(self._open)
        self.group.idClicked.connect(self._use)
        self.newest.clicked.connect(self._newest)

    def _layout(self) -> None:
        self.models.setMinimumWidth(224)
        self.models.setFixedHeight(theme.ROW)
        self.models.setAccessibleName(self.tr("Model"))
        self.newest.setProperty("role", "quiet")
        theme.set_icon(self.newest, "refresh")
        self.directions.setSpacing(8)
        header = QHBoxLayout()
        header.setSpacing(16)
        header.addWidget(self.title)
        header.addStretch(1)
        header.addLayout(self.directions)
        header.addWidget(self.models)
        line = QHBoxLayout()
        line.addWidget(self.note, 1)
        line.addWidget(self.newest)
        train, opened = QPushButton(self.tr("Train one")), QPushButton(self.tr("Open a model file…"))
        train.setProperty("role", "primary")
        train.clicked.connect(lambda: self._studio.show("train"))
        opened.clicked.connect(self._open)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for widget in (train, opened):
            buttons.addWidget(widget)
        empty = QVBoxLayout(self.empty)
        empty.setSpacing(16)
        empty.addStretch(1)
        words = theme.label(self.tr("There is no model here yet."), "heading")
        hint = theme.label(self.tr("Train one on your own pictures, or open a model file."), "muted")
        for label in (words, hint):
            empty.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(buttons)
        row.addStretch(1)
        empty.addLayout(row)
        empty.addStretch(1)
        for desk in (self.empty, self.pictures, self.generator, self.classifier):
            self.stack.addWidget(desk)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        layout.setSpacing(16)
        layout.addLayout(header)
        layout.addLayout(line)
        layout.addWidget(self.stack, 1)


def _name(model: Path) -> str:
    return model.stem if model.suffix == ".safetensors" else model.name
