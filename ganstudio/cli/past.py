"""`ganstudio timelapse` and `ganstudio curves`: what a run's history shows, in files for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.export import ForceOption
from ganstudio.cli.printing import one_line, reporter, say
from ganstudio.runs.run import Run

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)]


def timelapse(
    run: RunArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The film to write: .mp4, .gif or .webp.", show_default=False)
    ],
    route: Annotated[
        str, typer.Option(metavar="TITLE", help='What to show, such as "A → B".', show_default="the run's first")
    ] = "",
    rate: Annotated[
        int, typer.Option(min=0, max=60, metavar="N", help="Moments a second.", show_default="a film of 12 s")
    ] = 0,
    force: ForceOption = False,
) -> None:
    """Make a film of a run's samples: how its pictures came to be."""
    from ganstudio.engine.watching.timelapse import timelapse as filming

    with reporter() as show:
        made = drive(filming(Run.open(run), file, route=route, rate=rate, replace=force), show)
    say(one_line(str(made)))


def curves(
    run: RunArgument,
    target: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv|FOLDER", help="A table, or a folder for TensorBoard.", show_default=False),
    ],
    force: ForceOption = False,
) -> None:
    """Write a run's curves as a table or as TensorBoard's event files."""
    from ganstudio.engine.watching.curves import save

    with reporter() as show:
        made = drive(save(Run.open(run), target, replace=force), show)
    say(one_line(str(made)))
