"""Studio: what the pages share: the open project, the catalogue, the device and the one worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal, Slot

from ganstudio.runs.locks import Taken, held
from ganstudio.runs.project import FILE, Project
from ganstudio.runs.run import RECIPE, Run
from ganstudio.window import jobs, places, taking, words
from ganstudio.window.cards import Cards
from ganstudio.window.training_queue import TrainingQueue
from ganstudio.window.worker import Worker
from ganstudio.words.cards import MethodCard
from ganstudio.words.events import Failed, Pause, Paused, Resume, Resumed, Stop
from ganstudio.words.recipe import Domain, Recipe

RECENT = 12
"""So many projects are remembered."""


@dataclass(frozen=True, slots=True)
class Training:
    """The training in progress: its job in the worker, its run folder, and how many graphics cards share it."""

    job: int
    run: Path
    cards: int = 1


class Studio(QObject):
    """The window's shared state. Pages read its attributes and change them through its methods.

    Signals:
        project_changed: `project` or its domains are others now.
        catalogue_ready: `catalogue` and `devices` are filled; the engine is loaded.
        runs_changed: Runs or models of the project came or went.
        training_changed: `training` began, ended, or its `training_state` is another.
        device_changed: The artist chose another device, or another number of graphics cards; or these are known now.
        planned_changed: `planned` is another recipe.
        page_wanted: Show this page ("home", "data", "train", "translate", "models", "playground", "settings")
            with this argument.
        said: A sentence for the artist, and whether it is a fault; the window shows it for a while.
        offered: A sentence with a button under it: its title, and what it does.
        withdrawn: This sentence was offered, and there is nothing to do about it any more.
        closing: The window closes; end your threads.
    """

    project_changed = Signal()
    catalogue_ready = Signal()
    runs_changed = Signal()
    training_changed = Signal()
    device_changed = Signal()
    planned_changed = Signal()
    page_wanted = Signal(str, object)
    said = Signal(str, bool)
    offered = Signal(str, str, object)
    withdrawn = Signal(str)
    closing = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.worker = Worker(self)
        # Looking into folders needs no device, and must not wait for a training step between two of its own.
        self.reader = Worker(self, nice=5)
        self.project: Project | None = None
        self.catalogue: tuple[MethodCard, ...] = ()
        self.devices: tuple[tuple[str, str], ...] = ()
        self.planned: Recipe | None = None
        """What is chosen on the Train page, once it was there."""
        self.training: Training | None = None
        self.training_state = "idle"
        """ "idle", "running", "pausing", "paused" or "stopping"."""
        self.device = str(settings.value("device", "auto"))
        self.cards = Cards(settings)
        self._itself_paused = False
        self._cards_job: int | None = None
        self._catalogue_job: int | None = None
        self._devices_job: int | None = None
        self._lock = ExitStack()
        self._hold: Path | None = None
        self.queue = TrainingQueue(self)
        self.worker.happened.connect(self._happened)
        self.worker.ended.connect(self._ended)
        self.worker.paused.connect(self._paused)
        self.worker.resumed.connect(self._resumed)

    # The engine

    def load_catalogue(self) -> None:
        """Load the engine in the background; `catalogue_ready` follows."""
        if self._catalogue_job is None:
            self._catalogue_job = self.worker.begin(jobs.catalogue)
            self._devices_job = self.worker.begin(jobs.devices)

    def set_device(self, device: str) -> None:
        """Use this device ("auto", "cuda", …) from the next job on, and remember it."""
        if device != self.device:
            self.device = device
            self.settings.setValue("device", device)
            self.device_changed.emit()

    def use_all_cards(self, wanted: bool) -> None:
        """Share trainings by all graphics cards from the next one on, or train on one; remembered."""
        if wanted != self.cards.all:
            self.cards.wish(every=wanted)
            self.device_changed.emit()

    def plan(self, recipe: Recipe | None) -> None:
        """Remember what the next training would be, for pages that show what it means."""
        if recipe != self.planned:
            self.planned = recipe
            self.planned_changed.emit()

    @property
    def device_in_use(self) -> str:
        """Key of the device that jobs run on: the chosen one, else the fastest here; "cpu" until that is known."""
        if self.device != "auto":
            return self.device
        return self.devices[0][0] if self.devices else "cpu"

    # Projects

    def open_project(self, path: Path) -> bool:
        """Open an existing project; False with a sentence when it is none."""
        try:
            project = Project.open(path)
        except ValueError as error:
            self.say(str(error), fault=True)
            return False
        return self._take(project)

    def new_project(self, path: Path) -> bool:
        """Create a project there, or open the one that is; False with a sentence when that cannot be."""
        try:
            project = Project.create(path)
        except (ValueError, OSError) as error:
            self.say(str(error), fault=True)
            return False
        return self._take(project)

    def open_run(self, path: Path) -> None:
        """Show a training wherever its folder is, such as on a shared disk; a sentence when it is none."""
        try:
            Run.open(path).recipe()
        except ValueError as error:
            self.say(str(error), fault=True)
        else:
            self.show("train", path)

    def begin_with(self, paths: Sequence[Path]) -> None:
        """Begin with files and folders: a project among them opens, a run is shown, pictures make a new project."""
        if found := next((path for path in paths if (path / RECIPE).is_file()), None):
            self.open_run(found)
            return
        if known := next((path for path in paths if (path / FILE).is_file()), None):
            if self.open_project(known):
                self.show("data")
            return
        usable, strange = taking.sorted_out(paths)
        zips = [path for path in usable if places.is_zip(path)]
        domains = places.domains_from([path for path in usable if path not in zips])
        try:
            taking.check_kinds(domains)
        except ValueError as error:
            self.say(str(error), fault=True)
            return
        names = [*(domain.name for domain in domains), *(path.stem for path in zips)]
        if strange:
            self.say(words.left_out(strange), fault=not names)
        elif not names:
            self.say(self.tr("Drop folders of pictures, a zip, or picture files, from this computer."), fault=True)
        if not names:
            return
        name = self.tr("{} and {}").format(*names[:2]) if len(names) > 1 else names[0]
        if self.new_project(places.free(places.projects_folder(self.settings) / name)):
            self.keep_domains(domains)
            self.show("data", zips or None)

    def keep_domains(self, domains: tuple[Domain, ...]) -> None:
        """Give the open project these domains, on disk too."""
        assert self.project is not None
        if domains == self.project.domains:
            return
        try:
            self.project = self.project.keep(domains)
        except OSError as error:
            self.say(f"The project could not be saved: {error}", fault=True)
            return
        self.project_changed.emit()

    def recent(self) -> list[Path]:
        """Projects opened lately that are still there, newest first."""
        return [path for path in self._recent() if (path / FILE).is_file()]

    def forget(self, path: Path) -> None:
        """Leave a project out of the recent ones; its folder stays."""
        self.settings.setValue("recent", [str(other) for other in self._recent() if other != path])

    def _recent(self) -> list[Path]:
        """The same with those that are away, on a drive that may come back."""
        kept = self.settings.value("recent", [])
        names = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []
        return [Path(name) for name in names]

    def _take(self, project: Project) -> bool:
        """Make this the open project; False with a sentence when another window has it."""
        if self._hold != project.path:
            lock = ExitStack()
            # A folder that cannot be written can still be looked at.
            try:
                with suppress(OSError):
                    lock.enter_context(held(project.path, "{}"))
            except Taken as other:
                refusal = self.tr("{project} is open in another GAN Studio, {other}. Close it there first.")
                self.say(refusal.format(project=project.name, other=other), fault=True)
                return False
            self._let_go()
            self._lock, self._hold = lock, project.path
        self.project = project
        others = [path for path in self._recent() if path != project.path]
        self.settings.setValue("recent", [str(path) for path in [project.path, *others][:RECENT]])
        self.project_changed.emit()
        self.runs_changed.emit()
        return True

    def _let_go(self) -> None:
        """Let others have the project; a folder that is away has let go already."""
        with suppress(OSError):
            self._lock.close()
        self._hold = None

    # Training

    def begin_training(self, run: Path) -> Training | None:
        """Train this run, new or unfinished; None with a sentence when another one is training."""
        if self.training is not None:
            self.say(f"{self.training.run.name} is training. Stop it before another one starts.", fault=True)
            return None
        chosen = () if self.device == "auto" else (self.device,)
        cards = self.cards.for_run(run, self.device_in_use, self.catalogue)
        train = partial(jobs.train_on_cards, run, cards) if cards > 1 else partial(jobs.train, run, *chosen)
        self.training, self._itself_paused = Training(self.worker.begin(train), run, cards), False
        self._state("running")
        self.runs_changed.emit()
        return self.training

    def pause_training(self) -> None:
        """Stand still after the step in hand, saved."""
        if self.training is not None and self.training_state == "running":
            self._state("pausing")
            if self.training.cards > 1:  # It trains in processes of its own, which go on when nobody pulls.
                self.worker.send(self.training.job, Pause())
            else:
                self.worker.pause(self.training.job, saved=True)

    def resume_training(self) -> None:
        """Go on."""
        if self.training is not None and self.training_state in {"paused", "pausing"}:
            if self.training.cards > 1 or self._itself_paused:
                self.worker.send(self.training.job, Resume())
            else:
                self.worker.resume(self.training.job)
            self._state("running")

    def toggle_training(self) -> None:
        """Pause or continue."""
        if self.training_state == "running":
            self.pause_training()
        else:
            self.resume_training()

    def stop_training(self) -> None:
        """Finish the step in hand, save, and end."""
        if self.training is not None and self.training_state != "stopping":
            self._state("stopping")
            self.worker.send(self.training.job, Stop())

    def _state(self, state: str) -> None:
        self.training_state = state
        self.training_changed.emit()

    # Words

    def show(self, page: str, argument: object = None) -> None:
        """Bring up a page."""
        self.page_wanted.emit(page, argument)

    def say(self, message: str, *, fault: bool = False) -> None:
        """Tell the artist a sentence."""
        self.said.emit(message, fault)

    def offer(self, message: str, title: str, deed: Callable[[], object]) -> None:
        """Tell the artist a sentence and offer one thing to do about it, such as Undo."""
        self.offered.emit(message, title, deed)

    def withdraw(self, message: str) -> None:
        """Say no longer what was offered: it was done in another way."""
        self.withdrawn.emit(message)

    def shut(self) -> None:
        """End the workers and every page's threads in order."""
        self.closing.emit()
        self.reader.shut()
        self.worker.shut()
        self._let_go()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._catalogue_job:
            if isinstance(result, Failed):
                self._catalogue_job = None
                self.say(result.message, fault=True)
            elif isinstance(result, tuple):
                self.catalogue = result
                self._engine_ready()
        elif job == self._devices_job:
            self.devices = result if isinstance(result, tuple) else (("cpu", "CPU"),)
            if self.cards.worth_counting(self.devices):
                self._cards_job = self.worker.begin(jobs.cards)
            self._engine_ready()
        elif job == self._cards_job:
            self.cards.count = result if isinstance(result, int) else 1
            self.device_changed.emit()
        elif self.training is not None and job == self.training.job:
            self.training = None
            if isinstance(result, Failed):
                self.say(result.message, fault=True)
            self._state("idle")
            self.runs_changed.emit()

    def _engine_ready(self) -> None:
        """Tell it once both are there; which job ends first is the worker's affair."""
        if self.catalogue and self.devices:
            self.catalogue_ready.emit()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        """A training that was asked to pause, from here or from elsewhere, says so itself."""
        if self.training is None or job != self.training.job:
            return
        if isinstance(event, Paused) and self.training_state != "stopping":
            self._itself_paused = True
            self._state("paused")
        elif isinstance(event, Resumed):
            self._itself_paused = False
            if self.training_state in {"paused", "pausing"}:
                self._state("running")

    @Slot(int)
    def _paused(self, job: int) -> None:
        if self.training is not None and job == self.training.job and self.training_state == "pausing":
            self._state("paused")

    @Slot(int)
    def _resumed(self, job: int) -> None:
        if self.training is not None and job == self.training.job and self.training_state in {"paused", "pausing"}:
            self._state("running")
