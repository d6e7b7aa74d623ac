"""How the numbers of a video stand for colours, and back: matrix, range and depth, as its file says or players guess.

A file that does not say is taken as every player takes it: ITU-R BT.709 from 720 rows on, BT.601 below, with the
limited range (16 to 235). HDR (PQ or HLG) is brought to sRGB by libswscale, white at 203 cd/m² as in ITU-R BT.2408.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream

HIGH_DEFINITION = 720  # Rows from which on BT.709 is meant.

# The numbers of ITU-T H.273.
RGB, BT709, UNSPECIFIED, BT2020 = 0, 1, 2, 9
_BT601 = {5, 6}
LIMITED, FULL = 1, 2
_HDR = {16, 18}
_SRGB_TRANSFER = 13
# What swscale calls these matrices.
_SWS = {BT709: 1, 5: 5, 6: 5, 4: 4, 7: 7, BT2020: 9, 10: 9}
# Bicubic chroma, whole chroma in and out, exact rounding, the same on every processor.
_CAREFULLY = 4 | 0x2000 | 0x4000 | 0x40000 | 0x80000


@dataclass(frozen=True, slots=True)
class Colours:
    """How numbers stand for colours; numbers of ITU-T H.273.

    Attributes:
        matrix: From RGB to luma and chroma.
        range: 1 limited, 2 full.
        primaries: What red, green and blue are.
        transfer: From light to numbers.
        deep: More than 8 bits.
        see_through: Whether it had an alpha channel, which is left out.
    """

    matrix: int
    range: int
    primaries: int
    transfer: int
    deep: bool
    see_through: bool = False

    @property
    def wide(self) -> bool:
        """Whether it is HDR."""
        return self.transfer in _HDR

    @property
    def written(self) -> Colours:
        """What a translation of such a film is written in: limited range, and the matrix of the film where usual."""
        matrix = self.matrix if self.matrix in {BT709, *_BT601} else BT709
        if self.wide or self.matrix != matrix:
            return Colours(matrix, LIMITED, BT709, BT709, self.deep)
        return Colours(matrix, LIMITED, self.primaries, self.transfer, self.deep)


def colours_of(frame: VideoFrame, stream: VideoStream) -> Colours:
    """What a film's first frame and its headers say, with the gaps filled."""
    context = stream.codec_context
    name = frame.format.name
    is_rgb = frame.format.is_rgb or name.startswith(("gbr", "pal"))
    matrix = next((one for one in (frame.colorspace, context.colorspace) if one in _SWS), UNSPECIFIED)
    if is_rgb:
        matrix = RGB
    elif matrix == UNSPECIFIED:
        matrix = BT709 if frame.height >= HIGH_DEFINITION else 6
    spread = next((one for one in (frame.color_range, context.color_range) if one in {LIMITED, FULL}), 0)
    if name.startswith("yuvj") or is_rgb:
        spread = FULL
    bits = max((part.bits for part in frame.format.components), default=8)
    return Colours(
        matrix,
        spread or LIMITED,
        frame.color_primaries,
        frame.color_trc,
        bits > 8,
        any(part.is_alpha for part in frame.format.components),
    )


def converter() -> VideoReformatter:
    """What converts frames; for those of one film."""
    from av.video.reformatter import VideoReformatter  # noqa: PLC0415  It takes a moment.

    return VideoReformatter()


def to_rgb(
    frame: VideoFrame, colours: Colours, size: tuple[int, int], using: VideoReformatter | None = None
) -> NDArray[Any]:
    """The colours of a frame, (H, W, 3) sRGB, uint8 or of a deep film uint16; brought to `size` if it is of another.

    `using` one converter for all frames of a film keeps its tables, which for HDR take long to make.
    """
    matrix = _SWS.get(colours.matrix)
    screen = {"dst_color_trc": _SRGB_TRANSFER, "dst_color_primaries": BT709} if colours.wide else {}
    made = (using or converter()).reformat(
        frame,
        *size,
        format="rgb48le" if colours.deep else "rgb24",
        src_colorspace=matrix,
        src_color_range=colours.range,
        dst_color_range=FULL,
        interpolation=_CAREFULLY,
        **screen,
    )
    return np.ascontiguousarray(made.to_ndarray())


def to_frame(pixels: NDArray[Any], colours: Colours, pixel_format: str) -> VideoFrame:
    """A frame for an encoder, of (H, W, 3) sRGB in uint8 or uint16."""
    from av import VideoFrame  # noqa: PLC0415

    frame = VideoFrame.from_ndarray(pixels, format="rgb48le" if pixels.dtype == np.uint16 else "rgb24")
    if is_rgb(pixel_format):
        frame = frame.reformat(format=pixel_format, interpolation=_CAREFULLY)
        frame.colorspace, frame.color_range = RGB, FULL
    else:
        frame = frame.reformat(
            format=pixel_format,
            dst_colorspace=_SWS[colours.matrix],
            src_color_range=FULL,
            dst_color_range=colours.range,
            interpolation=_CAREFULLY,
        )
        frame.colorspace, frame.color_range = colours.matrix, colours.range
    frame.color_primaries, frame.color_trc = colours.primaries, colours.transfer
    return frame


def is_rgb(pixel_format: str) -> bool:
    """Whether a format holds red, green and blue themselves."""
    return pixel_format.startswith(("rgb", "bgr", "gbr", "0rgb", "argb"))
