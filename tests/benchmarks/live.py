"""A camera through a model: frames a second, and how old a frame is when it is painted, from camera to screen.

    python -m tests.benchmarks.live [SECONDS]

A camera of 1280 × 720 sends 30 frames a second; feed, worker, job and canvas are those of the window, without a screen.
The side is held at 128, 192 and 256 pixels; the last line of each model lets it be chosen. The yardstick is 12 frames a
second, below which a picture does not seem to move.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest import mock

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from skimage import data
from torch.utils.flop_counter import FlopCounterMode

from ganstudio.engine.models import modelfile
from ganstudio.engine.translating import live as engine
from ganstudio.engine.translating.sides import RATE, sides_for
from ganstudio.methods import CATALOGUE
from ganstudio.window import jobs
from ganstudio.window.live_feed import Feed
from ganstudio.window.pages.translate_live_work import showing
from ganstudio.window.parts.live_canvas import LiveCanvas
from ganstudio.window.worker import Worker
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.benchmarks.figures import Figure

SECONDS = 4.0
CAMERA = 30.0
MODELS = {
    "light": ("light", {}),
    "slim ResNet, 2 blocks, width 8": ("cyclegan", {"width": 8, "blocks": 2}),
    "published ResNet, 9 blocks, width 64": ("cyclegan", {"width": 64, "blocks": 9}),
}


def saved(folder: Path, name: str) -> Path:
    """A model with weights at random: what they say takes no time."""
    method, settings = MODELS[name]
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe(method, domains, size=256, steps=9, settings=settings)
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    path = folder / f"{method}{len(settings) and settings['width']}.safetensors"
    modelfile.save(path, modelfile.build_method(recipe, inventory), recipe, inventory, 1)
    return path


def billions(path: Path) -> float:
    """Multiply-adds for 256 × 256 pixels."""
    translator = jobs.opened(path, "auto")
    with FlopCounterMode(display=False) as counted:
        translator.translate(engine.Image.new("RGB", (256, 256)), translator.routes[0])
    return counted.get_total_flops() / 2e9


def camera():
    """Photographs that move, in the tempo of a camera."""
    photo = np.asarray(engine.Image.fromarray(data.astronaut()).resize((1400, 1400)))
    views = [np.ascontiguousarray(photo[at : at + 720, at : at + 1280]) for at in range(0, 120, 10)]
    began, number = time.monotonic(), 0
    while True:
        number += 1
        while (left := began + number / CAMERA - time.monotonic()) > 0:
            time.sleep(min(left, 0.005))
        yield views[number % len(views)]


class Screen(LiveCanvas):
    """Notes when a frame was painted, and what that cost."""

    def __init__(self):
        super().__init__()
        self.resize(1000, 562)
        self.ages: list[float] = []
        self.costs: list[float] = []
        self.at = 0.0
        self.side = 0

    def paintEvent(self, event):  # noqa: N802  Qt's name.
        began = time.thread_time()
        super().paintEvent(event)
        if self.at:
            self.costs.append(time.thread_time() - began)
            self.ages.append(time.monotonic() - self.at)
            self.at = 0.0


@contextmanager
def looking(path: Path) -> Iterator[Screen]:
    """A screen on which the camera is seen through the model."""
    screen, feed, place, worker = Screen(), Feed(camera), Newest(), Worker()
    screen.show()

    def show(_job, _event):
        seen = place.take()
        if seen is not None:
            screen.at, screen.side = seen.shot.at, seen.side
            screen.show_pair(seen.before, seen.after)

    worker.happened.connect(show)
    feed.begin()
    job = worker.begin(lambda: showing(path, "", feed.newest, Look, place, device="auto"))
    try:
        yield screen
    finally:
        worker.cancel(job)
        feed.stop()
        worker.shut()
        feed.wait()
        screen.close()


def measured(path: Path, seconds: float, side: int | None) -> tuple[float, float, float, float, int]:
    """Frames a second, median and largest age of a frame and processor time of painting it, in ms, side at the end."""
    sides = sides_for if side is None else lambda *_: (side,)
    first = lambda _model, _to, shots, look, *, device: engine.live(*_first(path, device), shots, look)  # noqa: E731
    with mock.patch.object(engine, "sides_for", sides), mock.patch.object(jobs, "live", first), looking(path) as screen:
        _run(0.5 if side else 3.0)  # The first frames pay for memory, and for finding the side.
        while not screen.ages:
            _run(0.1)
        screen.ages.clear()
        screen.costs.clear()
        began = time.monotonic()
        _run(seconds)
        took, ages = time.monotonic() - began, screen.ages
        paint = 1000 * median(screen.costs or [took])
        return len(ages) / took, 1000 * median(ages or [took]), 1000 * max(ages or [took]), paint, screen.side


def _first(path: Path, device: str):
    translator = jobs.opened(path, device)
    return translator, translator.routes[0]


def _run(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def figures(seconds: float = SECONDS) -> Iterator[Figure]:
    """Each model at each side, then with the side that it chooses."""
    app = QApplication.instance() or QApplication([])
    known = {kind.key for kind in CATALOGUE}
    with tempfile.TemporaryDirectory() as folder:
        for name, (method, _) in MODELS.items():
            if method not in known:
                continue
            path = saved(Path(folder), name)
            cost = billions(path)
            for side in (128, 192, 256, None):
                rate, age, oldest, paint, found = measured(path, seconds, side)
                how = f"{side} px" if side else f"as it chooses, {found} px"
                yield Figure(
                    f"live, {name} (computed with {cost:.1f} billion multiply-adds at 256²), {how}",
                    f"{RATE:.0f} frames a second",
                    f"{rate:.1f} frames a second, {age:.0f} ms old when painted, at most {oldest:.0f}; "
                    f"painted in {paint:.1f} ms",
                    rate / RATE,
                    "12 a second" if method == "light" and not side else "",
                )
    del app


if __name__ == "__main__":
    torch.manual_seed(0)
    for figure in figures(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS):
        print(figure.line(), flush=True)
