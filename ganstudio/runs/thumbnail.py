"""Thumbnails inside a model file: what counts as one, told from its first bytes, before anything decodes it."""

from __future__ import annotations

LARGEST = 64 << 10
"""Bytes of one."""

MOST = 8
"""In one model."""

WIDEST = 1024
"""Pixels of either side."""

_PNG = b"\x89PNG\r\n\x1a\n"


def is_thumbnail(data: bytes) -> bool:
    """Whether it is a small WebP or PNG, small in bytes and in pixels."""
    return len(data) <= LARGEST and all(0 < side <= WIDEST for side in size_of(data) or (0, 0))


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or WebP; None for anything else.

    Source: PNG specification, 11.2.2; RFC 9649, sections 2.5 to 2.7.
    """
    if data.startswith(_PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        return _big(data[16:20]), _big(data[20:24])
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case b"VP8L":
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case _:
            return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
