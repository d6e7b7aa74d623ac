"""`ganstudio mix`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.export import ForceOption
from ganstudio.cli.printing import one_line, reporter, say
from ganstudio.words.mix import Mix


def mix(
    one: Annotated[
        Path,
        typer.Argument(metavar="ONE", help="A run folder, a model file, or RUN@STEP.", show_default=False),
    ],
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="Another of the same networks.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="MODEL", help="The new model file.", show_default=False)],
    share: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="How much of OTHER is in it: 0 is ONE, 1 is OTHER.")
    ] = 0.5,
    force: ForceOption = False,
) -> None:
    """Make a new model of what lies between two: of two styles, or of two moments of one training."""
    from ganstudio.runs.model import card
    from ganstudio.runs.taken import model_target

    for model in (one, other):
        card(model)  # What cannot be is said before torch is loaded.
    model_target(out, replace=force)
    from ganstudio.engine.exchange.mixing import mix as mixing

    with reporter() as show:
        made = drive(mixing(Mix(one, other, share), out, replace=force), show)
    makes = ", ".join(route.title for route in made.routes)
    say(one_line(f"{made.path}: {' and '.join(made.parents)}; it makes {makes}."))
