"""What the pictures of a batch are called, and whose name a file that is there already has.

Originals are never touched: a batch knows all its originals and every name it has given out, and finds another name
rather than write over one, or over a file that GAN Studio did not make. So the files that are there are all that a
batch needs to go on after a kill: what each was made from, and how, stands inside it.
"""

from __future__ import annotations

import hashlib
import os
import re
import string
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ganstudio.pictures.reading import Unreadable, opened
from ganstudio.pictures.writing.made import made_from
from ganstudio.words.making import FORMATS, Format, Making
from ganstudio.words.settings import unknown

FIELDS = ("stem", "number", "model", "to", "date")
BESIDE = "-translated"
# Most systems allow 255 bytes; a file is first written under a longer name of its own.
NAME_BYTES = 200
# "same" keeps what can carry how it was made; a batch that was killed goes on from that.
_SAME = {".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".png"}
_CAMERA, _TAKEN, _CHANGED = 0x8769, 0x9003, 0x0132


@dataclass(slots=True)
class Batch:
    """What one batch must not write over: its originals, and what it has given out already."""

    originals: frozenset[str]
    homes: frozenset[str]
    count: int = 0
    given: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """One file of a batch.

    Attributes:
        path: The original.
        relative: Its place below the folder that was given; only its name when the file itself was given.
        number: Which of the batch, from 1.
        batch: The batch it belongs to.
    """

    path: Path
    relative: Path
    number: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class Naming:
    """How the files of a batch are to be called.

    Attributes:
        template: The name without its suffix, with {stem}, {number}, {model}, {to} and {date}, the day of the original.
        format: What they are written as; "same" as the original where that can carry how it was made, else "png".
    """

    template: str = "{stem}"
    format: Format = "png"

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: No such field or format, or a name that leads to another folder.
        """
        if self.format not in FORMATS:
            raise ValueError(unknown("format", self.format, FORMATS))
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(self.template) if name is not None]
        except ValueError as error:
            raise ValueError(f"The name {self.template!r} has a brace too many. Write {{stem}}.") from error
        for name in fields:
            if name not in FIELDS:
                raise ValueError(unknown("field", name, FIELDS))
        if not self.template.strip(" .") or re.search(r'[/\\\0<>:"|?*]', self.template):
            raise ValueError('A name is without slashes and < > : " | ? *, and not empty, such as {stem}-{to}.')

    @property
    def numbers(self) -> bool:
        """Whether a name hangs on how many files come before."""
        return "{number}" in self.template

    def suffix(self, original: Path) -> str:
        """The suffix of the file that is made from `original`."""
        if self.format == "same":
            suffix = original.suffix.lower()
            return suffix if suffix in _SAME else ".png"
        return ".tif" if self.format == "tiff" else f".{self.format}"

    def stem(self, place: Place, words: Mapping[str, str]) -> str:
        """The name without suffix; `words` says what {model} and {to} are."""
        if self.template == "{stem}":
            return place.relative.stem
        digits = max(3, len(str(place.batch.count)))
        date = _day(place.path) if "{date}" in self.template else ""
        values = {"stem": place.relative.stem, "number": f"{place.number:0{digits}}", "date": date}
        return self.template.format(**{name: plain(words.get(name, "")) for name in ("model", "to")}, **values)


PLAIN = Naming()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a translation goes; `kept` when it is there already, made as it would be made now."""

    path: Path
    kept: bool = False


def target_for(place: Place, out: Path, suffix: str = ".png", stem: str | None = None) -> Path:
    """Where the result for a file goes: below `out` as its original lies below its folder, under the same stem.

    A folder that holds originals gets names with "-translated"; a name that an original or an earlier picture of the
    batch has is numbered. The same file gets the same answer.
    """
    target = next(_free(place, out, suffix, stem))
    place.batch.given[identity(target)] = place.path
    return target


def settled(
    place: Place,
    out: Path,
    making: Making,
    naming: Naming = PLAIN,
    *,
    words: Mapping[str, str],
    again: bool = False,
    suffix: str = "",
) -> Target:
    """Where the translation of a file goes, seen what is there.

    A picture that was made as it would be made now is kept; one that was made from the same original in another way is
    replaced; beside any other file it is numbered.

    Args:
        place: The file.
        out: The folder of the batch.
        making: How it is going to be made.
        naming: How the artist wants it called.
        words: What {model} and {to} are.
        again: Keep nothing.
        suffix: Of the file, where it is another than `naming` has.
    """
    for target in _free(place, out, suffix or naming.suffix(place.path), naming.stem(place, words)):
        if os.path.lexists(target):
            earlier = made_from(target)
            if earlier is None or not earlier.same_source(making):
                continue
            place.batch.given[identity(target)] = place.path
            return Target(target, kept=not again and earlier.same_picture(making))
        break
    place.batch.given[identity(target)] = place.path
    return Target(target)


def family(relative: PurePath, naming: Naming = PLAIN, number: int = 0) -> str:
    """What files have in common that might come to the same name; they must be named one after the other.

    Args:
        relative: A file's place below the folder that was given.
        naming: How the files are to be called.
        number: Which of the batch; does not count where no name has it.
    """
    if naming.numbers:
        return str(number)
    stem = relative.stem if "{stem}" in naming.template else ""
    stem = unicodedata.normalize("NFC", stem).casefold()[:40]  # A longer one may be cut.
    home = unicodedata.normalize("NFC", str(relative.parent))
    return f"{home}/{re.sub(r'-[2-9]$', '', stem)}"


def identity(path: Path) -> str:
    """One text for all spellings of a path, on systems too where case or composed letters make no difference."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def place_seal(path: Path) -> str:
    """A checksum of where a file lies, which names no folder."""
    return hashlib.sha256(os.fsencode(identity(path))).hexdigest()[:16]


def plain(name: str) -> str:
    """A name as part of a file name; domains and labels of a foreign model may hold anything."""
    return re.sub(r"[^\w -]", "_", name).strip()[:80] or "picture"


def _free(place: Place, out: Path, suffix: str, stem: str | None) -> Iterator[Path]:
    """Names for a file that no original and no other file of its batch has, the plain one first."""
    home = out / place.relative.parent
    stem = (place.relative.stem if stem is None else stem) + (BESIDE if identity(home) in place.batch.homes else "")
    number = 1
    while True:
        ending = suffix if number == 1 else f"-{number}{suffix}"
        target = home / (_cut(stem, NAME_BYTES - len(os.fsencode(ending))) + ending)
        name = identity(target)
        if name not in place.batch.originals and place.batch.given.get(name, place.path) == place.path:
            yield target
        number += 1


def _cut(stem: str, size: int) -> str:
    """`stem` in at most `size` bytes, whole letters only."""
    if len(os.fsencode(stem)) <= size:
        return stem
    while len(os.fsencode(stem)) > size:
        stem = stem[:-1]
    return stem


def _day(path: Path) -> str:
    """When a picture was taken, else when its file was last changed: "2026-02-28"."""
    try:
        with opened(path) as image:
            exif = image.getexif()
            for said in (exif.get_ifd(_CAMERA).get(_TAKEN), exif.get(_CHANGED)):
                if match := re.match(r"(\d{4}):([01]\d):([0-3]\d)", str(said or "")):
                    return "-".join(match.groups())
    except Unreadable:
        pass
    try:
        return time.strftime("%Y-%m-%d", time.localtime(path.stat().st_mtime))
    except OSError:
        return ""
