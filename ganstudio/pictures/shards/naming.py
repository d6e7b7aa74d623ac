"""Which tar files a domain is made of: a folder of them, some named one by one, or a pattern with numbers in braces.

Only files of this computer are read. Of what WebDataset also takes for a place, addresses would need the network and
`pipe:` would run a command, so neither gets any further than here.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from braceexpand import braceexpand

from ganstudio.pictures.folders import is_litter, natural, sources_of
from ganstudio.pictures.reading import SUFFIXES
from ganstudio.words.packed import SHARD
from ganstudio.words.recipe import Domain

PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
MOST = 100_000  # Shards of a domain.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # "C:" is a drive.
_RANGE = re.compile(r"(-?\d{1,30})\.\.(-?\d{1,30})")
_RANGE_OF_LETTERS = re.compile(r"[A-Za-z]\.\.[A-Za-z]")
_LETTERS = 58  # From A to z.
_NUMBER = re.compile(r"[-_. ]*(\d+|\{[^{}]*\}).*$")


def refuse_address(place: str) -> None:
    """Take no address and no command for a file.

    Raises:
        ValueError: It is one.
    """
    found = _ADDRESS.match(place)
    if found and not Path(place).exists():  # Where colons may stand in names, it may be a file.
        if found[0] == "pipe:":
            raise ValueError(f"{place} is a command, and no data set may run one. Name the .tar files themselves.")
        raise ValueError(
            f"{place} is an address, and GAN Studio uses no network. Download the .tar files and name their folder."
        )


def is_named_so(place: Path) -> bool:
    """Whether a file is a shard by its name, also one that is compressed and will be refused."""
    return place.name.lower().endswith((SHARD, *PACKED))


def holds_shards(domain: Domain) -> bool:
    """Whether a domain is made of shards: of .tar files, patterns of them, or folders with .tar files and no pictures.

    Raises:
        ValueError: A source is an address or a command, or only some of them are shards.
    """
    for source in domain.sources:
        refuse_address(source)
    kinds = [_is_shards(Path(source)) for source in domain.sources]
    if any(kinds) and not all(kinds):
        raise ValueError(
            f"Some of {domain.name} is in .tar shards and some is not. Give a folder of pictures or shards, not both."
        )
    return any(kinds)


def shards_of(domain: Domain) -> list[Path]:
    """The shards of a domain in natural order, also those that a pattern names and that are not there.

    Raises:
        ValueError: A pattern is broken or means too many files.
        OSError: A folder cannot be listed.
    """
    found = [shard for source in sources_of(domain) for shard in _under(source)]
    return sorted(dict.fromkeys(found), key=lambda path: natural(str(path)))


def title_of(place: Path) -> str:
    """What a shard or a pattern of shards is called without its number: "summer" of summer-{000000..000099}.tar."""
    stem = place.name.removesuffix(SHARD)
    return _NUMBER.sub("", stem) or place.parent.name or "pictures"


def together(places: Sequence[Path]) -> list[list[Path]]:
    """Places by domain: shards that differ by their number alone are one, as when a shell spells a pattern out."""
    domains: dict[tuple[Path, str] | int, list[Path]] = {}
    for number, place in enumerate(places):
        counted = place.suffix.lower() == SHARD and _NUMBER.search(place.name.removesuffix(SHARD))
        domains.setdefault((place.parent, title_of(place)) if counted else number, []).append(place)
    return list(domains.values())


def _is_shards(source: Path) -> bool:
    if source.name.lower().endswith(PACKED) and not source.is_dir():
        raise ValueError(f"{source.name} is compressed, so nothing in it can be found quickly. Unpack it to a .tar.")
    if source.suffix.lower() == SHARD:
        return not source.is_dir()
    return _in_folder(source) is not None


def _under(source: Path) -> Iterator[Path]:
    if source.suffix.lower() == SHARD and not source.is_dir():
        if "{" not in source.name or source.exists():
            yield source
            return
        if _meant(source.name) > MOST:
            raise ValueError(f"{source.name} means more than {MOST:,} files. Use fewer and larger shards.")
        try:
            names = list(braceexpand(source.name))
        except ValueError as error:
            raise ValueError(
                f"The braces of {source.name} do not match. Write them as in a-{{000..099}}.tar."
            ) from error
        yield from (source.parent / name for name in names if Path(name).name == name)
    else:
        yield from (source / name for name in _in_folder(source) or ())


def _meant(pattern: str) -> int:
    """The most names that a pattern can mean; to spell out some patterns would fill the memory."""
    numbers = math.prod(abs(int(last) - int(first)) + 1 for first, last in _RANGE.findall(pattern))
    letters: int = _LETTERS ** len(_RANGE_OF_LETTERS.findall(pattern))
    lists: int = (pattern.count(",") + 1) ** pattern.count("{")
    return numbers * letters * lists


def _in_folder(folder: Path) -> list[str] | None:
    """Names of the shards in a folder; None where pictures or folders lie beside them, or no shards at all."""
    shards = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                suffix = Path(entry.name).suffix.lower()
                if is_litter(entry.name):
                    continue
                if suffix in SUFFIXES or entry.is_dir():
                    return None
                if suffix == SHARD:
                    shards.append(entry.name)
    except OSError:
        return None
    return shards or None
