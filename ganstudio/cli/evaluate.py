"""`ganstudio evaluate`: how good a trained model is, in figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import one_line, reporter, say, show_json
from ganstudio.cli.translate import silence
from ganstudio.words.events import Event, Skipped
from ganstudio.words.recipe import Device

if TYPE_CHECKING:  # It loads torch.
    from ganstudio.engine.watching.evaluation import Evaluation

MOST, LEAST = 1000, 2  # Pictures of shards.


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A run folder or a model file.", show_default=False)],
    target: Annotated[Path, typer.Option(metavar="FOLDER", help="Pictures as results should be.", show_default=False)],
    source: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Pictures that go in; none for a generator.", show_default=False),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="B", help="Domain that comes out, by name or letter.", show_default="the model's first"),
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Measure how far a model's results are from pictures as they should be, and how much of the input they keep."""
    from ganstudio.runs.model import card

    card(model)  # What cannot be is said before torch is loaded.
    skipped: list[Skipped] = []
    names: dict[str, Path] = {}

    def note(event: Event) -> bool:
        if isinstance(event, Skipped):
            skipped.append(replace(event, path=str(names.get(event.path, event.path))))
        return isinstance(event, Skipped)

    quiet: AbstractContextManager[Callable[[Event], None]] = silence(note) if as_json else reporter(quiet=note)
    with ExitStack() as stack:
        show = stack.enter_context(quiet)
        folders = [_folder(place, stack, show, names, told=source is None) for place in (source, target) if place]
        from ganstudio.engine.watching.evaluation import evaluate as evaluating

        job = evaluating(model, folders[0] if source else None, folders[-1], to=to, device=device)
        found = drive(job, show)
    if as_json:
        show_json(asdict(found) | {"skipped": [asdict(event) for event in skipped]})
        return
    for event in skipped:
        say(one_line(f"Skipped {event.path}: {event.reason}"))
    _tell(found)


def _folder(
    place: Path, stack: ExitStack, show: Callable[[Event], None], names: dict[str, Path], *, told: bool
) -> Path:
    """The place itself; of shards a folder of some of their pictures, whose names go into `names`.

    Raises:
        ValueError: It is not there, or there are too few pictures.
    """
    from ganstudio.cli.train import domains
    from ganstudio.pictures.shards import naming, unpacking
    from ganstudio.pictures.survey import check_there

    (domain,) = domains([place])
    if not naming.holds_shards(domain):
        check_there(domain)
        return place
    folder = stack.enter_context(unpacking.room()) / domain.name
    found = drive(unpacking.unpack_some(naming.shards_of(domain), folder, MOST, told=told), show)
    if len(found) < LEAST:
        count = "one picture" if found else "no picture"
        raise ValueError(f"{place} holds {count}; a distance needs at least two.")
    names |= found
    return folder


def _tell(found: Evaluation) -> None:
    figures = found.figures
    kind = f"{found.measure}, subsets of {found.subset_size}" if found.subset_size else found.measure
    say(f"{found.route}: {found.made} pictures, compared with {found.compared}, at {found.side} × {found.side} pixels.")
    yardstick = f"; untouched pictures {figures['untouched']:.4f}" if "untouched" in figures else ""
    say(f"Distance ({kind}; lower is better): {figures['distance']:.4f}{yardstick}.")
    if "faithfulness" in figures:
        say(f"Faithfulness to the input, from 0 to 1: {figures['faithfulness']:.3f}.")
    if "psnr" in figures:
        truth = "the pictures of the same name" if found.paired else "the input itself"
        say(f"Compared with {truth}: PSNR {figures['psnr']:.2f} dB, SSIM {figures['ssim']:.4f}.")
    say(f"Variety, relative to real pictures: {figures['variety']:.2f}.")
    if found.hint:
        say(f"Note: {found.hint}")
