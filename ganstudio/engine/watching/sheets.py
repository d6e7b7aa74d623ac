"""Sample sheets: the same held-out pictures, labels, captions and noise through every route, as one PNG a route."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ganstudio.engine.models import thumbnails
from ganstudio.engine.models.painting import made_of
from ganstudio.game import Method
from ganstudio.networks.resizing import reduced
from ganstudio.pictures.batches import to_network, to_pixels
from ganstudio.pictures.examples import Example, captions_beside, pictures_of
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.survey import Side
from ganstudio.runs.run import Run
from ganstudio.words.captions import encode
from ganstudio.words.events import SheetFile
from ganstudio.words.routes import Route

ROWS = 4  # Held-out pictures a sheet.
LABELS = 12  # Labels a sheet.
CAPTIONS = 6  # Captions a sheet.
CHANCES = 6  # Pictures of each label or caption.
SIDE = 256  # Largest cell in pixels.


@dataclass(frozen=True, slots=True)
class _Shown:
    """Held-out examples of one stock: squares by domain, (N, 3, S, S) in [-1, 1], and captions of the first."""

    squares: dict[str, Tensor]
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Cells (rows, columns, 3, S, S) in [-1, 1], and what its columns and rows show."""

    cells: Tensor
    columns: tuple[str, ...]
    rows: tuple[str, ...]


class Sheets:
    """Draws the sheets of one run. Inputs are chosen once, so that sheets of all steps can be compared.

    Args:
        method: Decides the routes.
        sides: Their held-out examples are shown, or those trained on where nothing is held out.
        size: Side of the training pictures; cells show pictures at this scale, but no larger than 256 pixels.
        device: Where the method lives.

    Attributes:
        thumbnails: Some of what the newest sheets show, as a model carries it; empty before the first.
    """

    def __init__(self, method: Method, sides: Sequence[Side], size: int, device: torch.device) -> None:
        self._routes = method.routes()
        self._device = device
        shown = [_shown(side, min(size, SIDE), device) for side in sides]
        self._squares = {name: squares for each in shown for name, squares in each.squares.items()}
        self._paired = len(shown[0].squares) > 1
        self._captions = shown[0].captions
        self.thumbnails: tuple[bytes, ...] = ()

    def draw(self, method: Method, run: Run, step: int) -> tuple[SheetFile, ...]:
        """Write the sheets of `step` with the weights that `method` has now.

        Raises:
            OSError: The disk is full or read-only.
        """
        drawn, shown = [], []
        with torch.inference_mode():
            for index, route in enumerate(self._routes):
                sheet = self._sheet(method, route)
                if not route.answers:
                    shown.append(_for_thumbnails(sheet.cells, alone=route.source is None))
                path = f"sheets/{step:010d}-{index}.png"
                run.write(path, _png(sheet.cells))
                drawn.append(SheetFile(route.title, path, sheet.columns, sheet.rows, sheet.cells.shape[-1]))
        self.thumbnails = thumbnails.thumbnails(shown)
        return tuple(drawn)

    def _sheet(self, method: Method, route: Route) -> _Sheet:
        if route.source is None:
            return self._chances(method, route)
        if route.answers:
            return self._answers(method, route)
        return self._enlarged(method, route) if route.scale > 1 else self._translations(method, route)

    def _translations(self, method: Method, route: Route) -> _Sheet:
        """Columns: the picture, its translation, and where there is one the true answer or the way back."""
        assert route.source is not None
        x = self._squares[route.source]
        cells, columns = [x, made_of(method, route, x)], [route.source, route.target]
        back = next((r for r in self._routes if (r.source, r.target) == (route.target, route.source)), None)
        if self._paired:
            cells.append(self._squares[route.target])
            columns.append(f"true {route.target}")
        elif back is not None and back != route:
            cells.append(made_of(method, back, cells[1]))
            columns.append(f"back to {route.source}")
        return _Sheet(torch.stack(cells, dim=1), tuple(columns), ("",) * len(x))

    def _enlarged(self, method: Method, route: Route) -> _Sheet:
        """Columns: the picture made small and enlarged plainly, enlarged by the route, and as it was."""
        assert route.source is not None
        true = self._squares[route.source]
        side = true.shape[-1] // (route.scale * route.multiple) * route.scale * route.multiple
        true = true[..., :side, :side]
        small = reduced(true, route.scale)
        plain = F.interpolate(small, scale_factor=route.scale, mode="bicubic").clamp(-1, 1)
        cells = torch.stack([plain, method.make(route, small), true], dim=1)
        return _Sheet(cells, ("enlarged plainly", route.title, f"true {route.source}"), ("",) * len(true))

    def _answers(self, method: Method, route: Route) -> _Sheet:
        """Pictures, each row with what the classifier says of it."""
        assert route.source is not None
        x = self._squares[route.source]
        sure, found = made_of(method, route, x).max(dim=1)
        rows = tuple(
            f"{route.answers[index]} {share:.0%}" for index, share in zip(found.tolist(), sure.tolist(), strict=True)
        )
        return _Sheet(x[:, None], (route.source,), rows)

    def _chances(self, method: Method, route: Route) -> _Sheet:
        """Rows: labels or captions; columns: chances."""
        rows: tuple[str, ...] = ("",)
        asked: Tensor | None = None
        if route.labels:
            rows = route.labels[:LABELS]
            asked = torch.arange(len(rows))
        elif route.words:
            rows = self._captions or (" ".join(route.words[:3]),)
            asked = torch.tensor([encode(caption, route.words) for caption in rows])
        random = torch.Generator().manual_seed(0)
        noise = torch.randn(CHANCES, method.noise_width(route), generator=random).repeat(len(rows), 1)
        if asked is not None:
            asked = asked.repeat_interleave(CHANCES, dim=0).to(self._device)
        made = method.make(route, noise.to(self._device), asked)
        return _Sheet(made.unflatten(0, (len(rows), CHANCES)), ("",) * CHANCES, rows)


def _shown(side: Side, pixels: int, device: torch.device) -> _Shown:
    """The middle squares of the first readable examples."""
    found = readable(side.held_out or side.train, pixels, max(ROWS, CAPTIONS if side.words else 0))
    squares = {
        name: to_network(torch.stack([parts[index] for _, parts in found]), device)
        if found
        else torch.empty(0, 3, pixels, pixels, device=device)
        for index, name in enumerate(side.names)
    }
    captions = [captions_beside(example.path)[0] for example, _ in found] if side.words else []
    return _Shown(squares, tuple(islice(dict.fromkeys(captions), CAPTIONS)))


def readable(examples: Iterable[Example], pixels: int, count: int) -> list[tuple[Example, list[Tensor]]]:
    """The first `count` that can be read, with their squares (3, S, S) uint8."""
    found: list[tuple[Example, list[Tensor]]] = []
    for example in examples:
        if len(found) >= count:
            break
        try:
            pictures = pictures_of(example, at_least=pixels)
        except Unreadable:
            continue
        found.append((example, [square(picture, pixels) for picture in pictures]))
    return found


def square(picture: Image.Image, side: int) -> Tensor:
    """The middle square, (3, side, side) uint8."""
    width, height = picture.size
    short = min(width, height)
    box = ((width - short) / 2, (height - short) / 2, (width + short) / 2, (height + short) / 2)
    square = picture.resize((side, side), Image.Resampling.BICUBIC, box=box)
    return torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8).view(side, side, 3).permute(2, 0, 1)


def _for_thumbnails(cells: Tensor, *, alone: bool) -> Tensor:
    """What of a sheet's cells a thumbnail shows: before and after, or what came `alone`, one for each row."""
    if not alone:
        return cells[:, :2]
    return cells[:, :1] if len(cells) >= thumbnails.MOST else cells.flatten(0, 1)[:, None]


def _png(cells: Tensor) -> bytes:
    """(rows, columns, 3, S, S) in [-1, 1] → one PNG, cells side by side."""
    rows, columns, _, side, _ = cells.shape
    pixels = to_pixels(cells).permute(0, 3, 1, 4, 2).reshape(rows * side, columns * side, 3).cpu().numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
