"""The sample project: folders of landscapes in summer and in winter, and of true pairs to measure on."""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path

from ganstudio.pictures.landscapes import SEASONS, scene
from ganstudio.words.events import Progress

NOTE = "About these pictures.txt"
_BEGUN = ".being-drawn"
_NOTE_TEXT = """These landscapes were drawn by GAN Studio and are free for any use.
summer and winter show different places; held_out shows the same places in both seasons.
"""


def draw(
    folder: Path, *, pictures: int = 300, held_out: int = 40, size: int = 64, seed: int = 0
) -> Generator[Progress, None, None]:
    """Draw the sample project: folder/summer and folder/winter (different places) and folder/held_out (true pairs).

    The file `NOTE` is written last: where it lies, the sample is whole.

    Args:
        folder: Made if it is not there; the sample of an earlier time in it is replaced.
        pictures: Training pictures of each season.
        held_out: Places drawn in both seasons, under the same name.
        size: Side in pixels.
        seed: Another number, other places.

    Raises:
        ValueError: The folder holds other things.
        OSError: The folder cannot be written.
    """
    note, begun = folder / NOTE, folder / _BEGUN
    if folder.is_dir() and not note.exists() and not begun.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder.name} holds other files already. Choose a new folder for the sample.")
    jobs: list[tuple[tuple[int, int, int], dict[str, Path]]] = []
    for part, season in enumerate(SEASONS):
        jobs += [((seed, part, number), {season: folder / season}) for number in range(pictures)]
    both = {season: folder / "held_out" / season for season in SEASONS}
    jobs += [((seed, 2, number), both) for number in range(held_out)]
    for target in (*(folder / season for season in SEASONS), *both.values()):
        target.mkdir(parents=True, exist_ok=True)
    begun.touch()
    note.unlink(missing_ok=True)
    start = time.monotonic()
    for done, (place_seed, targets) in enumerate(jobs, start=1):
        place = scene(place_seed, size)
        for season, target in targets.items():
            place.picture(season).save(target / f"{place_seed[2] + 1:04d}.png")
        seconds = time.monotonic() - start
        left = seconds / done * (len(jobs) - done)
        yield Progress(done, len(jobs), "drawing the sample", seconds, left, done / max(seconds, 1e-9))
    note.write_text(_NOTE_TEXT, encoding="utf-8")
    begun.unlink()
