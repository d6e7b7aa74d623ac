"""The Train page: set a training up, watch it, and look at earlier ones."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.runs.run import MODEL, Run
from ganstudio.runs.title import title
from ganstudio.window import theme
from ganstudio.window.pages.train_elsewhere import Elsewhere
from ganstudio.window.pages.train_longer import Longer, begin_or_wait
from ganstudio.window.pages.train_past import generates, smaller_size, unfinished
from ganstudio.window.pages.train_planning import Planner
from ganstudio.window.pages.train_setup import TrainSetup
from ganstudio.window.pages.train_suggestion import Suggestion
from ganstudio.window.pages.train_weights import WeightsKeeper
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.past import remembered
from ganstudio.window.screen import Screen, advance, at_rest
from ganstudio.window.studio import Studio
from ganstudio.words.events import Event, Failed
from ganstudio.words.recipe import Recipe

if TYPE_CHECKING:  # They load the plotting library.
    from ganstudio.window.pages.train_runs import TrainRuns
    from ganstudio.window.pages.train_watch import TrainWatch

_MOODS = {"running": "training", "pausing": "pausing", "paused": "paused", "stopping": "stopping"}


class TrainPage(QWidget):
    """Setting up, watching, looking back. The screen of the training in progress is kept while another is looked at."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._run: Path | None = None
        self._live = Screen()
        self._live_job: int | None = None
        self._live_run: Path | None = None
        self._offered: Path | None = None
        self._past = Screen()
        self._replays: dict[int, Path] = {}
        self.elsewhere = Elsewhere(studio, self)
        self._watch: TrainWatch | None = None
        self.setup = TrainSetup()
        self.planner = Planner(studio, self.setup)
        self.weights = WeightsKeeper(studio, self.setup)
        self.suggestion = Suggestion(studio, self.setup)
        self.longer = Longer(studio, self)
        self.runs = QuietChoice()
        self.all = button(self.tr("All trainings"), "grid", self.show_all)
        self._all_runs: TrainRuns | None = None
        self.empty = QWidget()
        self.loading = theme.label(self.tr("Loading this training…"), "muted")
        self.stack = QStackedWidget()
        self._layout()
        self._connect()
        self._catalogue_ready()
        self._project_changed()
        self._training_changed()

    @property
    def watch(self) -> TrainWatch:
        """The view of one run; made when first needed, because the plotting library takes a moment to load."""
        if self._watch is None:
            from ganstudio.window.pages.train_deeds import TrainDeeds
            from ganstudio.window.pages.train_watch import TrainWatch

            watch = self._watch = TrainWatch()
            self._deeds = TrainDeeds(self._studio, watch, self.elsewhere)
            self.stack.addWidget(watch)
            watch.translate_wanted.connect(lambda: self._studio.show("translate", self._run))
            watch.continue_wanted.connect(self._continue)
            watch.again_wanted.connect(self.set_up)
            watch.longer_wanted.connect(self._go_longer)
            watch.smaller_wanted.connect(self._again_smaller)
        return self._watch

    @property
    def table(self) -> TrainRuns:
        """All trainings in a table; made when first needed, as it draws curves."""
        if self._all_runs is None:
            from ganstudio.window.pages.train_runs import TrainRuns

            table = self._all_runs = TrainRuns(self._studio, self.longer)
            self.stack.addWidget(table)
            table.opened.connect(self.look_at)
            table.again_wanted.connect(self.set_up_like)
        return self._all_runs

    def shown(self, argument: object = None) -> None:
        """The page comes up; a run's path as argument shows that run."""
        if isinstance(argument, Path):
            self.look_at(argument)
        elif self._studio.training is not None and self._run is None:
            self.look_at(self._studio.training.run)
        elif self._run is None and (unfinished := self._unfinished()) is not None:
            self.look_at(unfinished)
        elif self._run is None and not self._sees_all():
            self.set_up()
        else:
            self._show()

    def _unfinished(self) -> Path | None:
        """The project's newest run if it waits to be continued; offered once, so that a new training can be chosen."""
        project = self._studio.project
        if project is None or project.path == self._offered:
            return None
        self._offered = project.path
        return unfinished(project)

    @Slot()
    def set_up(self) -> None:
        """Show the choices for a new training."""
        self._run = None
        self.elsewhere.leave()
        self.stack.setCurrentWidget(self.setup if self._studio.project is not None else self.empty)
        self._fill_runs()
        self._check()

    @Slot(object)
    def set_up_like(self, recipe: Recipe) -> None:
        """Set up a new training by what an earlier one was asked."""
        self.setup.take(recipe)
        self.set_up()

    @Slot()
    def show_all(self) -> None:
        """Show the table of all trainings."""
        self._run = None
        self.elsewhere.leave()
        self.planner.rest()
        self.stack.setCurrentWidget(self.table)
        self._fill_runs()

    def _sees_all(self) -> bool:
        return self._all_runs is not None and self.stack.currentWidget() is self._all_runs

    @Slot(object)
    def look_at(self, run: Path) -> None:
        """Show a run, live or from its history."""
        self._run = run
        self._past = Screen(doing=self.tr("reading the history of this training"))
        self.planner.rest()
        self.elsewhere.leave()
        if run != self._live_run:
            self._replay(run)
            self.stack.setCurrentWidget(self.loading)
        else:
            self._bring_up(run)
        self._fill_runs()

    def _bring_up(self, run: Path) -> None:
        self.watch.set_run(run)
        self._deeds.set_run(run)
        self.watch.translate.setText(self.tr("Generate now") if generates(run) else self.tr("Translate now"))
        self.stack.setCurrentWidget(self.watch)
        self._show()

    @Slot(object)
    def _begin(self, plan: Recipe) -> None:
        project = self._studio.project
        if project is None:
            return
        try:
            run = Run.create(project.next_run(plan.method), plan)
        except (ValueError, OSError) as error:
            self.planner.show_problem(f"The training could not be set up: {error}")
            return
        if begin_or_wait(self._studio, run.path):
            self.look_at(run.path)
        else:
            self.show_all()

    # Watching

    @Slot()
    def _continue(self) -> None:
        may = self._run is not None and self.elsewhere.take_over()
        if self._run is not None and may and self._studio.begin_training(self._run) is not None:
            self._show()

    @Slot()
    def _go_longer(self) -> None:
        if self._run is not None:
            self.longer.ask(self._run, self._past_or_live().step)

    @Slot()
    def _again_smaller(self) -> None:
        """Train the same on pictures of the size that fits into memory."""
        recipe = self._recipe()
        size = smaller_size(self._past_or_live().fault)
        if recipe is not None and size is not None:
            self.set_up_like(dataclasses.replace(recipe, size=size))
            self.planner.start()

    def _recipe(self) -> Recipe | None:
        try:
            return Run(self._run).recipe() if self._run is not None else None
        except ValueError as error:
            self._studio.say(str(error), fault=True)
            return None

    def _past_or_live(self) -> Screen:
        return self._live if self._run == self._live_run else self._past

    def _replay(self, run: Path) -> None:
        if run == self._live_run:
            # It tells more between two steps; its history is read in between, by the same worker.
            self._replays[self._studio.worker.begin(lambda: remembered(run))] = run
        else:
            self.elsewhere.look_at(run)

    def _replayed(self, run: Path, result: object) -> None:
        screen = result if isinstance(result, Screen) else Screen(state="failed", fault=getattr(result, "message", ""))
        if run == self._live_run and self._live_job is not None:
            # All that was told so far is in the history too, and in order.
            self._live = screen
        if run == self._run and run != self._live_run:
            self._past = screen if self.elsewhere.trains(run) else at_rest(screen)
        if run == self._run and self.stack.currentWidget() is self.loading:
            self._bring_up(run)
        self._show()

    def _show(self) -> None:
        if self._run is None or self._watch is None:
            return
        live = self._run == self._live_run
        training = self._studio.training
        mood = _MOODS.get(self._studio.training_state, "") if live and training is not None else ""
        screen = self._past_or_live()
        if mood == "training" and screen.state == "waiting":
            mood = "waiting"
        has_model, place = (self._run / MODEL).is_file(), None if live else self.elsewhere.place
        self._watch.set_screen(screen, mood or self.elsewhere.mood, has_model=has_model, place=place)
        self._watch.go_on.setEnabled(training is None)
        self._watch.offer_smaller(smaller_size(screen.fault))
        self._watch.longer.setEnabled(bool(self._studio.catalogue))

    def _check(self) -> None:
        """Plan, when the setup is what is seen."""
        if self.isVisible() and self._run is None and not self._sees_all():
            self.planner.check()

    # What happens elsewhere

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if job == self._live_job:
            self._live = advance(self._live, event)
            if self._run == self._live_run:
                self._show()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._live_job:
            self._live = at_rest(advance(self._live, result) if isinstance(result, Failed) else self._live)
            if self._run == self._live_run:
                self._past = self._live
            ended, self._live_job, self._live_run = self._live_run, None, None  # Others may train it from here on.
            stale = [reading for reading, run in self._replays.items() if run == ended]
            for reading in stale:  # It may have read before the last was written.
                del self._replays[reading]
            if stale and ended is not None and ended == self._run:
                self._replay(ended)
            self._show()
        elif (run := self._replays.pop(job, None)) is not None:
            self._replayed(run, result[0] if isinstance(result, tuple) else result)

    @Slot(object)
    def _seen(self, run: Path) -> None:
        if run == self._run and run != self._live_run:  # Else what is told here is newer.
            self._replayed(run, self.elsewhere.seen.screen)

    @Slot(object, str)
    def _unseen(self, run: Path, message: str) -> None:
        self._replayed(run, Failed(message))

    @Slot()
    def _training_changed(self) -> None:
        training = self._studio.training
        if training is not None and training.job != self._live_job:
            self._live = self._past if training.run == self._run else Screen()
            self._live_job, self._live_run = training.job, training.run
            if training.run == self.elsewhere.run:
                self.elsewhere.leave()
            self.planner.rest()
            if (training.run / "events.jsonl").exists():
                self._replay(training.run)
            elif training.run == self._run and self.stack.currentWidget() is self.loading:
                self._bring_up(training.run)  # It has no past to wait for.
        self._show()
        if self._run is None:
            self._check()

    @Slot()
    def _catalogue_ready(self) -> None:
        self.setup.set_catalogue(self._studio.catalogue)
        self.suggestion.suggest()
        if self._studio.catalogue:
            self.weights.look()
        self._check()
        self._show()

    @Slot()
    def _project_changed(self) -> None:
        if self._run is not None and self._studio.project is not None:
            inside = self._run.is_relative_to(self._studio.project.path)
            self._run = self._run if inside else None
        if self._run is None:
            self.set_up()
        self._fill_runs()

    @Slot()
    def _device_changed(self) -> None:
        self.suggestion.suggest()
        if self._run is None:
            self._check()

    @Slot()
    def _fill_runs(self) -> None:
        project = self._studio.project
        self.runs.blockSignals(True)
        self.runs.clear()
        self.runs.addItem(self.tr("New training"), None)
        for run in project.runs() if project is not None else ():
            self.runs.addItem(title(run.path), str(run.path))
        if self._run is not None and self.runs.findData(str(self._run)) < 0:  # Of no project, or of another.
            self.runs.addItem(title(self._run), str(self._run))
        here = max(0, self.runs.findData(str(self._run))) if self._run is not None else 0
        self.runs.setCurrentIndex(-1 if self._sees_all() else here)
        for part in (self.runs, self.all):
            part.setVisible(self.runs.count() > 1)
        self.runs.blockSignals(False)

    @Slot(int)
    def _choose_run(self, index: int) -> None:
        path = self.runs.itemData(index)
        if path is None:
            self.set_up()
        else:
            self.look_at(Path(path))

    def _connect(self) -> None:
        studio = self._studio
        studio.project_changed.connect(self._project_changed)
        studio.catalogue_ready.connect(self._catalogue_ready)
        studio.runs_changed.connect(self._fill_runs)
        studio.training_changed.connect(self._training_changed)
        studio.device_changed.connect(self._device_changed)
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)
        self.elsewhere.changed.connect(self._seen)
        self.elsewhere.failed.connect(self._unseen)
        self.runs.activated.connect(self._choose_run)
        self.longer.began.connect(self.look_at)
        self.planner.planned.connect(self._begin)
        self.weights.taken.connect(self.planner.measure_anew)
        self.setup.device_chosen.connect(studio.set_device)
        self.setup.cards.chosen.connect(studio.use_all_cards)
        self.setup.cards.chosen.connect(self.planner.measure_anew)
        self.setup.data_wanted.connect(lambda: studio.show("data"))

    def _layout(self) -> None:
        self.runs.setMinimumWidth(200)
        self.runs.setMaximumWidth(280)  # One long name among them is no reason to spread.
        self.runs.setFixedHeight(theme.ROW)
        self.runs.setPlaceholderText(self.tr("Choose a training"))
        self.runs.setAccessibleName(self.tr("Trainings of this project"))
        header = QHBoxLayout()
        header.addWidget(theme.label(self.tr("Train"), "title"), 1)
        header.setSpacing(12)
        header.addWidget(self.all)
        header.addWidget(self.runs)
        home = QPushButton(self.tr("Go to Home"))
        home.setProperty("role", "primary")
        home.clicked.connect(lambda: self._studio.show("home"))
        empty = QVBoxLayout(self.empty)
        empty.setSpacing(16)
        empty.addStretch(1)
        words = theme.label(self.tr("Open or create a project first; then it can be trained here."), "muted")
        empty.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addWidget(home, 0, Qt.AlignmentFlag.AlignHCenter)
        empty.addStretch(1)
        self.loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(self.loading)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.setup)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        layout.setSpacing(16)
        layout.addLayout(header)
        layout.addWidget(self.stack, 1)
