"""Layouts: which published network a table of weights belongs to, told by names and shapes alone.

Known are the generators, discriminators and samplers of the published CycleGAN, pix2pix, CUT and FastCUT code in every
variant that leaves a trace: depth, width, norms, borders, dropout, blurs, one or three channels. A layout becomes one
of our networks, whose state has the same names, so that loading is strict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from ganstudio.networks.blur import BlurDown, BlurUp
from ganstudio.networks.discriminators import PatchDiscriminator
from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.norms import biased
from ganstudio.networks.patch_samples import PatchSamples
from ganstudio.networks.unet import UNetGenerator
from ganstudio.words.settings import Value

State: TypeAlias = Mapping[str, Tensor]

WIDEST = 1 << 13  # Channels; wider than any network that a method may have.
_WRAPPERS = re.compile(r"^(module\.|_orig_mod\.)+")
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
_LUMINANCE = (0.299, 0.587, 0.114)
"""How much of red, green and blue is in the one channel of a grey picture, as the published code reads it."""


class Unknown(ValueError):  # noqa: N818  As Unreadable.
    """No layout that is known here; the text goes on from "its weights"."""


@dataclass(frozen=True, slots=True)
class ResnetLayout:
    """A ResNet generator; the attributes are the settings that make it."""

    blocks: int
    width: int
    norm: str
    padding: str
    dropout: bool
    antialias: str

    def network(self) -> nn.Module:
        """The network, with the names of its weights."""
        return ResnetGenerator(
            self.blocks, self.width, self.norm, self.padding, dropout=self.dropout, antialias=self.antialias
        )

    def settings(self) -> dict[str, Value]:
        """The same as settings of a method."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def sentence(self) -> str:
        """For an artist."""
        return f"a ResNet with {self.blocks} blocks"


@dataclass(frozen=True, slots=True)
class UNetLayout:
    """A U-Net generator; whether it trained with dropout leaves no trace."""

    downs: int
    width: int
    norm: str

    def network(self) -> nn.Module:
        """The network, with the names of its weights."""
        return UNetGenerator(self.downs, self.width, self.norm)

    def settings(self) -> dict[str, Value]:
        """The same as settings of a method."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def sentence(self) -> str:
        """For an artist."""
        return f"a U-Net for sizes that are multiples of {2**self.downs} pixels"


@dataclass(frozen=True, slots=True)
class DiscriminatorLayout:
    """A discriminator of patches."""

    layers: int
    width: int
    channels: int
    norm: str
    antialias: bool

    def network(self) -> nn.Module:
        """The network, with the names of its weights."""
        return PatchDiscriminator(self.layers, self.width, self.channels, antialias=self.antialias, norms=self.norm)

    def settings(self) -> dict[str, Value]:
        """The same as settings of a method."""
        return {"discriminator_layers": self.layers, "discriminator_width": self.width, "discriminator_norm": self.norm}


@dataclass(frozen=True, slots=True)
class SamplerLayout:
    """CUT's network that turns features into directions."""

    widths: tuple[int, ...]
    told: int

    def network(self) -> nn.Module:
        """The network, with the names of its weights."""
        return PatchSamples(self.widths, self.told)


GeneratorLayout: TypeAlias = ResnetLayout | UNetLayout
Layout: TypeAlias = GeneratorLayout | DiscriminatorLayout | SamplerLayout


def unwrapped(state: State) -> dict[str, Tensor]:
    """The weights without what training on several cards, or compiling, puts in front of their names."""
    return {_WRAPPERS.sub("", name): value for name, value in state.items()}


def without_averages(state: State) -> dict[str, Tensor]:
    """The weights of a generator with batch norm, so that it norms each picture by itself."""
    return {name: value for name, value in state.items() if not name.endswith(_STATISTICS)}


def recognise(state: State) -> tuple[Layout, dict[str, Tensor]]:
    """The layout of these weights, and the weights as our network of that layout takes them.

    Norms over one picture lose the statistics that old versions of torch kept for them, blurs that were left out are
    there, a network of one channel becomes one of three that does the same, and batch norm without its statistics is
    what it is in use, a norm over the picture.

    Args:
        state: Name → weight, unwrapped.

    Raises:
        Unknown: No layout that is known here.
    """
    if any(name.startswith("mlp_") for name in state):
        layout: Layout = _sampler(state)
    elif any(name.startswith("model.model.") for name in state):
        layout = _unet(state)
    elif any(".conv_block." in name for name in state):
        layout = _resnet(state)
    elif any(re.fullmatch(r"model\.\d+\.weight", name) for name in state):
        layout = _discriminator(state)
    else:
        raise Unknown(_strange(state))
    return layout, _fitted(layout, state)


def _strange(state: State) -> str:
    if "net.0.weight" in state and "net.2.weight" in state:
        return "are those of a discriminator of single pixels, which is not known here"
    if any("modulat" in name or "style" in name for name in state):
        return "are those of a network with styles (StyleGAN, MUNIT), which is not known here"
    names = ", ".join(list(state)[:2])
    return f"have names of no network that is known here ({names}, …); known are those of CycleGAN, pix2pix and CUT"


def _resnet(state: State) -> ResnetLayout:
    blocks = sorted({int(found[1]) for name in state if (found := re.match(r"model\.(\d+)\.conv_block\.", name))})
    if not blocks or blocks[0] not in {10, 12} or blocks != list(range(blocks[0], blocks[0] + len(blocks))):
        raise Unknown("are those of a ResNet with another number of halvings than two, which is not known here")
    first, last = blocks[0], blocks[-1]
    inside = [index for index in range(8) if _axes(state, f"model.{first}.conv_block.{index}.weight") == 4]
    if inside not in ([1, 5], [1, 6], [0, 3], [0, 4]):
        raise Unknown("are those of a ResNet with other blocks than the published one's")
    down, up = first == 12, f"model.{last + 10}.weight" in state
    return ResnetLayout(
        blocks=len(blocks),
        width=_weight(state, "model.1.weight").shape[0],
        norm=_norm(state, "model.1.bias"),
        padding="reflect" if inside[0] else "zero",
        dropout=inside in ([1, 6], [0, 4]),
        antialias={(True, True): "both", (True, False): "down", (False, True): "up"}.get((down, up), "none"),
    )


def _unet(state: State) -> UNetLayout:
    level, downs = "model.model.1.", 1
    while f"{level}model.1.weight" in state:
        level, downs = f"{level}model.3.", downs + 1
    if downs < 2:
        raise Unknown("are those of a U-Net of another kind than the published one")
    return UNetLayout(downs, _weight(state, "model.model.0.weight").shape[0], _norm(state, "model.model.0.bias"))


def _discriminator(state: State) -> DiscriminatorLayout:
    places = sorted(
        int(found[1])
        for name, value in state.items()
        if value.dim() == 4 and (found := re.fullmatch(r"model\.(\d+)\.weight", name))
    )
    if len(places) < 3 or places[:2] not in ([0, 2], [0, 3]):
        raise Unknown("are those of a discriminator of another kind than the published one")
    width, channels = _weight(state, "model.0.weight").shape[:2]
    norm = _norm(state, f"model.{places[1]}.bias")
    return DiscriminatorLayout(len(places) - 2, width, channels, norm, antialias=places[1] == 3)


def _sampler(state: State) -> SamplerLayout:
    count = len({name.partition(".")[0] for name in state})
    first = [_weight(state, f"mlp_{index}.0.weight") for index in range(count)]
    return SamplerLayout(tuple(weight.shape[1] for weight in first), first[0].shape[0])


def _norm(state: State, bias: str) -> str:
    """The norm, told by whether convolutions have a bias and norms a scale.

    A scale beside a bias is the affine instance norm of 2017. Batch norm without statistics, as some programs leave
    them out, can only norm each picture by itself.
    """
    scaled = any(name.endswith(".weight") and value.dim() == 1 for name, value in state.items())
    if not scaled:
        return "instance" if bias in state else "none"
    measured = any(name.endswith(_STATISTICS[0]) for name in state)
    return "affine" if bias in state or not measured else "batch"


def _axes(state: State, name: str) -> int:
    return state[name].dim() if name in state else 0


def _weight(state: State, name: str) -> Tensor:
    if _axes(state, name) < 2:
        raise Unknown(f"are those of a known network, but {name} is not among them")
    if not all(1 <= channels <= WIDEST for channels in state[name].shape[:2]):
        raise Unknown(f"are of no size that is known here ({name} is {tuple(state[name].shape)})")
    return state[name]


def _fitted(layout: Layout, state: State) -> dict[str, Tensor]:
    """The weights as our network takes them; see `recognise`."""
    with torch.device("meta"):
        network = layout.network()
    wanted = network.state_dict()
    fitted = dict(state)
    if not isinstance(layout, SamplerLayout) and biased(layout.norm):
        fitted = {name: value for name, value in fitted.items() if not name.endswith(_STATISTICS)}
    for name in wanted.keys() - fitted.keys():
        if name.endswith(".filt"):  # Constants.
            fitted[name] = _filter(network.get_submodule(name.removesuffix(".filt")))
        elif name.endswith(".bias") and f"{name[:-5]}.weight" in fitted:
            fitted[name] = torch.zeros(wanted[name].shape)  # The norm behind it takes a bias away again.
        elif name.endswith("num_batches_tracked"):
            fitted[name] = torch.tensor(0)  # Older than the counter; nothing asks for it.
    if isinstance(layout, (ResnetLayout, UNetLayout)):
        fitted = _coloured(fitted, wanted)
    _check(fitted, wanted)
    return {name: fitted[name] for name in wanted}


def _filter(blur: nn.Module) -> Tensor:
    assert isinstance(blur, (BlurDown, BlurUp))
    return type(blur)(blur.width).filt


def _coloured(state: dict[str, Tensor], wanted: State) -> dict[str, Tensor]:
    """A network of one channel as one of three: it sees the luminance of a colour, and paints grey."""
    convolutions = [name for name, value in wanted.items() if value.dim() == 4 and not name.endswith(".filt")]
    first = convolutions[0]
    last = next(name for name in reversed(convolutions) if 3 in wanted[name].shape[:2])
    if last in state and first in state:
        if state[first].shape[1] == 1:
            state[first] = state[first] * torch.tensor(_LUMINANCE).view(1, 3, 1, 1)
        axis = 0 if wanted[last].shape[0] == 3 else 1  # Transposed convolutions have their outputs second.
        if state[last].shape[axis] == 1:
            state[last] = state[last].repeat_interleave(3, axis)
            bias = last.replace("weight", "bias")
            if bias in state:
                state[bias] = state[bias].repeat(3)
        inputs, outputs = state[first].shape[1], state[last].shape[axis]
        if (inputs, outputs) != (3, 3):
            raise Unknown(
                f"are those of a generator with {inputs} channels in and {outputs} out; known are colour and grey"
            )
    return state


def _check(state: State, wanted: State) -> None:
    for name, value in wanted.items():
        if name not in state:
            raise Unknown(f"are those of a known network, but {name} is not among them")
        if state[name].shape != value.shape:
            raise Unknown(
                f"do not fit together: {name} is {tuple(state[name].shape)} and should be {tuple(value.shape)}"
            )
    if odd := sorted(state.keys() - wanted.keys()):
        raise Unknown(f"are those of a known network and something else ({odd[0]})")


Role: TypeAlias = Literal["G", "D", "F"]


def role(layout: Layout) -> Role:
    """The part in a game, as published files name it."""
    return "D" if isinstance(layout, DiscriminatorLayout) else "F" if isinstance(layout, SamplerLayout) else "G"
