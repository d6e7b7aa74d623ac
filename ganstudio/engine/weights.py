"""Files of weights by others: which method misses one, and putting one that an artist has where it belongs.

Nothing is downloaded. A file is read as weights and nothing else before it is taken.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ganstudio import methods
from ganstudio.runs.writing import write_atomically
from ganstudio.words.cards import WeightsFile
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Recipe
from ganstudio.words.settings import build


def missing() -> dict[str, WeightsFile]:
    """Method → the file that it would do better with as published, for those whose file is not there."""
    asked = ((method.key, method.missing_weights(method.Settings())) for method in methods.CATALOGUE)
    return {key: file for key, file in asked if file is not None}


def note(recipe: Recipe) -> str:
    """What a training by this recipe would do better with, and how; empty when it misses nothing."""
    kind = methods.find(recipe.method)
    file = kind.missing_weights(build(kind.Settings, recipe.settings))
    return "" if file is None else f"{file.sentence} Put {file.source} at {file.place}. All works without it too."


def use(method: str, file: Path) -> Generator[Progress, object, None]:
    """Copy `file` to where `method` looks for its weights; nothing happens when they are there already.

    Yields:
        Progress.

    Raises:
        ValueError: It holds something else; nothing was copied.
        OSError: It cannot be read, or the place cannot be written.
    """
    kind = methods.find(method)
    wanted = kind.missing_weights(kind.Settings())
    if wanted is None:
        return
    yield Progress(0, 2, "checking the file")
    try:
        kind.check_weights(file)
    except ValueError as error:
        raise ValueError(f"{file.name} does not hold what {wanted.name} holds. Nothing was copied.") from error
    yield Progress(1, 2, "copying the file")
    write_atomically(Path(wanted.place), file.read_bytes())
    yield Progress(2, 2, "copying the file")
