"""A film shows the right pictures in the right order, and a player can read it."""

import av
import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.watching import timelapse
from ganstudio.engine.watching.timelapse import HELD_SECONDS, SLOWEST
from ganstudio.runs.run import Run
from ganstudio.words.events import Progress, Sampled, SheetFile, Started
from ganstudio.words.recipe import Domain, Recipe

COLOURS = {0: (200, 30, 30), 50: (30, 200, 30), 100: (30, 30, 200), 150: (200, 200, 30)}
HELD = round(HELD_SECONDS * SLOWEST)


def sampled(run, step, colour):
    (run.path / "sheets").mkdir(exist_ok=True)
    sheets = []
    for number, (route, size) in enumerate((("a → b", (90, 31)), ("b → a", (30, 30)))):
        name = f"sheets/{step}-{number}-{colour[0]}.png"
        Image.new("RGB", size, colour if number == 0 else (9, 9, 9)).save(run.path / name)
        sheets.append(SheetFile(route, name, ("a", "b", "c"), ("",), 30))
    return Sampled(step, tuple(sheets))


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path / "run", Recipe("cyclegan", (Domain("a", ("a",)), Domain("b", ("b",)))))
    for step, colour in COLOURS.items():
        made.append(sampled(made, step, colour))
    return made


def film(run, file, **wishes):
    work = timelapse.timelapse(run, file, **wishes)
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return events, end.value


def middle(picture):
    """The colour of the sheet, away from the caption."""
    return np.asarray(picture.convert("RGB"))[40 : picture.height // 2].reshape(-1, 3).mean(axis=0)


def decoded(file):
    if file.suffix == ".mp4":
        with av.open(file) as container:
            return [frame.to_image() for frame in container.decode(video=0)]
    with Image.open(file) as picture:
        frames = []
        for number in range(picture.n_frames):
            picture.seek(number)
            frames.append(picture.convert("RGB"))
        return frames


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_every_sample_is_a_frame_of_the_film(run, tmp_path, suffix):
    file = tmp_path / f"film{suffix}"
    events, made = film(run, file)
    assert made == file
    assert events[-1] == Progress(4, 4, what="making the film")
    frames = decoded(file)
    assert len(frames) == 4 + (HELD if suffix == ".mp4" else 0)
    assert all(side % 2 == 0 for side in frames[0].size)
    for frame, colour in zip(frames, COLOURS.values(), strict=False):
        assert middle(frame) == pytest.approx(colour, abs=8)
    assert middle(frames[-1]) == pytest.approx(COLOURS[150], abs=8)
    caption = np.asarray(frames[1].convert("L"))[-20:]
    assert caption.max() > 150, "the step stands below"


def test_what_was_done_anew_is_in_the_film_once(run, tmp_path):
    run.append(Started(60, 200, "cyclegan", "CPU", "fp32", {}))
    run.append(sampled(run, 100, (240, 240, 240)))
    film(run, tmp_path / "film.gif")
    frames = decoded(tmp_path / "film.gif")
    assert len(frames) == 3
    assert middle(frames[-1]) == pytest.approx((240, 240, 240), abs=3)


def test_another_route_can_be_shown_and_a_wrong_one_is_named(run, tmp_path):
    film(run, tmp_path / "film.webp", route="b → a")
    assert middle(decoded(tmp_path / "film.webp")[0]) == pytest.approx((9, 9, 9), abs=3)
    with pytest.raises(ValueError, match=r"no samples of 'x'\. It has: a → b, b → a"):
        film(run, tmp_path / "other.webp", route="x")


def test_a_broken_sample_is_passed_over(run, tmp_path):
    (run.path / "sheets/50-0-30.png").write_bytes(b"no picture")
    (run.path / "sheets/100-0-30.png").unlink()
    film(run, tmp_path / "film.gif")
    assert len(decoded(tmp_path / "film.gif")) == 2


def test_a_film_that_is_broken_off_leaves_the_old_one(run, tmp_path):
    file = tmp_path / "film.mp4"
    file.write_bytes(b"the old one")
    work = timelapse.timelapse(run, file, replace=True)
    next(work)
    next(work)
    work.close()
    assert file.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4", "run"] or len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("codec", ["mpeg4"])
def test_without_the_best_encoder_another_one_serves(run, tmp_path, monkeypatch, codec):
    monkeypatch.setattr(timelapse, "_CODECS", (("no such codec", {}), (codec, {"qscale": "2"})))
    film(run, tmp_path / "film.mp4")
    assert len(decoded(tmp_path / "film.mp4")) == 4 + HELD


def test_what_cannot_be_filmed_is_said(run, tmp_path):
    with pytest.raises(ValueError, match=r"written as .mp4, .gif, .webp, not as .avi"):
        film(run, tmp_path / "film.avi")
    empty = Run.create(tmp_path / "empty", run.recipe())
    with pytest.raises(ValueError, match="fewer than two samples"):
        film(empty, tmp_path / "film.mp4")


def test_long_animations_are_thinned(tmp_path):
    many = [timelapse._Moment(step, tmp_path) for step in range(1000)]
    few = timelapse._thinned(many, 240)
    assert len(few) == 240
    assert (few[0].step, few[-1].step) == (0, 999)
