"""Files of weights by others: which are missed, and putting one that an artist has where it belongs.

Nothing is downloaded. A file is read as weights and nothing else before it is taken.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ganstudio import methods
from ganstudio.networks import inception
from ganstudio.runs.writing import write_atomically
from ganstudio.words.cards import WeightsFile
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Recipe
from ganstudio.words.settings import build

_JUDGING = (
    "Training can tell better which results are good with the weights of Inception, a network that knows photographs."
)


def missing() -> dict[str, tuple[WeightsFile, ...]]:
    """Method → the files it would do better with that are not there, its own first; methods that miss none left out."""
    seeing = inception.weights_file()
    judging = () if seeing.is_file() else (WeightsFile(_JUDGING, str(seeing), inception.BYTES, inception.WEIGHTS),)
    own = {method.key: method.missing_weights(method.Settings()) for method in methods.CATALOGUE}
    found = {key: (() if file is None else (file,)) + judging for key, file in own.items()}
    return {key: files for key, files in found.items() if files}


def note(recipe: Recipe) -> str:
    """What a training by this recipe would do better with, and how; empty when it misses nothing."""
    kind = methods.find(recipe.method)
    file = kind.missing_weights(build(kind.Settings, recipe.settings))
    return "" if file is None else f"{file.sentence} Put {file.source} at {file.place}. All works without it too."


def use(name: str, file: Path) -> Generator[Progress, object, None]:
    """Copy `file` to where the missing file of this name belongs; nothing happens when it is there already.

    Yields:
        Progress.

    Raises:
        ValueError: It holds something else; nothing was copied.
        OSError: It cannot be read, or the place cannot be written.
    """
    wanted = {each.name: (key, each) for key, files in missing().items() for each in files}.get(name)
    if wanted is None:
        return
    key, place = wanted
    yield Progress(0, 2, "checking the file")
    try:
        if name == inception.weights_file().name:
            inception.InceptionFeatures(file)
        else:
            methods.find(key).check_weights(file)
    except ValueError as error:
        raise ValueError(f"{file.name} does not hold what {name} holds. Nothing was copied.") from error
    yield Progress(1, 2, "copying the file")
    write_atomically(Path(place.place), file.read_bytes())
    yield Progress(2, 2, "copying the file")
