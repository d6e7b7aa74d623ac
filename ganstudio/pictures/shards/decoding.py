"""A picture as it lies in a shard, with what is told of it, and the same as it is trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable, decode
from ganstudio.pictures.shards.finding import Found, caption_lines, plain
from ganstudio.pictures.shards.walking import CAPTION, CLASS, Sample, location, read, text
from ganstudio.pictures.stock import Scale, scaled
from ganstudio.pictures.store import Pixels
from ganstudio.words.captions import encode
from ganstudio.words.events import Skipped


@dataclass(frozen=True, slots=True)
class Raw:
    """A picture as it lies in the shard, with its class and captions; or what is wrong with it."""

    name: Path
    data: bytes = b""
    told: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn, (3, H, W) uint8 at training scale, and what belongs to it."""

    pixels: Pixels
    example: Example


def raw_of(shard: Path, file: IO[bytes], sample: Sample, found: Found) -> Raw:
    """The picture of a sample that has one, with what is asked for in these shards."""
    name = location(shard, sample)
    wanted = [ending for ending, asked in ((CLASS, found.classes), (CAPTION, found.words)) if asked]
    for ending in wanted:
        if ending not in sample.members:
            kind = "class" if ending == CLASS else "caption"
            return Raw(name, fault=f"It has no {kind}: there is no {sample.name}.{ending} beside it.")
    try:
        told = {ending: text(file, sample, ending) for ending in wanted}
        return Raw(name, read(file, sample.members[sample.picture or ""]), told)
    except Unreadable as reason:
        return Raw(name, fault=str(reason))


def drawn_of(raw: Raw, found: Found, scale: Scale) -> Drawn | Skipped:
    """The picture as it is trained on, or why it cannot be."""
    if raw.fault:
        return Skipped(str(raw.name), raw.fault)
    try:
        example = _example(raw, found)
        return Drawn(scaled([decode(raw.data, scale.least()).picture], scale), example)
    except Unreadable as reason:
        return Skipped(str(raw.name), str(reason))


def _example(raw: Raw, found: Found) -> Example:
    label = -1
    if CLASS in raw.told:
        name = plain(raw.told[CLASS])
        if name not in found.known:
            raise Unreadable(f"Its class {name[:40]!r} is none of those that the training began with.")
        label = found.known[name]
    lines = caption_lines(raw.told.get(CAPTION, ""))
    if CAPTION in raw.told and not lines:
        raise Unreadable("Its caption is empty.")
    return Example(raw.name, label, tuple(tuple(encode(line, found.words)) for line in lines))
