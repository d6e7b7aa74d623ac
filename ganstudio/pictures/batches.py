"""Endless, seeded, resumable batches of decoded pictures.

For every draw a random square is cut out of each picture; the squares of a domain go to the device as bytes, in one
piece, and are mirrored and brought to [-1, 1] there. The next batch may be decided and cut out in a thread while the
present one is trained on; the state is that of the last one handed out all the same, for a draw carries its own.
Of shards nobody knows beforehand what comes; there, chance is drawn for each place of a batch instead of each picture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganstudio.game import Batch
from ganstudio.networks.chance import sent
from ganstudio.pictures.attendance import Attendance, Changes, sentence
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.shards.streaming import Place, Stream, Tap, as_rows, from_rows
from ganstudio.pictures.stock import Stock
from ganstudio.pictures.store import Pixels
from ganstudio.words.events import Skipped

_ANY = 1 << 31  # More than any picture has of anything.
_APART = 7919  # Streams of two domains are shuffled differently.


@dataclass(frozen=True, slots=True)
class _Square:
    """A square of a picture: its corner in pixels, and whether it is mirrored.

    Of a stream, `index` is the number of the batch, and the corner is any number, to be divided by the room there is.
    """

    index: int
    top: int
    left: int
    mirrored: bool


@dataclass(frozen=True, slots=True)
class _Draw:
    """A batch that is decided.

    Attributes:
        places: One row a stock; of these pictures alone, where others have the rest.
        captions: Which of its captions each of the first stock's comes with; None without captions.
        state: What decides the draws after it.
    """

    places: tuple[tuple[_Square, ...], ...]
    captions: tuple[int, ...] | None
    state: Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Squares of one stock, (N, C, size, size) uint8, the pictures they are from, and where a stream stands behind."""

    squares: Tensor
    examples: tuple[Example, ...]
    behind: tuple[Place, ...] = ()


class Batches(Iterator[Batch]):
    """Endless batches: each domain in its own shuffled order, reshuffled when it is used up.

    Args:
        stocks: Decoded pictures, one stock a domain or one of pairs, none empty; or shards.
        batch: Pictures of each domain in one draw.
        size: Side of the squares in pixels.
        flip: Mirror half of them.
        seed: Fixes the order, the crops and the mirroring.
        device: Where the tensors go.
        ahead: Have the next batch ready by a thread while the present one is in use; None decides: where a device works
            for itself, and where pictures come from the disk.
        own: Which of the pictures of a draw are cut out here, where others have the rest; None for all.
    """

    def __init__(
        self,
        stocks: Sequence[Stock | Tap],
        *,
        batch: int,
        size: int,
        flip: bool,
        seed: int,
        device: torch.device,
        ahead: bool | None = None,
        own: Sequence[int] | None = None,
    ) -> None:
        self._batch, self._size, self._flip, self._device = batch, size, flip, device
        self._own = range(batch) if own is None else own
        self._stocks = tuple(
            stock.open(seed + _APART * domain, batch, self._own) if isinstance(stock, Tap) else stock
            for domain, stock in enumerate(stocks)
        )
        self._streams = {domain: stock for domain, stock in enumerate(self._stocks) if isinstance(stock, Stream)}
        self._behind = {domain: stream.places() for domain, stream in self._streams.items()}
        if ahead is None:
            ahead = device.type != "cpu" or any(stock.waits for stock in stocks)
        self._thread = ThreadPoolExecutor(1, "next batch") if ahead else None
        self._attendance = [stock.attendance() for stock in stocks]
        self._random = torch.Generator().manual_seed(seed)
        self._orders = [self._order(stock) for stock in self._stocks]
        self._positions = [0] * len(self._stocks)
        self._state: Mapping[str, Tensor] = self._snapshot()
        self._lost: set[tuple[int, int]] = set()
        self._news: deque[Skipped] = deque()  # Filled in the thread that cuts out, emptied in the caller's.
        self._next: Future[tuple[_Draw, list[_Cut]]] | None = None
        self._decided: _Draw | None = None

    def __next__(self) -> Batch:
        """The next batch.

        Raises:
            Away: A folder is away as a whole. The same batch comes when it is asked for again.
            ValueError: No picture of a domain can be read any more.
        """
        coming, self._next = self._next, None
        draw, cuts = coming.result() if coming is not None else self._cut()
        self._state = draw.state
        self._behind |= {domain: cuts[domain].behind for domain in self._streams}
        batch = self._on_device(draw, cuts)
        if self._thread is not None:  # Not before: with one core or one lock, the two would get in each other's way.
            self._next = self._thread.submit(self._cut)
        return batch

    def lost(self) -> tuple[Skipped, ...]:
        """Pictures that could not be read any more since it was last asked; others were drawn in their stead."""
        for stream in self._streams.values():
            self._news.extend(stream.news())
        return tuple(self._news.popleft() for _ in range(len(self._news)))

    @property
    def streams(self) -> bool:
        """Whether some pictures come from shards, of which each process knows only where its own lanes stand."""
        return bool(self._streams)

    def places(self) -> dict[str, dict[str, list[int]]]:
        """Domain → lane of this process → where it stands behind the last batch handed out, as JSON has it."""
        return {
            str(domain): {str(lane): as_rows([self._behind[domain][lane]])[0] for lane in stream.mine}
            for domain, stream in self._streams.items()
        }

    def know(self, places: Mapping[str, Mapping[str, Sequence[int]]]) -> None:
        """Take in what another process says of its `places`, for `state` to tell."""
        for domain, lanes in places.items():
            behind = list(self._behind[int(domain)])
            for lane, row in lanes.items():
                (behind[int(lane)],) = from_rows([row])
            self._behind[int(domain)] = tuple(behind)

    def state(self) -> dict[str, Tensor]:
        """Everything that decides the draws after the last batch handed out, and who was there, as CPU tensors."""
        state = dict(self._state)
        for domain, attendance in enumerate(self._attendance):
            state |= {f"{name}.{domain}": torch.from_numpy(array) for name, array in attendance.arrays().items()}
        for domain, behind in self._behind.items():
            state[f"lanes.{domain}"] = torch.tensor(as_rows(behind))
        return state

    def restore(self, state: Mapping[str, Tensor]) -> str:
        """Continue where `state` was taken.

        Pictures that are still there keep their turn; those that came since follow at the end of the round.

        Returns:
            What came, went or changed since, as a sentence; empty when all is as it was, and the draws go on exactly.
        """
        if self._next is not None:
            wait([self._next])  # A stream is where the last draw left it.
        self._next = self._decided = None
        self._random.set_state(state["random"])
        changes: list[Changes] = []
        for domain, now in enumerate(self._attendance):
            kept = {name: state[f"{name}.{domain}"].numpy() for name in now.arrays() if f"{name}.{domain}" in state}
            if domain in self._streams:
                changes.append(now.since(Attendance.from_arrays(kept)))
                self._seek(domain, state, changed=changes[-1] != Changes())
                continue
            # Before names were kept, pictures were told by their number.
            earlier = Attendance.from_arrays(kept) if kept else now.first(len(state[f"order.{domain}"]))
            changes.append(now.since(earlier))
            order, self._positions[domain] = now.order(
                earlier, state[f"order.{domain}"].tolist(), int(state["positions"][domain])
            )
            self._orders[domain] = torch.tensor(order)
        self._state = self._snapshot()
        return sentence(changes)

    def _seek(self, domain: int, state: Mapping[str, Tensor], *, changed: bool) -> None:
        """Have a stream go on where it was, or with the next pass when its shards are others now."""
        stream, behind = self._streams[domain], from_rows(state[f"lanes.{domain}"].tolist())
        self._positions[domain] = int(state["positions"][domain])
        if changed or len(behind) != stream.lanes:
            stream.begin_anew(behind)
        else:
            stream.seek(behind)
        self._behind[domain] = stream.places()

    def _order(self, stock: Stock | Stream) -> Tensor:
        """A shuffled order of all pictures; a stream has one of its own."""
        length = 0 if isinstance(stock, Stream) else len(stock)
        return torch.randperm(length, generator=self._random)

    def _snapshot(self) -> dict[str, Tensor]:
        # An order is never changed, only replaced.
        orders = {f"order.{domain}": order for domain, order in enumerate(self._orders)}
        return orders | {"positions": torch.tensor(self._positions), "random": self._random.get_state()}

    def _decide(self) -> _Draw:
        """Draw the next batch from chance alone; chance is asked for all of it, whoever has which part."""
        drawn = [[self._draw(domain) for _ in range(self._batch)] for domain in range(len(self._stocks))]
        places = [
            [self._place(stock, index) for index in indices] for stock, indices in zip(self._stocks, drawn, strict=True)
        ]
        captions = self._captions(drawn[0])
        for domain in self._streams:
            self._positions[domain] += 1
        return _Draw(
            tuple(tuple(row[slot] for slot in self._own) for row in places),
            None if captions is None else tuple(captions[slot] for slot in self._own),
            self._snapshot(),
        )

    def _draw(self, domain: int) -> int:
        stock = self._stocks[domain]
        if isinstance(stock, Stream):
            return self._positions[domain]
        if self._positions[domain] == len(self._orders[domain]):
            self._orders[domain] = self._order(stock)
            self._positions[domain] = 0
        index = int(self._orders[domain][self._positions[domain]])
        self._positions[domain] += 1
        return index

    def _place(self, stock: Stock | Stream, index: int) -> _Square:
        height, width = (_ANY, _ANY) if isinstance(stock, Stream) else stock.shape(index)
        top, left, mirrored = (
            int(torch.randint(high, (), generator=self._random))
            for high in (height - self._size + 1, width - self._size + 1, 2)
        )
        return _Square(index, top, left, self._flip and bool(mirrored))

    def _captions(self, indices: Sequence[int]) -> tuple[int, ...] | None:
        """One caption of each, by chance."""
        stock = self._stocks[0]
        if isinstance(stock, Stream):
            counts = [_ANY * stock.told] * len(indices)
        else:
            counts = [len(stock.examples[index].captions) for index in indices]
        if not all(counts):
            return None
        return tuple(int(torch.randint(count, (), generator=self._random)) for count in counts)

    def _cut(self) -> tuple[_Draw, list[_Cut]]:
        """Decide the next batch and cut it out; once decided it stays, also when a folder is away meanwhile."""
        draw = self._decided = self._decided or self._decide()
        cuts = [self._squares(domain, places) for domain, places in enumerate(draw.places)]
        self._decided = None
        return draw, cuts

    def _squares(self, domain: int, places: Sequence[_Square]) -> _Cut:
        stock, side = self._stocks[domain], self._size
        behind: tuple[Place, ...] = ()
        if isinstance(stock, Stream):
            drawn, behind = stock.draw(places[0].index)
            pictures = [(picture.example, picture.pixels) for picture in drawn]
        else:
            pictures = [self._picture(domain, stock, place.index) for place in places]
        channels = pictures[0][1].shape[0]
        # Memory from which the device can fetch by itself.
        pinned, here = self._device.type == "cuda", self._device.type == "cpu"
        squares = torch.empty((len(places), channels, side, side), dtype=torch.uint8, pin_memory=pinned)
        for into, place, (_, picture) in zip(squares.numpy(), places, pictures, strict=True):
            room = [length - side for length in picture.shape[1:]]
            if behind:
                top, left = (corner % (free + 1) for corner, free in zip((place.top, place.left), room, strict=True))
            else:  # Another picture, drawn for a lost one, may be smaller.
                top, left = (min(corner, free) for corner, free in zip((place.top, place.left), room, strict=True))
            square = picture[:, top : top + side, left : left + side]
            np.copyto(into, square[:, :, ::-1] if here and place.mirrored else square)
        return _Cut(squares, tuple(example for example, _ in pictures), behind)

    def _picture(self, domain: int, stock: Stock, index: int) -> tuple[Example, Pixels]:
        """A picture, or the next one that can be read, and which one it is."""
        for number in range(index, index + len(stock)):
            other = number % len(stock)
            if (domain, other) in self._lost:
                continue
            try:
                return stock.examples[other], stock.pixels(other)
            except Unreadable as reason:
                self._lost.add((domain, other))
                self._news.append(Skipped(str(stock.examples[other].path), str(reason)))
        raise ValueError("None of the pictures can be read any more. Put them back, and continue the run.")

    def _on_device(self, draw: _Draw, cuts: Sequence[_Cut]) -> Batch:
        images: list[Tensor] = []
        for cut, places in zip(cuts, draw.places, strict=True):
            x = sent(cut.squares, self._device)
            if x.device.type != "cpu":
                x = _mirrored(x, [place.mirrored for place in places])
            images += [to_network(part, self._device) for part in x.split(3, dim=1)]
        shown = cuts[0].examples
        labels = torch.tensor([example.label for example in shown])
        captions = None
        if draw.captions is not None:
            told = zip(shown, draw.captions, strict=True)
            captions = torch.tensor([example.captions[number % len(example.captions)] for example, number in told])
        return Batch(
            tuple(images),
            sent(labels, self._device) if bool((labels >= 0).all()) else None,
            sent(captions, self._device) if captions is not None else None,
        )


def _mirrored(x: Tensor, which: Sequence[bool]) -> Tensor:
    """`x` (N, C, H, W) with the pictures mirrored for which that is said."""
    if not any(which):
        return x
    mask = sent(torch.tensor(which), x.device)
    return torch.where(mask[:, None, None, None], x.flip(-1), x)


def to_network(pixels: Tensor, device: torch.device) -> Tensor:
    """uint8 pixels, any shape → float32 in [-1, 1] on `device`: 0 → -1, 255 → 1."""
    return sent(pixels, device).float().div_(127.5).sub_(1.0)


def to_pixels(x: Tensor) -> Tensor:
    """[-1, 1] → uint8, rounded to the nearest and clamped; the inverse of `to_network`."""
    return x.detach().float().add(1.0).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
