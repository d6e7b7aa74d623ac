"""Decoded pictures at training scale, and endless, seeded, resumable batches of them.

How a picture meets the network: it is scaled once when it is read (`training_size`), kept as bytes, and for every draw
a random square is cut out, mirrored by chance and moved to the device.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ganstudio.game import Batch, MethodSettings
from ganstudio.pictures.examples import Example, pictures_of
from ganstudio.pictures.folders import several_at_once
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.events import Progress, Skipped

LONGEST = 20  # Times the short side; scaled up, a longer picture would fill the memory and show next to nothing.


@dataclass(frozen=True, slots=True)
class Stock:
    """The decoded pictures of one domain, or of the two domains of pairs.

    Attributes:
        examples: Where they came from, in order.
        pictures: (3, H, W) uint8 each, (6, H, W) for pairs, at training scale; H and W at least the training size.
    """

    examples: tuple[Example, ...]
    pictures: tuple[Tensor, ...]

    def __len__(self) -> int:
        return len(self.examples)


def training_size(width: int, height: int, size: int, fit: str, margin: float) -> tuple[int, int]:
    """Width and height in pixels at which a picture is kept for training at `size`.

    "cover" brings the short side to size·margin but never enlarges, except a picture smaller than `size`; "native"
    only does the latter; "squash" ignores the shape.
    """
    if fit == "squash":
        return round(size * margin), round(size * margin)
    short = min(width, height)
    wanted = 1.0 if fit == "native" else min(1.0, size * margin / short)
    scale = max(wanted, size / short)
    return max(size, round(width * scale)), max(size, round(height * scale))


def decode(example: Example, size: int, settings: MethodSettings) -> Tensor:
    """One example at training scale, (3, H, W) uint8; a pair is one picture of six channels, (6, H, W).

    Raises:
        Unreadable: The file is not a picture we can read; the message says why.
    """
    least = None if settings.fit == "native" else round(size * settings.margin)
    pictures = pictures_of(example, at_least=least)
    width, height = pictures[0].size
    if max(width, height) > LONGEST * min(width, height):
        raise Unreadable(f"It is too long and narrow to train on ({width}×{height} pixels).")
    wanted = training_size(width, height, size, settings.fit, settings.margin)
    scaled = [
        picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.BICUBIC) for picture in pictures
    ]
    return torch.cat([torch.from_numpy(np.array(picture)).permute(2, 0, 1) for picture in scaled])


def stock_up(
    examples: Sequence[Example], size: int, settings: MethodSettings, *, what: str = "reading pictures"
) -> Generator[Progress | Skipped, None, Stock]:
    """Decode `examples` on all cores; one that cannot be read is skipped with its reason."""
    kept: list[Example] = []
    pictures: list[Tensor] = []

    def attempt(example: Example) -> tuple[Example, Tensor | str]:
        try:
            return example, decode(example, size, settings)
        except Unreadable as error:
            return example, str(error)

    for done, (example, answer) in enumerate(several_at_once(attempt, examples), start=1):
        if isinstance(answer, str):
            yield Skipped(str(example.path), answer)
        else:
            kept.append(example)
            pictures.append(answer)
        yield Progress(done, len(examples), what)
    return Stock(tuple(kept), tuple(pictures))


class Batches(Iterator[Batch]):
    """Endless batches: each domain in its own shuffled order, reshuffled when it is used up.

    Args:
        stocks: Decoded pictures, one stock a domain or one of pairs, none empty.
        batch: Pictures of each domain in one draw.
        size: Side of the squares in pixels.
        flip: Mirror half of them.
        seed: Fixes the order, the crops and the mirroring.
        device: Where the tensors go.
    """

    def __init__(
        self, stocks: Sequence[Stock], *, batch: int, size: int, flip: bool, seed: int, device: torch.device
    ) -> None:
        self._stocks = tuple(stocks)
        self._batch, self._size, self._flip, self._device = batch, size, flip, device
        self._random = torch.Generator().manual_seed(seed)
        self._orders = [torch.randperm(len(stock), generator=self._random) for stock in self._stocks]
        self._positions = [0] * len(self._stocks)

    def __next__(self) -> Batch:
        drawn = [[self._draw(domain) for _ in range(self._batch)] for domain in range(len(self._stocks))]
        images: list[Tensor] = []
        for stock, indices in zip(self._stocks, drawn, strict=True):
            crops = torch.stack([self._crop(stock.pictures[index]) for index in indices])
            images += [to_network(part, self._device) for part in crops.split(3, dim=1)]
        first = [self._stocks[0].examples[index] for index in drawn[0]]
        labels = torch.tensor([example.label for example in first])
        return Batch(
            tuple(images),
            labels.to(self._device) if bool((labels >= 0).all()) else None,
            self._captions(first),
        )

    def _captions(self, examples: Sequence[Example]) -> Tensor | None:
        """One caption of each, by chance."""
        if not all(example.captions for example in examples):
            return None
        chosen = [
            example.captions[int(torch.randint(len(example.captions), (), generator=self._random))]
            for example in examples
        ]
        return torch.tensor(chosen).to(self._device)

    def state(self) -> dict[str, Tensor]:
        """Everything that decides the next draws, as CPU tensors."""
        orders = {f"order.{domain}": order for domain, order in enumerate(self._orders)}
        return orders | {"positions": torch.tensor(self._positions), "random": self._random.get_state()}

    def restore(self, state: Mapping[str, Tensor]) -> bool:
        """Continue where `state` was taken; False when pictures came or went since, and the order starts anew."""
        self._random.set_state(state["random"])
        orders = [state.get(f"order.{domain}") for domain in range(len(self._stocks))]
        same = all(
            order is not None and len(order) == len(stock) for order, stock in zip(orders, self._stocks, strict=True)
        )
        if same:
            self._orders = [order.clone() for order in orders if order is not None]
            self._positions = state["positions"].tolist()
        return same

    def _draw(self, domain: int) -> int:
        if self._positions[domain] == len(self._orders[domain]):
            self._orders[domain] = torch.randperm(len(self._stocks[domain]), generator=self._random)
            self._positions[domain] = 0
        index = int(self._orders[domain][self._positions[domain]])
        self._positions[domain] += 1
        return index

    def _crop(self, picture: Tensor) -> Tensor:
        _, height, width = picture.shape
        top, left, mirrored = (
            int(torch.randint(high, (), generator=self._random))
            for high in (height - self._size + 1, width - self._size + 1, 2)
        )
        square = picture[:, top : top + self._size, left : left + self._size]
        return square.flip(-1) if self._flip and mirrored else square


def to_network(pixels: Tensor, device: torch.device) -> Tensor:
    """uint8 pixels, any shape → float32 in [-1, 1] on `device`: 0 → -1, 255 → 1."""
    return pixels.to(device, non_blocking=True).float().div_(127.5).sub_(1.0)


def to_pixels(x: Tensor) -> Tensor:
    """[-1, 1] → uint8, rounded to the nearest and clamped; the inverse of `to_network`."""
    return x.detach().float().add(1.0).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
