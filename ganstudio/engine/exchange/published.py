"""The published layout: the state of one network as the published CycleGAN, pix2pix and CUT code reads it.

Our networks have the published names, so writing is copying; what takes care is which network a file means, and to say
with which options the published code builds the same one. One file holds one network: the one that paints the route.
"""

from __future__ import annotations

import io
from pathlib import Path

import torch
from torch import Tensor

from ganstudio.engine.exchange import layouts
from ganstudio.engine.exchange.layouts import GeneratorLayout, ResnetLayout, UNetLayout, Unknown
from ganstudio.engine.exchange.outgoing import Made, Outgoing, made_by
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.painting import makers
from ganstudio.game import Method
from ganstudio.words.cards import ModelCard
from ganstudio.words.routes import Route

BLOCKS = (6, 9)
DOWNS = {7: "unet_128", 8: "unet_256"}
BLURS: dict[str, tuple[str, ...]] = {"both": (), "down": ("--no_antialias_up",), "up": ("--no_antialias",)}
"""What of CUT's code is to be left out; the layout that it cannot leave out is CycleGAN's."""


def route_of(file: Path, method: Method, card: ModelCard) -> Route | None:
    """The route whose network a file's name means, as in latest_net_G_B.pth; None where it means none."""
    for route in card.routes:
        names = list(makers(method, route))
        if len(names) == 1 and file.stem.endswith(f"net_{names[0]}"):
            return route
    return None


def as_state(going: Outgoing) -> bytes:
    """A state_dict: of the one network under its published names, or of several with their names in front."""
    stream = io.BytesIO()
    torch.save(_state(going), stream)
    return stream.getvalue()


def open_state(going: Outgoing, data: bytes) -> Made:
    """A state as another program uses it: read as plain weights, into networks built afresh."""
    state: dict[str, Tensor] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    with torch.device("meta"):
        twin = modelfile.build_method(going.recipe, going.inventory)
    names = list(makers(going.method, going.route))
    for name, network in twin.makers().items():
        if name in names:
            front = "" if len(names) == 1 else f"{name}."
            bare = {key.removeprefix(front): value for key, value in state.items() if key.startswith(front)}
            network.load_state_dict(bare, strict=True, assign=True)
        else:
            modelfile.put_away(twin, network, name)
    return made_by(going.whole(twin.eval()))


def options(going: Outgoing) -> tuple[str, ...]:
    """The options with which the published code builds this network; empty where it cannot."""
    try:
        layout, _ = layouts.recognise(_state(going))
    except Unknown:
        return ()
    return _options(layout) if isinstance(layout, (ResnetLayout, UNetLayout)) else ()


def is_cut(chosen: tuple[str, ...]) -> bool:
    """Whether such options are for CUT's code; the others are for CycleGAN's and pix2pix's."""
    return "--normG" in chosen


def _options(layout: GeneratorLayout) -> tuple[str, ...]:
    if layout.norm == "affine":  # Code of 2017; that of today has no word for it.
        return ()
    evaluated = ("--eval",) if layout.norm == "batch" else ()
    if isinstance(layout, UNetLayout):
        if layout.downs not in DOWNS:
            return ()
        return "--netG", DOWNS[layout.downs], *_width(layout), "--norm", layout.norm, "--no_dropout", *evaluated
    if layout.blocks not in BLOCKS or layout.padding != "reflect":
        return ()
    built = ("--netG", f"resnet_{layout.blocks}blocks", *_width(layout))
    if layout.antialias == "none":
        dropout = ("--eval",) if layout.dropout else ("--no_dropout", *evaluated)
        return *built, "--norm", layout.norm, *dropout
    dropout = ("--no_dropout", "False", "--eval") if layout.dropout else evaluated
    return *built, "--normG", layout.norm, *BLURS[layout.antialias], *dropout


def _width(layout: GeneratorLayout) -> tuple[str, ...]:
    return () if layout.width == 64 else ("--ngf", str(layout.width))


def _state(going: Outgoing) -> dict[str, Tensor]:
    states = {name: part.state_dict() for name, part in makers(going.method, going.route).items()}
    if len(states) == 1:
        (state,) = states.values()
        return dict(state)
    return {f"{name}.{key}": value for name, state in states.items() for key, value in state.items()}
