"""Cameras by their names, frames as they come, and a sentence for whatever goes wrong; FFmpeg draws what they see."""

import errno
import itertools

import av
import numpy as np
import pytest

from ganstudio.pictures.films import cameras as module
from ganstudio.pictures.films.cameras import Camera, NoCamera, cameras, refusal, seen_by

RED = Camera("Red wall", "color=red:size=64x48:rate=50", "lavfi")


def device(name, description, kinds=("video",)):
    return av.DeviceInfo(name, description, False, list(kinds))


@pytest.fixture
def plugged(monkeypatch):
    """plugged(device, …) are the ones the system tells of."""

    def plug(*devices):
        monkeypatch.setattr(av, "enumerate_input_devices", lambda _: list(devices))

    return plug


def test_frames_come_in_the_colours_that_the_camera_sees():
    seen = seen_by(RED)
    first, second = itertools.islice(seen, 2)
    seen.close()
    assert first.shape == second.shape == (48, 64, 3)
    assert first.dtype == np.uint8
    assert abs(first.reshape(-1, 3).mean(0) - (255, 0, 0)).max() < 4


def test_it_is_let_go_when_nobody_looks(monkeypatch):
    closed = []
    opened = module._opened

    class Told:
        def __init__(self, container):
            self.container = container

        def decode(self, **of):
            return self.container.decode(**of)

        def close(self):
            closed.append(True)
            self.container.close()

    monkeypatch.setattr(module, "_opened", lambda camera: Told(opened(camera)))
    seen = seen_by(RED)
    next(seen)
    assert closed == []
    seen.close()
    assert closed == [True]


def test_a_camera_that_stops_says_so():
    with pytest.raises(NoCamera, match=r"Red wall stopped sending pictures\. Plug it in again"):
        list(seen_by(Camera("Red wall", "color=red:size=64x48:rate=50:duration=0.1", "lavfi")))


@pytest.mark.parametrize("fault", [av.BlockingIOError, av.InvalidDataError])
def test_a_moment_without_a_picture_is_waited_out(monkeypatch, fault):
    class Moody:
        def __init__(self):
            self.faults = [fault(1, "not now")]

        def decode(self, video):
            if self.faults:
                raise self.faults.pop()
            yield av.VideoFrame(8, 8, "rgb24")

        def close(self):
            pass

    monkeypatch.setattr(module, "_opened", lambda _: Moody())
    seen = seen_by(RED)
    assert next(seen) is None
    assert next(seen).shape == (8, 8, 3)


def test_one_that_is_unplugged_while_one_looks_says_so(monkeypatch):
    class Unplugged:
        def decode(self, video):
            raise av.FFmpegError(errno.ENODEV, "no such device")

        def close(self):
            pass

    monkeypatch.setattr(module, "_opened", lambda _: Unplugged())
    with pytest.raises(NoCamera, match="unplugged, or another program took it"):
        next(seen_by(RED))


@pytest.mark.parametrize(
    ("system", "number", "said"),
    [
        ("v4l2", errno.ENODEV, "not there any more. Plug it in again"),
        ("v4l2", errno.EACCES, "group video"),
        ("avfoundation", errno.EPERM, "Privacy & Security, Camera"),
        ("dshow", errno.EACCES, "Allow desktop apps"),
        ("v4l2", errno.EBUSY, "Another program uses Eye. Close it there"),
        ("dshow", errno.EIO, "Another program may be using it"),
    ],
)
def test_every_refusal_says_what_to_do(system, number, said):
    assert said in str(refusal(Camera("Eye", "0", system), OSError(number, "x")))


@pytest.mark.skipif("video4linux2,v4l2" not in av.formats_available, reason="no video for Linux here")
def test_a_camera_that_is_gone_is_named():
    with pytest.raises(NoCamera, match="Eye is not there any more"):
        next(seen_by(Camera("Eye", "/dev/video987", "v4l2")))


def test_names_tell_two_of_a_kind_apart_and_leave_out_what_is_no_camera(plugged):
    plugged(
        device("0", "FaceTime"), device("1", "FaceTime"), device("2", "Capture screen 0"), device("0", "Mic", ["audio"])
    )
    assert cameras("darwin") == (Camera("FaceTime", "0", "avfoundation"), Camera("FaceTime (2)", "1", "avfoundation"))


def test_linux_has_one_entry_a_camera(plugged, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "NODES", tmp_path)
    for node, index in (("video0", "0"), ("video1", "1")):
        (tmp_path / node).mkdir()
        (tmp_path / node / "index").write_text(f"{index}\n")
        (tmp_path / node / "name").write_text("Eye\n")
    plugged(device("/dev/video0", "Eye", ()), device("/dev/video1", "Eye", ()))
    assert cameras("linux") == (Camera("Eye", "/dev/video0", "v4l2"),)
    # One may not even ask it: it is listed, and says why when it is opened.
    plugged()
    assert cameras("linux") == (Camera("Eye", "/dev/video0", "v4l2"),)


def test_no_cameras_are_none(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "NODES", tmp_path)

    def fail(_):
        raise av.FFmpegError(errno.EIO, "x")

    monkeypatch.setattr(av, "enumerate_input_devices", fail)
    assert cameras("linux") == cameras("plan9") == ()
