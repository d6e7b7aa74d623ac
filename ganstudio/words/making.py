"""Making: how a picture was made. It travels inside the picture, and is what a batch that was killed goes on from."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from ganstudio.words.look import Blend, Quality

Format: TypeAlias = Literal["png", "jpg", "webp", "avif", "tiff", "same"]
FORMATS: tuple[str, ...] = get_args(Format)
"""What translations are written as; "same" is the original's own where that can carry how it was made."""


@dataclass(frozen=True, slots=True)
class Making:
    """What made a picture, without any path: pictures are given away.

    Attributes:
        model: The model's name.
        seal: A checksum of the model's file.
        route: Title of the route, such as "summer → winter".
        source: Name of the original; empty for a picture made from noise.
        source_bytes: Size of the original's file.
        source_changed: When the original was last changed, in nanoseconds since 1970.
        source_place: A checksum of where the original lies, which tells two of one name apart and names no folder.
        strength: As in Look.
        blend: As in Look.
        keep_colours: As in Look.
        mask: Name of the mask; empty without one.
        mask_seal: A checksum of the mask's file.
        quality: "fast" only where that made a difference.
        precision: What it was computed in.
        smooth: How much a frame of a film follows the one before.
        file_quality: From 1 to 100 where the format loses something; 0 where it does not.
        seed: What the noise was drawn from; empty for a translation.
        asked: The class or caption asked for.
        version: Of GAN Studio.
        made: When, in seconds since 1970.
    """

    model: str
    seal: str
    route: str
    source: str = ""
    source_bytes: int = 0
    source_changed: int = 0
    source_place: str = ""
    strength: float = 1.0
    blend: Blend = "light"
    keep_colours: bool = False
    mask: str = ""
    mask_seal: str = ""
    quality: Quality = "exact"
    precision: str = "fp32"
    smooth: float = 0.0
    file_quality: int = 0
    seed: str = ""
    asked: str = ""
    version: str = ""
    made: float = 0.0

    def same_source(self, other: Making) -> bool:
        """Whether both were made from one original, which may have moved, or may have been edited in its place."""
        return self.source == other.source and (
            self.source_bytes == other.source_bytes or self.source_place == other.source_place
        )

    def same_picture(self, other: Making) -> bool:
        """Whether making the one again gives the other: names, time, place and version make no difference."""
        return _essence(self) == _essence(other)

    def to_json(self) -> str:
        """One line in ASCII, without what says nothing."""
        fresh = {entry.name: entry.default for entry in dataclasses.fields(self)}
        return json.dumps({name: value for name, value in dataclasses.asdict(self).items() if value != fresh[name]})

    @classmethod
    def from_json(cls, text: str) -> Making:
        """Read what `to_json` wrote; what a newer version adds is passed over.

        Raises:
            ValueError: It is none.
        """
        kinds = {entry.name: entry.type for entry in dataclasses.fields(cls)}
        try:
            table: dict[str, Any] = json.loads(text)
            making = cls(**{name: value for name, value in table.items() if name in kinds})
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"Not a making: {text[:80]!r}") from error
        for name, kind in kinds.items():
            if not isinstance(getattr(making, name), _KINDS.get(str(kind), str)):
                raise ValueError(f"Not a making: {name} is {getattr(making, name)!r}")  # noqa: TRY004  As above.
        return making


_KINDS: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,)}


def _essence(making: Making) -> Making:
    return dataclasses.replace(making, model="" if making.seal else making.model, version="", made=0.0, source_place="")
