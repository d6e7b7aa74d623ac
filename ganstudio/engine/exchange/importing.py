"""Importing: weights that other programs trained become models of GAN Studio.

A file is recognised by the names and shapes of its weights alone; options that lie beside it, and its own name, tell
directions and names. Whatever file is given, nothing in it is ever run.

A ResNet becomes a CycleGAN's generator, an antialiased one without a partner CUT's, a U-Net pix2pix's, and one of two
U-Nets DualGAN's. A generator without its partner is a model of one direction. Discriminators and samplers that lie
beside are kept in the model for those who train on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ganstudio import methods
from ganstudio.engine.exchange import foreign, layouts
from ganstudio.engine.exchange.hints import Hints, Named, hints, named
from ganstudio.engine.exchange.layouts import (
    DiscriminatorLayout,
    GeneratorLayout,
    Layout,
    ResnetLayout,
    SamplerLayout,
    UNetLayout,
    Unknown,
)
from ganstudio.engine.exchange.stopping import stoppable
from ganstudio.engine.models import modelfile
from ganstudio.game import Method
from ganstudio.runs.model import card
from ganstudio.runs.seal import NotOurs, read_head
from ganstudio.runs.taken import model_target
from ganstudio.runs.writing import write_atomically
from ganstudio.words.cards import Foreign, ModelCard
from ganstudio.words.events import Progress, Warned
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Route
from ganstudio.words.settings import Value
from ganstudio.words.works import Work

_ONE = {"cut", "fastcut", "pix2pix"}
"""Methods with one generator; the others have one for each direction."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One file that was read.

    Attributes:
        named: What its name says.
        layout: What its weights are.
        state: Its weights, as our network of that layout takes them.
    """

    named: Named
    layout: Layout
    state: Mapping[str, Tensor]


@dataclass(slots=True)
class _Found:
    """What will become one model: the generator that was asked for, and what belongs to it.

    Attributes:
        main: The generator's place in the method ("G_A") and its file.
        method: Key of the method.
        recipe: What makes its networks.
        inventory: Its domains.
        parts: Place in the method → file, the generators first.
        notes: What the artist should know.
    """

    main: tuple[str, _Part]
    method: str
    recipe: Recipe
    inventory: Inventory
    parts: dict[str, _Part]
    notes: list[str] = field(default_factory=list)

    def routes(self, method: Method) -> tuple[Route, ...]:
        """What it can make, the way of the file that was asked for first."""
        a, b = self.inventory.names
        ways = {"G": (a, b), "G_A": (a, b), "G_B": (b, a)}
        wanted = [ways[name] for name in (self.main[0], *self.parts) if name in ways]
        known = {(route.source, route.target): route for route in method.routes()}
        return tuple(known[way] for way in dict.fromkeys(wanted))


def recognise(file: Path) -> Work[Foreign]:
    """What `file` would be imported as; nothing is written.

    Raises:
        ValueError: It holds nothing that can be imported; the message says what it is and what to do.
        OSError: It cannot be read.
    """
    if _is_ours(file):
        yield from _turn(0, 1)
        own = card(file)
        return Foreign(own.name, own.method, "A model of GAN Studio.", own.routes, (file.name,))
    found = yield from _find(file, (), None, alone=False, by_picture=False)
    method = _method(found)
    generator = found.main[1].layout
    assert isinstance(generator, (ResnetLayout, UNetLayout))
    files = tuple(part.named.file.name for part in found.parts.values())
    sentence = f"The generator is {generator.sentence}." + (
        " Its discriminators come with it." if _discriminators(found) else ""
    )
    averaged = generator.norm == "batch"
    return Foreign(_name(file), found.method, sentence, found.routes(method), files, averaged)


def import_model(
    file: Path,
    target: Path,
    *,
    others: Sequence[Path] = (),
    names: tuple[str, str] | None = None,
    alone: bool = False,
    by_picture: bool = False,
    replace: bool = False,
) -> Work[ModelCard]:
    """Make a model file of weights that another program trained, and of those beside it that belong to it.

    Args:
        file: A generator's `.pth` or `.safetensors`; or a model of our own, which is checked and copied.
        target: The model file to write; ".safetensors" is added where it has no suffix.
        others: Files that belong to it: its way back, its discriminators; then none is looked for.
        names: What goes into this generator and what comes out; None or "" for what its options or its name tell.
        alone: Leave the files beside it out.
        by_picture: Let batch norms measure each picture by itself, as the published test script does unless it is
            told otherwise, instead of by averages of the training.
        replace: Replace a file that is there, once the model is good.

    Yields:
        Progress, and Warned for what the artist should know.

    Raises:
        ValueError: It is no such file, it is damaged, it wants to run code, or `target` may not be written; the message
            says what to do.
        OSError: It cannot be read, or the model cannot be written.
    """
    target = model_target(target, replace=replace, made_of=(file, *others))
    if _is_ours(file):
        yield from _turn(0, 2)
        modelfile.open_method(file)
        card(file)
        yield from _turn(1, 2)
        write_atomically(target, file.read_bytes(), verified=True)
        yield from _turn(2, 2)
        return card(target)
    found = yield from _find(file, others, names, alone=alone, by_picture=by_picture)
    method = _method(found)
    _try(file, method, found)
    yield from (Warned(note) for note in found.notes)
    steps = len(found.parts) + 2
    yield from _turn(steps - 1, steps)
    modelfile.save(
        target,
        method,
        found.recipe,
        found.inventory,
        0,
        routes=found.routes(method),
        origin="imported",
        parents=[part.named.file.name for part in found.parts.values()],
        discriminators={name: method.get_submodule(name) for name in _discriminators(found)},
    )
    yield from _turn(steps, steps)
    return card(target)


def _turn(done: int, total: int) -> Work[None]:
    return stoppable(Progress(done, total, what="importing"), "The import")


def _is_ours(file: Path) -> bool:
    """Whether it is a file of GAN Studio, whole or not; of whole ones the caller finds out."""
    with suppress(NotOurs):
        if file.is_file():
            read_head(file)
            return True
    return False


def _find(
    file: Path, others: Sequence[Path], names: tuple[str, str] | None, *, alone: bool, by_picture: bool
) -> Work[_Found]:
    """Read `file` and what belongs to it, and decide what they are."""
    wanted = [] if alone else list(others) or list(named(file).beside())
    yield from _turn(0, len(wanted) + 3)
    main = _read(file, by_picture=by_picture)
    if layouts.role(main.layout) != "G":
        what = "a discriminator" if isinstance(main.layout, DiscriminatorLayout) else "a sampler of features (F)"
        raise ValueError(f"{file.name} is {what}, which makes no pictures. Import its generator; it is taken along.")
    parts, notes = [main], []
    if getattr(main.layout, "norm", "") == "batch":
        notes.append(
            f"Averages of its training decide the colours of what {file.name} paints. If they look wrong, import it "
            "again with colours by picture, as the published test script shows them."
        )
    for index, path in enumerate(wanted):
        yield from _turn(index + 1, len(wanted) + 3)
        try:
            parts.append(_read(path, by_picture=by_picture))
        except (ValueError, OSError) as error:
            if others:  # Someone named it.
                raise
            notes.append(f"{error} It was left out.")
    return _decided(parts, hints(file), names, notes)


def _read(file: Path, *, by_picture: bool) -> _Part:
    state = layouts.unwrapped(foreign.read(file))
    try:
        layout, fitted = layouts.recognise(state)
        if by_picture and layouts.role(layout) == "G":
            layout, fitted = layouts.recognise(layouts.without_averages(state))
    except Unknown as error:
        raise ValueError(f"{file.name} cannot be imported: its weights {error}.") from error
    told = named(file)
    return _Part(told if told.part == layouts.role(layout) else Named(file), layout, fitted)


def _decided(parts: Sequence[_Part], told: Hints, names: tuple[str, str] | None, notes: list[str]) -> _Found:
    """Which method these files are, and which place in it each has."""
    main = parts[0]
    generator = main.layout
    assert isinstance(generator, (ResnetLayout, UNetLayout))
    back = next((part for part in parts[1:] if layouts.role(part.layout) == "G"), None)
    if back is not None and back.layout != generator:
        notes.append(
            f"{back.named.file.name} is another kind of generator than {main.named.file.name}; it was left out."
        )
        back = None
    method = _method_of(generator, main.named.way, told, paired=back is not None)
    way = main.named.way or "A"
    first = "G" if method in _ONE else f"G_{way}"
    chosen = {first: main} | ({f"G_{_other(way)}": back} if back is not None else {})
    settings = _settings(generator, told, method)
    judged = _going_on(parts, method, way, settings, notes)
    settings |= {
        name: value for part in judged.values() for name, value in _discriminator_settings(part.layout).items()
    }
    guessed = (told.names or ("A", "B"))[:: 1 if way == "A" else -1]
    source, target = (said.strip() or guess for said, guess in zip(names or ("", ""), guessed, strict=True))
    if source == target:
        raise ValueError("What goes in and what comes out need two different names.")
    a, b = (source, target) if way == "A" else (target, source)
    size = _size(generator, told)
    recipe = Recipe(method, (Domain(a, ()), Domain(b, ())), size=size, settings=settings)
    inventory = Inventory((DomainFound(a, 0, 0), DomainFound(b, 0, 0)), {})
    return _Found((first, main), method, recipe, inventory, {**chosen, **judged}, notes)


def _method_of(generator: GeneratorLayout, way: str, told: Hints, *, paired: bool) -> str:
    """Key of the method; a file named as one of two, or with its partner, is one of a pair."""
    two = paired or bool(way)
    if isinstance(generator, UNetLayout):
        return "dualgan" if two or told.method == "cyclegan" else "pix2pix"
    if two or told.method == "cyclegan":
        return "cyclegan"
    if told.method in {"cut", "fastcut"}:
        return told.method
    return "cyclegan" if generator.antialias == "none" else "cut"


def _settings(generator: GeneratorLayout, told: Hints, method: str) -> dict[str, Value]:
    settings = {**generator.settings(), **told.settings}
    if isinstance(generator, UNetLayout) and told.dropout is not None:
        settings["dropout"] = told.dropout
    if method in {"cut", "fastcut"}:
        settings["start"] = "xavier"
    return settings


def _going_on(
    parts: Sequence[_Part], method: str, way: str, settings: Mapping[str, Value], notes: list[str]
) -> dict[str, _Part]:
    """The discriminators and the sampler that can go on in this method, by their places in it."""
    channels = 6 if method == "pix2pix" else 3
    blurred = settings.get("antialias", "none") in {"down", "both"}
    found: dict[str, _Part] = {}
    for part in parts:
        layout = part.layout
        if isinstance(layout, SamplerLayout) and method in {"cut", "fastcut"}:
            found["F"] = part
        elif isinstance(layout, DiscriminatorLayout):
            first = next((one.layout for name, one in found.items() if name != "F"), layout)
            known = layout.layers <= 5 and layout == first and method != "dualgan"  # Whose critics only rate.
            if known and (layout.channels, layout.antialias) == (channels, blurred):
                found["D" if method in _ONE else f"D_{part.named.way or way}"] = part
            else:
                notes.append(_left_out(part, method))
    return found


def _discriminator_settings(layout: Layout) -> dict[str, Value]:
    return layout.settings() if isinstance(layout, DiscriminatorLayout) else {}


def _other(way: str) -> str:
    return "B" if way == "A" else "A"


def _size(generator: GeneratorLayout, told: Hints) -> int:
    """Side of the training pictures: what options tell, or what the published code has for such a generator."""
    multiple = 2**generator.downs if isinstance(generator, UNetLayout) else 4
    if told.size and told.size % multiple == 0:
        return told.size
    if isinstance(generator, UNetLayout):
        return max(multiple, 32)
    return 128 if generator.blocks == 6 else 256


def _method(found: _Found) -> Method:
    """The method with these weights; what was not imported has none.

    Raises:
        ValueError: Larger or smaller than a method can be.
    """
    try:
        with torch.device("meta"):
            method = modelfile.build_method(found.recipe, found.inventory)
    except ValueError as error:
        raise ValueError(f"{found.main[1].named.file.name} cannot be imported: {error}") from error
    for name, part in list(found.parts.items()):
        network = method.get_submodule(name)
        if _shapes(network.state_dict()) == _shapes(part.state):
            network.load_state_dict(part.state, assign=True)
        else:
            assert name not in method.makers(), "A layout is one of our networks."
            found.notes.append(_left_out(part, found.method))
            del found.parts[name]
    for name, maker in method.makers().items():
        if name not in found.parts:
            modelfile.put_away(method, maker, name)
    return method.eval().requires_grad_(False)


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in state.items()}


def _left_out(part: _Part, method: str) -> str:
    return f"{part.named.file.name} does not fit {methods.find(method).title}'s own; it was left out."


def _try(file: Path, method: Method, found: _Found) -> None:
    """Paint a small picture each way.

    Raises:
        ValueError: What comes out are no numbers.
    """
    random = torch.Generator().manual_seed(0)
    with torch.inference_mode():
        for route in found.routes(method):
            side = -(-16 // route.multiple) * route.multiple
            made = method.make(route, torch.rand(1, 3, side, side, generator=random) * 2 - 1)
            if not torch.isfinite(made).all():
                raise ValueError(f"{file.name} paints no pictures: its numbers grow beyond all bounds.")


def _discriminators(found: _Found) -> list[str]:
    return [name for name in found.parts if name[0] in "DF"]


def _name(file: Path) -> str:
    """A name for a model: the file's, or its folder's where the file's is the published one."""
    return file.parent.name if named(file).part and file.parent.name else file.stem
