"""How late the window's events come while one looks at a photograph that is being translated.

    python tests/benchmarks/looking_lateness.py MODEL PHOTOGRAPH [--seconds 10]

The real Translate desk, offscreen or on the display that is there. While the whole photograph is being translated, the
line between before and after is moved, the picture is zoomed, the strength is dragged and a mask is painted, sixty
times a second each. How much later a timer of 10 ms comes is what the hand feels; frames a second are what the eye
sees. What the window's own thread works for each frame stands beside it: the rest is other work on the same cores.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if not os.environ.get("DISPLAY") and sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QPointF, QSettings, QTimer
from PySide6.QtWidgets import QApplication
from window_lateness import Heart, row, wait

from ganstudio.runs.model import card
from ganstudio.window.pages.translate_picture import PictureDesk
from ganstudio.window.studio import Studio
from ganstudio.window.theme import Theme


def moving(desk: PictureDesk, heart: Heart, seconds: float, move: Callable[[float], None]) -> list[float]:
    """Lateness while `move` is called with a number from 0 to 1, to and fro."""
    loop, timer, began = QEventLoop(), QTimer(interval=16), time.monotonic()
    timer.timeout.connect(lambda: move((1 - math.cos(2 * (time.monotonic() - began))) / 2))
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    heart.start()
    timer.start()
    loop.exec()
    timer.stop()
    return heart.late


class Hand:
    """What one does to the picture, each thing by a number from 0 to 1."""

    def __init__(self, desk: PictureDesk) -> None:
        self._desk, self._compare = desk, desk.compare

    def line(self, share: float) -> None:
        """Move the line."""
        self._compare.set_line(share)

    def zoom(self, share: float) -> None:
        """Zoom in and out."""
        wanted = (1 + 5 * share) * self._compare._fitting_scale()
        self._compare.zoom_by(wanted / self._compare.scale(), QPointF(500, 300))

    def strength(self, share: float) -> None:
        """Drag the strength."""
        self._desk.look.strength.setValue(round(20 + 60 * share))

    def brush(self, share: float) -> None:
        """Paint a mask."""
        mask = self._desk.queue.pieces[0].mask
        if mask._stroke is None:
            mask.begin(QPointF(0.5, 0.5), 0.05, 0.6, erases=False)
        mask.draw(QPointF(0.2 + 0.6 * share, 0.5 + 0.2 * math.sin(9 * share)), 0.05, 0.6)


def measure(desk: PictureDesk, seconds: float) -> None:
    """Do one thing after another and print how late each was."""
    hand, heart, frames = Hand(desk), Heart(), 0
    compare, paint = desk.compare, desk.compare.paintEvent

    def counted(event: object) -> None:
        nonlocal frames
        frames += 1
        paint(event)

    def done(name: str, move: Callable[[float], None]) -> None:
        nonlocal frames
        frames, began = 0, time.thread_time()
        late = moving(desk, heart, seconds, move)
        own = 1000 * (time.thread_time() - began) / max(1, frames)
        print(row(f"{name:<20}", late, f"{frames / seconds:.0f} a second, {own:.1f} ms own each, {state(desk)}"))

    compare.paintEvent = counted
    done("line", hand.line)
    done("zoom", hand.zoom)
    compare.fit()
    done("strength", hand.strength)
    desk.look.blend.setCurrentIndex(1)
    done("strength, lightness", hand.strength)
    done("zoom, lightness", hand.zoom)
    compare.fit()
    desk.look.paint.click()
    done("brush, lightness", hand.brush)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("photograph", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    asked = parser.parse_args()
    sys.setswitchinterval(0.0005)  # As the application does.
    app = QApplication(sys.argv[:1])
    Theme(app)
    print("milliseconds              p50      p95      p99      max   beats")
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        desk = PictureDesk(studio)
        desk.resize(1300, 800)
        desk.show()
        desk.set_route(asked.model, card(asked.model).routes[0])
        began = time.monotonic()
        desk.add([asked.photograph])
        wait(app, 120, lambda: desk.compare.after is not None)
        first = time.monotonic() - began
        measure(desk, asked.seconds)
        print(f"First look after {first:.1f} s, torch and the model loaded from nothing.")
        desk.clear.click()
        studio.shut()
        desk.close()


def state(desk: PictureDesk) -> str:
    """How far the translation is meanwhile."""
    piece = desk.queue.pieces[0]
    return "done" if piece.share is None else f"translating, {100 * piece.share:.0f} %"


if __name__ == "__main__":
    main()
