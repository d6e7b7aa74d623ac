"""How long the window takes to show, beside an empty Qt window in the same run, and that torch is not loaded by then.

    python tests/benchmarks/startup.py

From the start of the process to the first painted window; the promise is 1.5 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
PROMISE_SECONDS = 1.5

EMPTY = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
print(time.time(), False)
"""

OURS = """
import sys, time
from PySide6.QtWidgets import QApplication

def shown():
    loaded = "torch" in sys.modules  # From the first turn of the event loop on, a thread loads it.
    QApplication.processEvents()
    print(time.time(), loaded, flush=True)
    return 0

QApplication.exec = staticmethod(shown)
from ganstudio.window.app import open_window
open_window()
"""


def started(code, home):
    """Seconds from the start of the process to a painted window, and whether torch was loaded."""
    environment = os.environ | {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    began = time.time()
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    at, torch = out.stdout.split()[:2]
    return float(at) - began, torch == "True"


def main():
    with tempfile.TemporaryDirectory() as home:
        times = {"empty Qt window": [], "GAN Studio": []}
        for _ in range(ROUNDS):
            for name, code in zip(times, (EMPTY, OURS), strict=True):
                seconds, torch = started(code, home)
                assert not torch
                times[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    for name, seconds in medians.items():
        print(f"{name:<16} {seconds:6.2f} s")
    ours = medians["GAN Studio"]
    print(f"Ratio {ours / medians['empty Qt window']:.1f}; promise {PROMISE_SECONDS} s: ", end="")
    print("kept" if ours < PROMISE_SECONDS else "broken")


if __name__ == "__main__":
    main()
