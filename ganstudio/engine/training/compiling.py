"""Compiling: networks of a training on a graphics card are put into a quicker form, once, after a rehearsal.

A step on one picture is hundreds of small kernels, and launching them takes longer than they do; a compiler makes a few
large ones of them. What comes out is tried before it is trusted: one step is played both ways and nothing of it is
kept. Only when losses and gradients agree, and the new form is faster, does it play the run; whatever goes wrong on
the way, the run goes on as it was.

Only the calls that the rehearsal has seen use the new form: same shapes, layouts and precision, with gradients. Sheets,
scores and odd batches are played as ever, so nothing is ever compiled in the middle of a run. Networks keep their
names, since it is their `forward` that is replaced and not they. No network is frozen by `requires_grad`, which a
compiler would not notice: players move by `backward(inputs=…)`.

On a CPU nothing is compiled. Convolutions take 84 of 100 seconds of a step there (width 64, 128 pixels), and a compiler
leaves them what they are; compiling one generator alone had not ended after five minutes of a busy core. CUDA graphs
are left alone: they keep every buffer in its place, which pools, averages and gradients that are let go of do not bear.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._functorch import config  # It has no public name; torch's error message gives this one.

from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.precision import stopwatch
from ganstudio.engine.training.thrift import Thrift
from ganstudio.game import Batch, Method

EAGER = 20  # Steps of a sitting that are played as ever, so that something is seen first …
WORTH = 3000  # … and those that must be left for a minute of compiling to pay.
ROUNDS = 3  # Rehearsals that are timed each way; the fastest counts.
FASTER = 1.05  # Times as fast is worth it.
AGREEING = {False: 1e-3, True: 5e-2}  # Share by which losses and gradients may differ in float32, and in bfloat16 …
LEAST = 1e-2  # … of a value that is taken for no less than this.
CALLS = ("forward", "paint", "look")  # By which networks are played.
SHAPES = 6  # Ways in which one network may be called.

MAKING_FASTER = "making the training faster"

_log = logging.getLogger(__name__)


def compiles(device: torch.device) -> bool:
    """Whether there is a compiler for the device, and something to be won."""
    return device.type == "cuda" and importlib.util.find_spec("triton") is not None


def due(device: torch.device, thrift: Thrift, *, played: int, left: int, alone: bool) -> bool:
    """Whether it is time: `played` steps of this sitting are done, and `left` are to come.

    Where memory is so tight that graphs are kept elsewhere or computed twice, and where several processes share a step,
    chance and graphs go ways that a compiler does not follow.
    """
    plain = not thrift.spilled and not thrift.recomputed
    return played >= EAGER and left >= WORTH and alone and plain and compiles(device)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        faster: How many times as fast a step is; 1 where it stays what it was.
        why: Why it stays; empty otherwise.
    """

    faster: float = 1.0
    why: str = ""


class Quick:
    """A network's call with a quicker form beside it, for arguments that the rehearsal has seen.

    Args:
        network: Whose call it is.
        plain: The call as it was.
        quick: Its quicker form.
    """

    def __init__(self, network: nn.Module, plain: Callable[..., Any], quick: Callable[..., Any]) -> None:
        self._network, self._plain, self._quick = network, plain, quick
        self._known: set[object] = set()
        self.rehearsing = True

    def __call__(self, *values: Any) -> Any:
        """What the call gives."""
        if not (torch.is_grad_enabled() and self._network.training):
            return self._plain(*values)
        way = tuple(_way(value) for value in values), torch.is_autocast_enabled(_device(values))
        if self.rehearsing and len(self._known) < SHAPES:
            self._known.add(way)
        if way not in self._known:
            return self._plain(*values)
        if self.rehearsing:
            return self._quick(*values)
        with torch.compiler.set_stance("eager_on_recompile"):
            return self._quick(*values)


def quicken(
    descending: Descending, batch: Batch, step: int, *, bf16: bool = False, backend: str = "inductor"
) -> Outcome:
    """Put the networks into a quicker form, if it proves to be one. Takes a minute or two; leaves no other trace.

    Args:
        descending: What plays the run.
        batch: Pictures of the usual number and size.
        step: Of the run.
        bf16: Whether it computes in bfloat16.
        backend: Of `torch.compile`.
    """
    try:
        return _tried(descending, batch, step, AGREEING[bf16], backend)
    except Exception as error:  # noqa: BLE001  A compiler may fail in any way, and the run needs none.
        _log.info("Training goes on without compiled networks.", exc_info=error)
        _remove(descending.method)
        return Outcome(why=str(error).partition("\n")[0] or type(error).__name__)


def _tried(descending: Descending, batch: Batch, step: int, agreeing: float, backend: str) -> Outcome:
    plain = descending.rehearse(batch, step)
    seconds = _fastest(descending, batch, step)
    calls = _install(descending.method, backend)
    with config.patch(donated_buffer=False):  # Players go through a graph one after the other, so it keeps its parts.
        quick = descending.rehearse(batch, step)
    _agree(plain, quick, agreeing)
    faster = seconds / _fastest(descending, batch, step)
    if faster < FASTER:
        raise _NotWorth(f"it would be {faster:.2f} times as fast")
    for call in calls:
        call.rehearsing = False
    return Outcome(faster)


class _NotWorth(Exception):  # noqa: N818  It never leaves this module.
    """The new form is not used."""


def _install(method: Method, backend: str) -> list[Quick]:
    calls = []
    for network in _networks(method):
        for name in CALLS:
            if plain := getattr(network, name, None):
                call = Quick(network, plain, torch.compile(plain, dynamic=False, backend=backend))
                setattr(network, name, call)
                calls.append(call)
    return calls


def _remove(method: Method) -> None:
    for network in _networks(method):
        for name in CALLS:
            vars(network).pop(name, None)


def _networks(method: Method) -> Iterator[nn.Module]:
    """The networks of the players that have pictures to work on."""
    for networks in method.players().values():
        for network in networks:
            rows = (nn.ModuleList, nn.ModuleDict)
            for one in network.children() if isinstance(network, rows) else (network,):
                if any(isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)) for layer in one.modules()):
                    yield one


def _agree(plain: dict[str, Tensor], quick: dict[str, Tensor], share: float) -> None:
    """See to it that both ways of playing gave the same.

    Raises:
        _NotWorth: They did not.
    """
    if plain.keys() != quick.keys():
        raise _NotWorth("it plays another game")
    for name, value in plain.items():
        wanted, found = float(value), float(quick[name])
        if not abs(found - wanted) <= share * max(abs(wanted), LEAST):
            raise _NotWorth(f"its {name} would be {found:.4g} instead of {wanted:.4g}")


def _fastest(descending: Descending, batch: Batch, step: int) -> float:
    """Seconds of a rehearsal."""
    taken = stopwatch(batch.images[0].device)

    def play() -> None:
        descending.rehearse(batch, step)

    return min(taken(play) for _ in range(ROUNDS))


def _way(value: Any) -> object:
    """What a compiled call hangs on."""
    if isinstance(value, Tensor):
        return tuple(value.shape), value.stride(), value.dtype, value.requires_grad
    return value


def _device(values: tuple[Any, ...]) -> str:
    return next((value.device.type for value in values if isinstance(value, Tensor)), "cpu")
