"""What is wrong with the pictures of a domain, and what can be done about it; no file is ever changed here."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from ganstudio.pictures.away import check_there
from ganstudio.pictures.folders import patiently_listed, sources_of, split
from ganstudio.pictures.known import Known, known
from ganstudio.pictures.likeness import Likeness, groups
from ganstudio.pictures.looking import Glance, look_at
from ganstudio.pictures.parallel import steadily
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.events import Held, Progress, Skipped
from ganstudio.words.recipe import Domain

Kind: TypeAlias = Literal["broken", "blank", "shared", "leak", "duplicate", "narrow", "small", "near", "odd"]
"""In order of gravity. broken: cannot be read. blank: almost one colour. shared: also in another domain. leak: to train
on, while the same is held out. duplicate: the same bytes. narrow: very long. small: a short side of few pixels. near:
nearly the same picture. odd: another format than its name says, or colours that are converted."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Deed: TypeAlias = Literal["exclude", "trash", "keep best"]
REMEDIES: Mapping[Kind, tuple[Deed, ...]] = {
    "broken": ("exclude", "trash"),
    "blank": ("exclude", "trash"),
    "shared": ("exclude", "trash"),
    "leak": ("exclude", "trash"),
    "duplicate": ("keep best", "trash"),
    "near": ("keep best", "trash"),
    "narrow": ("exclude", "trash"),
    "small": ("exclude", "trash"),
    "odd": ("exclude",),
}
"""What can be done with the files of a kind. To keep the best is to leave out those that were found: the best, which is
their `other`, is not among them."""

SMALLEST = 64  # Pixels of the short side.
NARROW = 4.0  # Times as long as wide.
BLANK = 8  # Of 255; what all but a few pixels of a blank picture differ by.
_GRAVITY = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an artist may want to know of one file.

    Attributes:
        kind: What.
        path: Of which file.
        reason: The same in a sentence.
        other: The picture it is the same as, or nearly; empty for other kinds.
    """

    kind: Kind
    path: str
    reason: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        pictures: Every picture that can be read, in natural order, also those with findings.
        findings: In the order of the files; a file is listed once, under the gravest.
    """

    pictures: tuple[Glance, ...]
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """Files by verdict: "fine" first, then each kind; they add up to all files."""
        found = Counter(finding.kind for finding in self.findings)
        fine = len(self.pictures) - sum(found[kind] for kind in KINDS if kind != "broken")
        return {"fine": fine} | {kind: found[kind] for kind in KINDS}

    def of(self, kind: Kind) -> tuple[Finding, ...]:
        """The findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind == kind)

    def to_table(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"counts": dict(self.counts), "findings": [asdict(finding) for finding in self.findings]}


def check(domain: Domain, *, smallest: int = SMALLEST) -> Generator[Progress | Skipped | Held, None, Report]:
    """Look at every picture of a domain, without those left out, and tell what is wrong with it.

    Args:
        domain: Its folders and files, and what was left out of them.
        smallest: Short side in pixels below which a picture is too small.
    """
    found = yield from patiently_listed(domain)
    glances: list[Glance] = []
    findings: list[Finding] = []
    with known() as before:
        for seen in _looks(found, sources_of(domain), before):
            if isinstance(seen, Glance):
                glances.append(seen)
                findings += _faults(seen, smallest)
                continue
            if isinstance(seen, Skipped):
                findings.append(Finding("broken", seen.path, seen.reason))
            yield seen
    held_out = frozenset(split([entry for entry in found if isinstance(entry, Path)])[1])
    findings += yield from _repeated(glances, held_out)
    order = {entry.path if isinstance(entry, Skipped) else str(entry): place for place, entry in enumerate(found)}
    return Report(tuple(glances), _gravest(findings, order))


def across(reports: Mapping[str, Report]) -> dict[str, Report]:
    """The same reports, where pictures that are also in an earlier domain have a finding "shared".

    Args:
        reports: By the name of their domain, in the order of the domains.
    """
    seen: list[tuple[str, Glance]] = []
    told: dict[str, Report] = {}
    for name, report in reports.items():
        places = {str(glance.path): place for place, glance in enumerate(report.pictures)}
        # What was broken keeps its place before the others.
        order = {finding.path: places.get(finding.path, -1) for finding in report.findings} | places
        told[name] = Report(report.pictures, _gravest([*report.findings, *_shared(report.pictures, seen)], order))
        seen += [(name, glance) for glance in report.pictures]
    return told


def _shared(glances: Iterable[Glance], seen: Sequence[tuple[str, Glance]]) -> list[Finding]:
    contents = {glance.content: place for place, (_, glance) in reversed(list(enumerate(seen)))}
    patterned = [place for place, (_, glance) in enumerate(seen) if glance.spread > BLANK]
    likeness = Likeness([seen[place][1] for place in patterned])
    findings = []
    for glance in glances:
        same = contents.get(glance.content)
        near = likeness.near(glance).tolist() if same is None and glance.spread > BLANK else []
        if same is not None or near:
            name, other = seen[same if same is not None else patterned[near[0]]]
            reason = f"{_how(same is not None)} picture is in {name}: {other.path.name}."
            findings.append(Finding("shared", str(glance.path), reason, str(other.path)))
    return findings


def _looks(
    found: Sequence[Path | Skipped], sources: Sequence[Path], before: Known
) -> Generator[Progress | Skipped | Held | Glance, None, None]:
    """A glance at each, in their order, with progress after it."""

    def glance(entry: tuple[Path | Skipped, Glance | None]) -> Skipped | Glance:
        path, remembered = entry
        return remembered or (path if isinstance(path, Skipped) else _attempt(path, sources))

    remembered = ((entry, None if isinstance(entry, Skipped) else before.find(entry)) for entry in found)
    start, done = time.monotonic(), 0
    for seen in steadily(glance, remembered):
        yield seen
        if isinstance(seen, Held):
            continue
        if isinstance(seen, Glance):
            before.keep(seen)
        done += 1
        seconds = time.monotonic() - start
        left = seconds / done * (len(found) - done)
        yield Progress(done, len(found), "checking pictures", seconds, left, done / max(seconds, 1e-9))


def _attempt(path: Path, sources: Sequence[Path]) -> Skipped | Glance:
    try:
        return look_at(path)
    except Unreadable as reason:
        check_there(path, sources)
        return Skipped(str(path), str(reason))
    except OSError:
        check_there(path, sources)
        return Skipped(str(path), "The file went away while it was read.")


def _faults(glance: Glance, smallest: int) -> list[Finding]:
    """What is wrong with a picture by itself."""
    path, size = str(glance.path), f"{glance.width} × {glance.height} pixels"
    findings = []
    if glance.spread <= BLANK:
        findings.append(Finding("blank", path, "It is almost one colour all over, which can upset a training."))
    if max(glance.width, glance.height) > NARROW * min(glance.width, glance.height):
        findings.append(Finding("narrow", path, f"It is very long and narrow ({size}); most of it is cut away."))
    if min(glance.width, glance.height) < smallest:
        findings.append(Finding("small", path, f"Only {size}."))
    if glance.odd:
        findings.append(Finding("odd", path, glance.odd))
    return findings


def _repeated(glances: Sequence[Glance], held_out: frozenset[Path]) -> Generator[Progress, None, list[Finding]]:
    """Pictures that are there twice, or nearly: one is kept, which is held out if any of them is, and the best else."""
    firsts: dict[str, Glance] = {}
    findings = []
    for glance in sorted(glances, key=lambda glance: glance.path not in held_out):
        first = firsts.setdefault(glance.content, glance)
        if first is not glance:
            findings.append(_twin(glance, first, held_out, same=True))
    apart = [glance for glance in firsts.values() if glance.spread > BLANK]
    apart.sort(key=lambda glance: (glance.path not in held_out, -glance.width * glance.height, -glance.sharpness))
    compared = 0
    for best, members in groups(apart):
        findings += [_twin(apart[member], apart[best], held_out, same=False) for member in members]
        compared += 1 + len(members)
        if compared % 100 == 0:
            yield Progress(compared, len(apart), "comparing pictures")
    return findings


def _twin(glance: Glance, kept: Glance, held_out: frozenset[Path], *, same: bool) -> Finding:
    leak = kept.path in held_out and glance.path not in held_out
    if leak:
        more = ", which is held out to judge by"
    elif same:
        more = ""
    elif kept.width * kept.height > glance.width * glance.height:
        more = f", which is larger ({kept.width} × {kept.height} pixels)"
    else:
        more = ", which is sharper" if kept.sharpness > glance.sharpness else ""
    kind: Kind = "leak" if leak else "duplicate" if same else "near"
    return Finding(kind, str(glance.path), f"{_how(same)} picture as {kept.path.name}{more}.", str(kept.path))


def _how(same: bool) -> str:
    return "The very same" if same else "Nearly the same"


def _gravest(findings: Iterable[Finding], order: Mapping[str, int]) -> tuple[Finding, ...]:
    """One finding of each file, in the order of the files."""
    gravest: dict[str, Finding] = {}
    for finding in findings:
        known_one = gravest.setdefault(finding.path, finding)
        if _GRAVITY[finding.kind] < _GRAVITY[known_one.kind]:
            gravest[finding.path] = finding
    return tuple(sorted(gravest.values(), key=lambda finding: order[finding.path]))
