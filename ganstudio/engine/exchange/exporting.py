"""Exporting: models out of GAN Studio, for other programs, other computers and other people.

Each file is read back from the disk as its reader would, and compared with the pictures that GAN Studio itself makes,
before it gets its name. A leaflet beside it says what it is and how to use it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ganstudio.engine.exchange import graphs, published
from ganstudio.engine.exchange.outgoing import Made, Outgoing, made_by
from ganstudio.engine.exchange.stopping import stoppable
from ganstudio.engine.exchange.usage import usage
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.routing import choose
from ganstudio.game import Method
from ganstudio.runs.leaflet import Leaflet, places
from ganstudio.runs.model import model_file
from ganstudio.runs.taken import check_free
from ganstudio.runs.writing import replacing, try_folder, write_atomically
from ganstudio.words.cards import Lightness, ModelCard
from ganstudio.words.events import Progress
from ganstudio.words.routes import Inventory, Route
from ganstudio.words.works import Work

SUFFIXES = (".onnx", ".safetensors", ".pth", ".pt2")
GRAPHS = (".onnx", ".pt2")
LARGEST_DIFFERENCE = 1  # Of 255.
ODD = graphs.TRACED  # Height and width in pixels of the picture that a file is checked with …
TINY = (16, 16)  # … and of a second one …
TALL = (131, 50)  # … and of a third, which no graph was traced with.


@dataclass(frozen=True, slots=True)
class Exported:
    """One exported file.

    Attributes:
        path: Where it lies.
        difference: Largest difference of any pixel from GAN Studio's own picture, of 255.
        checked_size: Width and height in pixels of the first picture that was compared.
        route: Title of what it does; empty for all that the model can.
        leaflets: The cards beside it.
        light: What was measured of it, where it is a light copy of the model.
    """

    path: Path
    difference: int
    checked_size: tuple[int, int]
    route: str = ""
    leaflets: tuple[Path, ...] = ()
    light: Lightness | None = None


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that is to be written, in pieces, and how its reader opens it again for a route."""

    pieces: list[bytes | memoryview]
    reopen: Callable[[bytes], Callable[[Route], Made]]


def export(
    model: Path,
    file: Path,
    *,
    to: str | None = None,
    floating: bool = False,
    leaflet: bool = True,
    replace: bool = False,
) -> Work[Exported]:
    """Write `model` as `file`, in the format of its suffix: .onnx, .safetensors, .pth or .pt2.

    .onnx and .pt2 take `picture` (N, H, W, 3) uint8 RGB of any height and width and give `translation` of the same
    shape or enlarged; with `floating` both are (N, 3, H, W) float32 in [-1, 1]. Classifiers give `probabilities`
    (N, classes) float32 instead; generators take `noise` (N, Z) float32 and, where they have labels, `label` (N,)
    int64, or `caption` (N, 32) int64 where they know words, and give `picture`. .pth is the plain state of the one
    network that paints the route, under its published names. .safetensors is our own model file, with all routes,
    card, remarks and thumbnails.

    Args:
        model: A run folder, a model file, or a moment of a run.
        file: The file to write.
        to: Domain that comes out, by name or letter; None for the model's main route, or the one whose network the name
            of a .pth means, as in latest_net_G_B.pth.
        floating: Numbers from -1 to 1 in and out instead of bytes; of a graph only.
        leaflet: Lay the model's card beside it, as FILE.md and FILE.json.
        replace: Replace what is there of these names, once the new file is good.

    Yields:
        Progress.

    Raises:
        ValueError: Another suffix; not a model; no such route; something is there already; the new file does not make
            the same pictures; stopped.
        OSError: The disk is full or the folder cannot be written.
    """
    suffix = file.suffix.lower()
    check(model, file, floating=floating, replace=replace, leaflet=leaflet)
    yield from _turn(0)

    def chosen(method: Method, card: ModelCard, inventory: Inventory) -> Route:
        meant = published.route_of(file, method, card) if suffix == ".pth" and to is None else None
        return meant or choose(card.routes, inventory, to)

    going = Outgoing.open(model, chosen, floating=floating)
    yield from _turn(1)
    written = _written(going, model, file, suffix)
    yield from _turn(2)
    with replacing(file) as stream:
        stream.writelines(written.pieces)
        stream.flush()
        yield from _turn(3)
        stream.seek(0)
        difference = _difference(going, suffix, written.reopen(stream.read()))
        if difference > LARGEST_DIFFERENCE:
            raise ValueError(
                f"{file.name} was not written: its pictures differ from GAN Studio's by up to {difference} of 255. "
                f"Export the model as another kind of file instead."
            )
    told = Leaflet(
        going.card,
        file.name,
        file.stat().st_size,
        None if suffix == ".safetensors" else going.route,
        difference,
        usage(going, file),
    )
    beside = told.files(file) if leaflet else {}
    for place, data in beside.items():
        write_atomically(place, data)
    yield Progress(4, 4, what="exporting")
    height, width = ODD if going.route.source is not None else (going.recipe.size, going.recipe.size)
    return Exported(file, difference, (width, height), told.route.title if told.route else "", tuple(beside))


def check(model: Path, file: Path, *, floating: bool, replace: bool, leaflet: bool) -> None:
    """Whether this may be written there at all; the arguments are those of `export`.

    Raises:
        ValueError: It may not.
        OSError: The folder cannot be written.
    """
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{file.name} has a suffix that is not known. Choose {', '.join(SUFFIXES[:-1])} or .pt2.")
    if floating and suffix not in GRAPHS:
        raise ValueError(f"Numbers from -1 to 1 are for {' and '.join(GRAPHS)}; {suffix} holds weights alone.")
    for place in (file, *(places(file) if leaflet else ())):
        check_free(place, replace=replace, made_of=(model_file(model),))
    try_folder(file.parent)


def _written(going: Outgoing, model: Path, file: Path, suffix: str) -> _Written:
    """The file in the format of its suffix, and how to open it."""
    if suffix == ".safetensors":

        def reopened(data: bytes) -> Callable[[Route], Made]:
            method, *_ = modelfile.open_data(file, data)
            return lambda route: made_by(dataclasses.replace(going, route=route).whole(method))

        return _Written(modelfile.for_others(model), reopened)
    if suffix == ".pth":
        return _Written([published.as_state(going)], lambda data: _always(published.open_state(going, data)))
    program = graphs.trace(going)
    if suffix == ".onnx":
        return _Written([graphs.as_onnx(going, program)], lambda data: _always(graphs.open_onnx(going, data)))
    return _Written([graphs.as_program(going, program)], lambda data: _always(graphs.open_program(data)))


def _always(made: Made) -> Callable[[Route], Made]:
    return lambda _: made


def _difference(going: Outgoing, suffix: str, reopened: Callable[[Route], Made]) -> int:
    """Largest difference of any route and any size, of 255."""
    routes = going.card.routes if suffix == ".safetensors" else (going.route,)
    return max(
        dataclasses.replace(going, route=route).difference(reopened(route), size)
        for route in routes
        for size in _sizes(route)
    )


def _sizes(route: Route) -> Iterator[tuple[int, int]]:
    yield ODD
    if route.source is not None:  # A generator makes one size only.
        yield from (TINY, TALL)


def _turn(done: int) -> Work[None]:
    return stoppable(Progress(done, 4, what="exporting"), "The export")
