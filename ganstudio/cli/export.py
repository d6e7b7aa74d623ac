"""`ganstudio export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import reporter, say
from ganstudio.cli.translate import ModelArgument

if TYPE_CHECKING:
    from ganstudio.engine.exchange import Exported


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
        typer.Option(metavar="B", help="Domain that comes out, by name or letter.", show_default="the model's first"),
    ] = None,
) -> None:
    """Write a model for other programs, and check it against our own pictures."""
    from ganstudio.engine.exchange import export as exporting

    with reporter() as show:
        exported = drive(exporting(model, file, to=to), show)
    say(written(exported))


def written(exported: Exported) -> str:
    """One line about an exported file."""
    width, height = exported.checked_size
    if not width:
        return f"{exported.path}: weights copied as they are."
    return f"{exported.path}: largest difference {exported.difference} of 255 on a picture of {width}×{height} pixels."
