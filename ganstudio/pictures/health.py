"""What is wrong with the pictures of a domain: broken, too small, doubled, odd, or fine."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from ganstudio.pictures.away import check_there
from ganstudio.pictures.folders import Picture, patiently_listed, sources_of, steadily
from ganstudio.pictures.reading import Decoded, Unreadable, decode
from ganstudio.words.events import Held, Progress, Skipped
from ganstudio.words.recipe import Domain

Kind: TypeAlias = Literal["broken", "small", "duplicate", "odd"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_SMALLEST_DRAFT = 8
# Which suffixes a format goes by, and what people call it.
_NAMES: dict[str, tuple[str, frozenset[str]]] = {
    "JPEG": ("JPEG", frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"})),
    "MPO": ("JPEG", frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"})),
    "PNG": ("PNG", frozenset({".png", ".apng"})),
    "WEBP": ("WebP", frozenset({".webp"})),
    "AVIF": ("AVIF", frozenset({".avif"})),
    "HEIF": ("HEIC", frozenset({".heic", ".heif", ".hif"})),
    "TIFF": ("TIFF", frozenset({".tif", ".tiff"})),
    "BMP": ("BMP", frozenset({".bmp"})),
    "GIF": ("GIF", frozenset({".gif"})),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an artist may want to know of one file."""

    kind: Kind
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found.

    Attributes:
        pictures: Every picture that can be read, in natural order, also those with findings.
        findings: In the order of the files; a file is listed once, under the gravest.
    """

    pictures: tuple[Picture, ...]
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


def check(domain: Domain, *, smallest: int = 64) -> Generator[Progress | Skipped | Held, None, Report]:
    """Read every picture of a domain, without those left out, and tell what is wrong with it.

    Broken ones cannot be used. The others can: "small" is a short side below `smallest` pixels, "duplicate" the very
    same bytes as an earlier file, "odd" a suffix of another format, or colours that had to be converted.

    Args:
        domain: Its folders and files, and what was left out of them.
        smallest: Short side in pixels below which a picture is too small.
    """
    found = yield from patiently_listed(domain)
    sources = sources_of(domain)
    pictures: list[Picture] = []
    findings: list[Finding] = []
    firsts: dict[str, Path] = {}
    start = time.monotonic()
    done = 0
    for seen in steadily(lambda entry: _look_at(entry, sources), found):
        if isinstance(seen, Held):
            yield seen
            continue
        done += 1
        if isinstance(seen, Skipped):
            findings.append(Finding("broken", seen.path, seen.reason))
            yield seen
        else:
            pictures.append(seen.picture)
            findings += _findings(seen, firsts, smallest)
        seconds = time.monotonic() - start
        left = seconds / done * (len(found) - done)
        yield Progress(done, len(found), "checking pictures", seconds, left, done / max(seconds, 1e-9))
    return Report(tuple(pictures), tuple(findings))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a picture once it was read: not its pixels."""

    picture: Picture
    content: str
    odd: str


def _look_at(entry: Path | Skipped, sources: Sequence[Path]) -> Skipped | _Seen:
    if isinstance(entry, Skipped):
        return entry
    try:
        decoded = decode(entry, at_least=_SMALLEST_DRAFT)
        with entry.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except Unreadable as reason:
        check_there(entry, sources)
        return Skipped(str(entry), str(reason))
    except OSError:
        check_there(entry, sources)
        return Skipped(str(entry), "The file went away while it was read.")
    return _Seen(Picture(entry, decoded.width, decoded.height), content, _odd(entry, decoded))


def _findings(seen: _Seen, firsts: dict[str, Path], smallest: int) -> list[Finding]:
    picture = seen.picture
    path = str(picture.path)
    first = firsts.setdefault(seen.content, picture.path)
    if first != picture.path:
        return [Finding("duplicate", path, f"The very same picture as {first.name}.")]
    if min(picture.width, picture.height) < smallest:
        return [Finding("small", path, f"Only {picture.width} × {picture.height} pixels.")]
    return [Finding("odd", path, seen.odd)] if seen.odd else []


def _odd(path: Path, decoded: Decoded) -> str:
    """What is unusual in a picture that can be used all the same; empty when nothing is."""
    name, suffixes = _NAMES[decoded.format]
    if path.suffix.lower() not in suffixes:
        return f"It is a {name} picture named {path.suffix}." if path.suffix else f"It is a {name} without a suffix."
    if decoded.mode == "CMYK":
        return "It is CMYK, for print; its colours are converted to RGB."
    if decoded.deep:
        return "It has more than 8 bits a channel; 8 are used."
    return ""
