"""One description of any network that turns pictures into pictures, taken down while it works on a small one.

It is not written beside the networks, so it holds for every generator there is, for the chain of several that a route
may go through, and for those to come. A network that does something else than `networks.stages` knows is refused, not
guessed at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganstudio.networks.reaches import Enlarged, Padded, Spread, Window
from ganstudio.networks.stages import Convolution, Graph, InstanceNorm, Node, Pad, Pointwise, Resize, Shuffle, Stage

HALOS = {"nearest": 0, "bilinear": 1, "bicubic": 2}
"""Inputs beyond its own that an output of a resizing sees to either side."""


class Undescribed(ValueError):  # noqa: N818  A fact about a network; who asked falls back to running it whole.
    """The network does something that no stage here describes."""


def describe(network: Callable[[Tensor], Tensor], example: Tensor) -> Graph:
    """Take down what `network` does.

    Args:
        network: Anything that turns (1, 3, H, W) into a picture, in evaluation mode.
        example: A picture of a size that it takes; small is enough.

    Raises:
        Undescribed: It does something that no stage describes; the message names it.
    """
    recorder = _Recorder(example)
    with torch.inference_mode(), recorder:
        made = network(example)
    return recorder.graph(made)


class _Recorder(TorchFunctionMode):
    """Sees every function that is called on the example or on what came of it, in this thread alone."""

    def __init__(self, example: Tensor) -> None:
        super().__init__()
        self._nodes = [Node(Stage(), (), example.shape[1])]
        self._number = {id(example): 0}
        self._alive = [example]  # Else the next tensor might get an old one's id.

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Let it happen and write it down."""
        kwargs = dict(kwargs or {})
        maps = [value for value in _flat([*args, *kwargs.values()]) if id(value) in self._number]
        # An activation in place changes the tensor, not what went into it.
        sources = tuple(self._number[id(value)] for value in maps)
        shapes = [value.shape for value in maps]
        made = func(*args, **kwargs)
        name = getattr(func, "__name__", str(func)).strip("_")
        if not maps or name in _QUESTIONS:
            return made
        if name not in _READERS or not isinstance(made, Tensor) or made.dim() != 4:
            raise Undescribed(f"It calls {name}.")
        call = _Call(name, func, tuple(args), kwargs, {id(value) for value in maps}, made)
        stage = _READERS[name](call)
        if len({shape[2:] for shape in shapes}) > 1 or (len(sources) > 1 and not isinstance(stage, Pointwise)):
            raise Undescribed(f"It calls {name} on maps of different sizes.")
        if stage is None:
            self._number[id(made)] = sources[0]
        else:
            self._nodes.append(Node(stage, sources, made.shape[1]))
            self._number[id(made)] = len(self._nodes) - 1
            height, width = shapes[0][2:]
            if (stage.rows.extent(height), stage.cols.extent(width)) != tuple(made.shape[2:]):
                raise Undescribed(f"It calls {name} in a way that gives another size.")
        self._alive.append(made)
        return made

    def graph(self, made: Tensor) -> Graph:
        """What was seen, as far as the result needs it."""
        if id(made) not in self._number:
            raise Undescribed("Its result does not come of the picture.")
        last = self._number[id(made)]
        needed = {last}
        for number in range(last, 0, -1):
            if number in needed:
                needed.update(self._nodes[number].sources)
        order = sorted(needed | {0})
        place = {number: at for at, number in enumerate(order)}
        nodes = (self._nodes[number] for number in order)
        return Graph(tuple(replace(node, sources=tuple(place[source] for source in node.sources)) for node in nodes))


@dataclass(frozen=True, slots=True)
class _Call:
    """A function as it was called."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    maps: set[int]
    made: Tensor

    def get(self, name: str, place: int, default: Any = None) -> Any:
        """An argument by name or place."""
        return self.kwargs.get(name, self.args[place] if len(self.args) > place else default)


def _flat(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += _flat(value) if isinstance(value, (list, tuple)) else [value]
    return found


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    return (value[0], value[-1])


def _convolution(call: _Call) -> Stage:
    weight, bias = call.args[1], call.get("bias", 2)
    stride, padding = _pair(call.get("stride", 3, 1)), call.get("padding", 4, 0)
    if call.name == "conv_transpose2d":
        more, groups, dilation = (
            _pair(call.get("output_padding", 5, 0)),
            call.get("groups", 6, 1),
            _pair(call.get("dilation", 7, 1)),
        )
        spreads = [
            Spread(*numbers) for numbers in zip(weight.shape[2:], stride, _pair(padding), more, dilation, strict=True)
        ]
        # Behind what the windows reach there would be bias alone, and between windows with gaps as well.
        if any(axis.more > axis.padding or axis.width < axis.stride for axis in spreads):
            raise Undescribed("It spreads pixels further apart than its windows reach.")
        return Convolution(
            *spreads, weight=weight, bias=bias, stride=stride, dilation=dilation, groups=groups, transposed=True
        )
    dilation, groups = _pair(call.get("dilation", 5, 1)), call.get("groups", 6, 1)
    if isinstance(padding, str):
        raise Undescribed(f"It pads a convolution by {padding!r}.")
    windows = [Window(*numbers) for numbers in zip(weight.shape[2:], stride, _pair(padding), dilation, strict=True)]
    if any(axis.padding >= axis.width for axis in windows):
        raise Undescribed("It lets a window see nothing but border.")
    return Convolution(*windows, weight=weight, bias=bias, stride=stride, dilation=dilation, groups=groups)


def _pad(call: _Call) -> Stage:
    sides, border = tuple(call.args[1]), call.get("mode", 2, "constant")
    if border not in {"reflect", "replicate", "constant"} or len(sides) != 4 or min(sides) < 0:
        raise Undescribed(f"It pads by {sides}, {border}.")
    left, right, top, bottom = sides
    rows, cols = Padded(top, bottom, border), Padded(left, right, border)
    return Pad(rows, cols, border=border, value=call.get("value", 3) or 0.0)


def _resize(call: _Call) -> Stage:
    mode, before, after = call.get("mode", 3, "nearest"), call.args[0].shape[2:], call.made.shape[2:]
    factors = (after[0] // before[0], after[1] // before[1])
    plain = not call.get("align_corners", 4) and not call.get("antialias", 6)
    if (
        mode not in HALOS
        or not plain
        or any(old * f != new for old, f, new in zip(before, factors, after, strict=True))
    ):
        raise Undescribed(f"It resizes {tuple(before)} to {tuple(after)}, {mode}.")
    rows, cols = (Enlarged(factor, HALOS[mode]) for factor in factors)
    return Resize(rows, cols, factors=factors, mode=mode)


def _shuffle(call: _Call) -> Stage:
    factor = call.get("upscale_factor", 1)
    return Shuffle(Enlarged(factor), Enlarged(factor), factor=factor)


def _batch_norm(call: _Call) -> Stage:
    if call.get("training", 5, False):
        raise Undescribed("Its batch norm is learning.")
    _, mean, variance = call.args[:3]
    weight, bias, eps = call.get("weight", 3), call.get("bias", 4), call.get("eps", 7, 1e-5)
    return Pointwise(function=lambda x: F.batch_norm(x, mean, variance, weight, bias, False, 0.0, eps))


def _instance_norm(call: _Call) -> Stage:
    weight, bias, eps = call.get("weight", 3), call.get("bias", 4), call.get("eps", 7, 1e-5)
    if call.get("use_input_stats", 5, True):
        return InstanceNorm(weight=weight, bias=bias, eps=eps)
    mean, variance = call.get("running_mean", 1), call.get("running_var", 2)
    return Pointwise(function=lambda x: F.batch_norm(x, mean, variance, weight, bias, False, 0.0, eps))


def _dropout(call: _Call) -> None:
    if call.get("training", 2, True):
        raise Undescribed("Its dropout is learning.")


def _pointwise(call: _Call) -> Stage:
    """The same function on other maps, whatever else it takes."""
    for value in _flat([*call.args, *call.kwargs.values()]):
        own = isinstance(value, Tensor) and id(value) not in call.maps and value.numel() > 1
        if own and call.name != "prelu" and (value.dim() < 3 or value.shape[-2:].numel() > 1):
            raise Undescribed(f"It calls {call.name} with a map of its own.")
    kwargs = {name: value for name, value in call.kwargs.items() if name != "inplace"}
    listed = call.name == "cat"
    if listed and call.get("dim", 1, 0) not in {1, -3}:
        raise Undescribed("It puts maps side by side.")
    places = [] if listed else [at for at, value in enumerate(call.args) if id(value) in call.maps]
    rest = list(call.args)

    def again(function: Callable[..., Any], *maps: Tensor) -> Tensor:
        if listed:
            return torch.cat(maps, dim=1)
        given = list(rest)
        for place, value in zip(places, maps, strict=True):
            given[place] = value
        made: Tensor = function(*given, **kwargs)
        return made

    function, over = _NOT_IN_PLACE.get(call.name, call.function), _IN_PLACE.get(call.name)
    over = over if places[:1] == [0] else None
    return Pointwise(function=partial(again, function), over=None if over is None else partial(again, over))


def _same(_: _Call) -> None:
    return None


_NOT_IN_PLACE: dict[str, Callable[..., Any]] = {
    "relu": torch.relu,
    "add": torch.add,
    "iadd": torch.add,
    "mul": torch.mul,
    "tanh": torch.tanh,
    "clamp": torch.clamp,
    "sigmoid": torch.sigmoid,
}
_IN_PLACE: dict[str, Callable[..., Any]] = {
    "relu": torch.relu_,
    "leaky_relu": F.leaky_relu_,
    "add": Tensor.add_,
    "iadd": Tensor.add_,
    "mul": Tensor.mul_,
    "tanh": torch.tanh_,
    "sigmoid": torch.sigmoid_,
}
_BY_PIXEL = (
    *("relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "tanh", "sigmoid", "clamp", "hardtanh"),
    *("add", "iadd", "radd", "sub", "mul", "rmul", "neg", "cat"),
)
_QUESTIONS = {"get", "size", "dim", "stride", "is_contiguous", "numel", "is_floating_point", "element_size", "len"}
_READERS: dict[str, Callable[[_Call], Stage | None]] = {
    "conv2d": _convolution,
    "conv_transpose2d": _convolution,
    "pad": _pad,
    "interpolate": _resize,
    "pixel_shuffle": _shuffle,
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "dropout": _dropout,
    "contiguous": _same,
    "float": _same,
} | dict.fromkeys(_BY_PIXEL, _pointwise)
