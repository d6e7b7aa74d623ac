"""Verbs that only look: `methods`, `models` and `doctor`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.export import ForceOption
from ganstudio.cli.printing import complain, file_size, one_line, say, show_json, table
from ganstudio.words.cards import MethodCard, ModelCard
from ganstudio.words.settings import SettingCard

COLUMNS = (
    "name",
    "method",
    "makes",
    "origin",
    "stars",
    "pixels",
    "steps",
    "written",
    "size",
    "licence",
    "path",
)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def methods(as_json: JsonOption = False) -> None:
    """What can be trained, with every setting."""
    from ganstudio.methods import CATALOGUE

    cards = [method.card() for method in CATALOGUE]
    if as_json:
        show_json([asdict(card) for card in cards])
        return
    for card in cards:
        _show_method(card)


def _show_method(card: MethodCard) -> None:
    say(f"{card.key}: {card.title}, {card.task}")
    say(f"  {card.sentence}")
    say(f"  Needs {card.needs}.")
    for key, preset in card.presets.items():
        length = f"{preset.steps} steps" if preset.steps else f"{preset.epochs} epochs"
        say(f"  --preset {key}: {preset.size} px, batch {preset.batch}, {length}. {preset.sentence}")
    for each in card.settings:
        say(f"  --set {each.name}={each.default}  {_range(each)}{each.help}")
    say()


def _range(card: SettingCard) -> str:
    if card.choices:
        return f"[{', '.join(card.choices)}] "
    if card.low is None and card.high is None:
        return ""
    low = "" if card.low is None else f"{card.low:g}"
    high = "" if card.high is None else f"{card.high:g}"
    return f"[{low}…{high}{' ' if card.unit else ''}{card.unit}] "


def models(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to look, with all its folders.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Run folders and model files that can translate or generate."""
    from ganstudio.runs.model import card
    from ganstudio.runs.seal import NotOurs

    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder}.")
    cards: list[ModelCard] = []
    for path in find_models(folder):
        try:
            cards.append(card(path))
        except ValueError as error:
            # Other programs' .safetensors lie about too; what is ours and cannot be read is missed.
            if path.is_dir() or not isinstance(error, NotOurs):
                complain(f"ganstudio: {error}")
    if as_json:
        show_json([asdict(each) | {"samples": len(each.samples)} for each in cards])
    elif cards:
        table([COLUMNS, *map(_row, cards)])
    else:
        say(one_line(f"No models in {folder}."))


def find_models(folder: Path) -> Iterator[Path]:
    """Run folders that hold a model, and other .safetensors files, below `folder`; hidden folders are passed over."""
    from ganstudio.runs.run import MODEL, RECIPE

    for place, folders, files in os.walk(folder):
        if RECIPE in files:
            folders.clear()
            if MODEL in files:
                yield Path(place)
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in sorted(files) if name.endswith(".safetensors"))


def _row(card: ModelCard) -> tuple[str, ...]:
    return (
        card.name,
        card.method,
        ", ".join(route.title for route in card.routes),
        card.origin,
        "★" * card.remarks.stars,
        str(card.size),
        f"{card.step} of {card.steps}" if card.step else "",
        time.strftime("%Y-%m-%d %H:%M", time.localtime(card.created)),
        file_size(card.file_bytes),
        card.remarks.licence,
        card.path,
    )


def doctor(
    as_json: JsonOption = False,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE.zip", help="Save what helps others to help you; no pictures in it."),
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="RUN", help="With --bundle: the training that it is about.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="With --bundle: with names and places of pictures.")] = False,
    force: ForceOption = False,
) -> None:
    """Hardware and versions: what is slow or missing here, and what to do about it."""
    if bundle is None and (run or names or force):
        raise typer.BadParameter("--run, --names and --force are about a bundle. Add --bundle FILE.zip.")
    if bundle is not None:
        if as_json:
            raise typer.BadParameter("--json prints what is found, --bundle saves it. Choose one.")
        _save_bundle(bundle, run, names=names, replace=force)
        return
    from ganstudio.engine.doctor import examine

    findings = examine()
    if as_json:
        show_json([asdict(finding) for finding in findings])
        return
    table((finding.name, finding.verdict, finding.value) for finding in findings)
    for finding in findings:
        if finding.advice:
            say(f"{finding.name}: {finding.advice}")


def _save_bundle(file: Path, run: Path | None, *, names: bool, replace: bool) -> None:
    from ganstudio.cli.driving import drive
    from ganstudio.engine.support import save
    from ganstudio.runs.run import Run

    job = save(file, None if run is None else Run.open(run), names=names, replace=replace)
    pieces = drive(job, lambda _: None)
    say(one_line(f"Saved {file}: {', '.join(piece.name for piece in pieces)}."))
