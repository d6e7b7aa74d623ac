"""The application as it starts, in a process of its own: order of loading, numbers, faults, and a request to end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from ganstudio.window import app, jobs

def catalogue():
    yield None
    return ()

jobs.catalogue = jobs.devices = catalogue
facts = {}

def look():
    import ctypes
    window = next(w for w in QApplication.topLevelWidgets() if w.isVisible())
    late = {"torch", "numpy", "PIL", "pyqtgraph", "filelock", "asyncio", "psutil", "pydantic"}
    facts["late"] = sorted(late & sys.modules.keys())
    facts["pages"] = sorted(window._pages)
    facts["interval"] = sys.getswitchinterval()
    strtod = ctypes.CDLL(None).strtod
    strtod.restype = ctypes.c_double
    facts["number"] = strtod(b"1.5", None)
    facts["title"] = window.windowTitle()
    QTimer.singleShot(0, fail)

def fail():
    QTimer.singleShot(0, tell)
    raise KeyError("secret of the inside")

def tell():
    window = next(w for w in QApplication.topLevelWidgets() if w.isVisible())
    facts["said"] = [f"{banner.title.text()} {banner.text.text()}" for banner in window.banners.shown()]
    print(json.dumps(facts), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

show = app.MainWindow.showEvent
app.MainWindow.showEvent = lambda self, event: (show(self, event), QTimer.singleShot(0, look))[0]
sys.exit(app.open_window(Path(sys.argv[1]) if sys.argv[1:] else None))
"""


def test_the_window_starts_quickly_survives_a_fault_and_ends_on_request(tmp_path: Path):
    places = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | places | {"LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["late"] == []
    assert facts["pages"] == ["home"]
    assert facts["interval"] == pytest.approx(0.0005)
    assert facts["number"] == 1.5
    assert facts["title"] == "GAN Studio"
    (sentence,) = facts["said"]
    assert "secret" not in sentence
    assert "Traceback" not in done.stderr
    (log,) = tmp_path.rglob("log.txt")
    written = log.read_text("utf-8")
    assert "secret of the inside" in written
    assert written.splitlines()[-1].endswith("Ended in order")
    assert list((tmp_path / "ganstudio" / "sessions").iterdir()) == []
