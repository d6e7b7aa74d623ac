"""Cameras: which there are, by the names that people know them by, and what they see; through FFmpeg's devices.

PyAV brings them on every system, and films are read by it already: Qt's own way to cameras is a package of 170 MB.
"""

from __future__ import annotations

import errno
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.container import InputContainer

SYSTEMS: Mapping[str, str] = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
"""How FFmpeg calls each system's cameras."""

NODES = Path("/sys/class/video4linux")
PAUSE = 0.005
"""Seconds between two looks at a camera that has nothing new."""

_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO}
_REFUSED = {errno.EACCES, errno.EPERM}
_REMEDIES = {
    "v4l2": "Add yourself to the group video (sudo usermod -aG video $USER), log in again, then try again.",
    "avfoundation": "Allow it in System Settings, Privacy & Security, Camera, then start GAN Studio again.",
    "dshow": "Allow desktop apps to use it in Settings, Privacy & security, Camera, then try again.",
}
# What is asked for, the best first. Raw pictures of that size come at ten a second over USB, packed ones at thirty;
# Linux gives raw ones unless asked, Windows whatever has the rate.
_WISHES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "v4l2": (
        {"input_format": "mjpeg", "video_size": "1280x720", "framerate": "30"},
        {"video_size": "640x480", "framerate": "30"},
        {},
    ),
    "dshow": (
        {"video_size": "1280x720", "framerate": "30"},
        {"video_size": "640x480", "framerate": "30"},
        {},
    ),
    # Without a rate it asks for 29.97, which no built-in camera has.
    "avfoundation": (
        {"video_size": "1280x720", "framerate": "30"},
        {"video_size": "640x480", "framerate": "30"},
        {"framerate": "30"},
        {},
    ),
}


class NoCamera(ValueError):  # noqa: N818  As people say it.
    """A camera that cannot be used, and what to do."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera.

    Attributes:
        name: As its maker or the artist calls it; no two have the same.
        address: By which the system finds it.
        system: How FFmpeg calls the system's cameras.
    """

    name: str
    address: str
    system: str


def cameras(platform: str = sys.platform) -> tuple[Camera, ...]:
    """The cameras that are plugged in, in the system's order; none where the system is not known."""
    system = SYSTEMS.get(platform)
    if system is None:
        return ()
    import av  # noqa: PLC0415  It takes a moment.

    found: list[tuple[str, str]] = []
    with suppress(av.FFmpegError, ValueError):
        for device in av.enumerate_input_devices(system):
            pictures = "video" in device.media_types or not device.media_types
            if pictures and not device.description.startswith("Capture screen"):
                found.append((device.description or device.name, device.name))
    if system == "v4l2":
        found = _of_linux(found)
    met: Counter[str] = Counter()
    made = []
    for name, address in found:
        met[name] += 1
        made.append(Camera(name if met[name] == 1 else f"{name} ({met[name]})", address, system))
    return tuple(made)


def seen_by(camera: Camera) -> Generator[NDArray[np.uint8] | None, None, None]:
    """What a camera sees, (H, W, 3) sRGB, as it comes; None while there is nothing new.

    Closing the generator lets the camera go.

    Raises:
        NoCamera: It cannot be used, or not any more; says what to do.
    """
    import av  # noqa: PLC0415

    with closing(_opened(camera)) as container:
        while True:
            try:
                for frame in container.decode(video=0):
                    yield cast("NDArray[np.uint8]", frame.to_ndarray(format="rgb24"))
                raise NoCamera(f"{camera.name} stopped sending pictures. Plug it in again, then try again.")
            except av.BlockingIOError:
                time.sleep(PAUSE)
                yield None
            except av.InvalidDataError:  # A torn picture; the next one is better.
                yield None
            except av.FFmpegError as error:
                raise NoCamera(
                    f"{camera.name} stopped sending pictures. It was unplugged, or another program took it. "
                    "Plug it in again or close that program, then try again."
                ) from error


def refusal(camera: Camera, error: OSError) -> NoCamera:
    """Why a camera could not be opened, in a sentence with what to do."""
    name, number = camera.name, error.errno
    if number in _GONE:
        return NoCamera(f"{name} is not there any more. Plug it in again, then try again.")
    if number in _REFUSED:
        return NoCamera(f"The system does not let GAN Studio use {name}. {_REMEDIES.get(camera.system, '')}".rstrip())
    if number == errno.EBUSY:
        return NoCamera(f"Another program uses {name}. Close it there, then try again.")
    return NoCamera(
        f"{name} could not be started. Another program may be using it, or the system does not let GAN Studio: close "
        "that program or look at the system's privacy settings, then try again."
    )


def _opened(camera: Camera) -> InputContainer:
    """The camera, sending."""
    import av  # noqa: PLC0415

    place = f"video={camera.address}" if camera.system == "dshow" else camera.address
    fault: OSError = OSError(errno.ENODEV, "no wish")
    for wish in _WISHES.get(camera.system, ({},)):
        options = {"fflags": "nobuffer", **wish}
        try:
            # Named without its type by PyAV's own hints: a camera has no file.
            container = cast("Any", av).open(place, "r", format=camera.system, options=options)
        except (av.FFmpegError, OSError) as error:
            fault = cast("OSError", error)
            if fault.errno in _GONE | _REFUSED:
                break
        else:
            if container.streams.video:
                return cast("InputContainer", container)
            container.close()
    raise refusal(camera, fault) from fault


def _of_linux(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One node a camera: each also has nodes for what is no picture. Those one may not open are listed all the same."""
    kept = [(name, address) for name, address in found if _first_of_camera(Path(address).name)]
    return kept or list(_nodes())


def _first_of_camera(node: str) -> bool:
    try:
        return (NODES / node / "index").read_text("ascii").strip() == "0"
    except (OSError, ValueError):
        return True


def _nodes() -> Iterator[tuple[str, str]]:
    for node in sorted(NODES.glob("video*")):
        with suppress(OSError):
            if _first_of_camera(node.name):
                yield (node / "name").read_text("utf-8", "replace").strip() or node.name, f"/dev/{node.name}"
