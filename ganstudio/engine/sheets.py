"""Sample sheets: the same held-out pictures, labels and noise through every route, as one PNG a route."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from ganstudio.game import Method
from ganstudio.pictures.batches import to_network, to_pixels
from ganstudio.pictures.reading import Unreadable, read
from ganstudio.runs.run import Run, write_atomically
from ganstudio.words.events import SheetFile
from ganstudio.words.routes import Route

ROWS = 4  # Held-out pictures a sheet.
LABELS = 12  # Labels a sheet.
CHANCES = 6  # Pictures of each label.
SIDE = 256  # Largest cell in pixels.


class Sheets:
    """Draws the sheets of one run. Inputs are chosen once, so that sheets of all steps can be compared.

    Args:
        method: Decides the routes.
        held_out: Picture files by domain, in the order of `names`.
        names: Names of the domains.
        size: Side of the training pictures; cells show pictures at this scale, but no larger than 256 pixels.
        device: Where the method lives.
    """

    def __init__(
        self,
        method: Method,
        held_out: Sequence[Sequence[Path]],
        names: Sequence[str],
        size: int,
        device: torch.device,
    ) -> None:
        self._routes = method.routes()
        self._device = device
        self._side = min(size, SIDE)
        self._inputs = {name: _squares(paths, self._side, device) for name, paths in zip(names, held_out, strict=True)}

    def draw(self, method: Method, run: Run, step: int) -> tuple[SheetFile, ...]:
        """Write the sheets of `step` with the weights that `method` has now.

        Raises:
            OSError: The disk is full or read-only.
        """
        drawn = []
        with torch.inference_mode():
            for index, route in enumerate(self._routes):
                cells, columns, rows = (
                    self._translations(method, route) if route.source else self._chances(method, route)
                )
                path = f"sheets/{step:010d}-{index}.png"
                write_atomically(run.path / path, _png(cells))
                drawn.append(SheetFile(route.title, path, columns, rows, cells.shape[-1]))
        return tuple(drawn)

    def _translations(self, method: Method, route: Route) -> tuple[Tensor, tuple[str, ...], tuple[str, ...]]:
        """Columns: the picture, its translation and, where there is a way, back again. (rows, columns, 3, S, S)."""
        assert route.source is not None
        x = self._inputs[route.source]
        cells, columns = [x, method.make(route, x)], [route.source, route.target]
        back = next((r for r in self._routes if (r.source, r.target) == (route.target, route.source)), None)
        if back is not None:
            cells.append(method.make(back, cells[1]))
            columns.append(f"back to {route.source}")
        return torch.stack(cells, dim=1), tuple(columns), ("",) * len(x)

    def _chances(self, method: Method, route: Route) -> tuple[Tensor, tuple[str, ...], tuple[str, ...]]:
        """Rows: labels; columns: chances. (rows, columns, 3, S, S)."""
        labels = route.labels[:LABELS]
        rows = max(1, len(labels))
        random = torch.Generator().manual_seed(0)
        noise = torch.randn(CHANCES, method.noise_width(route), generator=random).repeat(rows, 1).to(self._device)
        asked = torch.arange(rows).repeat_interleave(CHANCES).to(self._device) if labels else None
        made = method.make(route, noise, asked)
        return made.unflatten(0, (rows, CHANCES)), ("",) * CHANCES, labels or ("",)


def _squares(paths: Sequence[Path], side: int, device: torch.device) -> Tensor:
    """The middle squares of the first readable pictures, (N, 3, side, side) in [-1, 1]."""
    squares: list[Tensor] = []
    for path in paths:
        if len(squares) == ROWS:
            break
        try:
            picture = read(path, at_least=side)
        except Unreadable:
            continue
        width, height = picture.size
        short = min(width, height)
        box = ((width - short) / 2, (height - short) / 2, (width + short) / 2, (height + short) / 2)
        square = picture.resize((side, side), Image.Resampling.BICUBIC, box=box)
        pixels = torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8)
        squares.append(pixels.view(side, side, 3).permute(2, 0, 1))
    if not squares:
        return torch.empty(0, 3, side, side, device=device)
    return to_network(torch.stack(squares), device)


def _png(cells: Tensor) -> bytes:
    """(rows, columns, 3, S, S) in [-1, 1] → one PNG, cells side by side."""
    rows, columns, _, side, _ = cells.shape
    pixels = to_pixels(cells).permute(0, 3, 1, 4, 2).reshape(rows * side, columns * side, 3).cpu().numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
