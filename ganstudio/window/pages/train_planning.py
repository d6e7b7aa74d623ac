"""Planning a training for the Train page: what fits the folders, what each preset means, how long it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.runs.title import title
from ganstudio.window import jobs
from ganstudio.window.aims import is_counted, lacking, wanting
from ganstudio.window.jobs import Job
from ganstudio.window.pages.train_past import smaller_size
from ganstudio.window.pages.train_setup import TrainSetup
from ganstudio.window.selection import Selection, candidates
from ganstudio.window.studio import Studio
from ganstudio.window.words import duration, file_size, folders
from ganstudio.words.cards import MethodCard
from ganstudio.words.events import Failed
from ganstudio.words.recipe import PRESETS, Domain, Recipe
from ganstudio.words.routes import Needs

if TYPE_CHECKING:  # It loads torch; the page names it only.
    from ganstudio.engine.training.planning import Estimate

EDIT_MS = 600


def planning(asked: Mapping[str, Mapping[str, object]], domains: Sequence[Domain]) -> Job[dict[str, Recipe | str]]:
    """A recipe for each entry, or the sentence why there can be none.

    Args:
        asked: Arguments of `jobs.plan` but the domains, by any key.
        domains: The folders to train on.
    """
    planned: dict[str, Recipe | str] = {}
    for key, wishes in asked.items():
        arguments = dict(wishes)
        try:
            planned[key] = yield from jobs.plan(str(arguments.pop("method")), domains, **arguments)
        except (ValueError, OSError) as error:
            planned[key] = str(error)
    return planned


@dataclass(frozen=True, slots=True)
class Fits:
    """What looking into the folders told.

    Attributes:
        first: Method → the first selection of the folders that it can train on.
        refused: Method → why it cannot train on any; what the engine says of the first selection.
    """

    first: dict[str, Selection] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def fitting(asked: Mapping[Needs, Sequence[str]], domains: Sequence[Domain]) -> Job[Fits]:
    """Which methods can train on which of these folders.

    Looking into the folders takes a while, so that one method speaks for all that need the same; when it is refused,
    each is asked for itself.

    Args:
        asked: Methods by what they need.
        domains: The folders.
    """
    fits = Fits()
    for needs, methods in asked.items():
        for method in methods:
            found, why = yield from _first_fitting(method, needs, domains)
            if found is not None:
                fits.first.update(dict.fromkeys((each for each in methods if each not in fits.refused), found))
                break
            fits.refused[method] = why
    return fits


def _first_fitting(method: str, needs: Needs, domains: Sequence[Domain]) -> Job[tuple[Selection | None, str]]:
    why: list[str] = []
    for selection in candidates(needs, len(domains)):
        asked = {method: {"method": method, "preset": "quick"}}
        (plan,) = (yield from planning(asked, [domains[at] for at in selection])).values()
        if isinstance(plan, Recipe):
            return selection, ""
        why.append(plan)
    return None, why[0]


class Planner(QObject):
    """Fills a `TrainSetup` from the project, in the background, and makes the recipe when Train is pressed.

    Signals:
        planned: The recipe to start.
    """

    planned = Signal(object)

    def __init__(self, studio: Studio, setup: TrainSetup) -> None:
        super().__init__(setup)
        self._studio, self._setup = studio, setup
        self._active = False
        self._fit_job: int | None = None
        self._plan_job: int | None = None
        self._start_job: int | None = None
        self._measuring: tuple[int, str, str] | None = None
        self._refusal = ""
        self._known: tuple[Path, tuple[Domain, ...], tuple[MethodCard, ...]] | None = None
        self._reasons: dict[str, str] = {}
        self._first: dict[str, Selection] = {}
        self._wrong: frozenset[str] = frozenset()
        self._details: dict[str, str] = {}
        self._unsure: frozenset[str] = frozenset()
        self._recipes: dict[str, Recipe] = {}
        self._times: dict[str, str] = {}
        self._edit_timer = QTimer(self, interval=EDIT_MS, singleShot=True)
        self._edit_timer.timeout.connect(self._plan_edited)
        setup.method_chosen.connect(self.plan)
        setup.folders_chosen.connect(self.plan)
        setup.preset_chosen.connect(self.plan)
        setup.edited.connect(self._edited)
        setup.train_wanted.connect(self.start)
        studio.worker.ended.connect(self._ended)
        studio.project_changed.connect(self._show_folders)
        self._show_folders()

    def check(self) -> None:
        """Ask which methods fit the project's folders, and plan the chosen one."""
        self._active = True
        project, catalogue = self._studio.project, self._studio.catalogue
        if project is None or not catalogue:
            self.show_problem()
            return
        domains = self._domains()
        self._show_folders()
        if (project.path, domains, catalogue) != self._known:
            if self._known is not None and project.path != self._known[0]:
                self._setup.forget_method()
            self._known = (project.path, domains, catalogue)
            self._count()
        self._setup.set_fits(self._reasons, self._details, self._unsure, self._first)
        asked: dict[Needs, list[str]] = {}
        for card in catalogue:
            if not wanting(card.needs, len(domains)):
                asked.setdefault(card.needs, []).append(card.key)
        if asked:
            self._fit_job = self._studio.worker.begin(lambda: fitting(asked, domains))
        self.plan()

    def _count(self) -> None:
        """What the number of folders tells; the rest is not known until someone has looked into them."""
        assert self._known is not None
        _, domains, catalogue = self._known
        wants = {card.key: wanting(card.needs, len(domains)) for card in catalogue}
        self._reasons, self._details = {key: want for key, want in wants.items() if want}, {}
        self._first, self._wrong = {}, frozenset()
        self._unsure = frozenset(card.key for card in catalogue if not wants[card.key] and not is_counted(card.needs))

    def _looked(self, fits: Fits) -> None:
        """What looking into the folders told."""
        self._count()
        before = (self._setup.method, self._setup.selection)
        # What the engine says is exact, and long: it is kept for what is wrong with the folders whatever they are for.
        needs = {card.key: card.needs for card in self._studio.catalogue}
        self._wrong = frozenset(sentence for key, sentence in fits.refused.items() if is_counted(needs[key]))
        self._reasons |= {
            key: sentence if sentence in self._wrong else lacking(needs[key]) for key, sentence in fits.refused.items()
        }
        self._details, self._first = dict(fits.refused), dict(fits.first)
        self._unsure = frozenset()
        self._setup.set_fits(self._reasons, self._details, self._unsure, self._first)
        if (self._setup.method, self._setup.selection) == before:
            self.show_problem()
        else:
            self.plan()

    @Slot()
    def measure_anew(self) -> None:
        """What was measured is not true any more."""
        self._stop_measuring()
        self._times.clear()
        if self._active:
            self.plan()

    def rest(self) -> None:
        """Measure no more: the setup is not seen, or a training wants the device."""
        self._active = False
        self._stop_measuring()

    @Slot()
    def plan(self) -> None:
        """Plan the presets of the chosen method."""
        self._recipes.clear()
        self._promise()
        card = self._card()
        self._plan_presets([preset for preset in PRESETS if card is None or preset in card.presets])

    def show_problem(self, sentence: str = "") -> None:
        """Say what is in the way of training, `sentence` or what is found; nothing when nothing is."""
        if not sentence and not self._domains():
            sentence = self.tr("There are no pictures in this project yet.")
        elif not sentence and self._studio.catalogue and self._setup.method is None and not self._unsure:
            told = self._wrong or frozenset(self._details.values())
            sentence = min(told) if len(told) == 1 else self.tr("No method fits the folders of this project.")
        sentence = sentence or self._setup.fault() or self._refusal
        training = self._studio.training
        self._setup.set_queueing(title(training.run) if training is not None else "")
        self._setup.set_problem(sentence, at_data=bool(sentence) and not self._setup.fault())
        if not self._studio.catalogue:
            self._setup.train.setEnabled(False)

    # Inside

    def _domains(self) -> tuple[Domain, ...]:
        project = self._studio.project
        return tuple(domain for domain in project.domains if domain.sources) if project is not None else ()

    def _selected(self) -> tuple[Domain, ...]:
        """The folders to train on, in the method's order."""
        domains = self._domains()
        return tuple(domains[at] for at in self._setup.selection)

    @Slot()
    def _show_folders(self) -> None:
        self._setup.set_folders(self._domains())

    @Slot()
    def _edited(self) -> None:
        self.show_problem()
        self._edit_timer.start()

    @Slot()
    def _plan_edited(self) -> None:
        self._plan_presets((self._setup.preset,))

    def _plan_presets(self, presets: Sequence[str]) -> None:
        self._stop_measuring()
        self._refusal = ""
        method, domains = self._setup.method, self._selected()
        self.show_problem()
        if not domains or method is None or self._setup.fault():
            return
        asked = {preset: self._asked(method, preset) for preset in presets}
        self._plan_job = self._studio.worker.begin(lambda: planning(asked, domains))

    def _asked(self, method: str, preset: str) -> dict[str, object]:
        asked: dict[str, object] = {"method": method, "preset": preset, "device": self._studio.device}
        if (cards := self._cards()) > 1:
            asked["ranks"] = cards
        return asked | (self._setup.wishes() if preset == self._setup.preset else {})

    def _card(self) -> MethodCard | None:
        """The chosen method."""
        return next((card for card in self._studio.catalogue if card.key == self._setup.method), None)

    def _cards(self) -> int:
        """How many graphics cards are to share each step."""
        return self._studio.cards.wanted(self._studio.device_in_use, self._card())

    def _planned(self, plans: Mapping[str, Recipe | str]) -> None:
        for preset, plan in plans.items():
            if isinstance(plan, str):
                self._recipes.pop(preset, None)
                self._setup.presets[preset].set_detail("")
                if preset == self._setup.preset:
                    self._refusal = plan
                    self.show_problem()
                continue
            self._recipes[preset] = plan
            self._setup.set_plan(preset, plan.size, plan.steps, plan.batch, self._time(plan))
        self._promise()
        self._measure()

    def _time(self, recipe: Recipe) -> str:
        if recipe.to_toml() in self._times:
            return self._times[recipe.to_toml()]
        busy = self._studio.training is not None
        return self.tr("not measured while another one trains") if busy else self.tr("measuring…")

    def _measure(self) -> None:
        """Measure the first preset whose time is not known, the chosen one first."""
        if self._measuring is not None or self._studio.training is not None or not self._active:
            return
        for preset in sorted(self._recipes, key=lambda preset: (preset != self._setup.preset, PRESETS.index(preset))):
            recipe = self._recipes[preset]
            if recipe.to_toml() not in self._times:
                share = replace(recipe, batch=-(-recipe.batch // self._cards()))  # What one card plays.
                job = self._studio.worker.begin(lambda share=share: jobs.estimate([share]))  # type: ignore[misc]
                self._measuring = (job, preset, recipe.to_toml())
                return

    def _measured(self, preset: str, recipe: str, result: object) -> None:
        if isinstance(result, Failed):
            self._times[recipe] = result.message
            if smaller_size(result.message) is not None and preset == self._setup.preset:
                self._setup.suggest_preset("low-memory")
        elif isinstance(result, tuple):
            estimate: Estimate = result[0]
            self._times[recipe] = f"about {duration(estimate.seconds)}"
            if estimate.memory_bytes is not None:
                kind = self.tr("memory") if self._studio.device_in_use == "cpu" else self.tr("graphics memory")
                self._times[recipe] += f"\n{file_size(estimate.memory_bytes)} of {kind}"
            if estimate.fits:
                self._times[recipe] += f", {estimate.fits}"
        else:
            return
        self._setup.set_time(preset, self._times[recipe])
        self._promise()
        self._measure()

    def _stop_measuring(self) -> None:
        if self._measuring is not None:
            self._studio.worker.cancel(self._measuring[0])
            self._measuring = None

    def _promise(self) -> None:
        recipe = self._recipes.get(self._setup.preset)
        if recipe is None:
            self._setup.set_promise(self.tr("Looking into the folders…") if self._domains() else "")
            return
        self._studio.plan(recipe)
        names = folders([domain.name for domain in recipe.domains])
        time = self._times.get(recipe.to_toml(), "")
        time = f", {time.splitlines()[0]}" if time.startswith("about") else ""
        self._setup.set_promise(
            f"Learns from {names}: {recipe.steps:,} steps at {recipe.size} pixels{time}. {self._sharing(recipe)}"
            + self._outlook()
        )

    def _sharing(self, recipe: Recipe) -> str:
        """What it means that several graphics cards train it."""
        cards, card = self._cards(), self._card()
        if cards == 1 or card is None:
            return ""
        alone = card.presets[recipe.preset].batch
        if "batch" not in self._setup.wishes() and recipe.batch > alone:
            return self.tr("{} cards share each step, which learns from {} pictures instead of {}. ").format(
                cards, recipe.batch, alone
            )
        return self.tr("{} cards share the {} pictures of each step; what it learns stays the same. ").format(
            cards, recipe.batch
        )

    def _outlook(self) -> str:
        training = self._studio.training
        if training is not None:
            return self.tr("It begins when {} has ended.").format(title(training.run))
        return self.tr("Stop whenever you like; nothing is lost, and you can go on later.")

    @Slot()
    def start(self) -> None:
        """Make the recipe of what is chosen; `planned` follows, or a sentence why there can be none."""
        method, domains = self._setup.method, self._selected()
        if not domains or method is None or self._setup.fault() or self._start_job is not None:
            return
        self._stop_measuring()
        asked = {"start": self._asked(method, self._setup.preset)}
        self._setup.set_starting()
        self._start_job = self._studio.worker.begin(lambda: planning(asked, domains))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._measuring is not None and job == self._measuring[0]:
            (_, preset, recipe), self._measuring = self._measuring, None
            self._measured(preset, recipe, result)
        elif job == self._start_job:
            self._start_job = None
            plan = result["start"] if isinstance(result, dict) else getattr(result, "message", "")
            self.show_problem(plan if isinstance(plan, str) else "")
            if isinstance(plan, Recipe):
                self.planned.emit(plan)
        elif job == self._fit_job and isinstance(result, Fits):
            self._looked(result)
        elif job == self._plan_job and isinstance(result, dict):
            self._planned(result)
