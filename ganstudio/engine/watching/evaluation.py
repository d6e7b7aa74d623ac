"""Evaluation: how good what a trained model makes of one folder is, measured against another."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from ganstudio.engine import devices
from ganstudio.engine.models import modelfile, routing
from ganstudio.engine.watching import examining
from ganstudio.engine.watching.distances import subset_size
from ganstudio.engine.watching.examining import LEAST_SIDE, SIDE, Examiner, Held, chosen, stacked
from ganstudio.engine.watching.sheets import square
from ganstudio.networks import inception
from ganstudio.pictures.examples import Example, captions_beside, pictures_of
from ganstudio.pictures.folders import find, label_of
from ganstudio.pictures.pairing import match
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.survey import nothing
from ganstudio.runs.model import card
from ganstudio.words.captions import encode
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.routes import Inventory, Route

MOST = 1000  # Pictures of each folder …
MOST_PIXELS = 1 << 24  # … within this memory.


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
        route: Title of the route that was tried.
        measure: What "distance" and "untouched" are.
        subset_size: Pictures of each side in one subset of KID; 0 for other measures.
        made: Pictures that the model made.
        compared: Pictures they were compared with.
        side: At how many pixels.
        paired: Whether results were compared with the pictures of the same name.
        figures: As in `words.events.Scored`.
        hint: What would make the figures comparable with published ones; empty where they are.
    """

    route: str
    measure: str
    subset_size: int
    made: int
    compared: int
    side: int
    paired: bool
    figures: dict[str, float]
    hint: str = ""


def evaluate(
    model: Path, source: Path | None, target: Path, *, to: str | None = None, device: str = "auto"
) -> Generator[Progress | Skipped, None, Evaluation]:
    """Send `source` through a model and measure how far the results are from `target`.

    Args:
        model: A run folder or a model file.
        source: A folder of pictures to translate; None for what is generated.
        target: A folder of pictures as they should be.
        to: The domain that comes out, by name or letter; None for the main one.
        device: Where to compute.

    Yields:
        Progress, and each picture that cannot be read.

    Raises:
        ValueError: The model does not do this, or a folder holds no pictures; the message says what to do.
    """
    method, recipe, inventory, _ = modelfile.open_method(model)
    place = devices.choose(device)
    for network in method.makers().values():
        network.to(place)
    route = _route(card(model).routes, inventory, source, to)
    side = max(LEAST_SIDE, min(recipe.size, SIDE))
    held, real, paired = yield from _read(route, source, target, side)
    yield Progress(0, 1, "measuring")
    seeing = examining.eyes()
    measure, ruler = examining.rulers(seeing, place)
    domains = {route.source or route.target: held}
    examiner = Examiner(domains, real={route.target: real}, paired=paired, ruler=ruler, device=place)
    figures = examiner.figures(method, route)
    yield Progress(1, 1, "measuring")
    return Evaluation(
        route.title,
        measure,
        subset_size(len(real.real), len(held.real)) if seeing else 0,
        len(held.real),
        len(real.real),
        side,
        paired,
        figures,
        "" if seeing else f"For KID put {inception.WEIGHTS} at {inception.weights_file()}.",
    )


def _route(routes: Sequence[Route], inventory: Inventory, source: Path | None, to: str | None) -> Route:
    verbs = {route.verb for route in routes}
    if source is None and "generate" not in verbs:
        raise ValueError("This model makes pictures from pictures. Say with --source which ones.")
    if source is not None and "translate" not in verbs:
        raise ValueError("This model does not make pictures from pictures. Leave --source out.")
    return routing.choose(routing.able(routes, "generate" if source is None else "translate"), inventory, to)


def _listed(folder: Path) -> Generator[Skipped, None, list[Path]]:
    """The pictures of a folder."""
    if not folder.exists():
        raise ValueError(f"There is no folder {folder}.")
    paths: list[Path] = []
    for entry in find([folder]):
        if isinstance(entry, Skipped):
            yield entry
        else:
            paths.append(entry)
    if not paths:
        raise ValueError(nothing([folder]))
    return paths


def _read(
    route: Route, source: Path | None, target: Path, side: int
) -> Generator[Progress | Skipped, None, tuple[Held, Held, bool]]:
    """What goes in, what should come out, and whether each picture's truth is known by its name."""
    wanted = yield from _listed(target)
    if source is None:
        squares, read = yield from _squares([Example(path) for path in wanted], side, target)
        made = _asked(Held(stacked([parts[0] for parts in squares], side), len(squares)), route, read, target)
        return made, made, False
    shown = yield from _listed(source)
    partners = match(shown, wanted, ([source], [target])).pairs
    if len(partners) == len(shown) and route.source != route.target:
        # A picture that is its own partner would be taken for two side by side.
        both = [Example(one, partner=other if other != one else None) for one, other in partners]
        squares, _ = yield from _squares(both, side, source)
        before, after = (Held(stacked([parts[at] for parts in squares], side), len(squares)) for at in (0, -1))
        return before, after, True
    sides = []
    for paths, folder in ((shown, source), (wanted, target)):
        squares, _ = yield from _squares([Example(path) for path in paths], side, folder)
        sides.append(Held(stacked([parts[0] for parts in squares], side), len(squares)))
    return sides[0], sides[1], False


def _squares(
    examples: Sequence[Example], side: int, folder: Path
) -> Generator[Progress | Skipped, None, tuple[list[list[Tensor]], list[Path]]]:
    """The middle squares (3, S, S) uint8 of each picture or pair, and which could be read."""
    squares, read = [], []
    examples = chosen(examples)[: min(MOST, MOST_PIXELS // side**2)]
    for number, example in enumerate(examples, 1):
        try:
            squares.append([square(picture, side) for picture in pictures_of(example, at_least=side)])
            read.append(example.path)
        except Unreadable as reason:
            yield Skipped(str(example.path), str(reason))
        yield Progress(number, len(examples), f"reading {folder.name}")
    if len(squares) < 2:
        count = "no readable picture" if not squares else "one readable picture"
        raise ValueError(f"{folder} holds {count}; a distance needs at least two.")
    return squares, read


def _asked(held: Held, route: Route, read: Sequence[Path], folder: Path) -> Held:
    """With the classes or captions of the pictures, where the route asks for them."""
    if route.labels:
        labels = [label_of(path, [folder]) for path in read]
        known = [route.labels.index(label) for label in labels if label in route.labels]
        # Without class folders of these names each class is asked for in turn.
        turns = [number % len(route.labels) for number in range(len(read))]
        held = replace(held, labels=torch.tensor(known if len(known) == len(read) else turns))
    if route.words:
        captions = [captions_beside(path) for path in read]
        if not all(captions):
            raise ValueError(f"This model paints captions. Put a .txt with a caption beside each picture of {folder}.")
        held = replace(held, captions=torch.tensor([encode(texts[0], route.words) for texts in captions]))
    return held
