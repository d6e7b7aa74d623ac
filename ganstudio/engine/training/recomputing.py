"""Recomputing: blocks of the generators are played a second time when their gradients come by, instead of remembered.

What a block remembers of itself is then what went into it, and the inside of one block at a time. Done from outside, so
that neither networks nor methods know of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.parametrize import is_parametrized
from torch.utils.checkpoint import checkpoint

from ganstudio.game import Method


def blocks(method: Method) -> tuple[nn.Module, ...]:
    """Blocks of its generators that can be played twice: of those that stand in a row, two or more of a kind."""
    found: dict[nn.Module, None] = {}
    for maker in method.makers().values():
        for row in maker.modules():
            if isinstance(row, (nn.Sequential, nn.ModuleList)):
                kinds = Counter(map(type, row))
                found |= {block: None for block in row if kinds[type(block)] > 1 and _built(block) and _steady(block)}
    return tuple(block for block in found if not any(block in _inside(other) for other in found))


def _built(block: nn.Module) -> bool:
    """Whether it is more than a single layer."""
    return type(block).__module__.startswith("ganstudio.") and any(True for _ in block.children())


def _steady(block: nn.Module) -> bool:
    """Whether playing it twice leaves nothing behind, as batch norm's running averages are."""
    return not any(isinstance(layer, _BatchNorm) or is_parametrized(layer) for layer in block.modules())


def _inside(block: nn.Module) -> list[nn.Module]:
    return list(block.modules())[1:]


@contextmanager
def recomputed(rows: Sequence[nn.Module], again: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
    """Let these blocks be played twice when they are played in the block, with the same chance.

    Args:
        rows: What `blocks` found.
        again: Under what they are played for the second time.
    """
    for block in rows:
        block.forward = _Twice(block.forward, again)
    try:
        yield
    finally:
        for block in rows:
            del block.forward


class _Twice:
    """A block's `forward`, which remembers nothing but its arguments."""

    def __init__(self, play: Callable[..., Any], again: Callable[[], AbstractContextManager[Any]]) -> None:
        self._play = play
        self._contexts = partial(_contexts, again)

    def __call__(self, *pictures: Any) -> Any:
        if not torch.is_grad_enabled():
            return self._play(*pictures)
        return checkpoint(self._play, *pictures, use_reentrant=False, context_fn=self._contexts)


def _contexts(
    again: Callable[[], AbstractContextManager[Any]],
) -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    return nullcontext(), again()
