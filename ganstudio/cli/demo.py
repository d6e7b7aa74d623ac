"""`ganstudio demo`: the main job on a sample whose true answer is known, without a display."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.export import written
from ganstudio.cli.opening import has_display, open_window
from ganstudio.cli.printing import duration, reporter, say
from ganstudio.cli.translate import show_files
from ganstudio.runs.project import Project
from ganstudio.runs.run import RECIPE, Run
from ganstudio.runs.writing import write_atomically
from ganstudio.words.recipe import Domain

METHOD = "cyclegan"
SIZE = 64  # Pixels.
ROWS = 6  # Of the contact sheet.
CELL = 128  # Side of a picture on it, in pixels.
GAP = 8  # Between two of them.
HEAD = 24  # Height of its headings, in pixels.


@dataclass(frozen=True, slots=True)
class Crossing:
    """One direction of the demo: held-out pictures, what became of them, and what they should have become."""

    source: str
    target: str
    before: Path
    made: Path
    truth: Path

    def pairs(self) -> Iterator[tuple[Path, Path, Path]]:
        """Before, made and true file of each held-out picture."""
        for before in sorted(self.before.glob("*.png")):
            yield before, self.made / before.name, self.truth / before.name


def demo(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="The project's folder. A demo in it is continued; other files are left alone and a number is added.",
        ),
    ] = Path("ganstudio-demo"),
) -> None:
    """Draw sample pictures, train on them, translate, export: in minutes, on a CPU, without a display."""
    began = time.monotonic()
    place = free_place(out.absolute())
    say(f"The demo's project: {place}")
    run = prepare(place)
    from ganstudio.engine.training.trainer import train

    with reporter() as show:
        drive(train(run), show, stoppable=True)
    crossings = translate(run, place)
    sheet = place / "before-and-after.png"
    write_atomically(sheet, contact_sheet(crossings))
    exports = export(run, place / "exports")
    say()
    for crossing in crossings:
        reached, unchanged = faithfulness(crossing)
        say(
            f"{crossing.source} → {crossing.target}: {reached:.1f} dB from the known answer; "
            f"the unchanged picture {unchanged:.1f} dB (higher is closer)."
        )
    say()
    say(f"Pictures    {place / 'pictures'}")
    say(f"Model       {run.path}")
    say(f"Translated  {place / 'translated'}")
    say(f"Compare     {sheet}")
    for line in exports:
        say(f"Exported    {line}")
    say(f"Done in {duration(time.monotonic() - began)}.")
    if has_display() and sys.stdin.isatty() and typer.confirm("Open it in the window?", default=True):
        raise typer.Exit(open_window(place))


def free_place(out: Path) -> Path:
    """`out` when it is free or holds a demo already, else the next free name like it."""
    for number in count(1):
        place = out if number == 1 else out.with_name(f"{out.name}-{number}")
        if not place.exists() or _is_ours(place) or (place.is_dir() and not any(place.iterdir())):
            return place
    raise AssertionError


def _is_ours(place: Path) -> bool:
    try:
        return Project.open(place).domains == _domains(place)
    except ValueError:
        return False


def _domains(place: Path) -> tuple[Domain, ...]:
    from ganstudio.pictures.landscapes import SEASONS

    return tuple(Domain(season, (str(place / "pictures" / season),)) for season in SEASONS)


def prepare(place: Path) -> Run:
    """The demo's run: the one that is there, or a new one on a newly drawn sample."""
    folder = place / "runs" / f"001-{METHOD}"
    if (folder / RECIPE).is_file():
        return Run.open(folder)
    from ganstudio.pictures.sample import NOTE, draw

    project = Project.create(place).keep(_domains(place))
    if not (place / "pictures" / NOTE).exists():
        with reporter() as show:
            drive(draw(place / "pictures", size=SIZE), show)
    from ganstudio.engine.training.planning import plan

    return Run.create(folder, plan(METHOD, project.domains, preset="quick", size=SIZE))


def translate(run: Run, place: Path) -> list[Crossing]:
    """Translate the held-out pictures both ways."""
    from ganstudio.engine.translating.files import translate_files
    from ganstudio.engine.translating.translator import Translator

    held_out = place / "pictures" / "held_out"
    translator = Translator.open(run.path)
    crossings = []
    for route in translator.routes:
        if route.source is None:
            continue
        made = place / "translated" / f"to {route.target}"
        crossing = Crossing(route.source, route.target, held_out / route.source, made, held_out / route.target)
        show_files(translate_files(translator, route, [crossing.before], made), "Translated", names=False)
        crossings.append(crossing)
    return crossings


def export(run: Run, folder: Path) -> list[str]:
    """Write the model as ONNX, each way, and as safetensors; a line about each file."""
    from ganstudio.engine.exchange.exporting import export as exporting
    from ganstudio.runs.model import card

    files: list[tuple[str, str | None]] = [("model.safetensors", None)]
    files += [(f"{route.source}-to-{route.target}.onnx", route.target) for route in card(run.path).routes]
    lines = []
    for name, target in files:
        with reporter() as show:
            exported = drive(exporting(run.path, folder / name, to=target, replace=True), show)
            lines.append(written(exported))
    return lines


def faithfulness(crossing: Crossing) -> tuple[float, float]:
    """Mean PSNR in dB to the true answer: of what was made, and of the unchanged picture."""
    made, unchanged = [], []
    for before, after, truth in crossing.pairs():
        made.append(psnr(after, truth))
        unchanged.append(psnr(before, truth))
    return sum(made) / len(made), sum(unchanged) / len(unchanged)


def psnr(one: Path, other: Path) -> float:
    """Peak signal to noise between two pictures of one size, in dB; 99 when they are equal."""
    import numpy as np

    from ganstudio.pictures.reading import read

    first, second = (np.asarray(read(path), np.float64) for path in (one, other))
    error = float(np.mean((first - second) ** 2))
    return 10 * float(np.log10(255**2 / error)) if error else 99.0


def contact_sheet(crossings: list[Crossing]) -> bytes:
    """A PNG: before, made and true of some held-out pictures, side by side for each way."""
    from PIL import Image, ImageDraw

    from ganstudio.pictures.reading import read

    step = CELL + GAP
    sheet = Image.new("RGB", (3 * step * len(crossings) + GAP, ROWS * step + HEAD + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for number, crossing in enumerate(crossings):
        headings = (crossing.source, f"made {crossing.target}", f"true {crossing.target}")
        for column, heading in enumerate(headings, start=3 * number):
            draw.text((GAP + column * step, GAP), heading, fill="black", font_size=14)
        for row, files in zip(range(ROWS), crossing.pairs(), strict=False):
            for column, file in enumerate(files, start=3 * number):
                cell = read(file).resize((CELL, CELL), Image.Resampling.LANCZOS)
                sheet.paste(cell, (GAP + column * step, HEAD + GAP + row * step))
    stream = BytesIO()
    sheet.save(stream, "PNG")
    return stream.getvalue()
