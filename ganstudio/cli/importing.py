"""`ganstudio import`: weights of other programs become models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.export import ForceOption
from ganstudio.cli.next_lines import use
from ganstudio.cli.printing import reporter, say
from ganstudio.runs.taken import model_target


def import_weights(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help=(
                "A generator's .pth or .safetensors of CycleGAN, pix2pix or CUT. Its way back and discriminators are "
                "found beside it, or named after it. A model file of ours is checked and copied."
            ),
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="MODEL", help="The model file to write.", show_default=False)],
    one: Annotated[
        str, typer.Option("--from", metavar="A", help="What goes in, by name.", show_default="as its options tell")
    ] = "",
    other: Annotated[
        str, typer.Option("--to", metavar="B", help="What comes out, by name.", show_default="as its options tell")
    ] = "",
    alone: Annotated[bool, typer.Option("--alone", help="Leave out what lies beside it.")] = False,
    by_picture: Annotated[
        bool,
        typer.Option(
            "--by-picture",
            help="Let batch norms measure each picture, as the published test script does, not by averages.",
        ),
    ] = False,
    force: ForceOption = False,
) -> None:
    """Make a model of weights that another program trained. Nothing in the file is ever run."""
    if alone and len(files) > 1:
        raise typer.BadParameter("It means one file; more are named.", param_hint="--alone")
    # What can be said without torch is said before it is loaded.
    if (missing := next((file for file in files if not file.is_file()), None)) is not None:
        raise ValueError(
            f"{missing} is a folder. Name a file in it." if missing.is_dir() else f"There is no {missing}."
        )
    model_target(out, replace=force)
    from ganstudio.engine.exchange.importing import import_model

    file, *others = files
    with reporter() as show:
        job = import_model(
            file, out, others=others, names=(one, other), alone=alone, by_picture=by_picture, replace=force
        )
        card = drive(job, show)
    ways = " and ".join(route.title for route in card.routes)
    say(f"{card.path}: {ways}. Use it with: {use('translate', Path(card.path))}")
