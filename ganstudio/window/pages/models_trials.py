"""Trials: what every model makes of the artist's picture, one model after the other, small copies first.

Nothing is made that is not wanted: the page says which cards are in sight, and leaving it ends the work in hand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from ganstudio.window.pages.models_work import Trial, choosing, suggesting, trying
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.mix import Mix

KEPT = 240
"""Results of small copies that are remembered; each is a quarter of a megabyte."""

KEPT_LARGE = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """One model on the picture.

    Attributes:
        model: A run folder, a model file, a moment of a run, or what lies between two models.
        to: Title of the route.
        written: When its weights were written; new weights are another model.
        large: The large copy of the picture instead of the small one.
    """

    model: Path | Mix
    to: str
    written: float = 0.0
    large: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: a picture, and the same to be painted small; or why there is none."""

    levels: Levels | None
    small: QPixmap
    fault: str = ""


class Trials(QObject):
    """The picture and all that was made of it.

    Signals:
        picture_changed: `trial` is another one, or none.
        changed: There is news of this model.
    """

    picture_changed = Signal()
    changed = Signal(object)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self.trial: Trial | None = None
        self.before = QPixmap()
        self.levels: Levels | None = None
        self._wanted: list[Wanted] = []
        self._work: tuple[int, Wanted] | None = None
        self._reading: tuple[int, Path | None] | None = None
        self._suggested = False
        self._made: OrderedDict[Wanted, Tried] = OrderedDict()
        studio.worker.ended.connect(self._ended)
        studio.reader.ended.connect(self._read)
        studio.device_changed.connect(self._afresh)

    # The picture

    def choose(self, source: Path | QImage) -> None:
        """Try models on this picture from now on."""
        self._suggested = False
        job = self._studio.reader.begin(lambda: choosing(source))
        self._reading = (job, source if isinstance(source, Path) else None)

    def remembered(self) -> None:
        """Go on with the picture of the last time, if it is still there."""
        kept = str(self._studio.settings.value("trial_picture", "") or "")
        if self.trial is None and self._reading is None and kept and Path(kept).is_file():
            self.choose(Path(kept))

    def suggest(self, sources: Sequence[Path]) -> None:
        """Until a picture is chosen, and not beyond a look at single models, one of these folders will do."""
        if self.trial is None and self._reading is None:
            self._suggested = True
            self._reading = (self._studio.reader.begin(lambda: suggesting(sources)), None)

    def end_suggestion(self) -> None:
        """What nobody chose is not tried any longer."""
        if self._suggested:
            self._suggested, self._reading = False, None
            self._take(None)

    def clear(self) -> None:
        """Try models on nothing."""
        self._studio.settings.remove("trial_picture")
        self._take(None)

    @Slot(int, object)
    def _read(self, job: int, result: object) -> None:
        if self._reading is None or job != self._reading[0]:
            return
        (_, path), self._reading = self._reading, None
        if isinstance(result, Failed):
            self._studio.settings.remove("trial_picture")
            self._studio.say(f"{path.name}: {result.message}" if path is not None else result.message, fault=True)
        elif isinstance(result, Trial):
            if path is not None:
                self._studio.settings.setValue("trial_picture", str(path))
            self._take(result)

    def _take(self, trial: Trial | None) -> None:
        self._stop()
        self._wanted.clear()
        self._made.clear()
        self.trial = trial
        self.before = QPixmap() if trial is None else QPixmap.fromImage(trial.face)
        self.levels = None if trial is None else trial.levels
        self.picture_changed.emit()

    # The models

    def look(self, wanted: Wanted) -> Tried | None:
        """What came of it; None while it is not known."""
        return self._made.get(wanted)

    def levels_of(self, wanted: Wanted) -> Levels | None:
        """The picture that came of it, ready to be zoomed; None while it is not there."""
        tried = self._made.get(wanted)
        return tried.levels if tried is not None else None

    def fault_of(self, wanted: Wanted) -> str:
        """Why nothing came of it; empty when something did or is awaited."""
        tried = self._made.get(wanted)
        return tried.fault if tried is not None else ""

    def waits(self, wanted: Wanted) -> bool:
        """Whether it is being made or will be."""
        return wanted in self._wanted or (self._work is not None and self._work[1] == wanted)

    def busy(self, *, small: bool) -> bool:
        """Whether something is in hand, of the small copy or of the large one."""
        return self._work is not None and self._work[1].large != small

    def want(self, wanted: Sequence[Wanted]) -> None:
        """Make these, in this order, and nothing else; what is in hand and not among them ends."""
        if self.trial is None:
            return
        before = self._wanted
        # A picture that is small itself has no larger copy.
        enough = self.trial.large.size == self.trial.small.size
        self._wanted = [each for each in wanted if each not in self._made and not (each.large and enough)]
        if self._work is not None and self._work[1] not in self._wanted:
            self._stop()
        elif self._work is not None:
            self._wanted.remove(self._work[1])
        for each in {*before} ^ {*self._wanted}:
            self.changed.emit(each.model)
        self._next()

    def leave(self) -> None:
        """Nobody looks: end the work in hand."""
        self._wanted.clear()
        self._stop()

    def _next(self) -> None:
        if self._work is not None or not self._wanted or self.trial is None:
            return
        wanted = self._wanted.pop(0)
        picture = self.trial.large if wanted.large else self.trial.small
        device = self._studio.device
        job = self._studio.worker.begin(lambda: trying(wanted.model, wanted.to, picture, device))
        self._work = (job, wanted)
        self.changed.emit(wanted.model)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._work is None or job != self._work[0]:
            return
        (_, wanted), self._work = self._work, None
        if isinstance(result, Failed):
            self._made[wanted] = Tried(None, QPixmap(), result.message)
        elif isinstance(result, Levels):
            small = QPixmap() if wanted.large else QPixmap.fromImage(result.images[0])
            self._made[wanted] = Tried(result, small)
        self._forget_some()
        self.changed.emit(wanted.model)
        self._next()

    def _forget_some(self) -> None:
        for large, most in ((True, KEPT_LARGE), (False, KEPT)):
            held = [wanted for wanted in self._made if wanted.large == large]
            for wanted in held[:-most]:
                del self._made[wanted]

    def _stop(self) -> None:
        if self._work is not None:
            job, self._work = self._work[0], None
            self._studio.worker.cancel(job)

    @Slot()
    def _afresh(self) -> None:
        """Another device: what could not be made there may be made here."""
        self._made = OrderedDict((wanted, tried) for wanted, tried in self._made.items() if not tried.fault)
        self.picture_changed.emit()
