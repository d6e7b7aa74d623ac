"""What the Data page says of a domain: how much lies in it, and of shards what cannot be done and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from ganstudio.window import words
from ganstudio.window.contents import Contents
from ganstudio.words.packed import SHARD, Packed
from ganstudio.words.recipe import Recipe

if TYPE_CHECKING:
    from ganstudio.pictures.health import Finding


def counts(contents: Contents, found: Iterable[Finding]) -> list[str]:
    """How much lies in a domain, in parts of a line.

    Args:
        contents: What lies there.
        found: What was found of its pictures; those that cannot be read are not trained on.
    """
    say, packed = QCoreApplication.translate, contents.packed
    if packed is None:
        classes = len(contents.sizes)
        captions = sum(path in contents.captions for path in contents.paths) if contents.captions else 0
        parts = [words.pictures(contents.count)]
        broken = (contents.path(each.path) for each in found if each.kind == "broken")
        if unused := len(contents.held_out.union(broken)):
            parts.append(say("domain", "{} to train").format(words.count(contents.count - unused)))
    else:
        classes, captions = packed.classes, packed.captions
        parts = words.in_shards(packed)
    if classes:
        told = say("domain", "1 class") if classes == 1 else say("domain", "{} classes")
        parts.append(told.format(words.count(classes)))
    if captions:
        parts.append(say("domain", "{} with captions").format(words.count(captions)))
    return parts


def seen(plan: Recipe | None) -> str:
    """What the crops are; before a training is planned its size would be a guess."""
    say = QCoreApplication.translate
    if plan is None:
        return say("domain", "What the network will see")
    return say("domain", "What the network will see  ·  {} pixels").format(plan.size)


def limits() -> str:
    """What they are, and what takes a folder."""
    return QCoreApplication.translate(
        "domain",
        "The first pictures of a set of .tar shards. To leave out, sort, describe, compare or pair single pictures, "
        "use a folder instead.",
    )


def refusal() -> str:
    """Why a picture cannot be left out."""
    return QCoreApplication.translate(
        "domain",
        "Pictures in shards cannot be left out one by one. Write the shards anew without them, or use a folder.",
    )


def fault(packed: Packed) -> str:
    """What cannot be read, and what to do; empty when all can."""
    if packed.first is None:
        return ""
    say = QCoreApplication.translate
    where = f"{name(packed.first.path)}: {packed.first.reason}"
    if packed.faults > 1:
        several = say("domain", "{count} pictures or shards cannot be read, first {where}")
        where = several.format(count=words.count(packed.faults), where=where)
    return say("domain", "{} Training passes it over; put a good copy in its place, then look again.").format(where)


def name(path: str) -> str:
    """A shard's name, with that of the picture in it if it is about one."""
    parts = Path(path).parts
    shard = max((at for at, part in enumerate(parts) if part.lower().endswith(SHARD)), default=len(parts) - 1)
    return "/".join(parts[shard:])
