"""The application as it ends, in a process of its own: asked once, asked twice, in time or not, and killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ganstudio.runs.run import Run

SCRIPT = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from ganstudio.window import app, closing, jobs
from ganstudio.words.events import Finished, Progress, Saved, Started, Stop

def nothing():
    yield None
    return ()

loading = []

def busy():
    yield None
    loading.append(True)
    time.sleep(10)
    return ()

def train(run):
    yield Started(0, 1000, "cyclegan", "cpu", "fp32", {})
    step = 0
    while True:
        step += 1
        time.sleep(0.01)
        command = yield Progress(step, 1000)
        if isinstance(command, Stop):
            if "slow" in sys.argv:
                time.sleep(3)
            (run / "saved").write_text(str(step))
            yield Finished(step, "stopped")
            return

watch = app.Faults.watch

def watched(self):
    # After what the application does once its window is there.
    watch(self)
    QTimer.singleShot(0, lambda: look(self._window))

def look(window):
    if "banner" in sys.argv:
        print(*(f"{banner.title.text()} {banner.text.text()}" for banner in window.banners.shown()), flush=True)
        window.close()
        return
    if "busy" not in sys.argv:
        window.studio.begin_training(Path(sys.argv[1]))
    if "asked" in sys.argv:
        window.close()
    QTimer.singleShot(60, lambda: tell(window))

def tell(window):
    if "busy" in sys.argv and not loading:
        QTimer.singleShot(20, lambda: tell(window))
        return
    asked = window.closing._question is not None
    print("training" if asked == ("asked" in sys.argv) else "not asked", flush=True)

jobs.catalogue = jobs.devices = nothing
jobs.train = train
if "busy" in sys.argv:
    jobs.catalogue = busy
if "late" in sys.argv:
    closing.PATIENCE_MS = 500
app.Faults.watch = watched
sys.exit(app.open_window())
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "seasons" / "runs" / "007-cyclegan").mkdir(parents=True)
    return tmp_path / "seasons" / "runs" / "007-cyclegan"


@pytest.fixture
def start(run, tmp_path):
    """start("asked") starts the window, which trains, and returns when it does."""
    begun = []

    def begin(*how: str) -> subprocess.Popen:
        hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN if "nohup" in how else signal.SIG_DFL)
        places = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(run), *how],
            env=os.environ | places | {"LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        signal.signal(signal.SIGHUP, hangup)
        begun.append(process)
        assert process.stdout is not None
        if "banner" not in how:
            assert process.stdout.readline() == "training\n", process.communicate()[1]
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def sessions(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "ganstudio" / "sessions").iterdir())


@pytest.mark.parametrize(("how", "number"), [("asked", signal.SIGTERM), ("alone", signal.SIGHUP)])
def test_a_request_to_end_saves_and_ends_also_while_a_question_is_open(start, run, tmp_path, how, number):
    process = start(how)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert int((run / "saved").read_text()) >= 1
    assert sessions(tmp_path) == []


def test_a_window_that_was_begun_to_outlive_its_terminal_does(start):
    process = start("nohup")
    process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_a_second_request_ends_at_once(start, tmp_path):
    process = start("slow")
    process.send_signal(signal.SIGTERM)
    # The first is heard within a fifth of a second.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 128 + signal.SIGTERM
    assert len(sessions(tmp_path)) == 1


def test_a_run_that_cannot_be_saved_in_time_does_not_hold_the_process(start, tmp_path):
    process = start("slow", "late")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 1
    assert "could not be saved in time" in (tmp_path / "ganstudio" / "log.txt").read_text("utf-8")


def test_an_engine_that_is_still_loading_does_not_hold_the_process(start, tmp_path):
    process = start("busy", "late")
    process.send_signal(signal.SIGTERM)
    assert process.wait(8) == 0
    assert sessions(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "how"), [(signal.SIGKILL, "the computer went off"), (signal.SIGSEGV, "Fatal Python error: Segmentation")]
)
def test_the_next_start_tells_of_a_bad_end_and_of_what_was_training(start, run, tmp_path, number, how):
    shelf = Run(run).shelf
    shelf.folder.mkdir()
    shelf.place(4120).touch()
    process = start("alone")
    process.send_signal(number)
    process.wait()
    said, fault = start("banner").communicate(timeout=30)
    what = "007-cyclegan was training; it is saved up to step 4,120."
    assert said.startswith(f"GAN Studio ended unexpectedly last time {what}")
    assert how in said
    assert "Traceback" not in fault
    assert sessions(tmp_path) == []
