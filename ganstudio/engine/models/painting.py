"""From pixels to pixels: the one way on which a route's networks are used.

The window, the command line, whole folders and exported models all go through these modules, one picture at a time, so
that a picture looks the same wherever it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.game import Method
from ganstudio.pictures.batches import to_pixels
from ganstudio.words.captions import LONGEST
from ganstudio.words.routes import Route

LEAST_SIDE = 16  # Pixels. Two halvings and a reflected border still fit.
HALF_DEEP = 32767.5  # Half of white in 16 bits.


class Painting(nn.Module):
    """A translating route: (N, H, W, 3) uint8 RGB → (N, H·scale, W·scale, 3) uint8 RGB, any height and width."""

    def __init__(self, method: Method, route: Route) -> None:
        super().__init__()
        self.makers = nn.ModuleDict(makers(method, route))
        # In a tuple, where torch does not see it: the method's other networks are no part of this route.
        self._method, self._route = (method,), route

    def forward(self, picture: Tensor) -> Tensor:
        """Paint; see the class."""
        return pixels(self.paint(network(picture)))

    def paint(self, x: Tensor) -> Tensor:
        """The same in the network's own numbers: (N, 3, H, W) in [-1, 1] → (N, 3, H·scale, W·scale) in [-1, 1]."""
        return made_of(self._method[0], self._route, x)


class Telling(nn.Module):
    """A classifying route: (N, H, W, 3) uint8 RGB of any height and width → (N, answers) float32 probabilities."""

    def __init__(self, method: Method, route: Route) -> None:
        super().__init__()
        self.makers = nn.ModuleDict(makers(method, route))
        self._method, self._route = (method,), route

    def forward(self, picture: Tensor) -> Tensor:
        """Tell; see the class."""
        return self.paint(network(picture))

    def paint(self, x: Tensor) -> Tensor:
        """The same of (N, 3, H, W) in [-1, 1]."""
        return made_of(self._method[0], self._route, x).float()


class Imagining(nn.Module):
    """A generating route: noise (N, Z) float32 → (N, H, W, 3) uint8 RGB.

    With labels it also takes (N,) int64, with words (N, 32) int64.
    """

    def __init__(self, method: Method, route: Route) -> None:
        super().__init__()
        self.makers = nn.ModuleDict(makers(method, route))
        self._method, self._route = (method,), route

    def forward(self, noise: Tensor, condition: Tensor | None = None) -> Tensor:
        """Imagine; see the class."""
        return pixels(self.paint(noise, condition))

    def paint(self, noise: Tensor, condition: Tensor | None = None) -> Tensor:
        """The same as (N, 3, H, W) in [-1, 1]."""
        return self._method[0].make(self._route, noise, condition)


def network(picture: Tensor) -> Tensor:
    """(N, H, W, 3) uint8 → (N, 3, H, W) float32 in [-1, 1]."""
    return picture.permute(0, 3, 1, 2).float() / 127.5 - 1


def made_of(method: Method, route: Route, x: Tensor) -> Tensor:
    """What a route makes of pictures of any height and width.

    Args:
        method: Whose networks.
        route: One that takes pictures.
        x: (N, 3, H, W) in [-1, 1].

    Returns:
        (N, 3, H·scale, W·scale) in [-1, 1]; for a route with answers (N, answers) probabilities.
    """
    y = method.make(route, fitted(x, route))
    if route.answers:
        return y
    height, width = x.shape[2], x.shape[3]
    if route.side:
        return resized(y, height, width)
    # Selected, not sliced: that exports with any size.
    y = y.index_select(2, torch.arange(height * route.scale, device=y.device))
    return y.index_select(3, torch.arange(width * route.scale, device=y.device))


def fitted(x: Tensor, route: Route) -> Tensor:
    """(N, 3, H, W) in a size that the route takes: resized to its only one, or continued to the next that fits."""
    if route.side:
        return resized(x, route.side, route.side)
    return mirrored(mirrored(x, 2, route.multiple), 3, route.multiple)


def resized(x: Tensor, height: int, width: int) -> Tensor:
    """(N, C, H, W) → (N, C, height, width), bilinear with as much smoothing as shrinking needs, as Pillow does it.

    Two products with matrices that are computed from the sizes: that exports with any size.
    """
    down, across = (_mixing(old, new, x) for old, new in ((x.shape[2], height), (x.shape[3], width)))
    return down @ x @ across.transpose(0, 1)


def _mixing(old: int, new: int, like: Tensor) -> Tensor:
    """(new, old): how much of each old pixel is in each new one; rows sum to 1."""
    ratio = old / torch.ones(1, device=like.device) / new
    reach = ratio.clamp(min=1)
    centres = (torch.arange(new, device=like.device) + 0.5) * ratio
    places = torch.arange(old, device=like.device) + 0.5
    weights = (1 - (places[None, :] - centres[:, None]).abs() / reach).clamp(min=0)
    return (weights / weights.sum(dim=1, keepdim=True)).to(like.dtype)


def mirrored(x: Tensor, dim: int, multiple: int) -> Tensor:
    """`x` continued by its reflection at the end of `dim`, to the next multiple and to at least 16 pixels.

    Indices are computed instead of padded: that exports with any size, and a side shorter than its border is reflected
    again and again.
    """
    side = x.shape[dim]
    wanted = (torch.sym_max(side, LEAST_SIDE) + multiple - 1) // multiple * multiple
    period = torch.full((1,), torch.sym_max(2 * (side - 1), 1), dtype=torch.int64, device=x.device)
    place = torch.remainder(torch.arange(wanted, device=x.device), period)
    return x.index_select(dim, torch.where(place < side, place, period - place))


def numbers(picture: NDArray[Any], device: torch.device) -> Tensor:
    """(H, W, 3) uint8 or uint16 → (1, 3, H, W) float32 in [-1, 1]."""
    if picture.dtype == np.uint8:
        return network(torch.tensor(picture[None], device=device))
    return torch.tensor(picture[None].astype(np.float32), device=device).permute(0, 3, 1, 2) / HALF_DEEP - 1


def colours(y: Tensor, dtype: np.dtype[Any]) -> NDArray[Any]:
    """(1, 3, H, W) in [-1, 1] → (H, W, 3) uint8 or uint16."""
    if dtype == np.uint8:
        shallow: NDArray[Any] = pixels(y)[0].cpu().numpy()
        return shallow
    deep = y.float().add(1.0).mul_(HALF_DEEP).round_().clamp_(0, 2 * HALF_DEEP)[0].permute(1, 2, 0)
    return deep.cpu().numpy().astype(np.uint16)


def pixels(y: Tensor) -> Tensor:
    """(N, 3, H, W) in [-1, 1] → (N, H, W, 3) uint8."""
    return to_pixels(y).permute(0, 2, 3, 1)


def heaviness(painting: Painting | Telling) -> float:
    """Bytes of memory that one pixel of a large picture takes, from what the widest layer holds.

    Twice that layer's input and output: the published generator was measured at 870 bytes where these are 512.
    """
    widest = 0

    def look(_: nn.Module, before: tuple[Tensor, ...], after: Tensor) -> None:
        nonlocal widest
        widest = max(widest, sum(tensor.nbytes for tensor in (*before, after)))

    layers = [layer for layer in painting.makers.modules() if not list(layer.children())]
    side = 4 * LEAST_SIDE
    hooks = [layer.register_forward_hook(look) for layer in layers]
    try:
        device = next(painting.parameters()).device
        with torch.inference_mode():
            painting(torch.zeros(1, side, side, 3, dtype=torch.uint8, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    return 2 * widest / side**2


def makers(method: Method, route: Route) -> dict[str, nn.Module]:
    """The networks, by published name, that `route` goes through: those that its result depends on."""
    networks = method.makers()
    weights = {name: list(network.parameters()) for name, network in networks.items()}
    device = next(weight.device for group in weights.values() for weight in group)
    found = {}
    with torch.inference_mode(mode=False), torch.enable_grad(), _learning(weights.values()):
        made = method.make(route, *_example(method, route, device)).sum()
        if not made.requires_grad:
            return networks  # It makes pictures in a way of its own, such as by descending.
        for name, group in weights.items():
            if not group:  # A network that this model does not hold.
                continue
            slopes = torch.autograd.grad(made, group, retain_graph=True, allow_unused=True)
            if any(slope is not None for slope in slopes):
                found[name] = networks[name]
    return found


def _example(method: Method, route: Route, device: torch.device) -> tuple[Tensor, Tensor | None]:
    """The least that `make` takes for this route."""
    condition: Tensor | None = None
    if route.labels:
        condition = torch.zeros(1, dtype=torch.int64, device=device)
    elif route.words:
        condition = torch.ones(1, LONGEST, dtype=torch.int64, device=device)
    if route.source is None:
        return torch.zeros(1, method.noise_width(route), device=device), condition
    return fitted(torch.zeros(1, 3, 1, 1, device=device), route), condition


@contextmanager
def _learning(groups: Iterable[list[nn.Parameter]]) -> Iterator[None]:
    before = [(weight, weight.requires_grad) for group in groups for weight in group]
    for weight, _ in before:
        weight.requires_grad_(True)
    try:
        yield
    finally:
        for weight, learns in before:
            weight.requires_grad_(learns)
