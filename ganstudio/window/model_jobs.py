"""Jobs on models, for the one door: what is said of them, what lies between them, and how they leave the house.

A model is a path everywhere: a model file, a run folder, or a moment of a run (`runs.moment.address`). Where a picture
is made it may also be a `Mix` of two, which has no file. `runs.model.card` and `runs.remarks.remarks` need no job.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.runs.disk_use import DiskUse
from ganstudio.window.job import Job
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.mix import Mix

if TYPE_CHECKING:  # It loads torch; the window names it only.
    from ganstudio.engine.exchange.exporting import Exported


def remark(model: Path, said: Remarks) -> Job[None]:
    """Keep what the artist says of a model. A model file is written anew, so this may take a second.

    Fails with a ValueError for people where it is too long, has too many stars, or is no model of ours.
    """
    yield None
    from ganstudio.runs import remarks

    remarks.remark(model, said)


def disk_use(model: Path) -> Job[DiskUse]:
    """What a run or a model file takes on the disk, in parts."""
    yield None
    from ganstudio.runs import disk_use

    return disk_use.disk_use(model)


def mix(wanted: Mix, target: Path) -> Job[ModelCard]:
    """What lies between two models as a new model file, with thumbnails and its parents on the card.

    For a preview without a file give the `Mix` to `translate` or `generate`; for the next share only the weights are
    mixed anew. Fails with the reason where the two cannot be mixed, or where `target` is there already.
    """
    from ganstudio.engine.exchange import mixing

    return (yield from mixing.mix(wanted, target))


def export(
    model: Path, file: Path, to: str | None = None, *, floating: bool = False, leaflet: bool = True
) -> Job[Exported]:
    """The model in the format that the file's suffix names, checked against our own pictures.

    A file that is there is replaced: the dialog has asked.

    Args:
        model: Which.
        file: .onnx, .pt2, .pth or .safetensors.
        to: Domain that comes out, for a model of several ways; .safetensors holds all.
        floating: Numbers from -1 to 1 in and out instead of bytes, for .onnx and .pt2.
        leaflet: Lay the model's card beside it, as FILE.md and FILE.json.
    """
    from ganstudio.engine.exchange import exporting as exchange

    return (yield from exchange.export(model, file, to=to, floating=floating, leaflet=leaflet, replace=True))


def export_light(
    model: Path,
    file: Path,
    to: str | None = None,
    *,
    pictures: Sequence[Path] = (),
    floating: bool = False,
    leaflet: bool = True,
    device: str = "auto",
) -> Job[Exported]:
    """As `export`, of a small, fast copy of the model, which first learns for some minutes what the model paints.

    Says Progress with the time that is left, Losses, and Skipped for pictures that cannot be read.

    Args:
        model: Which.
        file: As for `export`.
        to: Domain that comes out, by name, letter or title; None for the model's main way.
        pictures: Folders to learn from; a run has its own.
        floating: As for `export`.
        leaflet: As for `export`.
        device: Where it learns.
    """
    from ganstudio.engine.exchange import lightening

    return (
        yield from lightening.export_light(
            model, file, pictures=pictures, device=device, to=to, floating=floating, leaflet=leaflet, replace=True
        )
    )


def share(model: Path, file: Path) -> Job[Exported]:
    """The model as one .safetensors with its card, remarks and thumbnails inside, and nothing beside it."""
    return (yield from export(model, file, leaflet=False))
