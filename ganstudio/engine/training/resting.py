"""Resting: networks that stay as they are for a while, though they are used and others learn from them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


class Resting:
    """Networks that can be told to rest: their weights do not move, and batch norms keep the statistics they have.

    Args:
        networks: Which.
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        self._weights = {id(weight) for network in networks for weight in network.parameters()}
        self._norms = [layer for network in networks for layer in network.modules() if isinstance(layer, _BatchNorm)]
        self._rests = False

    def begin(self, *, resting: bool) -> None:
        """From here on they rest, or do not."""
        if resting == self._rests:
            return
        self._rests = resting
        for layer in self._norms:
            layer.track_running_stats = not resting

    def awake(self, weights: Sequence[nn.Parameter]) -> list[nn.Parameter]:
        """Those of `weights` that move."""
        return [weight for weight in weights if not self._rests or id(weight) not in self._weights]
