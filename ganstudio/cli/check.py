"""`ganstudio check`."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import one_line, reporter, say, show_json
from ganstudio.words.events import Event, Skipped
from ganstudio.words.recipe import Domain

if TYPE_CHECKING:  # Decoding is loaded when there is something to decode.
    from ganstudio.pictures.health import Report


def check(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Folders or zips of pictures.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Health report of picture folders: what is fine, and what is broken, blank, doubled, too small or odd.

    shared: also in an earlier folder. leak: to train on, while the same is held out. near: nearly the same picture.
    """
    from ganstudio.pictures import health

    for folder in folders:
        if not folder.exists():
            raise ValueError(f"There is no folder {folder}.")
    alone: dict[str, Report] = {}
    with contextlib.nullcontext(_nothing) if as_json else reporter(quiet=_is_skipped) as show:
        for folder in dict.fromkeys(folders):
            alone[str(folder)] = _report(folder, show)
    reports = health.across(alone)
    findings = [finding for report in reports.values() for finding in report.findings]
    counts = sum((Counter(report.counts) for report in reports.values()), Counter())
    if as_json:
        parts = [{"folder": name, "counts": dict(report.counts)} for name, report in reports.items()]
        whole = {kind: counts[kind] for kind in ("fine", *health.KINDS)}
        show_json({"counts": whole, "findings": [asdict(finding) for finding in findings], "folders": parts})
        return
    for finding in findings:
        say(one_line(f"{finding.kind}: {finding.path}: {finding.reason}"))
    if len(reports) > 1:
        for name, report in reports.items():
            say(f"{name}: {_verdicts(report.counts)}")
    say(_verdicts(counts))


def _report(source: Path, show: Callable[[Event], None]) -> Report:
    """The health of a folder, or of a zip, which is unpacked for as long as that takes."""
    from ganstudio.pictures import archive, health

    if not archive.is_archive(source):
        return drive(health.check(Domain(source.name, (str(source),))), show)
    left: list[health.Finding] = []

    def note(event: Event) -> None:
        if isinstance(event, Skipped):
            left.append(health.Finding("broken", event.path, event.reason))
        show(event)

    with tempfile.TemporaryDirectory(prefix="ganstudio-") as place:
        folder = drive(archive.unpack(source, Path(place)), note)
        report = drive(health.check(Domain(source.stem, (str(folder),))), show)

    def named(path: str | Path) -> str:
        return f"{source}/{Path(path).relative_to(folder).as_posix()}"

    pictures = tuple(replace(look, path=Path(named(look.path))) for look in report.pictures)
    findings = [
        replace(finding, path=named(finding.path), other=named(finding.other) if finding.other else "")
        for finding in report.findings
    ]
    return health.Report(pictures, (*left, *findings))


def _nothing(event: Event) -> None:
    """Show nothing: JSON comes in one piece."""


def _is_skipped(event: Event) -> bool:
    return isinstance(event, Skipped)


def _verdicts(counts: Mapping[str, int]) -> str:
    found = [f"{count} {kind}" for kind, count in counts.items() if count and kind != "fine"]
    return ", ".join([f"{counts['fine']} fine", *found])
