"""What the buttons of a watched run do: remedies, names, films and tables."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QInputDialog

from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.pages.train_deeds import TrainDeeds
from ganstudio.window.pages.train_elsewhere import Elsewhere
from ganstudio.window.pages.train_marks import marks_of
from ganstudio.window.pages.train_watch import TrainWatch
from ganstudio.window.screen import replay
from ganstudio.words.events import (
    Advised,
    Change,
    Changed,
    Failed,
    Finished,
    Held,
    Keep,
    Losses,
    Progress,
    Remedy,
    Return,
    Returned,
    Sampled,
    Saved,
    Scored,
    SheetFile,
    Started,
    Stop,
)
from ganstudio.words.recipe import Recipe

STARTED = Started(0, 100, "cyclegan", "CPU", "fp32", {"summer": 6, "winter": 6})
SLOWER = Remedy("Slow the discriminator", "change", {"learning_rate": 1e-4})
BACK = Remedy("Go back to the best", "return")
WINNING = Advised(
    40, "discriminator winning", "The discriminator is winning.", (SLOWER, BACK, Remedy("Stop here", "stop"))
)


class Trainer:
    """Trains until it is told to stop, and notes what else it is told."""

    def __init__(self):
        self.commands = []

    def train(self, run):
        event = STARTED
        while True:
            command = yield event
            event = Progress(1, 100)
            if command is not None:
                self.commands.append(command)
            if command == Stop():
                yield Finished(1, "stopped")
                return


@pytest.fixture
def trainer(monkeypatch):
    made = Trainer()
    monkeypatch.setattr(jobs, "train", made.train)
    return made


@pytest.fixture
def run(project):
    made = Run.create(project.path / "runs/001-cyclegan", Recipe("cyclegan", project.domains, steps=100))
    (made.path / "sheets").mkdir()
    return made


@pytest.fixture
def watch(qtbot, studio, run):
    made = TrainWatch()
    qtbot.addWidget(made)
    made.resize(1000, 640)
    deeds = TrainDeeds(studio, made, Elsewhere(studio, made))
    deeds.set_run(run.path)
    made.set_run(run.path)
    with qtbot.waitExposed(made):
        made.show()
    return made


def sampled(run, step, colour):
    name = f"sheets/{step}.png"
    Image.new("RGB", (48, 32), colour).save(run.path / name)
    return Sampled(step, (SheetFile("summer → winter", name, ("summer", "winter", "back"), ("", ""), 16),))


def seen(watch, run, *events, mood=""):
    for event in events:
        run.append(event)
    watch.set_screen(replay(run.events()), mood)
    watch.refresh()


def stopped(qtbot, studio):
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


@pytest.mark.parametrize(
    ("nth", "command"), [(0, Change((("learning_rate", 1e-4),))), (1, Return()), (2, Stop())], ids=str
)
def test_a_remedy_reaches_the_training(qtbot, studio, watch, run, trainer, nth, command):
    training = studio.begin_training(run.path)
    qtbot.waitUntil(lambda: studio.worker.busy(training.job))
    seen(watch, run, STARTED, WINNING, mood="training")
    assert watch.advice.message.text() == "The discriminator is winning."
    watch.advice.buttons[nth].click()
    qtbot.waitUntil(lambda: command in trainer.commands)
    assert watch.advice.isHidden(), "what is done about it is done"
    stopped(qtbot, studio)


def test_a_remedy_for_a_run_at_rest_continues_it_first(qtbot, studio, watch, run, trainer):
    seen(watch, run, STARTED, WINNING, Finished(40, "stopped"))
    assert [button.text() for button in watch.advice.buttons] == [
        "Continue: slow the discriminator",
        "Continue: go back to the best",
    ]
    watch.advice.buttons[0].click()
    qtbot.waitUntil(lambda: trainer.commands == [Change((("learning_rate", 1e-4),))])
    assert studio.training is not None
    stopped(qtbot, studio)


def test_showing_the_pictures_leads_to_the_data(studio, watch, run, wanted):
    seen(watch, run, STARTED, Advised(0, "few", "There are few pictures.", (Remedy("Show the pictures", "show"),)))
    watch.advice.buttons[0].click()
    assert wanted[-1][0] == "data"


def test_advice_that_was_taken_note_of_stays_away_until_it_is_given_anew(watch, run):
    seen(watch, run, STARTED, WINNING)
    watch.advice.got_it.click()
    assert watch.advice.isHidden()
    seen(
        watch,
        run,
        Advised(50, "discriminator winning"),
        Advised(60, "discriminator winning", "The discriminator wins again."),
    )
    assert watch.advice.message.text() == "The discriminator wins again."


def test_what_a_run_waits_for_and_what_was_changed_is_said(watch, run):
    seen(watch, run, STARTED, Changed(5, {"learning_rate": 1e-4}), Losses(6, {"fool": 1.0}))
    assert watch.state.text() == "Interrupted at step 6"
    assert watch.changed.text() == "Changed on the way: learning rate 0.0001"
    run.append(Held("The folder summer is not there."))
    screen = replay([STARTED])
    watch.set_screen(screen, "waiting")
    watch.refresh()
    assert watch.state.text() == "Waiting"


def test_a_moment_gets_a_name_live(qtbot, studio, watch, run, trainer, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (" first sky ", True))
    training = studio.begin_training(run.path)
    qtbot.waitUntil(lambda: studio.worker.busy(training.job))
    seen(watch, run, STARTED, mood="training")
    watch.keep.trigger()
    qtbot.waitUntil(lambda: trainer.commands == [Keep("first sky")])
    stopped(qtbot, studio)


def test_the_newest_save_of_a_run_at_rest_gets_a_name(watch, run, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("first sky", True))
    seen(watch, run, STARTED)
    assert not watch.keep.isEnabled(), "there is nothing to name"
    run.checkpoints.mkdir()
    run.shelf.place(40).write_bytes(b"40")
    seen(watch, run, Saved(40, "checkpoints/40", "checkpoint"), Finished(40, "stopped"))
    watch.keep.trigger()
    assert run.shelf.find(name="first sky").step == 40
    assert [mark.text for mark in watch.timeline.track._marks if mark.kind == "named"] == ["step 40, first sky"]


def test_a_run_goes_back_to_a_save_that_was_chosen(qtbot, studio, watch, run, trainer):
    run.checkpoints.mkdir()
    for step in (20, 40):
        run.shelf.place(step).write_bytes(b"x")
    run.shelf.mark(run.shelf.find(20).path, best=True)
    seen(watch, run, STARTED, Saved(40, "checkpoints/40", "checkpoint"), Finished(40, "stopped"))
    watch.back.aboutToShow.emit()
    actions = watch.back.actions()
    assert [action.text() for action in actions] == ["step 40", "step 20, best"]
    actions[1].trigger()
    qtbot.waitUntil(lambda: trainer.commands == [Return(20)])
    stopped(qtbot, studio)


def test_the_timeline_marks_what_matters(run):
    for event in (STARTED, Scored(10, "KID", {"a": {"distance": 0.1}}, best=True), Returned(5, "It exploded.")):
        run.append(event)
    marks = marks_of(replay(run.events()), TrainWatchSaves)
    assert [(mark.kind, mark.step) for mark in marks] == [("return", 5)], "the best came after the return"


class TrainWatchSaves:
    entries = ()


def test_two_moments_are_compared(qtbot, watch, run):
    seen(watch, run, STARTED, sampled(run, 0, "red"), sampled(run, 50, "green"), sampled(run, 100, "blue"))
    watch.together.click()
    qtbot.waitUntil(lambda: watch.moments.compare.levels is not None)
    assert watch.moments.compare._captions == ("step 0", "step 100")
    assert watch.moments.strip.count() == 2, "what is made, for each of the two rows"
    colour = watch.moments.compare.levels.images[0].pixelColor(3, 3)
    assert (colour.red(), colour.blue()) == (255, 0)
    watch.moments.track.setValue(1)
    qtbot.waitUntil(lambda: watch.moments.compare.levels.images[0].pixelColor(3, 3).green() > 100)
    watch.timeline.track.setValue(1)
    assert watch.moments.compare._captions == ("step 50", "step 50")
    watch.moments.left.emit()
    assert not watch.together.isChecked()
    assert watch._seen.currentWidget() is watch.sheets


def test_a_film_is_made_beside_what_trains(qtbot, studio, watch, run, monkeypatch, tmp_path):
    seen(watch, run, STARTED, sampled(run, 0, "red"), sampled(run, 50, "green"))
    offered = []
    studio.offered.connect(lambda *words: offered.append(words))

    def answer(parent, title, start, filters):
        assert Path(start).parent == run.path / "exports"
        assert Path(start).parent.is_dir(), "Or it is asked for wherever the program was started."
        return str(tmp_path / "film"), "GIF (*.gif)"

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    watch.film.trigger()
    assert watch.work.isVisible()
    qtbot.waitUntil(lambda: bool(offered))
    assert offered[0][:2] == ("film.gif is written.", "Show")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 2
    assert not watch.work.isVisible()


def test_a_film_can_be_cancelled_and_a_fault_is_said(qtbot, studio, watch, run, monkeypatch, tmp_path, said):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "film.mp4"), ""))
    goes_on = []

    def endless(run, file):
        while not goes_on:
            yield Progress(1, 2)
        yield Failed("never")

    monkeypatch.setattr(jobs, "timelapse", endless)
    seen(watch, run, STARTED, sampled(run, 0, "red"), sampled(run, 50, "green"))
    watch.film.trigger()
    qtbot.waitUntil(lambda: watch.work.bar.value() == 500)
    watch.work.cancel.click()
    qtbot.waitUntil(watch.work.isHidden)
    assert list(tmp_path.glob("*.mp4")) == []

    def fails(run, file):
        yield None
        raise ValueError("The disk is full.")

    monkeypatch.setattr(jobs, "timelapse", fails)
    watch.film.trigger()
    qtbot.waitUntil(lambda: said == ["The disk is full."])


def test_curves_are_saved_as_a_table_and_for_tensorboard(qtbot, watch, run, monkeypatch, tmp_path):
    seen(watch, run, STARTED, Losses(1, {"fool": 1.0}), Losses(2, {"fool": 0.5}))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "curves"), "CSV (*.csv)"))
    watch.charts.table_wanted.emit()
    qtbot.waitUntil((tmp_path / "curves.csv").is_file)
    qtbot.waitUntil(watch.work.isHidden)
    saved = []

    def save(run, target):
        yield None
        saved.append(target)
        return target

    monkeypatch.setattr(jobs, "save_curves", save)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    watch.charts.tensorboard_wanted.emit()
    qtbot.waitUntil(lambda: saved == [tmp_path / "001-cyclegan"])
    qtbot.waitUntil(watch.work.isHidden)
