"""`ganstudio train`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.next_lines import line, use
from ganstudio.cli.printing import reporter, say
from ganstudio.runs.heartbeat import is_silent, take_over
from ganstudio.runs.run import RECIPE, Run
from ganstudio.words.events import Warned
from ganstudio.words.packed import SHARD
from ganstudio.words.ranks import rank
from ganstudio.words.recipe import Device, Domain, Precision, Recipe

if TYPE_CHECKING:
    from ganstudio.engine.ranks import Ranks

METHOD = "cyclegan"
PRESET = "balanced"


FoldersArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FOLDER",
        help=(
            "Pictures: two folders or zips for a translation (A, then B), one for a generator; a folder of .tar "
            "shards or a pattern such as a-{000..099}.tar is one too. Not with --resume."
        ),
        show_default=False,
    ),
]
OutOption = Annotated[Path, typer.Option("--out", metavar="RUN", help="The run's folder.", show_default=False)]
MethodOption = Annotated[
    str | None, typer.Option(metavar="METHOD", help="See `ganstudio methods`.", show_default=METHOD)
]
PresetOption = Annotated[
    Literal["quick", "balanced", "best", "low-memory"] | None,
    typer.Option(help="A starting point.", show_default=PRESET),
]
SizeOption = Annotated[
    int | None, typer.Option(min=16, metavar="PIXELS", help="Training pictures' side.", show_default="preset's")
]
StepsOption = Annotated[int | None, typer.Option(min=1, metavar="N", help="Steps.", show_default="preset's")]
BatchOption = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Pictures in a step.", show_default="preset's")
]
SeedOption = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Another number, other weights and order.", show_default="0")
]
DeviceOption = Annotated[Device | None, typer.Option(help="Where to train.", show_default="auto")]
PrecisionOption = Annotated[Precision | None, typer.Option(help="Arithmetic.", show_default="auto")]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="One of the method's settings; may be repeated."),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")]
SourceOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="RUN|MODEL",
        help=(
            "Begin --out where this run stands: with more --steps to train longer, or with other settings. Or with "
            "the generators of a model file, on the folders named."
        ),
    ),
]
AtOption = Annotated[
    int | None,
    typer.Option("--at", metavar="STEP", help="With --from: where it stood then.", show_default="newest"),
]
EventsOption = Annotated[bool, typer.Option("--events", help="Print one JSON object a line, and nothing else.")]


def train(
    out: OutOption,
    folders: FoldersArgument = None,
    method: MethodOption = None,
    preset: PresetOption = None,
    size: SizeOption = None,
    steps: StepsOption = None,
    batch: BatchOption = None,
    seed: SeedOption = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    settings: SettingsOption = None,
    resume: ResumeOption = False,
    source: SourceOption = None,
    at: AtOption = None,
    events: EventsOption = False,
) -> None:
    """Train a method on folders of pictures. Ctrl+C saves; --resume goes on from there."""
    if not rank().leads:
        help_out()
        return
    options = {"method": method, "preset": preset, "size": size, "steps": steps, "batch": batch, "seed": seed}
    options |= {"device": device, "precision": precision}
    asked: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    changed = pairs(settings or [])

    def sides(home: Path) -> tuple[Domain, ...]:
        return domains(unzipped(folders or [], home, events))

    of_model = source is not None and (source.is_file() or source.suffix == ".safetensors")
    if at is not None and (source is None or of_model):
        missing = "It says where to begin in the run of --from, which is missing."
        raise typer.BadParameter("A model file stands at one step only." if source else missing, param_hint="--at")
    grown = ""
    if resume and (out / RECIPE).is_file():
        run = Run.open(out)
        check_unchanged(run.recipe(), sides(out), asked, changed)
        if is_silent(run):
            take_over(run)
    elif source is not None and not of_model:
        run = go_on(source, out, at, sides(source), asked, changed)
    elif folders:
        check_free(out)
        run = tune(source, out, sides(out), asked, changed) if source else start(out, sides(out), asked, changed)
        grown = growth(run.recipe(), asked)
    elif resume and source is None:
        raise ValueError(f"There is no run in {out} to continue. Name the folders of pictures to start one.")
    else:
        raise typer.BadParameter("Name the folders of pictures to train on.", param_hint="FOLDER...")
    follow(run, as_json=events, grown=grown)


def check_free(out: Path) -> None:
    """A run is never written over.

    Raises:
        ValueError: There is a run already.
    """
    if (out / RECIPE).exists():
        raise ValueError(f"{out} already holds a run. Continue it with --resume, or choose another --out.")


def check_places(out: Path, sides: Sequence[Domain]) -> None:
    """What cannot be is said before torch is loaded, which takes seconds.

    Raises:
        ValueError: A folder is not there, or the run would lie among the pictures that it learns from.
    """
    from ganstudio.pictures.folders import real
    from ganstudio.pictures.shards.naming import holds_shards
    from ganstudio.pictures.survey import check_there

    for side in sides:
        if not holds_shards(side):
            check_there(side)
        if among := next((source for source in side.sources if real(out).is_relative_to(source)), None):
            raise ValueError(
                f"{out} lies in {among}, so that its samples would be learnt from. Choose an --out beside it."
            )


def start(out: Path, sides: Sequence[Domain], asked: Mapping[str, Any], settings: Mapping[str, str]) -> Run:
    """Plan a new run in `out`.

    Raises:
        ValueError: There is a run already, or the folders do not allow it.
    """
    check_free(out)
    check_places(out, sides)
    from ganstudio.engine.training.planning import plan
    from ganstudio.methods import find
    from ganstudio.words.settings import build

    asked = {"method": METHOD, "preset": PRESET} | dict(asked)
    try:
        build(find(asked["method"]).Settings, settings)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return Run.create(out, plan(domains=sides, settings=settings, ranks=rank().count, **asked))


def growth(recipe: Recipe, asked: Mapping[str, Any]) -> str:
    """A sentence where a preset's step was too small for all processes; else empty."""
    from ganstudio.methods import find

    of_preset, count = find(recipe.method).all_presets()[recipe.preset].batch, rank().count
    if "batch" in asked or of_preset >= count:
        return ""
    return f"A step has {recipe.batch} pictures instead of the preset's {of_preset}, for {count} processes to share."


def go_on(
    source: Path,
    out: Path,
    at: int | None,
    sides: Sequence[Domain],
    asked: Mapping[str, Any],
    settings: Mapping[str, str],
) -> Run:
    """A new run in `out` that begins where the one in `source` stands, or stood at step `at`.

    Raises:
        ValueError: It has no such checkpoint, or what is asked makes other networks.
    """
    begun = Run.open(source)
    check_free(out)
    check_places(out, sides)
    from ganstudio.engine.training import branching
    from ganstudio.engine.training.planning import check_shared
    from ganstudio.methods import find
    from ganstudio.words.settings import build, check, describe

    recipe = branching.current(begun, at)
    kind = find(recipe.method).Settings
    try:
        build(kind, settings)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if sides and len(sides) != len(recipe.domains):
        raise ValueError(f"{source} was trained on {len(recipe.domains)} folders. Name as many, or none for the same.")
    named = tuple(Domain(old.name, new.sources) for old, new in zip(recipe.domains, sides, strict=False))
    cards = {card.name: card for card in describe(kind)}
    changed = {name: check(cards[name], value) for name, value in settings.items()}
    wanted = {"domains": named or recipe.domains, "settings": {**recipe.settings, **changed}, **asked}
    recipe = replace(recipe, **wanted)
    if find(recipe.method).apart:
        check_shared(recipe.batch, rank().count)
    return branching.branch(begun, out, recipe, at)


def tune(model: Path, out: Path, sides: Sequence[Domain], asked: Mapping[str, Any], settings: Mapping[str, str]) -> Run:
    """A new run in `out` that begins with the generators of a model file.

    Raises:
        ValueError: Not a model, or what is asked makes other networks.
    """
    from ganstudio.engine.training import fine_tuning
    from ganstudio.methods import find
    from ganstudio.runs.model import card
    from ganstudio.words.settings import build

    kind, wishes = find(card(model).method), dict(asked)
    if wishes.pop("method", kind.key) != kind.key:
        raise ValueError(f"{model.name} is a model of {kind.title}, which stays. Leave --method out.")
    try:
        build(kind.Settings, settings)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    check_places(out, sides)
    recipe = fine_tuning.plan(model, sides, settings=settings, ranks=rank().count, **wishes)
    return fine_tuning.begin(model, out, recipe)


def follow(run: Run, *, as_json: bool = False, grown: str = "") -> None:
    """Train `run` and show what happens; `grown` is what to say of its batch before."""
    from ganstudio.engine import weights
    from ganstudio.engine.ranks import joined
    from ganstudio.engine.training.trainer import train as training

    try:
        with reporter(as_json=as_json) as show, joined(rank()) as ranks:
            for note in (weights.note(run.recipe()), grown):
                if note:
                    show(Warned(note))
            drive(training(run, ranks=ranks), show, stoppable=True)
            check_wanted(ranks)
    except KeyboardInterrupt:
        if not as_json:
            say(f"Continue with: {line('train', '--resume', '--out', run.path)}")
        raise
    if not as_json:
        from ganstudio.runs.model import card

        say(f"The model is in {run.path}. Use it with: {use(card(run.path).routes[0].verb, run.path)}")


def check_wanted(ranks: Ranks) -> None:
    """Whether it ended by itself, or because of whoever sits here.

    Raises:
        KeyboardInterrupt: Somebody asked for it on another machine.
    """
    if ranks.end_asked():
        raise KeyboardInterrupt


def help_out() -> None:
    """Train what the first process trains, and leave what is to be said to it; of an end each machine hears.

    Raises:
        Exit: It has ended without a word, or this one cannot go on and has told it why.
        KeyboardInterrupt: Somebody asked for an end on this machine, which the first is not on.
    """
    from ganstudio.engine.ranks import joined
    from ganstudio.engine.training.following import Follower

    me = rank()
    try:
        with joined(me) as ranks:
            follower = Follower(ranks)
            follower.follow()
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        if me.speaks:
            raise
        raise typer.Exit(1) from error
    if follower.interrupted and me.speaks:
        raise KeyboardInterrupt


def unzipped(folders: Sequence[Path], run: Path, as_json: bool) -> list[Path]:
    """The folders, with each zip among them unpacked into the run's own folder of pictures, once.

    Raises:
        ValueError: A zip cannot be unpacked; the message names it.
    """
    if not any(folder.suffix.lower() == ".zip" for folder in folders):
        return list(folders)
    from ganstudio.pictures.archive import unpacked

    with reporter(as_json=as_json) as show:
        return drive(unpacked(folders, run / "pictures"), show)


def domains(folders: Sequence[Path]) -> tuple[Domain, ...]:
    """Folders as domains, named after themselves; shards that differ by their number alone are one.

    Raises:
        ValueError: An address or a command.
    """
    from ganstudio.pictures.folders import real
    from ganstudio.pictures.shards import naming

    for folder in folders:
        naming.refuse_address(str(folder))
    named = []
    for places in naming.together([real(folder) for folder in folders]):
        shards = places[0].suffix.lower() == SHARD
        name = naming.title_of(places[0]) if shards else places[0].name
        named.append(Domain(name or "pictures", tuple(map(str, places))))
    return tuple(named)


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE texts as a mapping; a wrong one is wrong usage."""
    found = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise typer.BadParameter(f"{text!r} is not KEY=VALUE.", param_hint="--set")
        found[key.strip()] = value.strip()
    return found


def check_unchanged(
    recipe: Recipe, sides: Sequence[Domain], asked: Mapping[str, Any], settings: Mapping[str, str]
) -> None:
    """A resumed run keeps its recipe.

    Raises:
        ValueError: Something else is asked for now.
    """
    for name, value in asked.items():
        kept = getattr(recipe, name)
        if name == "steps" and value > kept:
            raise ValueError(
                f"This run was started with --steps {kept}, which stays. Train longer in a new folder with: "
                f"{line('train', '--from', 'RUN', '--out', 'NEW', '--steps', str(value))}"
            )
        if value != kept:
            raise ValueError(f"This run was started with --{name} {kept}, which stays. Start a new run for {value}.")
    if sides and [set(side.sources) for side in sides] != [set(side.sources) for side in recipe.domains]:
        raise ValueError("This run was started with other folders. Leave them out, or start a new run.")
    if settings:
        from ganstudio.methods import find
        from ganstudio.words.settings import build

        kind = find(recipe.method).Settings
        if build(kind, dict(recipe.settings) | dict(settings)) != build(kind, recipe.settings):
            raise ValueError("This run was started with other settings, which stay. Leave --set out.")
