"""Which pictures of a domain a filter shows, what is so of them, and what can be done with them; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.window.contents import Contents
from ganstudio.window.parts.class_row import NO_CLASS
from ganstudio.window.parts.filter_panel import TAKE_BACK
from ganstudio.window.parts.gallery_model import Marks
from ganstudio.window.parts.health_bar import HELD_OUT, LEFT_OUT

if TYPE_CHECKING:
    from ganstudio.pictures.health import Finding, Report

SIDE_BY_SIDE = frozenset({"duplicate", "near", "leak"})
"""Kinds whose pictures are shown beside the one they are the same as; of "shared", that is in another domain."""


@dataclass(frozen=True, slots=True)
class View:
    """What a filter shows.

    Attributes:
        paths: The pictures in order.
        marks: What is so of each.
        of_filter: Those that the filter is about: without the best of each group.
        reasons: A line for each file, where there is one.
        deeds: What can be done with those it is about.
    """

    paths: Sequence[Path]
    marks: Marks
    of_filter: Sequence[Path] = ()
    reasons: Sequence[str] = ()
    deeds: Sequence[str] = ()


def findings(report: Report | None, contents: Contents) -> tuple[Finding, ...]:
    """What was found of pictures that are not left out meanwhile, nor are the same as one that is."""
    if report is None:
        return ()
    out = frozenset(map(str, contents.left_out))
    return tuple(each for each in report.findings if each.path not in out and each.other not in out)


def counts(found: Sequence[Finding] | None, contents: Contents) -> dict[str, int]:
    """Pictures by kind; those that no one has checked are not called fine.

    Args:
        found: The findings; None before the check.
        contents: What lies in the folders.
    """
    told: dict[str, int] = {}
    if found is not None:
        wrong = {each.path for each in found}
        told["fine"] = sum(str(path) not in wrong for path in contents.paths)
        for each in found:
            told[each.kind] = told.get(each.kind, 0) + 1
    return told | {HELD_OUT: len(contents.held_out), LEFT_OUT: len(contents.left_out)}


def view(kind: str, label: str, found: Sequence[Finding], contents: Contents) -> View:
    """What the filters show.

    Args:
        kind: A kind of the health bar; empty for all.
        label: A class, or `NO_CLASS`; empty for all.
        found: The findings.
        contents: What lies in the folders.
    """
    chosen = [each for each in found if each.kind == kind]
    grouped = (
        _grouped(chosen, contents) if kind in SIDE_BY_SIDE else _Groups([contents.path(each.path) for each in chosen])
    )
    if not chosen:
        grouped.paths = _plain(kind, found, contents)
    if label:
        grouped.paths = [path for path in grouped.paths if contents.classes.get(path, NO_CLASS) == label]
    marks = Marks(
        contents.held_out,
        frozenset(contents.left_out),
        {contents.path(each.path): each.reason for each in found},
        contents.captions,
        contents.classes,
        grouped.numbers,
        grouped.best,
    )
    shown = frozenset(grouped.paths) if chosen else frozenset()
    seen = [(path, each.reason) for each in chosen if (path := contents.path(each.path)) in shown]
    about = [path for path, _ in seen]
    reasons = [f"{path.name}: {reason}" for path, reason in seen]
    if kind == LEFT_OUT:
        about = grouped.paths
    return View(grouped.paths, marks, about, reasons, _deeds(kind))


@dataclass(slots=True)
class _Groups:
    paths: list[Path]
    numbers: Mapping[Path, int] = field(default_factory=dict)
    best: frozenset[Path] = frozenset()


def _grouped(chosen: Sequence[Finding], contents: Contents) -> _Groups:
    """Each best picture, then those that are the same."""
    groups: dict[Path, list[Path]] = {}
    for each in chosen:
        groups.setdefault(contents.path(each.other), []).append(contents.path(each.path))
    paths = [path for best, others in groups.items() for path in (best, *others)]
    numbers = {
        path: number for number, (best, others) in enumerate(groups.items(), start=1) for path in (best, *others)
    }
    return _Groups(list(dict.fromkeys(paths)), numbers, frozenset(groups))


def _plain(kind: str, found: Sequence[Finding], contents: Contents) -> list[Path]:
    if kind == LEFT_OUT:
        return list(contents.left_out)
    if kind == HELD_OUT:
        return [path for path in contents.paths if path in contents.held_out]
    if kind == "fine":
        wrong = {each.path for each in found}
        return [path for path in contents.paths if str(path) not in wrong]
    return [] if kind else list(contents.paths)


def _deeds(kind: str) -> Sequence[str]:
    from ganstudio.pictures.health import REMEDIES

    if kind == LEFT_OUT:
        return (TAKE_BACK,)
    return next((deeds for name, deeds in REMEDIES.items() if name == kind), ())
