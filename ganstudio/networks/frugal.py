"""A sequence of layers that, while it learns, remembers only what is dear to make again.

Until its gradients are known, a network remembers what went into each of its layers. Of "norm, activation, border,
convolution" that is three maps, and two of them follow from the first at next to no cost: a hundredth of what the
convolution takes. So they are let go and made again when the gradients come by, bit for bit the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.blur import BlurDown
from ganstudio.networks.norms import InstanceNorm

CHEAP = (InstanceNorm, nn.ReLU, nn.LeakyReLU, nn.ReflectionPad2d, nn.ReplicationPad2d, BlurDown)
"""Layers that take little time and give the same whenever they are asked; batch norm and dropout do not."""


class Frugal(nn.Sequential):
    """`nn.Sequential`, with the same names, numbers and gradients, and less than half of the memory while learning."""

    def forward(self, x: Tensor) -> Tensor:
        """What the layers give, one after the other."""
        return self.stretch(x, 0, len(self))

    def stretch(self, x: Tensor, begin: int, end: int) -> Tensor:
        """What the layers from number `begin` up to `end`, which is left out, give."""
        layers = list(self)[begin:end]
        # A compiler decides by itself what to make again.
        if not (self.training and torch.is_grad_enabled()) or torch.compiler.is_compiling():
            return _plain(layers, x)
        waiting: list[nn.Module] = []
        for layer in layers:
            if isinstance(layer, nn.Identity):
                continue
            if isinstance(layer, CHEAP):
                waiting.append(layer)
                continue
            if waiting and isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                x = _behind(waiting, layer, x)
            else:
                x = _plain([*waiting, layer], x)
            waiting = []
        return _plain(waiting, x)


def _plain(layers: Sequence[nn.Module], x: Tensor) -> Tensor:
    for layer in layers:
        x = layer(x)
    return x


def _behind(layers: Sequence[nn.Module], convolution: nn.Module, x: Tensor) -> Tensor:
    """A convolution behind cheap layers, which remembers what went into these instead of what came out."""
    weights = [weight for layer in layers for weight in layer.parameters()]
    made: Tensor = _Again.apply(_applied(layers, x), x, *weights)
    if made.grad_fn is None:  # Pictures themselves, which nothing is learnt of.
        return _plain([convolution], made)
    node, place = made.grad_fn, (made.data_ptr(), made.shape)

    def forget(value: Tensor) -> Any:
        return node if (value.data_ptr(), value.shape) == place else value

    def make_again(kept: Any) -> Tensor:
        again: Tensor = kept if isinstance(kept, Tensor) else _again(kept)[1]
        return again.detach()

    with torch.autograd.graph.saved_tensors_hooks(forget, make_again):
        return _plain([convolution], made)


def _applied(layers: Sequence[nn.Module], x: Tensor) -> Callable[[Tensor], Tensor]:
    """The layers as one function that leaves its argument as it is, in the precision of now whenever it is called."""
    device = x.device.type
    cast = torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)
    low = torch.get_autocast_dtype(device) if cast else x.dtype

    def apply(x: Tensor) -> Tensor:
        with torch.autocast(device, low) if cast else nullcontext():
            made = x
            for layer in layers:
                made = _anew(layer, x) if made is x else layer(made)
        return made.to(low) if cast else made

    return apply


def _anew(layer: nn.Module, x: Tensor) -> Tensor:
    """`layer` of `x`, never in its place."""
    if isinstance(layer, nn.ReLU):
        return F.relu(x)
    if isinstance(layer, nn.LeakyReLU):
        return F.leaky_relu(x, layer.negative_slope)
    made: Tensor = layer(x)
    return made


class _Again(torch.autograd.Function):
    """A function whose argument is all that is remembered of it."""

    @staticmethod
    def forward(ctx: Any, function: Callable[[Tensor], Tensor], x: Tensor, *weights: Tensor) -> Tensor:
        """`function` of `x`; `weights` are those that it uses."""
        ctx.function, ctx.made = function, None
        ctx.save_for_backward(x, *weights)
        return function(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Through what is made again, by the convolution behind it if that was first."""
        if torch.is_grad_enabled():  # Someone wants the gradient of a gradient.
            x, *weights = ctx.saved_tensors
            with torch.enable_grad():
                made = ctx.function(x)
        else:
            (x, *weights), made = _again(ctx)
            ctx.made = None
        wanted = [value for value in (x, *weights) if value.requires_grad]
        found = iter(torch.autograd.grad(made, wanted, gradient, create_graph=torch.is_grad_enabled()))
        return None, *(next(found) if value.requires_grad else None for value in (x, *weights))


def _again(ctx: Any) -> tuple[tuple[Tensor, ...], Tensor]:
    """The arguments of an `_Again`, and what came of them, made once for all who ask."""
    if ctx.made is None:
        # Asked for once: a block that is itself computed twice hands out what it remembers a single time.
        kept, *weights = ctx.saved_tensors
        x = kept.detach().requires_grad_(ctx.needs_input_grad[1])
        with torch.enable_grad():
            ctx.made = (x, *weights), ctx.function(x)
    made: tuple[tuple[Tensor, ...], Tensor] = ctx.made
    return made
