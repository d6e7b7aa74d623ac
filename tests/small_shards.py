"""Shards for tests: every picture says in its red which shard it is of, in its green which picture."""

import io
import tarfile

import numpy as np
from PIL import Image


def picture(red, green, side=8, form="PNG", *, noisy=False):
    """A picture of one colour, or of noise that these two decide, as the bytes of a file."""
    stream = io.BytesIO()
    pixels = np.full((side, side, 3), (red, green, 0), np.uint8)
    if noisy:
        pixels = np.random.default_rng((red, green)).integers(0, 256, pixels.shape, np.uint8)
    Image.fromarray(pixels).save(stream, form)
    return stream.getvalue()


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def pack(folder, shards, pictures, *, side=8, name="s-{:03}.tar", classes=None, captions=None, first=0, noisy=False):
    """Write shards of so many pictures each; `classes` and `captions` are texts with {shard} and {number} in them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for shard in range(first, first + shards):
        paths.append(folder / name.format(shard))
        with tarfile.open(paths[-1], "w") as tar:
            for number in range(pictures):
                key = f"{shard:03}{number:05}"
                add(tar, f"{key}.png", picture(shard, number, side, noisy=noisy))
                for ending, told in (("cls", classes), ("txt", captions)):
                    if told is not None:
                        add(tar, f"{key}.{ending}", told.format(shard=shard, number=number).encode())
    return paths
