"""Small films for tests, made with PyAV: known colours, known times, a tone beside them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

# ITU-R BT.709 and BT.601: how much red and blue count for luma.
WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114)}


def pictures(count, size=(48, 32)):
    """Smooth pictures that a codec keeps well, each a little other than the one before."""
    y, x = np.mgrid[: size[1], : size[0]]
    return [
        np.stack([60 + 2 * x, 200 - 3 * y, np.full_like(x, 40 + 9 * number)], -1).clip(0, 255).astype(np.uint8)
        for number in range(count)
    ]


def film(
    path,
    shown=None,
    *,
    times=None,
    codec="libx264",
    pixels="yuv420p",
    options=None,
    sound=("aac",),
    words="",
    rotation=0,
    mirrored=False,
    aspect=None,
    colours=(1, 1),
    transfer=None,
    container=None,
):
    """A film of these pictures, shown at these milliseconds, in a matrix and range by their numbers."""
    shown = pictures(6) if shown is None else shown
    times = times or [40 * number for number in range(len(shown))]
    height, width = shown[0].shape[:2]
    with av.open(str(path), "w", format=container) as made:
        stream = made.add_stream(codec, rate=25, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        context = stream.codec_context
        context.time_base = Fraction(1, 1000)
        context.colorspace, context.color_range = colours
        if transfer:
            context.color_primaries, context.color_trc = transfer
        if aspect:
            context.sample_aspect_ratio = aspect
        if rotation or mirrored:
            stream.set_display_rotation(rotation, mirrored)
        tones = [made.add_stream(name, rate=44_100, layout="stereo") for name in sound]
        for tone in tones:
            tone.codec_context.format = tone.codec_context.codec.audio_formats[0].name
        text = made.add_stream(words) if words else None
        if text:
            text.codec_context.subtitle_header = b"[Script Info]\n"
        for picture, time in zip(shown, times, strict=True):
            frame = packed(picture, pixels, colours)
            frame.pts, frame.time_base = time, context.time_base
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        for number, tone in enumerate(tones):
            _play(made, tone, 0.2 + 0.1 * number)
    return Path(path)


def packed(picture, pixels, colours):
    """A frame in a pixel format."""
    deep = picture.dtype == np.uint16
    frame = av.VideoFrame.from_ndarray(picture, format="rgb48le" if deep else "rgb24")
    matrix = {1: 1, 6: 5, 9: 9, 2: 1}[colours[0]]
    return frame.reformat(format=pixels, dst_colorspace=matrix, src_color_range=2, dst_color_range=colours[1])


def _play(made, tone, height):
    kind = tone.codec_context.codec.audio_formats[0].name
    resampler = av.AudioResampler(format=kind, layout="stereo", rate=44_100)
    for number in range(10):
        wave = height * np.sin((np.arange(1024) + 1024 * number) / 20)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, 1024 * number, Fraction(1, 44_100)
        for part in resampler.resample(frame):
            made.mux(tone.encode(part))
    made.mux(tone.encode(None))


def frames_of(path):
    """Times in seconds and frames as RGB of the first video stream."""
    with av.open(str(path)) as container:
        return [(float(frame.time), frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def packets_of(path, kind="audio"):
    """The bytes of every packet, a list for each stream of a kind."""
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.type == kind]
        found = {stream.index: [] for stream in streams}
        for packet in container.demux(streams):
            if packet.size:
                found[packet.stream.index].append(bytes(packet))
        return list(found.values())


def animation(path, shown=None, lasts=(40, 80, 120), **more):
    """An animation of these pictures."""
    shown = shown or [Image.new("RGB", (24, 16), (200 - 60 * number, 30, 40 * number)) for number in range(3)]
    kind = {".gif": "GIF", ".webp": "WEBP", ".png": "PNG"}[Path(path).suffix]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    shown[0].save(path, kind, save_all=True, append_images=shown[1:], duration=list(lasts), **lossless, **more)
    return Path(path)
