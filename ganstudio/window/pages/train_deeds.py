"""What can be done with the run that is looked at: the coach's remedies, names for moments, films and tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QInputDialog

from ganstudio.runs.run import Run
from ganstudio.window import jobs, places
from ganstudio.window.jobs import Job
from ganstudio.window.pages.train_elsewhere import Elsewhere
from ganstudio.window.pages.train_watch import TrainWatch
from ganstudio.window.studio import Studio
from ganstudio.words.events import Change, Command, Failed, Keep, Progress, Remedy, Return, Sample, Stop

FILM_FILTER = "MP4 (*.mp4);;GIF (*.gif);;WebP (*.webp)"


class TrainDeeds(QObject):
    """Does what the buttons of a `TrainWatch` ask for, with the run that it shows."""

    def __init__(self, studio: Studio, watch: TrainWatch, elsewhere: Elsewhere) -> None:
        super().__init__(watch)
        self._studio, self._watch, self._elsewhere = studio, watch, elsewhere
        self._run: Path | None = None
        self._waiting: tuple[int, Command] | None = None
        self._making: tuple[int, Path] | None = None
        watch.pause_wanted.connect(self.pause)
        watch.stop_wanted.connect(self.stop)
        watch.sample_wanted.connect(lambda: self._send(Sample()))
        watch.advice.wanted.connect(self.remedy)
        watch.keep_wanted.connect(self.keep)
        watch.return_wanted.connect(self.go_back)
        watch.film_wanted.connect(self.film)
        watch.charts.table_wanted.connect(self.table)
        watch.charts.tensorboard_wanted.connect(self.board)
        watch.work.cancelled.connect(self._cancel)
        studio.worker.happened.connect(self._begun)
        studio.reader.happened.connect(self._happened)
        studio.reader.ended.connect(self._ended)

    def set_run(self, run: Path) -> None:
        """This run is looked at now."""
        self._run = run

    @property
    def live(self) -> bool:
        """Whether the run that is looked at trains, here or elsewhere."""
        return self._trains_here() or self._elsewhere.trains(self._run)

    # Steering

    @Slot()
    def pause(self) -> None:
        """Pause it, or have it go on."""
        if self._elsewhere.trains(self._run):
            self._elsewhere.toggle()
        elif self._trains_here():
            self._studio.toggle_training()

    @Slot()
    def stop(self) -> None:
        """Have it saved and ended."""
        if self._elsewhere.trains(self._run):
            self._elsewhere.send(Stop())
        elif self._trains_here():
            self._studio.stop_training()

    @Slot(object)
    def remedy(self, remedy: Remedy) -> None:
        """Do what the coach offered."""
        match remedy.deed:
            case "show":
                self._studio.show("data", "health")
            case "stop" if self.live:
                self.stop()
            case "change":
                self._send(Change(tuple(remedy.settings.items())))
            case "return":
                self._send(Return(remedy.step))

    @Slot(int)
    def go_back(self, step: int) -> None:
        """Train on from the checkpoint of a step."""
        self._send(Return(step))

    @Slot()
    def keep(self) -> None:
        """Ask for a name for the state of now, and keep it under it; of a run at rest that is its newest save."""
        title = self.tr("Name this moment")
        name, agreed = QInputDialog.getText(self._watch, title, self.tr("What is it called?"))
        name = name.strip()
        if not agreed or not name or self._run is None:
            return
        if self.live:
            self._send(Keep(name))
            return
        shelf = Run(self._run).shelf
        try:
            shelf.mark(shelf.line()[0].path, name=name)
        except (OSError, IndexError) as error:
            self._studio.say(self.tr("It could not be kept: {}").format(error), fault=True)
            return
        self._watch.look_at_saves()

    def _send(self, command: Command) -> None:
        """Send a command to the training; one at rest goes on first."""
        if self._elsewhere.trains(self._run):
            self._elsewhere.send(command)
        elif self._trains_here():
            assert self._studio.training is not None
            self._studio.worker.send(self._studio.training.job, command)
        elif self._run is not None:
            training = self._studio.begin_training(self._run) if self._elsewhere.take_over() else None
            self._waiting = (training.job, command) if training is not None else None

    def _trains_here(self) -> bool:
        return self._studio.training is not None and self._studio.training.run == self._run

    @Slot(int, object)
    def _begun(self, job: int, _event: object) -> None:
        """A generator takes no command before it has said something."""
        if self._waiting is not None and self._waiting[0] == job:
            (_, command), self._waiting = self._waiting, None
            self._studio.worker.send(job, command)

    # Files

    @Slot()
    def film(self) -> None:
        """Ask where, and make a film of the samples."""
        if self._run is not None and self._making is None:
            run, file = self._run, self._ask(self.tr("Save the film"), ".mp4", FILM_FILTER)
            if file is not None:
                self._make(file, self.tr("Making the film…"), lambda: jobs.timelapse(run, file))

    @Slot()
    def table(self) -> None:
        """Ask where, and save the curves as a table."""
        if self._run is not None and self._making is None:
            run, file = self._run, self._ask(self.tr("Save the curves"), ".csv", "CSV (*.csv)")
            if file is not None:
                self._make(file, self.tr("Saving the curves…"), lambda: jobs.save_curves(run, file))

    @Slot()
    def board(self) -> None:
        """Ask for a folder, and save the curves below it for TensorBoard, which names a run by its folder."""
        if self._run is not None and self._making is None:
            run, title = self._run, self.tr("Folder for TensorBoard")
            start = places.ready(run / "exports" / run.name).parent
            name = QFileDialog.getExistingDirectory(self._watch, title, str(start))
            if name:
                folder = Path(name) / run.name
                self._make(folder, self.tr("Saving the curves…"), lambda: jobs.save_curves(run, folder))

    def _ask(self, title: str, suffix: str, filters: str) -> Path | None:
        assert self._run is not None
        start = places.ready(self._run / "exports" / f"{self._run.name}{suffix}")
        name, chosen = QFileDialog.getSaveFileName(self._watch, title, str(start), filters)
        if not name:
            return None
        kinds = [part.strip("*) ") for part in filters.replace("(", ";").split(";") if "*." in part]
        file = Path(name)
        ending = next((kind for kind in kinds if kind in chosen), suffix)
        return file if file.suffix.lower() in kinds else file.with_name(file.name + ending)

    def _make(self, target: Path, what: str, make: Callable[[], Job[Path]]) -> None:
        self._making = (self._studio.reader.begin(make), target)
        self._watch.work.begin(what)

    @Slot()
    def _cancel(self) -> None:
        if self._making is not None:
            self._studio.reader.cancel(self._making[0])

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._making is not None and job == self._making[0] and isinstance(event, Progress):
            self._watch.work.show_progress(event)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._making is None or job != self._making[0]:
            return
        (_, target), self._making = self._making, None
        self._watch.work.hide()
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif isinstance(result, Path):
            url = QUrl.fromLocalFile(str(target.parent))
            written = self.tr("{} is written.").format(target.name)
            self._studio.offer(written, self.tr("Show"), lambda: QDesktopServices.openUrl(url))
