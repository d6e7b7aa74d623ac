"""How fast curves of 1,000,000 points are drawn anew: while one zooms, and while points come in.

    python tests/benchmarks/curves.py [--points 1000000] [--frames 200]

The real card of curves, offscreen or on the display that is there, with two charts and all four curves shown. A frame
is everything from the change to the painted picture, in the window's thread. The yardsticks, in turns with ours: the
same curves given whole to pyqtgraph with its own "peak" downsampling and clipping, and ours with 1,000 points. The
promise is 16 ms for 99 of 100 frames; processor time stands beside, which a busy machine changes less.
"""

import argparse
import os
import sys
import time

if not os.environ.get("DISPLAY") and sys.platform.startswith("linux"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PROMISE_MS = 16.0
NAMES = ("fool", "discriminator", "cycle", "identity")


def columns(points):
    """Steps, and values by name: noise on something that falls."""
    import numpy as np

    chance = np.random.default_rng(1)
    steps = np.arange(points)
    return steps, {name: np.exp(-steps / points) + 0.3 * chance.normal(size=points) for name in NAMES}


def ours(app, points):
    """Our card: what zooms it to a span, and what adds a point and draws; both end with the picture painted."""
    from ganstudio.window.curve import Columns, Curve
    from ganstudio.window.parts.charts_card import ChartsCard

    steps, values = columns(points)
    curves = {name: Curve(Columns(steps, each), points).prepared() for name, each in values.items()}
    card = ChartsCard()
    card.resize(376, 700)
    card.set_curves(curves)
    view = card.losses
    card.show()
    for name in NAMES:
        view.button(name).setChecked(True)
    view._timer.stop()
    app.processEvents()

    def paint():
        for chart in view._charts:
            chart.repaint()

    def zoom(span):
        view.show_span(span)
        paint()

    def arrive(step):
        for name, curve in curves.items():
            curves[name] = curve.plus(step, 0.5)
        card.set_curves(curves)
        view.redraw()
        paint()

    return card, zoom, arrive


def whole(app, points):
    """Pyqtgraph's own way with the same curves."""
    import pyqtgraph as pg

    steps, values = columns(points)
    window = pg.GraphicsLayoutWidget()
    window.resize(376, 500)
    plots = [window.addPlot(row=row, col=0) for row in (0, 1)]
    plots[1].setXLink(plots[0])
    for at, each in enumerate(values.values()):
        item = plots[at // 2].plot(steps.astype(float), each)
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    window.show()
    app.processEvents()

    def zoom(span):
        if span is None:
            plots[0].setXRange(0, points, padding=0)
        else:
            plots[0].setXRange(*span, padding=0)
        window.viewport().repaint()

    return window, zoom


def spans(points, frames):
    """What is seen while one goes in and out of a place: ever less, ever more."""
    for frame in range(frames):
        half = points / 2 * (0.97 ** (frame % 100 if frame // 100 % 2 == 0 else 100 - frame % 100))
        yield max(0, points * 0.4 - half), min(points - 1, points * 0.4 + half)


def frames_of(deed, given):
    """Wall and processor milliseconds of each frame, sorted."""
    wall, own = [], []
    for each in given:
        began, worked = time.perf_counter(), time.thread_time()
        deed(each)
        wall.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.thread_time() - worked))
    return sorted(wall), sorted(own)


def measured(points=1_000_000, frames=200):
    """Name → wall and processor milliseconds of each frame."""
    from PySide6.QtWidgets import QApplication

    from ganstudio.window.theme import Theme

    app = QApplication.instance() or QApplication(sys.argv[:1])
    Theme(app)
    card, zoom, arrive = ours(app, points)
    short, zoom_short, _ = ours(app, 1_000)
    window, zoom_whole = whole(app, points)
    told = {
        "zooming": frames_of(zoom, spans(points, frames)),
        "zooming 1,000 points": frames_of(zoom_short, spans(1_000, frames)),
        "zooming, pyqtgraph's own": frames_of(zoom_whole, spans(points, frames // 4)),
    }
    zoom(None)
    told["points come in"] = frames_of(arrive, range(points, points + frames))
    for each in (card, short, window):
        each.close()
    return told


def p99(numbers):
    """What 99 of 100 stay under."""
    return numbers[int(0.99 * len(numbers))]


def figures():
    """For the table of all."""
    from tests.benchmarks.figures import Figure

    told = measured()
    library = told["zooming, pyqtgraph's own"][0]
    for name in ("zooming", "points come in"):
        wall = told[name][0]
        yield Figure(
            f"Four curves of 1,000,000 points, {name}, p99 of a frame",
            f"pyqtgraph's peak downsampling {p99(library):.0f} ms",
            f"{p99(wall):.1f} ms",
            p99(library) / p99(wall),
            f"under {PROMISE_MS:.0f} ms",
        )


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--points", type=int, default=1_000_000)
    words.add_argument("--frames", type=int, default=200)
    asked = words.parse_args()
    told = measured(asked.points, asked.frames)
    print(f"{'milliseconds a frame':<28}{'p50':>8}{'p99':>8}{'max':>8}{'own p50':>10}{'own p99':>10}")
    for name, (wall, own) in told.items():
        line = (wall[len(wall) // 2], p99(wall), wall[-1])
        print(
            f"{name:<28}" + "".join(f"{each:>8.1f}" for each in line) + f"{own[len(own) // 2]:>10.1f}{p99(own):>10.1f}"
        )
    kept = all(p99(told[name][0]) < PROMISE_MS for name in ("zooming", "points come in"))
    ratio = p99(told["zooming, pyqtgraph's own"][1]) / p99(told["zooming"][1])
    print(f"Ratio to pyqtgraph's own {ratio:.0f}; ", end="")
    print(f"promise {PROMISE_MS:.0f} ms: {'kept' if kept else 'broken'}")


if __name__ == "__main__":
    main()
