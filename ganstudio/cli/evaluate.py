"""`ganstudio evaluate`: how good a trained model is, in figures."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import one_line, reporter, say, show_json
from ganstudio.words.events import Event, Skipped
from ganstudio.words.recipe import Device

if TYPE_CHECKING:  # It loads torch.
    from ganstudio.engine.watching.evaluation import Evaluation


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

    card(model)  # What is no model is said before torch is loaded.
    from ganstudio.engine.watching.evaluation import evaluate as evaluating

    skipped: list[Skipped] = []

    def note(event: Event) -> bool:
        if isinstance(event, Skipped):
            skipped.append(event)
        return isinstance(event, Skipped)

    job = evaluating(model, source, target, to=to, device=device)
    if as_json:
        found = drive(job, lambda event: skipped.append(event) if isinstance(event, Skipped) else None)
        show_json(asdict(found) | {"skipped": [asdict(event) for event in skipped]})
        return
    with reporter(quiet=note) as show:
        found = drive(job, show)
    for event in skipped:
        say(one_line(f"Skipped {event.path}: {event.reason}"))
    _tell(found)


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
