"""Ranks: processes that train one run together, on the cards of one machine or of many. The only torch.distributed.

Rank 0 trains as one process does, and tells the others what it does; they do the same on their share of every batch.
Gradients are averaged in one flat piece, so that no wrapper around networks has to guess which player moves when.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from ganstudio.engine import faults, wires
from ganstudio.words.ranks import Rank

COLLECTIVE = timedelta(hours=1)  # A step of the slowest.
WAITING = timedelta(days=60)  # For an order: who pauses, or whose drive is away, gives none.
LOOK = 0.2  # Seconds between two looks at who is done.
_FAULT, _END = "fault", "end"


class Order(IntEnum):
    """What rank 0 tells the others to do."""

    GATHER = 0
    BEGIN = 1
    PLAY = 2
    CHANGE = 3
    COMPARE = 4
    END = 5
    PLACES = 6


class Lost(ValueError):  # noqa: N818  It is a sentence, as all faults for people are.
    """One of the others has ended, so that no step can be played any more."""


class Ranks:
    """This process among those that train together; alone, it has nobody to tell anything.

    Args:
        rank: Which it is.
        store: Where one that must end leaves word; None when it is alone.
    """

    def __init__(self, rank: Rank, store: Any = None) -> None:
        self.number, self.count = rank.number, rank.count
        self._store = store
        self._broken = self._averaged = False
        self._asked, self._next = False, 0.0
        self._orders: Any = None
        if rank.count > 1:
            self._orders = dist.new_group(backend="gloo", timeout=WAITING)
            wires.knock()

    @property
    def leads(self) -> bool:
        """Whether there are others, and this one tells them what to do."""
        return self.count > 1 and self.number == 0

    def tell(self, order: Order, about: bytes = b"") -> None:
        """Tell the others what to do; does nothing for one who follows or is alone.

        Raises:
            Lost: One of them has ended.
        """
        if not self.leads:
            return
        with self._together():
            dist.broadcast(torch.tensor([order, len(about)]), 0, self._orders)
            if about:
                dist.broadcast(torch.frombuffer(bytearray(about), dtype=torch.uint8), 0, self._orders)

    @contextlib.contextmanager
    def ordered(self, order: Order, about: bytes = b"") -> Iterator[None]:
        """Tell the others to do what this one does in the block, where all wait for each other.

        When it fails in the middle the others cannot hear any more; they end when this process does.

        Raises:
            Lost: One of them has ended.
        """
        self.tell(order, about)
        try:
            yield
        except BaseException:
            self._broken = self.count > 1
            raise

    def hear(self) -> tuple[Order, bytes]:
        """Wait for what rank 0 tells.

        Raises:
            Lost: It has ended.
        """
        with self._together():
            head = torch.empty(2, dtype=torch.int64)
            dist.broadcast(head, 0, self._orders)
            order, length = head.tolist()
            about = torch.empty(length, dtype=torch.uint8)
            if length:
                dist.broadcast(about, 0, self._orders)
        return Order(order), about.numpy().tobytes()

    def mean(self, gradients: Sequence[Tensor], numbers: Tensor, weight: float) -> Tensor:
        """Average over all ranks, in one piece.

        Args:
            gradients: float32; they become the mean over the whole batch.
            numbers: (K,) float32.
            weight: The part of the batch that this rank has, in (0, 1]; over all ranks they add up to 1.

        Returns:
            The mean of the numbers, (K,).

        Raises:
            Lost: One of the others has ended.
        """
        flat = torch.cat([*(gradient.reshape(-1) for gradient in gradients), numbers]).mul_(weight)
        with self._together():
            dist.all_reduce(flat)
            if not self._averaged:  # Cards are connected by now, too.
                wires.knock()
                self._averaged = True
        told: Tensor
        *means, told = flat.split([*(gradient.numel() for gradient in gradients), numbers.numel()])
        for gradient, mean in zip(gradients, means, strict=True):
            gradient.copy_(mean.view_as(gradient))
        return told

    def everyone(self, x: Tensor, counts: Sequence[int]) -> Tensor:
        """What each rank has, one behind the other: (n, …) → (N, …), without a gradient.

        Args:
            x: Rows of this rank.
            counts: How many each rank has.

        Raises:
            Lost: One of the others has ended.
        """
        most = max(counts)
        padded = x.new_zeros((most, *x.shape[1:]))
        padded[: len(x)] = x.detach()
        flat = padded.view(-1).view(torch.uint8)  # Every number has bytes; not every one can be sent.
        parts = [torch.empty_like(flat) for _ in counts]
        with self._together():
            dist.all_gather(parts, flat)
        rows = [part.view(x.dtype).view_as(padded)[:count] for part, count in zip(parts, counts, strict=True)]
        return torch.cat(rows)

    def told(self, text: str) -> list[str]:
        """What each of them says, by number.

        Raises:
            Lost: One of the others has ended.
        """
        mine = torch.frombuffer(bytearray(text.encode() + b"\0"), dtype=torch.uint8)
        with self._together():
            lengths = [torch.empty(1, dtype=torch.int64) for _ in range(self.count)]
            dist.all_gather(lengths, torch.tensor([len(mine)]), self._orders)
            padded = torch.zeros(int(max(lengths)), dtype=torch.uint8)
            padded[: len(mine)] = mine
            texts = [torch.empty_like(padded) for _ in lengths]
            dist.all_gather(texts, padded, self._orders)
        return [text.numpy().tobytes().rstrip(b"\0").decode() for text in texts]

    def leave_word(self, sentence: str) -> None:
        """Say why this one ends, for rank 0 to say it to people."""
        with contextlib.suppress(RuntimeError):
            self._store.set(_FAULT, sentence)

    def ask_for_an_end(self) -> None:
        """Say that this machine must go; rank 0 saves and ends all."""
        with contextlib.suppress(RuntimeError):
            self._store.set(_END, "")

    def end_asked(self) -> bool:
        """Whether another one asked for an end, as far as rank 0 has heard, which looks now and then only."""
        if self.leads and not self._asked and time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK
            with contextlib.suppress(RuntimeError):  # Without the starter that keeps words the run goes on.
                self._asked = bool(self._store.check([_END]))
        return self._asked

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        """Work that all must do; memory that runs out is another matter."""
        try:
            yield
        except RuntimeError as error:
            if faults.kind(error) is not None:
                raise
            self._broken = True
            raise Lost(self._loss()) from error

    def _loss(self) -> str:
        why = ""
        with contextlib.suppress(RuntimeError):
            if self._store.check([_FAULT]):
                why = f": {self._store.get(_FAULT).decode().rstrip('.')}"
        return (
            f"One of the {self.count} processes that train together ended{why}. The run is intact up to its last save; "
            "continue it from there, on as many as you like."
        )

    def close(self) -> None:
        """Let the others go, as far as they can be reached, and leave."""
        if self.count == 1 or self._broken:
            return
        with contextlib.suppress(Lost):
            self.tell(Order.END)
        with contextlib.suppress(RuntimeError):
            dist.destroy_process_group()
        self.count = 1


ALONE = Ranks(Rank())


@contextlib.contextmanager
def joined(rank: Rank) -> Iterator[Ranks]:
    """Join those that torchrun started with this process, for as long as the block lasts."""
    if rank.count == 1:
        yield ALONE
        return
    take_card(rank)
    ranks = Ranks(rank, PrefixStore("ganstudio", _met(rank, _backend(rank), COLLECTIVE)))
    try:
        yield ranks
    finally:
        ranks.close()


@contextlib.contextmanager
def until_all_are_done(rank: Rank) -> Iterator[None]:
    """Let a block of work end when that of all others has, as torchrun ends all as soon as one fails.

    Each may fail by itself and wait for the others; who is interrupted does not wait.

    Raises:
        Lost: One of the others has ended before it was done.
    """
    _met(rank, "gloo", WAITING)
    wires.knock()
    try:
        yield
    finally:
        if not isinstance(sys.exception(), KeyboardInterrupt):
            _wait_for_all(rank)


def _wait_for_all(rank: Rank) -> None:
    waiting: Any = dist.barrier(async_op=True)
    while not waiting.is_completed():  # Here one may be interrupted, and in the library not.
        time.sleep(LOOK)
    try:
        waiting.wait()
    except RuntimeError as error:
        raise Lost(
            f"One of the {rank.count} processes that share this work ended before it was done. Ask again in the same "
            "words: what is there is kept, and what is missing is made."
        ) from error
    dist.destroy_process_group()


def _met(rank: Rank, backend: str, timeout: timedelta) -> Any:
    """Have all meet; where they leave word for each other.

    Raises:
        Lost: They do not reach each other.
    """
    store, _, _ = next(rendezvous("env://", timeout=WAITING))
    wires.choose_interface(rank, PrefixStore("wires", store))
    try:
        dist.init_process_group(backend, store=store, rank=rank.number, world_size=rank.count, timeout=timeout)
    except RuntimeError as error:
        raise Lost(
            f"The {rank.count} processes do not reach each other. Machines must reach each other on any port, not only "
            "that of --master-port; GLOO_SOCKET_IFNAME names the interface to take."
        ) from error
    return store


def take_card(rank: Rank) -> None:
    """Compute on the graphics card that torchrun means for this process, where there are any."""
    if cards := torch.cuda.device_count():
        torch.cuda.set_device(rank.card % cards)


def _backend(rank: Rank) -> str:
    """NCCL between cards, gloo between computers; also where several processes share a card, which NCCL refuses."""
    many = dist.is_nccl_available() and rank.neighbours <= torch.cuda.device_count()
    return "cpu:gloo,cuda:nccl" if many else "gloo"
