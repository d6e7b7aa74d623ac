"""Videos as pictures: every frame upright, in RGB, with the time at which it is shown; or the reason why not.

FFmpeg is fed with strangers' files: they come through a file that is open already, formats that refer to other files
or to the network are not among those that it may open, and whatever it raises means "damaged". A frame that cannot be
decoded is left out and counted; the rest goes on.
"""

from __future__ import annotations

import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ganstudio.pictures.films.stills import Mark, Still
from ganstudio.pictures.films.video_colours import Colours, colours_of, converter, to_rgb
from ganstudio.pictures.reading import CODEC_FAULTS, Unreadable
from ganstudio.words.films import FilmFacts

if TYPE_CHECKING:
    from av import VideoFrame
    from av.buffer import Buffer
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

FRAME_PIXELS = 2**26  # 67 million, 8192 × 8192.
MOST_DAMAGED = 100  # Frames one after another that cannot be decoded: nothing good will come.
READ_FORMATS = (
    "mov,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,asf,flv,live_flv,ogg,mxf,dv,yuv4mpegpipe,nut,ivf,obu,"
    "av1,rm,wtv,gxf,vc1,mjpeg,mjpeg_2000,bink,smk,film_cpk,roq,nsv,nuv,swf,lxf,mpjpeg,cavsvideo,dirac"
)
_PLAUSIBLE = 1.5  # A file's own count of frames may differ so much from its length times its rate.


class Video:
    """An open video.

    Args:
        path: The file.

    Attributes:
        facts: What it is.
        time_base: Seconds of one unit of time.
        aspect: Width of a pixel over its height, upright.
        colours: How its numbers stand for colours.
        damaged: How many frames could not be decoded so far.
        seen: Seconds of the last frame that was decoded.

    Raises:
        Unreadable: It is no video, or nothing of it can be decoded.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged, self.seen = 0, 0.0
        self._converter = converter()
        with named(), opened(path) as container:
            stream = _picture_stream(container)
            assert stream.time_base is not None
            self.time_base = stream.time_base
            first = next(self._decoded(container, stream), None)
            if first is None:
                raise Unreadable("Not one frame of the video could be decoded; it is damaged or empty.")
            self._matrix = _matrix(first)
            self.size = (first.width, first.height)
            _check_size(*self.size)
            self.colours = colours_of(first, stream)
            turned = self._matrix is not None and not self._matrix[0, 0]
            aspect = stream.sample_aspect_ratio or Fraction(1)
            self.aspect = 1 / aspect if turned else aspect
            self.facts = _facts(container, stream, self.colours, self.size[::-1] if turned else self.size)
        self.damaged = 0

    def stills(self, since: Mark | None = None) -> Generator[Still, None, None]:
        """Its frames in the order in which they are shown.

        Args:
            since: Begin with this one. It is looked for near its time, and from the beginning if the one found there
                is another.

        Raises:
            Unreadable: Another program changed the file, so that `since` is nowhere in it.
        """
        with ExitStack() as files:
            container = files.enter_context(opened(self.path))
            stream = _picture_stream(container)
            frames: Iterator[VideoFrame] | None = self._decoded(container, stream)
            number, last = 0, None
            if since is not None:
                number, last = since.number, since.time - 1
                frames = self._near(container, stream, since)
                if frames is None:
                    anew = files.enter_context(opened(self.path))
                    frames = self._counted(anew, _picture_stream(anew), since)
            for frame in frames or ():
                still = self._still(number, frame, last)
                yield still
                number, last = number + 1, still.time

    def still_at(self, seconds: float) -> Still:
        """The frame that is shown at a time, counted from the beginning; the last that can be read when that is late.

        Raises:
            Unreadable: No frame there can be decoded.
        """
        with opened(self.path) as container:
            stream = _picture_stream(container)
            start = stream.start_time or 0
            wanted = start + round(seconds / self.time_base)
            found = None
            for attempt in (wanted, None):
                with suppress(*faults()):
                    container.seek(start if attempt is None else attempt, stream=stream)
                with closing(self._decoded(container, stream)) as frames:
                    for frame in frames:
                        if found is not None and frame.pts is not None and frame.pts > wanted:
                            break
                        found = frame
                if found is not None:
                    return self._still(0, found, None)
        raise Unreadable("No frame there could be decoded.")

    def _near(self, container: InputContainer, stream: VideoStream, since: Mark) -> Iterator[VideoFrame] | None:
        """The frames from a mark on, which lies at its time in the file; None where another lies there."""
        with suppress(*faults()):
            container.seek(since.time, stream=stream)
            frames = self._decoded(container, stream)
            for frame in frames:
                if frame.pts is None or frame.pts > since.time:
                    return None
                if frame.pts == since.time:
                    return chain([frame], frames) if self._is(frame, since) else None
        return None

    def _counted(self, container: InputContainer, stream: VideoStream, since: Mark) -> Iterator[VideoFrame]:
        """The frames from a mark on, counted from the beginning: seeking is not exact in every format."""
        frames = self._decoded(container, stream)
        for number, frame in enumerate(frames):
            if number == since.number:
                if self._is(frame, since):
                    return chain([frame], frames)
                break
        raise Unreadable("The video was changed while it was translated. Translate it anew, under another name.")

    def _is(self, frame: VideoFrame, mark: Mark) -> bool:
        return self._still(0, frame, None).digest == mark.digest

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Generator[VideoFrame, None, None]:
        """Frames as they come; damaged packets are counted and left out."""
        in_a_row = 0
        packets = _patiently(container.demux(stream))
        for packet in packets:
            try:
                frames = packet.decode()
            except faults():
                self.damaged += 1
                in_a_row += 1
                if in_a_row > MOST_DAMAGED:
                    return
                continue
            for frame in frames:
                in_a_row = 0
                if frame.pts is not None:
                    self.seen = float((frame.pts - (stream.start_time or 0)) * self.time_base)
                yield frame

    def _still(self, number: int, frame: VideoFrame, last: int | None) -> Still:
        lasts = max(1, frame.duration or self._usual)
        time = frame.pts
        if time is None or (last is not None and time <= last):  # A broken clock.
            time = 0 if last is None else last + lasts
        _check_size(frame.width, frame.height)
        with named():
            pixels = to_rgb(frame, self.colours, self.size, self._converter)
        return Still(number, time, lasts, upright(pixels, self._matrix))

    @property
    def _usual(self) -> int:
        return round(1 / (self.facts.rate or 25) / self.time_base)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The video with only its headers read.

    Raises:
        Unreadable: It cannot be opened. What is raised inside the `with` goes through as it is.
    """
    with ExitStack() as stack:
        with named():
            import av  # noqa: PLC0415  It takes a moment, and pictures do not need it.

            _check_file(path)
            container = av.open(
                stack.enter_context(path.open("rb")),
                "r",
                container_options={"format_whitelist": READ_FORMATS, "protocol_whitelist": "none"},
                metadata_errors="replace",
            )
            stack.enter_context(closing(container))
        yield container


@contextmanager
def named() -> Iterator[None]:
    """Every fault of a file inside the `with` becomes Unreadable."""
    import av  # noqa: PLC0415

    try:
        yield
    except Unreadable:
        raise
    except av.DecoderNotFoundError as error:
        raise Unreadable("Its codec is not among those that can be decoded. Convert it to .mp4 first.") from error
    except FileNotFoundError as error:
        raise Unreadable("It is not there.") from error
    except PermissionError as error:
        raise Unreadable("The file may not be read: its permissions forbid it.") from error
    except MemoryError:
        raise Unreadable("It does not fit into the memory of this computer.") from None
    except faults() as error:
        raise Unreadable("The video is damaged, was not written completely, or is none that can be read.") from error


def comment(path: Path) -> str:
    """What is said of a video in its own words.

    Raises:
        Unreadable: It is none.
    """
    with opened(path) as container:
        return "\n".join(value for key, value in container.metadata.items() if key.lower() == "comment")


def upright(pixels: NDArray[Any], matrix: NDArray[Any] | None) -> NDArray[Any]:
    """Rows of pixels (H, W, …) as they are seen: turned by quarters and mirrored as a display matrix says.

    Args:
        pixels: As they lie in the file.
        matrix: [[a, b], [c, d]]: a pixel at (x, y) is shown at (a·x + c·y, b·x + d·y); one of each pair is 0.
    """
    if matrix is None:
        return pixels
    (a, b), (c, d) = matrix
    if a == 0:
        pixels = pixels.swapaxes(0, 1)
    across, down = (c, b) if a == 0 else (a, d)
    return np.ascontiguousarray(pixels[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1])


def faults() -> tuple[type[Exception], ...]:
    """What FFmpeg raises over a file."""
    import av  # noqa: PLC0415

    return (av.FFmpegError, *CODEC_FAULTS)


def _patiently(packets: Iterator[Any]) -> Iterator[Any]:
    """Packets until the file ends, or until it cannot be read on."""
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except faults():
            return
        yield packet


def _check_file(path: Path) -> None:
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise Unreadable("It is a folder, not a video.")
    if not stat.S_ISREG(found.st_mode):
        raise Unreadable("It is a pipe or a device, not a file.")
    if not found.st_size:
        raise Unreadable("The file is empty.")


def _check_size(width: int, height: int) -> None:
    if width * height > FRAME_PIXELS:
        raise Unreadable(
            f"Its frames have {width}×{height} pixels; at most {FRAME_PIXELS / 1e6:.0f} million are translated."
        )


def _picture_stream(container: InputContainer) -> VideoStream:
    """The moving pictures; a cover beside sound is none."""
    from av.codec.context import ThreadType  # noqa: PLC0415

    for stream in container.streams.video:
        if not is_cover(stream):
            _check_size(stream.codec_context.width, stream.codec_context.height)
            stream.thread_type = ThreadType.AUTO
            return stream
    raise Unreadable("It holds sound alone, no moving pictures." if container.streams.audio else "It holds no video.")


def is_cover(stream: Stream) -> bool:
    """Whether a stream of pictures is the cover of a sound file, or a thumbnail."""
    return bool(int(stream.disposition) & 0x400)  # AV_DISPOSITION_ATTACHED_PIC


def _matrix(frame: VideoFrame) -> NDArray[Any] | None:
    """How it is to be turned, as whole quarters; None for not at all."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return None
    a, b, _, c, d = np.frombuffer(bytes(cast("Buffer", data)), np.int32)[:5].astype(float)
    matrix = np.array([[a, b], [c, d]])
    across = abs(a) + abs(d) >= abs(b) + abs(c)
    signs = np.sign(matrix) * (np.eye(2) if across else 1 - np.eye(2))
    return None if (signs == np.eye(2)).all() or abs(np.linalg.det(signs)) != 1 else signs


def _facts(container: InputContainer, stream: VideoStream, colours: Colours, size: tuple[int, int]) -> FilmFacts:
    seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
    if not seconds and container.duration:
        seconds = container.duration / 1_000_000
    rate = float(stream.average_rate or stream.guessed_rate or 0)
    frames = round(seconds * rate)
    if stream.frames and (not frames or 1 / _PLAUSIBLE < stream.frames / frames < _PLAUSIBLE):
        frames = stream.frames
    return FilmFacts(
        "video",
        *size,
        seconds=max(0.0, seconds),
        frames=max(0, frames),
        rate=rate,
        codec=stream.codec_context.name,
        sound=tuple(_track(track.codec_context.name, track.channels) for track in container.streams.audio),
        subtitles=len(container.streams.subtitles),
        deep=colours.deep,
        wide=colours.wide,
    )


def _track(codec: str, channels: int) -> str:
    return f"{codec}, {channels} channel{'' if channels == 1 else 's'}"
