"""`ganstudio check`."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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
        list[Path],
        typer.Argument(metavar="FOLDER", help="Folders or zips of pictures, or .tar shards.", show_default=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Health report of picture folders: what is fine, and what is broken, blank, doubled, too small or odd.

    shared: also in an earlier folder. leak: to train on, while the same is held out. near: nearly the same picture. Of
    .tar shards it tells what is in them, and what cannot be read; of each, some pictures are decoded.
    """
    from ganstudio.pictures import health
    from ganstudio.pictures.shards import checking

    sharded, folders = _apart(folders)
    for folder in folders:
        if not folder.exists():
            raise ValueError(f"There is no folder {folder}.")
    alone: dict[str, Report] = {}
    packed: dict[str, checking.Checked] = {}
    with contextlib.nullcontext(_nothing) if as_json else reporter(quiet=_is_skipped) as show:
        for domain in sharded:
            packed[domain.sources[0]] = drive(checking.check(domain), show)
        for folder in dict.fromkeys(folders):
            alone[str(folder)] = _report(folder, show)
    reports = health.across(alone)
    findings = [finding for report in reports.values() for finding in report.findings]
    findings += [health.Finding("broken", one.path, one.reason) for seen in packed.values() for one in seen.broken]
    counts = sum((Counter(report.counts) for report in reports.values()), Counter())
    if as_json:
        counts["fine"] += sum(seen.decoded for seen in packed.values())
        counts["broken"] += sum(seen.faults for seen in packed.values())
        parts = [{"folder": name, "counts": dict(report.counts)} for name, report in reports.items()]
        whole = {kind: counts[kind] for kind in ("fine", *health.KINDS)}
        told = {"counts": whole, "findings": [asdict(finding) for finding in findings], "folders": parts}
        shards = [{"folder": name} | dict(seen.to_table()) for name, seen in packed.items()]
        show_json(told | ({"shards": shards} if shards else {}))
        return
    for finding in findings:
        say(one_line(f"{finding.kind}: {finding.path}: {finding.reason}"))
    for name, seen in packed.items():
        say(f"{name}: {seen.told}")
    _sum_up(reports, counts)


def _sum_up(reports: Mapping[str, Report], counts: Mapping[str, int]) -> None:
    """The verdicts of each folder, and of all together."""
    if len(reports) > 1:
        for name, report in reports.items():
            say(f"{name}: {_verdicts(report.counts)}")
    if reports:
        say(_verdicts(counts))


def _apart(folders: Sequence[Path]) -> tuple[list[Domain], list[Path]]:
    """Those that are shards, as domains, and the others."""
    from ganstudio.cli.train import domains
    from ganstudio.pictures.folders import real
    from ganstudio.pictures.shards import naming

    sides = domains(folders)
    sharded = [side for side in sides if naming.holds_shards(side)]
    inside = {source for side in sharded for source in side.sources}
    return sharded, [folder for folder in folders if str(real(folder)) not in inside]


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
