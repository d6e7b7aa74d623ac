"""How long the window takes to show, beside an empty Qt window in the same run, and what is loaded by then.

    python tests/benchmarks/startup.py

From the start of the process to the first frame on the screen, in turns; the promise is 1.0 s. Processor seconds stand
beside, which a busy machine changes less. Compiled files are kept in a folder of their own, so that it does not matter
whether this interpreter writes any; the first round makes them and does not count.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
PROMISE_SECONDS = 1.0
LATE = ("numpy", "PIL", "pyqtgraph", "torch", "filelock", "asyncio", "psutil")
"""What must not be loaded before the first frame."""

WATCH = (
    f"LATE = {LATE}"
    """
import json, os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

def told():
    late = [name for name in LATE if name in sys.modules]
    print(json.dumps([time.time(), time.process_time(), late]), flush=True)
    os._exit(0)

class Watch(QObject):
    def eventFilter(self, watched, event):
        # What is painted is flushed to the screen before the next turn of the loop.
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            QTimer.singleShot(0, told)
        return False
"""
)

EMPTY = (
    WATCH
    + """
app = QApplication([])
watch = Watch()
window = QMainWindow()
window.installEventFilter(watch)
window.show()
app.exec()
"""
)

OURS = (
    WATCH
    + """
from ganstudio.window import app
watch = Watch()
show = app.MainWindow.show
def shown(window):
    window.installEventFilter(watch)
    show(window)
app.MainWindow.show = shown
sys.argv = ["ganstudio", *sys.argv[1:]]
from ganstudio.__main__ import main
main()
"""
)


def started(code, home):
    """Wall seconds from the start of the process to the first frame, its processor seconds, and what was loaded."""
    environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    environment |= {"PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    began = time.time()
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    at, processor, late = json.loads(out.stdout.splitlines()[-1])
    return at - began, processor, late


def measured():
    """Median wall and processor seconds of the empty window and of ours."""
    with tempfile.TemporaryDirectory() as home:
        times = {EMPTY: [], OURS: []}
        for number in range(ROUNDS + 1):
            for code, kept in times.items():
                wall, processor, late = started(code, home)
                assert not late, f"loaded before the first frame: {late}"
                if number:
                    kept.append((wall, processor))
    return [[statistics.median(column) for column in zip(*kept, strict=True)] for kept in times.values()]


def figures():
    """For the table of all."""
    from tests.benchmarks.figures import Figure

    (empty, empty_own), (ours, own) = measured()
    yield Figure(
        "Window up, start of the process to its first frame",
        f"an empty Qt window {empty:.2f} s ({empty_own:.2f} s of processor)",
        f"{ours:.2f} s ({own:.2f} s of processor)",
        None,
        f"under {PROMISE_SECONDS:.1f} s",
    )


def main():
    names = ("empty Qt window", "GAN Studio")
    times = dict(zip(names, measured(), strict=True))
    for name, (wall, processor) in times.items():
        print(f"{name:<16} {wall:6.2f} s, processor {processor:5.2f} s")
    ratios = [ours / empty for ours, empty in zip(times[names[1]], times[names[0]], strict=True)]
    print(f"Ratio {ratios[0]:.1f}, of processor {ratios[1]:.1f}; promise {PROMISE_SECONDS} s: ", end="")
    print("kept" if times[names[1]][0] < PROMISE_SECONDS else "broken")


if __name__ == "__main__":
    main()
