"""`ganstudio export`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import one_line, reporter, say
from ganstudio.cli.translate import ModelArgument
from ganstudio.words.recipe import Device

if TYPE_CHECKING:
    from ganstudio.engine.exchange.exporting import Exported

ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]
QUESTION = "Under which licence may others use this model (such as CC BY 4.0; Enter for none stated)"


def export(
    model: ModelArgument,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The file to write: .onnx, .safetensors, .pth or .pt2.", show_default=False
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="B",
            help="Domain that comes out, by name or letter; of a .pth also by its name, as in latest_net_G_B.pth.",
            show_default="the model's first",
        ),
    ] = None,
    floating: Annotated[
        bool, typer.Option("--float", help="ONNX and .pt2: numbers from -1 to 1, NCHW, instead of bytes.")
    ] = False,
    licence: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Under which licence others may use it; kept with the model."),
    ] = None,
    card: Annotated[
        bool, typer.Option("--card/--no-card", help="Lay FILE.md and FILE.json beside it: what it is, how to use it.")
    ] = True,
    force: ForceOption = False,
    light: Annotated[
        bool,
        typer.Option(
            "--light", help="A small, fast copy for live use, which learns for some minutes what the model paints."
        ),
    ] = False,
    pictures: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            help="With --light: pictures to learn from; may be given again.",
            show_default="those of the run",
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="With --light: how long to learn.", show_default="about five minutes"),
    ] = None,
    device: Annotated[Device | None, typer.Option(help="With --light: where to learn.", show_default="auto")] = None,
) -> None:
    """Write a model for other programs, and check it against our own pictures."""
    if not light and (pictures or steps or device):
        raise typer.BadParameter(
            "--pictures, --steps and --device say how a light copy learns. Add --light, or leave them out."
        )
    from ganstudio.runs.model import header
    from ganstudio.runs.taken import check_free

    header(model)  # What cannot be is said before torch is loaded.
    check_free(file, replace=force)
    settle_licence(model, licence)
    with reporter() as show:
        if light:
            from ganstudio.engine.exchange.lightening import export_light

            job = export_light(
                model,
                file,
                pictures=pictures or (),
                steps=steps,
                device=device or "auto",
                to=to,
                floating=floating,
                leaflet=card,
                replace=force,
            )
        else:
            from ganstudio.engine.exchange.exporting import export as exporting

            job = exporting(model, file, to=to, floating=floating, leaflet=card, replace=force)
        exported = drive(job, show)
    say(one_line(written(exported)))
    if exported.light:
        say(f"It is {exported.light.sentence}.")
    if exported.leaflets:
        say(one_line(f"Card: {' and '.join(map(str, exported.leaflets))}."))


def settle_licence(model: Path, given: str | None) -> None:
    """Keep the licence that was given; ask for one once, of a model that has none, where someone can answer."""
    from ganstudio.runs.leaflet import NOT_STATED
    from ganstudio.runs.remarks import remark, remarks

    said = remarks(model)
    if given is None:
        if said.licence or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return
        given = typer.prompt(QUESTION, default=NOT_STATED, show_default=False)
    if given.strip() != said.licence:
        remark(model, replace(said, licence=given.strip()))


def written(exported: Exported) -> str:
    """One line about an exported file."""
    width, height = exported.checked_size
    what = f" ({exported.route})" if exported.route else ""
    return (
        f"{exported.path}{what}: largest difference {exported.difference} of 255 "
        f"on a picture of {width}×{height} pixels."
    )
