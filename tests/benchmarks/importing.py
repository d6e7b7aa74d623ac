"""How long a folder of large photographs takes: to the first names, to all, to its health, to its doubles.

    python tests/benchmarks/importing.py [PICTURES] [DIFFERENT]

PICTURES names (10,000 unless told otherwise) of DIFFERENT files (200) of 12 million pixels, linked hard: the disk holds
only those. A plain loop stands beside it that opens each with Pillow, decodes it in full and keeps nothing, on a
sample of the files: less cannot be done without drafts, and nothing is learnt by it. The second check finds what the
first one remembered.
"""

import io
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

PICTURES, DIFFERENT = map(int, (sys.argv[1:] + ["10000", "200"][len(sys.argv) - 1 :])[:2])
WIDTH, HEIGHT = 4000, 3000
PLAIN = 60  # Files of the plain loop.


def draw(folder):
    """Photographs of clouds with grain, each like no other, of about 2 MB."""
    chance = np.random.default_rng(1)
    grain = chance.integers(-12, 13, (HEIGHT, WIDTH, 1), np.int16)
    originals = []
    for number in range(DIFFERENT):
        clouds = Image.fromarray(chance.integers(0, 256, (9, 12, 3), np.uint8)).resize((WIDTH, HEIGHT), 3)
        picture = np.clip(np.asarray(clouds, np.int16) + np.roll(grain, number, 1), 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=80)
        originals.append(folder / f"{number:05d}.jpg")
        originals[-1].write_bytes(file.getvalue())
    # As old as an artist's: what was written just now is not remembered.
    for original in originals:
        os.utime(original, (1_700_000_000, 1_700_000_000))
    for number in range(DIFFERENT, PICTURES):
        os.link(originals[number % DIFFERENT], folder / f"{number:05d}.jpg")


def ended(job, first=lambda _: True):
    """The result of a job, seconds to its first event of a kind, and seconds in all."""
    start, at = time.monotonic(), 0.0
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value, at, time.monotonic() - start
        if not at and first(event):
            at = time.monotonic() - start


def plainly(paths):
    start = time.monotonic()
    for path in paths:
        with Image.open(path) as image:
            image.convert("RGB")
    return len(paths) / (time.monotonic() - start)


def main():
    with tempfile.TemporaryDirectory() as place:
        os.environ["GANSTUDIO_CACHE"] = str(Path(place) / "cache")
        from ganstudio.pictures import folders, health, likeness
        from ganstudio.pictures.reading import read
        from ganstudio.window import contents
        from ganstudio.words.recipe import Domain

        folder = Path(place) / "photographs"
        folder.mkdir()
        start = time.monotonic()
        draw(folder)
        size = sum(path.stat().st_size for path in sorted(folder.iterdir())[:DIFFERENT]) / DIFFERENT
        print(f"{PICTURES} names of {DIFFERENT} pictures of 12 MP, {size / 1e6:.1f} MB each", end="")
        print(f" (drawn in {time.monotonic() - start:.0f} s)\n")
        domain = Domain("photographs", (str(folder),))

        start = time.monotonic()
        first = next(entry for entry in folders.listed(domain) if isinstance(entry, Path))
        named = time.monotonic() - start
        read(first, at_least=192)
        row("the first name", named)
        row("the first thumbnail, decoded", time.monotonic() - start)
        _, first_names, all_names = ended(contents.listing(domain), lambda event: isinstance(event, contents.Found))
        row("the first names in the window", first_names)
        row("all names, classes and captions in the window", all_names)
        plain = plainly(sorted(folder.iterdir())[:PLAIN])
        row("a plain loop of Pillow, in full", PICTURES / plain, plain, "(from a sample)")
        report, _, seconds = ended(health.check(domain))
        row("health", seconds, PICTURES / seconds, f"{PICTURES / seconds / plain:.1f} × the plain loop")
        row("health, a second look", again := ended(health.check(domain))[2], PICTURES / again)
        assert report.counts["fine"] + report.counts["duplicate"] + report.counts["leak"] == PICTURES
        different(report.pictures, likeness)


def different(looks, likeness):
    """The search for what is nearly the same, were all pictures different."""
    chance = np.random.default_rng(2)
    hashes = chance.integers(0, 2**64, len(looks), np.uint64)
    apart = [replace(look, likeness=int(hash_)) for look, hash_ in zip(looks, hashes, strict=True)]
    start = time.monotonic()
    found = sum(len(members) for _, members in likeness.groups(apart))
    row("nearly the same, among as many different ones", time.monotonic() - start, note=f"{found} found")


def row(what, seconds, per_second=None, note=""):
    speed = "" if per_second is None else f"{per_second:10.1f} a second"
    print(f"{what:48} {seconds:9.3f} s {speed:20} {note}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
