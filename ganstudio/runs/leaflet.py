"""Leaflet: the card that lies beside an exported file, as Markdown for people and as JSON for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ganstudio.words.cards import ModelCard
from ganstudio.words.routes import Route

NOT_STATED = "not stated"
"""The licence of a model whose artist was asked and said nothing."""

VERSION = 1

_MADE_OF = {"trained": "Went on from", "imported": "Read from", "blended": "Made of", "lightened": "Learnt from"}
_COMES_FROM = {
    "trained": "training",
    "imported": "another program",
    "blended": "mixing",
    "lightened": "a full model, made light",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """How to use a file.

    Attributes:
        language: "python" or "sh".
        lines: At most three.
    """

    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What lies beside an exported file.

    Attributes:
        card: The model.
        file: The file's name.
        file_bytes: Its size.
        route: What it does; None for all that the model can.
        difference: Largest difference of its pictures from GAN Studio's own, of 255.
        usage: How to use it.
    """

    card: ModelCard
    file: str
    file_bytes: int
    route: Route | None
    difference: int
    usage: Usage

    def markdown(self) -> str:
        """For people."""
        rows = "\n".join(f"| {name} | {_cell(value)} |" for name, value in self._rows().items())
        notes = self.card.remarks.notes.strip()
        return (
            f"# {self.file}\n\n"
            f"{self._does()}. A model made with GAN Studio.\n\n"
            f"| | |\n|---|---|\n{rows}\n\n"
            f"## Use\n\n```{self.usage.language}\n" + "\n".join(self.usage.lines) + "\n```\n"
        ) + (f"\n## Notes\n\n{notes}\n" if notes else "")

    def table(self) -> dict[str, Any]:
        """For programs."""
        card = self.card
        return {
            "kind": "card",
            "version": VERSION,
            "file": self.file,
            "file_bytes": self.file_bytes,
            "name": card.name,
            "method": card.method,
            "routes": [asdict(route) for route in ((self.route,) if self.route else card.routes)],
            "trained_on": dict(card.pictures),
            "size": card.size,
            "step": card.step,
            "steps": card.steps,
            "created": card.created,
            "origin": card.origin,
            "parents": list(card.parents),
            "light": asdict(card.light) if card.light else None,
            "measure": card.scored.measure if card.scored else None,
            "scores": self._scores(),
            "licence": card.remarks.licence or None,
            "notes": card.remarks.notes,
            "largest_difference_of_255": self.difference,
            "use": list(self.usage.lines),
        }

    def files(self, file: Path) -> dict[Path, bytes]:
        """What to write where, beside `file`."""
        table = json.dumps(self.table(), indent=1, ensure_ascii=False)
        texts = zip(places(file), (self.markdown(), f"{table}\n"), strict=True)
        return {place: text.encode("utf-8", errors="backslashreplace") for place, text in texts}

    def _does(self) -> str:
        return self.route.title if self.route else ", ".join(route.title for route in self.card.routes)

    def _rows(self) -> dict[str, str]:
        card = self.card
        pictures = " and ".join(f"{count:,} of {name}" for name, count in card.pictures.items() if count)
        steps = f"{card.step:,}" if card.step >= card.steps else f"{card.step:,} of {card.steps:,}"
        rows = {
            "Name": card.name,
            "Does": self._does(),
            "Method": card.method,
            "Comes from": _COMES_FROM[card.origin],
            _MADE_OF[card.origin]: " and ".join(card.parents),
            "Trained on": f"pictures of {card.size}×{card.size} pixels{f': {pictures}' if pictures else ''}",
            "Steps": steps if card.step else "",
            "Scores": "; ".join(
                f"{route}: {', '.join(f'{name} {value:.4g}' for name, value in figures.items())}"
                for route, figures in self._scores().items()
            ),
            "Measured by": card.scored.measure if card.scored else "",
            "Beside the full one": card.light.sentence if card.light else "",
            "Written": time.strftime("%Y-%m-%d", time.gmtime(card.created)),
            "File": f"{self.file_bytes / 1e6:.1f} MB",
            "Checked": f"largest difference {self.difference} of 255 from GAN Studio's own pictures",
            "Licence": card.remarks.licence or NOT_STATED,
        }
        return {name: value for name, value in rows.items() if value}

    def _scores(self) -> Mapping[str, Mapping[str, float]]:
        scores = self.card.scored.scores if self.card.scored else {}
        wanted = {route.title for route in ((self.route,) if self.route else self.card.routes)}
        return {route: dict(figures) for route, figures in scores.items() if route in wanted}


def places(file: Path) -> tuple[Path, Path]:
    """Where the leaflets of a file lie: winter.onnx.md and winter.onnx.json."""
    return file.with_name(f"{file.name}.md"), file.with_name(f"{file.name}.json")


def _cell(text: str) -> str:
    """A text as one cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())
