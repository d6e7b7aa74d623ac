"""Which pictures of two folders belong together: those of the same name, whatever their suffix, case and order."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice
from pathlib import Path

NEIGHBOURS = 3  # Names looked at before and after, in the order of the alphabet, to find the nearest.
SUGGESTED = 500  # Lonely pictures of a folder that get one; nobody reads on.
COMPARED = 3  # Of those the likeliest, letter by letter.
LIKE_ENOUGH = 0.6  # Of 1; what two names have in common at least to be worth a suggestion.


@dataclass(frozen=True, slots=True)
class Lonely:
    """A picture without a partner.

    Attributes:
        path: Its file.
        nearest: The lonely picture of the other folder whose name is most like its own; None when none is, and after
            the first 500.
    """

    path: Path
    nearest: Path | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """What belongs together.

    Attributes:
        pairs: (first, second) in the order of the first; the same file twice when both stand side by side in it.
        first: Pictures of the first folder without a partner.
        second: Pictures of the second folder without a partner.
    """

    pairs: tuple[tuple[Path, Path], ...]
    first: tuple[Lonely, ...] = ()
    second: tuple[Lonely, ...] = ()


def match(first: Sequence[Path], second: Sequence[Path], roots: tuple[Sequence[Path], Sequence[Path]]) -> Pairing:
    """Match by name; each picture has one partner at most, the first of that name.

    Args:
        first: Files of the first folder.
        second: Files of the second folder.
        roots: The sources of each; a name is the way from there, so that subfolders match too.
    """
    partners: dict[str, Path] = {}
    for path in second:
        partners.setdefault(_name(path, roots[1]), path)
    pairs: list[tuple[Path, Path]] = []
    lonely: dict[Path, str] = {}
    for path in first:
        name = _name(path, roots[0])
        if name in partners:
            pairs.append((path, partners.pop(name)))
        else:
            lonely[path] = name
    taken = {partner for _, partner in pairs}
    others = {path: _name(path, roots[1]) for path in second if path not in taken}
    return Pairing(tuple(pairs), _suggested(lonely, others), _suggested(others, lonely))


def side_by_side(paths: Iterable[Path]) -> Pairing:
    """Pictures that each show both, left and right."""
    return Pairing(tuple((path, path) for path in paths))


def _suggested(lonely: Mapping[Path, str], others: Mapping[Path, str]) -> tuple[Lonely, ...]:
    """Each with the nearest of the others.

    Only a few are compared: neighbours in the alphabet, from either end of the name, and those with the same numbers.
    """
    forward = sorted((name, path) for path, name in others.items())
    backward = sorted((name[::-1], path) for path, name in others.items())
    numbered: defaultdict[tuple[str, ...], list[tuple[str, Path]]] = defaultdict(list)
    for path, name in others.items():
        if numbers := _numbers(name):
            numbered[numbers].append((name, path))
    found = []
    for path, name in islice(lonely.items(), SUGGESTED):
        candidates = dict(_around(forward, name))
        candidates |= {other[::-1]: place for other, place in _around(backward, name[::-1])}
        candidates |= dict(numbered.get(_numbers(name), ())[:NEIGHBOURS])
        found.append(Lonely(path, _nearest(name, candidates)))
    return (*found, *(Lonely(path, None) for path in islice(lonely, SUGGESTED, None)))


def _nearest(name: str, candidates: Mapping[str, Path]) -> Path | None:
    """The most like of some names; to have the same numbers is like enough."""
    likely = sorted(candidates, key=lambda other: _in_common(name, other), reverse=True)[:COMPARED]
    rated = []
    for other in likely:
        same_numbers = _numbers(name) == _numbers(other) != ()
        rated.append((SequenceMatcher(None, name, other).ratio() + (LIKE_ENOUGH if same_numbers else 0), other))
    rate, other = max(rated, default=(0.0, ""))
    return candidates[other] if rate >= LIKE_ENOUGH else None


def _in_common(one: str, other: str) -> float:
    """A quick guess: letters at both ends that two names share, and whether their numbers are the same."""
    shared = _beginning(one, other) + _beginning(one[::-1], other[::-1])
    same_numbers = _numbers(one) == _numbers(other) != ()
    return shared / max(len(one), len(other)) + same_numbers


def _beginning(one: str, other: str) -> int:
    """How many letters two names begin with together."""
    alike = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(alike, min(len(one), len(other)))


def _around(names: Sequence[tuple[str, Path]], name: str) -> Sequence[tuple[str, Path]]:
    at = bisect_left(names, name, key=lambda entry: entry[0])
    return names[max(0, at - NEIGHBOURS) : at + NEIGHBOURS]


@lru_cache(maxsize=1 << 16)
def _numbers(name: str) -> tuple[str, ...]:
    return tuple(number.lstrip("0") for number in re.findall(r"\d+", name))


def _name(path: Path, roots: Sequence[Path]) -> str:
    """Where a file lies below its source, without suffix, in one spelling."""
    root = next((root for root in roots if root != path and path.is_relative_to(root)), path.parent)
    return unicodedata.normalize("NFC", path.relative_to(root).with_suffix("").as_posix()).casefold()
