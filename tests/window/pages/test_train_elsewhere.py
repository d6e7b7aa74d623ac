"""A run that another program or machine trains is seen as it grows, and steered from the Train page."""

import os
import subprocess
import sys
import time

import pytest

from ganstudio.pictures.sample import draw
from ganstudio.runs import following
from ganstudio.runs.following import REQUESTS, Requests
from ganstudio.runs.heartbeat import FILE, SILENT, Beat, beating
from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.pages import train_elsewhere
from ganstudio.window.pages.train import TrainPage
from ganstudio.words.events import (
    Finished,
    Losses,
    Pause,
    Paused,
    Progress,
    Resume,
    Resumed,
    Sample,
    Saved,
    Started,
    Stop,
)
from ganstudio.words.recipe import Domain, Recipe

STARTED = Started(0, 10, "cyclegan", "4 × NVIDIA H200", "bf16", {"summer": 6, "winter": 6})


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(following, "LOOK", 0.0)
    monkeypatch.setattr(train_elsewhere, "LOOK", 0.01)


@pytest.fixture
def page(qtbot, studio):
    made = TrainPage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def run(tmp_path):
    """On a shared disk, in no project."""
    recipe = Recipe("cyclegan", (Domain("summer", ("/summer",)), Domain("winter", ("/winter",))), steps=10)
    made = Run.create(tmp_path / "shared" / "seasons", recipe)
    made.append(STARTED)
    return made


@pytest.fixture
def state(qtbot, page):
    """state(text) waits until the page says this of the run."""

    def said(text):
        qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == text, timeout=20_000)

    return said


def beat(run, count=1, *, age=0.0, **more):
    """A beat of another machine, so many seconds old."""
    (run.path / FILE).write_text(Beat("atlas", 7, 3, count, **more).to_json())
    at = time.time() - age
    os.utime(run.path / FILE, (at, at))


def test_a_run_on_another_machine_is_live_and_is_steered(qtbot, page, run, state):
    requests = Requests(run)
    beat(run)
    page.shown(run.path)
    state("Trains on atlas")
    assert "4 × NVIDIA H200" in page.watch.facts.text()
    run.append(Losses(3, {"cycle": 0.5}))
    beat(run, 2, doing=Progress(4, 10, eta_seconds=60.0))
    qtbot.waitUntil(lambda: "step 4 of 10" in page.watch.facts.text())
    assert page.runs.currentText() == "seasons"
    page.watch.sample.click()
    page.watch.pause.click()
    state("Pausing…")
    run.append(Paused(4))
    state("Paused on atlas")
    page.watch.pause.click()
    run.append(Resumed(4))
    state("Trains on atlas")
    page.watch.stop.click()
    state("Stopping…")
    run.append(Finished(5, "stopped"))
    beat(run, 3, over=True)
    state("Stopped")
    assert page.watch.go_on.text() == "Continue"
    assert list(requests.take()) == [Sample(), Pause(), Resume(), Stop()]


def test_one_that_another_program_begins_while_it_is_looked_at_comes_alive(qtbot, page, run, state):
    run.append(Finished(2, "stopped"))
    page.shown(run.path)
    state("Stopped")
    with run.lock(), beating(run):
        state("Trains in another program")
        run.append(STARTED)
        run.append(Losses(7, {"cycle": 0.5}))
        qtbot.waitUntil(lambda: "step 7 of 10" in page.watch.facts.text())
    state("Interrupted at step 7")


def test_a_machine_that_died_is_said_and_its_run_goes_on_here(qtbot, page, studio, run, state, monkeypatch):
    trained = []

    def train(path):
        yield from ()
        trained.append(path)

    monkeypatch.setattr(jobs, "train", train)
    run.append(Saved(3, "checkpoints/3", "checkpoint"))
    beat(run, age=2 * SILENT)
    page.shown(run.path)
    state("No sign of life")
    assert page.watch.facts.text() == "Nothing is heard of atlas, which had saved step 3."
    assert not page.watch.pause.isVisible()
    assert page.watch.go_on.text() == "Continue here"
    page.watch.go_on.click()
    qtbot.waitUntil(lambda: trained == [run.path] and studio.training is None)


def test_one_that_comes_back_meanwhile_is_left_alone(page, studio, run, state, said):
    beat(run, age=2 * SILENT)
    page.shown(run.path)
    state("No sign of life")
    beat(run)  # Between the last look and the click.
    page.watch.go_on.click()
    assert studio.training is None
    assert said[-1].endswith("is being trained on atlas. Stop it there first.")


def test_a_folder_that_is_no_run_is_refused_and_one_is_shown(studio, run, wanted, said, tmp_path):
    studio.open_run(tmp_path)
    assert "holds no run" in said[-1]
    studio.begin_with([run.path])
    assert wanted == [("train", run.path)]


@pytest.mark.slow
def test_a_training_in_a_terminal_is_watched_paused_and_stopped(qtbot, page, state, tmp_path):
    for _ in draw(tmp_path / "in", pictures=6, held_out=2, size=32):
        pass
    path = tmp_path / "run"
    words = ["train", tmp_path / "in/summer", tmp_path / "in/winter", "--out", path, "--size", 32, "--preset", "quick"]
    words += [
        "--set",
        "width=4",
        "--set",
        "discriminator_width=4",
        "--set",
        "blocks=1",
        "--device",
        "cpu",
        "--steps",
        100_000,
    ]
    command = [sys.executable, "-m", "ganstudio", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"}) as program:
        try:
            qtbot.waitUntil((path / FILE).exists, timeout=120_000)
            page.shown(path)
            state("Trains in another program")
            qtbot.waitUntil(lambda: page.watch.screen_shown.step > 2, timeout=120_000)
            page.watch.pause.click()
            qtbot.waitUntil(lambda: page.watch.state.text() == "Paused in another program", timeout=60_000)
            page.watch.stop.click()
            qtbot.waitUntil(lambda: page.watch.state.text() == "Stopped", timeout=60_000)
            assert program.wait(60) == 0
        finally:
            program.kill()
    assert (path / REQUESTS).exists()
    assert page.watch.screen_shown.samples
