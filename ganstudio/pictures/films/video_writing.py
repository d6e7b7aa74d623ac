"""Writing a video: frames packed part by part, then parts and the original's sound and subtitles put together.

A part is a run of frames as an encoder gave them, with the times at which they are decoded and shown: it can be written
and kept by itself, and parts are put together without encoding anything again. What the original holds beside its
pictures is copied packet by packet, into the first container in question that can hold all of it.

Sizes with an odd side are kept: H.264 for every player knows even sides alone, so such a video is packed as VP9, which
browsers and phones play, and never cut or padded.
"""

from __future__ import annotations

import heapq
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from ganstudio.pictures.films.stills import Still
from ganstudio.pictures.films.video import Video, faults, opened
from ganstudio.pictures.films.video_colours import BT709, LIMITED, Colours, is_rgb, to_frame
from ganstudio.pictures.provenance import text
from ganstudio.words.making import Making

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer, OutputContainer
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext

    from ganstudio.pictures.films.films import Film

Part: TypeAlias = Mapping[str, NDArray[Any]]
"""Packets: data, sizes, times, keys; and marks, which are times and durations of frames in the order shown."""

_SCREEN = Colours(BT709, LIMITED, BT709, BT709, deep=False)
_FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
# What many players do not play in an MP4, though it may hold it.
_NOT_IN = {".mp4": ("pcm_", "vorbis")}
_NOT_COPIED = {"encoder", "major_brand", "minor_version", "compatible_brands", "duration", "comment"}
_REPEATABLE = {"fflags": "+bitexact"}  # No date and no number by chance.
_SAID = 64  # Packets between two words of how far it is.


@dataclass(frozen=True, slots=True)
class Packing:
    """How frames are packed.

    Attributes:
        codec: FFmpeg's name of the encoder.
        pixels: Its format for 8 bits a channel.
        deep: For more.
        options: Of the encoder.
        containers: Suffixes of what can hold it, the best first.
        odd: Whether it takes odd sides.
    """

    codec: str
    pixels: str
    deep: str
    options: Mapping[str, str]
    containers: tuple[str, ...]
    odd: bool = True


_VP9 = {"crf": "18", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}
PACKINGS: Mapping[str, tuple[Packing, ...]] = {
    ".mp4": (
        Packing(
            "libx264", "yuv420p", "yuv420p", {"crf": "18", "preset": "medium"}, (".mp4", ".mov", ".mkv"), odd=False
        ),
        Packing("libvpx-vp9", "yuv420p", "yuv420p", _VP9, (".mp4", ".mkv")),
    ),
    ".webm": (Packing("libvpx-vp9", "yuv420p", "yuv420p", _VP9, (".webm", ".mkv")),),
    ".mov": (Packing("prores_ks", "yuv422p10le", "yuv422p10le", {"profile": "3", "vendor": "apl0"}, (".mov", ".mkv")),),
    ".mkv": (Packing("ffv1", "bgr0", "gbrp16le", {"level": "3", "slices": "4", "slicecrc": "1", "g": "1"}, (".mkv",)),),
}


class Recording:
    """A video that is to be written.

    Args:
        film: What it is made from.
        target: Where it is wanted; its suffix says how it is packed.
        scale: How many times as large as the original's its frames are.

    Attributes:
        target: Where it goes: with the suffix of a container that can hold the sound.
        remarks: What the artist should know of it, in sentences.

    Raises:
        ValueError: Another suffix, or no encoder for it here.
    """

    def __init__(self, film: Film, target: Path, scale: int = 1) -> None:
        self._film = film
        self.size = (film.facts.width * scale, film.facts.height * scale)
        self._packing = _packing(target.suffix.lower(), self.size)
        self._colours = film.colours.written if isinstance(film, Video) else _SCREEN
        deep = film.facts.deep
        self._pixels = self._packing.deep if deep else self._packing.pixels
        self._copied, suffix, self.remarks = _what_to_copy(film, self._packing)
        self.target = target if suffix == target.suffix.lower() else target.with_suffix(suffix)
        self._format = _FORMATS[suffix]
        if deep and not any(digit in self._pixels for digit in ("10", "16")):
            self.remarks += ("It is written in 8 bits a channel, which every player shows; .mov and .mkv keep more.",)

    def packed(self, stills: Iterable[Still]) -> Part:
        """A part of the film: frames, in order, as its encoder packs them.

        Args:
            stills: Frames of the film, of the size of the film to be.
        """
        from av import CodecContext  # noqa: PLC0415

        context = cast("VideoCodecContext", CodecContext.create(self._packing.codec, "w"))
        self._prepare(context)
        context.flags |= _global_header()
        packets: list[Packet[Any]] = []
        marks: list[tuple[int, int]] = []
        for still in stills:
            frame = to_frame(still.pixels, self._colours, self._pixels)
            frame.pts, frame.time_base = still.time, self._film.time_base
            packets += context.encode(frame)
            marks.append((still.time, still.lasts))
        packets += context.encode(None)
        return {
            "data": np.frombuffer(b"".join(map(bytes, packets)), np.uint8),
            "sizes": np.array([packet.size for packet in packets], np.int64),
            "times": np.array([packet.pts for packet in packets], np.int64),
            "keys": np.array([packet.is_keyframe for packet in packets], bool),
            "marks": np.array(marks, np.int64),
        }

    def join(
        self, parts: Sequence[Path], file: IO[bytes], software: str, making: Making | None = None
    ) -> Iterator[float]:
        """Put parts, sound and subtitles together into `file`.

        Args:
            parts: Files of parts, in order.
            file: Open for writing and reading.
            software: How it was made, in few words.
            making: And in full.

        Yields:
            The share that is done.

        Raises:
            OSError: The disk is full.
            ValueError: The original's sound cannot be read any more.
        """
        import av  # noqa: PLC0415

        note = text(making, software)
        with ExitStack() as stack:
            source = stack.enter_context(opened(self._film.path)) if isinstance(self._film, Video) else None
            target = av.open(file, "w", format=self._format, container_options=dict(_REPEATABLE))
            container = stack.enter_context(closing(target))
            stream = container.add_stream(self._packing.codec, options=dict(self._packing.options))
            self._prepare(cast("VideoCodecContext", stream.codec_context))
            others: Iterator[Packet[Any]] = iter(())
            start = Fraction(0)
            if source is not None:
                start = Fraction(source.start_time or 0, 1_000_000)
                pairs = {index: _copy_of(source.streams[index], container) for index in self._copied}
                others = _others(source, pairs, start)
                _copy_words(source, container, note)
            else:
                container.metadata["comment"] = note
            pictures = _pictures(parts, stream, self._film.time_base, start)
            total, done = sum(len(_load(part, "sizes")) for part in parts), 0
            for packet in heapq.merge(pictures, others, key=_moment):
                done += packet.stream is stream
                container.mux_one(packet)
                if done % _SAID == 0 and packet.stream is stream:
                    yield done / max(1, total)

    def _prepare(self, context: VideoCodecContext) -> None:
        """Tell an encoder what comes; the same words always, so that all parts have the same headers."""
        context.width, context.height = self.size
        context.pix_fmt = self._pixels
        context.time_base = self._film.time_base
        context.framerate = Fraction(self._film.facts.rate or 25).limit_denominator(1001)
        context.sample_aspect_ratio = self._film.aspect
        context.options = dict(self._packing.options)
        rgb = is_rgb(self._pixels)
        context.colorspace = 0 if rgb else self._colours.matrix
        context.color_range = 2 if rgb else self._colours.range
        context.color_primaries, context.color_trc = self._colours.primaries, self._colours.transfer


def _packing(suffix: str, size: tuple[int, int]) -> Packing:
    import av  # noqa: PLC0415

    if suffix not in PACKINGS:
        raise ValueError(
            f"Videos are written as {', '.join(PACKINGS)} or as an animation .gif, .webp, .png, not as "
            f"{suffix or 'a file without a suffix'}."
        )
    for packing in PACKINGS[suffix]:
        if packing.odd or not (size[0] % 2 or size[1] % 2):
            with suppress(*faults()):
                av.Codec(packing.codec, "w")
                return packing
    raise ValueError(f"This computer has no encoder for {suffix}. Choose another of {', '.join(PACKINGS)}.")


def _what_to_copy(film: Film, packing: Packing) -> tuple[tuple[int, ...], str, tuple[str, ...]]:
    """Which streams go along, into a file of which suffix, and what is to be said of it."""
    if not isinstance(film, Video):
        return (), packing.containers[0], ()
    with opened(film.path) as source:
        sound = [stream for stream in source.streams.audio if stream.codec_context is not None]
        words = [stream for stream in source.streams.subtitles if stream.codec_context is not None]
        kept: dict[str, list[Stream]] = {
            suffix: [stream for stream in (*sound, *words) if _fits(stream, suffix)] for suffix in packing.containers
        }
        # All of it, else all sound, else as much sound as possible; among equals the first.
        suffix = max(
            packing.containers,
            key=lambda suffix: (sum(one.type == "audio" for one in kept[suffix]), len(kept[suffix])),
        )
        remarks: list[str] = []
        first = packing.containers[0]
        if suffix != first:
            remarks.append(f"It is written as {suffix}: {first} cannot hold its sound or subtitles as they are.")
        lost = [stream for stream in (*sound, *words) if stream not in kept[suffix]]
        for kind, title in (("audio", "sound"), ("subtitle", "subtitles")):
            names = sorted({stream.codec_context.name for stream in lost if stream.type == kind})
            if names:
                remarks.append(f"Its {title} ({', '.join(names)}) cannot be copied into {suffix} and stay behind.")
        return tuple(stream.index for stream in kept[suffix]), suffix, tuple(remarks)


def _fits(stream: Stream, suffix: str) -> bool:
    """Whether a container can hold a stream as it is: tried, because no list is true for all."""
    import av  # noqa: PLC0415

    if stream.codec_context.name.startswith(_NOT_IN.get(suffix, ("\0",))):
        return False
    try:
        with closing(av.open(io.BytesIO(), "w", format=_FORMATS[suffix])) as trial:
            _copy_of(stream, trial)
            trial.start_encoding()
    except faults():
        return False
    return True


def _copy_of(stream: Stream, container: OutputContainer) -> Stream:
    """A stream of the same kind in another container, with what is said of it."""
    copy = container.add_stream_from_template(stream)
    copy.metadata.update({key: value for key, value in stream.metadata.items() if key not in _NOT_COPIED})
    with suppress(*faults()):
        copy.disposition = stream.disposition
    return copy


def _copy_words(source: InputContainer, container: OutputContainer, note: str) -> None:
    """Title, date, place, chapters: what the original says of itself."""
    container.metadata.update({key: value for key, value in source.metadata.items() if key not in _NOT_COPIED})
    comment = "\n".join(filter(None, (source.metadata.get("comment", ""), note)))
    if comment:
        container.metadata["comment"] = comment
    with suppress(*faults()):
        container.set_chapters(source.chapters())


def _pictures(parts: Sequence[Path], stream: Stream, time_base: Fraction, start: Fraction) -> Iterator[Packet[Any]]:
    """The packets of all parts, with decoding times that rise over all of them.

    Decoding times are those of showing, in order, and so much earlier that every frame is decoded when it is shown.
    """
    import av  # noqa: PLC0415

    shift = round(start / time_base)
    marks = np.concatenate([_load(part, "marks") for part in parts])
    lasts = dict(marks.tolist())
    shown = marks[:, 0] - shift
    late = max((_lateness(_load(part, "times")) for part in parts), default=0)
    # Before the first there is no frame whose time could be taken. Containers take a film to last from the first time
    # of decoding to the last, so it begins as much earlier as it ends.
    lead = int(shown[-1] - shown[-1 - late])
    decoded = np.concatenate([[shown[0] - lead + number * lead // late for number in range(late)], shown]).astype(int)
    count = 0
    for part in parts:
        data, sizes, times, keys = (_load(part, name) for name in ("data", "sizes", "times", "keys"))
        ends = np.cumsum(sizes)
        for end, size, time, key in zip(ends.tolist(), sizes.tolist(), times.tolist(), keys.tolist(), strict=True):
            packet = av.Packet(data[end - size : end].tobytes())
            packet.stream, packet.time_base = stream, time_base
            packet.pts, packet.dts, packet.duration = time - shift, int(decoded[count]), lasts[time]
            packet.is_keyframe = key
            yield packet
            count += 1


def _lateness(times: NDArray[Any]) -> int:
    """By how many places a frame is decoded after its place among those shown."""
    ranks = np.argsort(np.argsort(times))
    return int(max(0, (np.arange(len(times)) - ranks).max(initial=0)))


def _others(source: InputContainer, pairs: Mapping[int, Stream], start: Fraction) -> Iterator[Packet[Any]]:
    """The packets of the other streams, as they are."""
    if not pairs:
        return
    packets = source.demux([source.streams[index] for index in pairs])
    while True:
        try:
            packet = next(packets, None)
        except faults():  # Behind the end of a file that was cut off.
            return
        if packet is None:
            return
        if packet.dts is None or packet.size == 0:
            continue
        shift = round(start / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts - shift
        packet.dts -= shift
        packet.stream = pairs[packet.stream.index]
        yield packet


def _moment(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _load(part: Path, name: str) -> NDArray[Any]:
    with np.load(part, allow_pickle=False) as file:
        found: NDArray[Any] = file[name]
        return found


def _global_header() -> int:
    from av.codec.context import Flags  # noqa: PLC0415

    return int(Flags.global_header)
