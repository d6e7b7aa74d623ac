"""`ganstudio made`."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.printing import one_line, say, show_json
from ganstudio.words.making import Making


def made(
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE", help="Pictures that GAN Studio made.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Tell how pictures were made: by which model, from which original, with which look. It stands inside them."""
    from ganstudio.pictures.writing.made import made_from

    missing = next((picture for picture in pictures if not picture.is_file()), None)
    if missing is not None:
        raise ValueError(f"There is no picture {missing}.")
    found = {picture: made_from(picture) for picture in pictures}
    if as_json:
        show_json([{"picture": str(picture), "made": making and asdict(making)} for picture, making in found.items()])
    else:
        for picture, making in found.items():
            say(one_line(f"{picture}: {sentence(making) if making else 'it does not say that GAN Studio made it.'}"))
    strangers = sum(making is None for making in found.values())
    if strangers:
        raise ValueError(f"{strangers} of {len(found)} do not say how they were made.")


def sentence(making: Making) -> str:
    """How a picture was made, for people."""
    parts = [f"{making.route}, by {making.model} ({making.seal})"]
    if making.source:
        parts.append(f"from {making.source} ({making.source_bytes:,} bytes, of {_day(making.source_changed / 1e9)})")
    if making.seed:
        parts.append(f"seed {making.seed}")
    if making.asked:
        parts.append(f"asked for {making.asked}")
    if making.strength < 1:
        parts.append(f"strength {making.strength:g} ({making.blend})")
    if making.keep_colours:
        parts.append("own colours kept")
    if making.mask:
        parts.append(f"mask {making.mask}")
    if making.quality == "fast":
        parts.append("fast")
    if making.file_quality:
        parts.append(f"quality of the file {making.file_quality}")
    return f"{', '.join(parts)}; GAN Studio {making.version}, {_day(making.made)}."


def _day(seconds: float) -> str:
    """A day for people; what stands in a picture may be anything."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "an unknown day"
