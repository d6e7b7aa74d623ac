"""Training on from a model: a new run that begins with its weights, on folders of the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from ganstudio.window import jobs
from ganstudio.window.jobs import Job
from ganstudio.window.pages.train_longer import begin_or_wait
from ganstudio.window.parts.tune_sheet import TuneSheet
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Failed
from ganstudio.words.recipe import Domain

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage


def beginning(model: Path, domains: Sequence[Domain], target: Path, preset: str, device: str) -> Job[Path]:
    """A new run in `target`, planned and begun."""
    recipe = yield from jobs.plan_from(model, domains, preset=preset, device=device)
    return (yield from jobs.begin_from(model, recipe, target))


class Tuning(QObject):
    """Asks for folders, makes the run, and shows it on the Train page."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._beginning: int | None = None
        studio.worker.ended.connect(self._ended)

    def ask(self, path: Path, card: ModelCard) -> None:
        """Ask which folders to train on."""
        project = self._studio.project
        if project is None or self._beginning is not None:
            return
        missing = len(card.pictures) - len(project.domains)
        if missing > 0:
            short = self.tr("{} was trained on {} folders; this project has {}. Add more on the Data page.")
            told = short.format(card.name, len(card.pictures), len(project.domains))
            self._studio.offer(told, self.tr("Data"), lambda: self._studio.show("data"))
            return
        method = next((method for method in self._studio.catalogue if method.key == card.method), None)
        titles = {
            "quick": (self.tr("Quick"), self.tr("A first impression, in minutes.")),
            "balanced": (self.tr("Balanced"), self.tr("A good result, in hours.")),
            "best": (self.tr("Best"), self.tr("As good as it gets: over night, or longer.")),
            "low-memory": (self.tr("Little memory"), self.tr("For laptops and graphics cards of 4 GB.")),
        }
        # While the engine still loads, every method is taken to have them all.
        presets = [(key, *said) for key, said in titles.items() if method is None or key in method.presets]
        sheet = TuneSheet(card, [domain.name for domain in project.domains], presets, self._page)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.agreed.connect(lambda sides, preset: self.begin(path, card, sides, preset))
        sheet.open()

    def begin(self, path: Path, card: ModelCard, sides: Sequence[int], preset: str) -> None:
        """Make the run; it trains as soon as it is there."""
        project = self._studio.project
        if project is None:
            return
        domains = [project.domains[side] for side in sides]
        target, device = project.next_run(card.method), self._studio.device
        self._beginning = self._studio.worker.begin(lambda: beginning(path, domains, target, preset, device))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._beginning:
            return
        self._beginning = None
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif isinstance(result, Path):
            begin_or_wait(self._studio, result)
            self._studio.show("train", result)
