"""Preview: squares of pictures as a training would see them, from the very code that trains."""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import torch
from PIL import Image

from ganstudio import methods
from ganstudio.engine.training.gathering import scale_of
from ganstudio.game import AdversarialSettings
from ganstudio.networks.augment import augment
from ganstudio.pictures.batches import Batches, to_pixels
from ganstudio.pictures.examples import Example
from ganstudio.pictures.stock import stock_up
from ganstudio.words.events import Held, Progress, Skipped, Warned
from ganstudio.words.settings import build

PLENTY = 1 << 40  # The few pictures of a preview lie in memory.


def crops(
    paths: Sequence[Path],
    method: str,
    size: int,
    settings: Mapping[str, object],
    *,
    count: int,
    seed: int,
    side_by_side: bool = False,
) -> Generator[Progress | Skipped | Held | Warned, None, list[Image.Image]]:
    """Random squares of some of these pictures, cut, mirrored and augmented by the settings of a method.

    Args:
        paths: Pictures to choose from.
        method: Key in the catalogue.
        size: Side of the squares in pixels.
        settings: What differs from the method's defaults.
        count: How many squares; fewer pictures are shown several times.
        seed: The same gives the same.
        side_by_side: Each picture holds the two of a pair; its squares lie side by side in one image.

    Returns:
        `count` images of size×size pixels, 2·size×size for pairs; none when no picture could be read.

    Raises:
        ValueError: The method or a setting does not exist.
    """
    chosen = build(methods.find(method).Settings, settings)
    some = random.Random(seed).sample(list(paths), min(count, len(paths)))  # noqa: S311  Not a secret.
    examples = [Example(path, partner=path if side_by_side else None) for path in some]
    stock = yield from stock_up(examples, scale_of(size, chosen), memory=PLENTY, what="cutting out")
    if not len(stock):
        return []
    cpu = torch.device("cpu")
    batch = next(Batches((stock,), batch=count, size=size, flip=chosen.flip, seed=seed, device=cpu))
    x = torch.cat(batch.images, dim=1)
    if isinstance(chosen, AdversarialSettings):
        # What the discriminators see; torch's own chance stays as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            x = augment(x, chosen.augment)
    rows = torch.cat(to_pixels(x).split(3, dim=1), dim=3).permute(0, 2, 3, 1)
    return [Image.fromarray(row.numpy().copy()) for row in rows]
