"""Sharing: how one batch is played by several ranks so that what they learn is what one process would.

Methods know nothing of it. While they play their share, every draw of chance that has a number for each picture is made
for the whole batch, the same on all ranks, and each keeps the numbers of its own pictures; and pools are shown the
fakes of everyone, so that they hold the same on all ranks. What is left to do is to average gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ganstudio.engine.ranks import Ranks
from ganstudio.game import Method
from ganstudio.networks.pool import ImagePool


@dataclass(frozen=True, slots=True)
class Share:
    """Which pictures of a draw are this rank's.

    Attributes:
        ranks: All of them.
        counts: How many each has; they lie one behind the other.
    """

    ranks: Ranks
    counts: tuple[int, ...]

    @classmethod
    def of(cls, ranks: Ranks, batch: int) -> Share:
        """An equal share of `batch` pictures for each, or one more for some."""
        least, more = divmod(batch, ranks.count)
        return cls(ranks, tuple(least + (number < more) for number in range(ranks.count)))

    @property
    def total(self) -> int:
        """Pictures of all ranks."""
        return sum(self.counts)

    @property
    def mine(self) -> range:
        """Places of this rank's pictures among those of all."""
        first = sum(self.counts[: self.ranks.number])
        return range(first, first + self.counts[self.ranks.number])

    @property
    def weight(self) -> float:
        """This rank's part of all pictures."""
        return len(self.mine) / self.total

    def slots(self, draws: int) -> tuple[int, ...]:
        """Places of this rank's pictures in `draws` draws, one behind the other."""
        return tuple(draw * self.total + place for draw in range(draws) for place in self.mine)

    def parts(self, wanted: int) -> int:
        """The most parts, up to `wanted`, that every rank can play its pictures in, all of the same size."""
        common = math.gcd(*self.counts)
        return max(parts for parts in range(1, min(wanted, common) + 1) if common % parts == 0)

    def part(self, parts: int) -> Share:
        """One of so many parts."""
        return Share(self.ranks, tuple(count // parts for count in self.counts))

    def whole(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Shape of what all ranks have together, where this one has `shape`: (k·n, …) → (k·N, …)."""
        assert shape[0] % len(self.mine) == 0, "chance is drawn for pictures"
        return (shape[0] // len(self.mine) * self.total, *shape[1:])

    def own(self, x: Tensor) -> Tensor:
        """This rank's rows of what all have together: (k·N, …) → (k·n, …)."""
        mine = self.mine
        rows: Tensor = x.unflatten(0, (-1, self.total))[:, mine.start : mine.stop]
        return rows.flatten(0, 1)

    def everyone(self, x: Tensor) -> Tensor:
        """The rows of all ranks, without a gradient; `own` is its inverse."""
        rows = x.detach().unflatten(0, (-1, len(self.mine))).movedim(1, 0).contiguous()
        return self.ranks.everyone(rows, self.counts).movedim(1, 0).flatten(0, 1)


@contextmanager
def shared(method: Method, share: Share) -> Iterator[None]:
    """Let `method` play its share of a batch for as long as the block lasts."""

    def ask(_: nn.Module, fakes: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(share.everyone(fake) for fake in fakes)

    def answer(_: nn.Module, __: Any, shown: Tensor) -> Tensor:
        return share.own(shown)

    pools = [module for module in method.modules() if isinstance(module, ImagePool)]
    hooks = [pool.register_forward_pre_hook(ask) for pool in pools]
    hooks += [pool.register_forward_hook(answer) for pool in pools]
    try:
        with own_chance(share):
            yield
    finally:
        for hook in hooks:
            hook.remove()


def own_chance(share: Share) -> AbstractContextManager[Any]:
    """Every draw of chance in the block is made for the pictures of all ranks, and what is left is this rank's."""
    return _Chance(share)


class _Chance(TorchFunctionMode):
    """Draws chance for the pictures of all ranks and hands out what is for this rank's."""

    def __init__(self, share: Share) -> None:
        super().__init__()
        self._share = share

    def __torch_function__(
        self, call: Callable[..., Any], _types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:  # Signature as torch's own.
        kwargs = kwargs or {}
        if call in (torch.rand, torch.randn):
            shape = _shape(args)
            return self._share.own(call(self._share.whole(shape), **kwargs)) if shape else call(*args, **kwargs)
        if call is F.dropout and kwargs.get("training", True):
            return self._dropped(*args, **kwargs)
        return call(*args, **kwargs)

    def _dropped(self, x: Tensor, p: float = 0.5, **_: Any) -> Tensor:
        """Drop out with numbers drawn as for the whole batch, in the same layout."""
        layout = torch.channels_last if x.dim() == 4 and _channels_last(x) else torch.contiguous_format
        ones = torch.ones(self._share.whole(x.shape), dtype=x.dtype, device=x.device).to(memory_format=layout)
        return x * self._share.own(F.dropout(ones, p))


def _channels_last(x: Tensor) -> bool:
    return x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()


def _shape(args: Sequence[Any]) -> tuple[int, ...]:
    """The shape of rand(2, 3) and of rand((2, 3))."""
    return tuple(args[0]) if args and not isinstance(args[0], int) else tuple(args)
