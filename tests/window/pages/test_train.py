"""The Train page, driven by lists of events instead of trainings."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QInputDialog, QLineEdit, QSpinBox

from ganstudio.runs.model import FACTS
from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.window.pages import train
from ganstudio.window.pages.train import TrainPage
from ganstudio.words.cards import MethodCard, Preset
from ganstudio.words.events import (
    Failed,
    Finished,
    Losses,
    Progress,
    Sample,
    Sampled,
    Saved,
    SheetFile,
    Skipped,
    Started,
    Stop,
    Warned,
)
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Needs
from ganstudio.words.settings import SettingCard

SETTINGS = (SettingCard("learning_rate", "float", 2e-4, "How big each correction is.", low=1e-7, high=0.1),)
PRESETS = {
    "quick": Preset(64, 1, "Minutes.", steps=1000),
    "balanced": Preset(128, 1, "A night.", epochs=100),
    "best": Preset(256, 1, "A weekend.", epochs=200),
    "low-memory": Preset(64, 1, "Laptops.", epochs=100),
}
CATALOGUE = (
    MethodCard("cyclegan", "CycleGAN", "Two ways.", "translation", Needs.TWO_FOLDERS, SETTINGS, PRESETS),
    MethodCard("conditional-gan", "Conditional GAN", "By class.", "generation", Needs.CLASSES, SETTINGS, PRESETS),
)
STARTED = Started(0, 10, "cyclegan", "CPU", "fp32", {"summer": 6, "winter": 6})


@dataclass
class Cost:
    seconds: float = 240.0
    memory_bytes: int | None = None
    fits: str = ""


class Engine:
    """Stands for the engine: plans at once, and trains by a list of events."""

    def __init__(self):
        self.events = [STARTED, Progress(1, 10, per_second=2.0, eta_seconds=4.5), Finished(10)]
        self.commands = []
        self.planned = []
        self.fault = ""
        self.waits = False

    def plan(self, method, domains, **wishes):
        yield None
        self.planned.append((method, wishes))
        if self.fault:
            raise ValueError(self.fault)
        preset = PRESETS[wishes["preset"]]
        return Recipe(
            method,
            tuple(domains),
            wishes["preset"],
            wishes.get("size", preset.size),
            wishes.get("steps", preset.steps_for(6)),
            settings=wishes.get("settings", {}),
        )

    def device_memory(self, device):
        yield None

    def missing_weights(self):
        yield None
        return {}

    def estimate(self, recipes):
        yield None
        return tuple(Cost() for _ in recipes)

    def train(self, run):
        made = Run(run)
        for event in self.events:
            made.append(event)
            command = yield event
            while self.waits and command is None:
                command = yield None
            if command is not None:
                self.commands.append(command)
                if command == Stop():
                    yield Finished(3, "stopped")
                    return


@pytest.fixture
def engine(monkeypatch):
    made = Engine()
    for name in ("plan", "estimate", "train", "missing_weights", "device_memory"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    return made


@pytest.fixture
def page(qtbot, studio, engine):
    studio.catalogue = CATALOGUE
    studio.devices = (("cpu", "CPU, 2 cores"),)
    made = TrainPage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def ready(qtbot, project, page):
    """The page with a project and all times measured."""
    page.shown()
    qtbot.waitUntil(lambda: all("4 min" in card.detail for card in page.setup.presets.values()))
    return page


def history(project, *events, name="001-cyclegan"):
    run = Run.create(project.path / "runs" / name, Recipe("cyclegan", project.domains, steps=10))
    for event in events:
        run.append(event)
    return run


def sheet(run, step):
    (run.path / "sheets").mkdir(exist_ok=True)
    Image.new("RGB", (48, 16), "red").save(run.path / f"sheets/{step}.png")
    return Sampled(step, (SheetFile("summer → winter", f"sheets/{step}.png", ("a", "b", "c"), ("",), 16),))


def test_without_a_project_it_leads_home(page, studio):
    page.shown()
    assert page.stack.currentWidget() is page.empty


def test_without_pictures_it_leads_to_the_data(qtbot, page, studio, tmp_path):
    studio.new_project(tmp_path / "new")
    page.shown()
    assert page.setup.problem.text() == "There are no pictures in this project yet."
    assert not page.setup.train.isEnabled()
    with qtbot.waitSignal(studio.page_wanted) as wanted:
        page.setup.data.click()
    assert wanted.args[0] == "data"


def test_a_method_that_does_not_fit_says_why(ready, studio, project):
    studio.keep_domains(project.domains[:1])
    card = ready.setup.chooser.cards["cyclegan"]
    card.click()
    assert not card.isChecked()
    assert "Needs a second folder of pictures." in card.accessibleDescription()
    assert ready.setup.method != "cyclegan"


def test_presets_say_how_long_they_take(ready):
    assert ready.setup.presets["quick"].detail == "64 px, very soft  ·  1,000 steps\nabout 4 min"
    assert ready.setup.presets["balanced"].detail.startswith("128 px, soft  ·  600 steps")
    assert "summer and winter: 1,000 steps at 64 pixels, about 4 min" in ready.setup.promise.text()


def test_the_button_says_that_it_starts_and_keeps_the_keyboard(qtbot, ready, monkeypatch):
    plan, gate, asked = jobs.plan, [], []

    def slow(method, domains, **wishes):
        asked.append(method)
        while not gate:
            yield None
        return (yield from plan(method, domains, **wishes))

    monkeypatch.setattr(jobs, "plan", slow)
    ready.setup.train.click()
    assert ready.setup.train.text() == "Starting…"
    assert ready.setup.train.isEnabled()
    ready.setup.train.click()
    qtbot.waitUntil(lambda: bool(asked))
    assert len(asked) == 1
    gate.append(1)
    qtbot.waitUntil(lambda: ready.setup.train.text() != "Starting…")


def test_the_drawer_shows_the_size_that_small_pictures_are_trained_at(qtbot, project, page, monkeypatch):
    plan = jobs.plan

    def smaller(method, domains, **wishes):
        recipe = yield from plan(method, domains, **wishes)
        return recipe if "size" in wishes else dataclasses.replace(recipe, size=32)

    monkeypatch.setattr(jobs, "plan", smaller)
    page.shown()
    size = page.setup.drawer.training.field("size")
    qtbot.waitUntil(lambda: size.value() == 32)
    assert "size" not in page.setup.wishes()
    size.set_value(48)
    assert page.setup.wishes()["size"] == 48
    page.setup.presets["balanced"].click()
    qtbot.waitUntil(lambda: "48 px" in page.setup.presets["balanced"].detail)
    assert size.value() == 48


@pytest.mark.parametrize(
    ("devices", "chosen", "preset"),
    [
        ((("cpu", "CPU, 2 cores"),), "auto", "quick"),
        ((("cuda", "NVIDIA"), ("cpu", "CPU, 2 cores")), "auto", "balanced"),
        ((("mps", "Apple GPU"), ("cpu", "CPU, 8 cores")), "auto", "balanced"),
        ((("cuda", "NVIDIA"), ("cpu", "CPU, 2 cores")), "cpu", "quick"),
        ((), "auto", "quick"),
    ],
)
def test_a_slow_device_is_not_offered_a_week_by_default(page, studio, devices, chosen, preset):
    studio.devices = devices
    studio.set_device(chosen)
    studio.catalogue_ready.emit()
    assert page.setup.preset == preset


@pytest.mark.parametrize(("memory", "preset"), [(4_000_000_000, "low-memory"), (12_000_000_000, "balanced")])
def test_a_small_graphics_card_is_offered_what_fits_it(qtbot, page, studio, monkeypatch, memory, preset):
    def device_memory(device):
        yield None
        return memory

    monkeypatch.setattr(jobs, "device_memory", device_memory)
    studio.devices = (("cuda", "NVIDIA"), ("cpu", "CPU, 2 cores"))
    with qtbot.waitSignal(studio.reader.ended):
        studio.catalogue_ready.emit()
    qtbot.waitUntil(lambda: page.setup.preset == preset)
    assert page.setup.presets[preset].accessibleDescription().endswith("Suits this computer")


def test_where_the_suggested_one_does_not_fit_into_memory_another_is_suggested(qtbot, page, project, monkeypatch):
    def estimate(recipes):
        yield None
        if recipes[0].preset == "quick":
            raise ValueError("NVIDIA has too little memory for 64 pixels and a batch of 1. Try 48 pixels.")
        return (Cost(),)

    monkeypatch.setattr(jobs, "estimate", estimate)
    page.shown()
    qtbot.waitUntil(lambda: page.setup.preset == "low-memory")
    assert "Try 48 pixels" in page.setup.presets["quick"].detail


def test_a_preset_that_was_chosen_stays_on_another_device(ready, studio):
    studio.devices = (("cuda", "NVIDIA"), ("cpu", "CPU, 2 cores"))
    ready.setup.presets["best"].click()
    studio.set_device("cpu")
    assert ready.setup.preset == "best"


def test_the_drawer_follows_the_preset_and_reaches_the_recipe(qtbot, ready, engine):
    ready.setup.presets["balanced"].click()
    ready.setup.presets["quick"].click()
    size = ready.setup.drawer.training.field("size")
    assert size.value() == 64
    size.findChild(QSpinBox).setValue(32)
    rate = ready.setup.drawer.method.field("learning_rate").findChild(QLineEdit)
    rate.clear()
    qtbot.keyClicks(rate, "0.001")
    qtbot.waitUntil(lambda: "32 px" in ready.setup.presets["quick"].detail)
    wishes = engine.planned[-1][1]
    assert (wishes["size"], wishes["settings"]) == (32, {"learning_rate": 0.001})
    assert "steps" not in wishes


def test_a_wrong_value_stands_in_the_way(qtbot, ready):
    rate = ready.setup.drawer.method.field("learning_rate").findChild(QLineEdit)
    rate.clear()
    qtbot.keyClicks(rate, "7")
    assert not ready.setup.train.isEnabled()
    assert "must be from" in ready.setup.problem.text()
    ready.setup.drawer.method.field("learning_rate").reset.click()
    assert ready.setup.train.isEnabled()


def test_what_the_engine_refuses_is_said(qtbot, page, project, engine):
    engine.fault = "No readable pictures in summer/ (found 3 .txt)."
    page.shown()
    qtbot.waitUntil(lambda: page.setup.problem.text() == engine.fault)
    assert not page.setup.train.isEnabled()


def test_train_makes_a_run_and_watches_it(qtbot, ready, studio, project):
    ready.setup.presets["quick"].click()
    ready.setup.train.click()
    qtbot.waitUntil(lambda: studio.training is None and ready.watch.screen_shown.state == "finished")
    (run,) = project.runs()
    assert run.recipe().steps == 1000
    assert ready.stack.currentWidget() is ready.watch
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Finished: 10 steps")


def test_live_and_replayed_a_run_says_how_long_it_took(qtbot, ready, engine, project, studio):
    engine.events = [STARTED, Progress(5, 10, seconds=119.0), Finished(10, seconds=120.0)]
    ready.setup.train.click()
    qtbot.waitUntil(lambda: ready._watch is not None and ready.watch.state.text() == "Finished: 10 steps in 2 min")
    went_on = Started(4, 10, "cyclegan", "CPU", "fp32", {})
    old = history(project, STARTED, Finished(4, "stopped", 60.0), went_on, Finished(10, seconds=120.0), name="000-old")
    ready.look_at(old.path)
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Finished: 10 steps in 3 min")


def test_a_training_that_began_before_the_page_was_made_is_live(qtbot, studio, engine, project):
    studio.catalogue, studio.devices = CATALOGUE, (("cpu", "CPU, 2 cores"),)
    engine.events, engine.waits = [STARTED, Losses(1, {"cycle": 1.0}), Losses(2, {"cycle": 0.5})], True
    run = history(project)
    heard = []
    studio.worker.happened.connect(lambda _job, event: heard.append(event))
    studio.begin_training(run.path)
    qtbot.waitUntil(lambda: STARTED in heard)
    page = TrainPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.shown()
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Training")
    assert page.watch.facts.text().startswith("step 0 of 10")
    assert page.watch.pause.isVisible()
    studio.stop_training()
    qtbot.waitUntil(lambda: page.watch.state.text() == "Stopped")


def test_a_run_can_be_set_up_again_as_it_was(qtbot, page, project, engine):
    recipe = Recipe(
        "cyclegan", project.domains, "balanced", 96, 700, batch=2, seed=5, settings={"learning_rate": 0.001}
    )
    run = Run.create(project.path / "runs/001-cyclegan", recipe)
    run.append(STARTED)
    run.append(Finished(700))
    page.shown()
    page.show_all()
    assert page.runs.currentText() == ""
    qtbot.waitUntil(lambda: page.table.table.chosen == [run.path])
    page.table.again()
    assert page.stack.currentWidget() is page.setup
    assert page.setup.preset == "balanced"
    assert page.setup.drawer.training.field("steps").isVisible()
    qtbot.waitUntil(lambda: "700 steps at 96 pixels" in page.setup.promise.text())
    page.setup.train.click()
    qtbot.waitUntil(lambda: len(project.runs()) == 2)
    wishes = next(wishes for _, wishes in reversed(engine.planned) if wishes["preset"] == "balanced")
    assert wishes["settings"] == {"learning_rate": 0.001}
    assert (wishes["size"], wishes["steps"], wishes["batch"], wishes["seed"]) == (96, 700, 2, 5)


def test_a_finished_run_goes_on_longer_in_a_new_one(qtbot, page, project, studio, monkeypatch):
    run = history(project, STARTED, Finished(10))
    asked = []

    def branch(source, target, steps):
        yield None
        asked.append((source, steps))
        return Run.create(target, Run(source).recipe()).path

    monkeypatch.setattr(jobs, "branch", branch)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_: (25, True))
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.longer.isVisible())
    page.watch.longer.click()
    qtbot.waitUntil(lambda: page._run == project.path / "runs/002-cyclegan" and studio.training is None)
    assert asked == [(run.path, 25)]


def test_while_one_trains_another_waits_and_begins_by_itself(qtbot, ready, project, studio, engine, said):
    engine.events, engine.waits = [STARTED, Progress(1, 10)], True
    ready.setup.train.click()
    qtbot.waitUntil(lambda: studio.training is not None)
    first = studio.training.run
    ready.set_up()
    assert ready.setup.train.text() == "Add to queue"
    qtbot.waitUntil(ready.setup.train.isEnabled)
    ready.setup.train.click()
    qtbot.waitUntil(lambda: studio.queue.runs == (project.path / "runs/002-cyclegan",))
    assert any("waits: it begins when 001-cyclegan has ended" in sentence for sentence in said)
    assert ready.table.waiting.isVisible()
    engine.waits = False
    studio.worker.send(studio.training.job, Sample())
    # The second may be over before one looks.
    qtbot.waitUntil(lambda: studio.training is None and studio.queue.runs == ())
    for run in (first, project.path / "runs/002-cyclegan"):
        assert list(Run(run).events()) == engine.events
    assert ready.setup.train.text() == "Train" or not ready.setup.isVisible()


@pytest.mark.parametrize(
    ("fault", "offered"),
    [
        ("This computer has too little memory for 256 pixels and a batch of 1 (about 9.1 GB). Try 192 pixels.", "192"),
        ("The disk is full.", ""),
    ],
)
def test_where_memory_was_too_little_the_size_that_fits_is_one_click_away(qtbot, page, project, engine, fault, offered):
    run = history(project, STARTED, Failed(fault))
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Failed")
    assert page.watch.go_on.isVisible()
    assert page.watch.smaller.isVisible() == bool(offered)
    if offered:
        assert page.watch.smaller.text() == "Try 192 px"
        page.watch.smaller.click()
        qtbot.waitUntil(lambda: len(project.runs()) == 2)
        assert project.runs()[0].recipe().size == 192


def test_buttons_reach_the_training(qtbot, ready, studio, engine):
    engine.events, engine.waits = [STARTED, Progress(1, 10), Progress(2, 10)], True
    ready.setup.train.click()
    qtbot.waitUntil(lambda: ready._watch is not None and ready.watch.state.text() == "Training")
    qtbot.waitUntil(ready.watch.sample.isEnabled)
    ready.watch.pause.click()
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Paused")
    assert ready.watch.pause.text() == "Continue"
    ready.watch.pause.click()
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Training")
    ready.watch.sample.click()
    qtbot.waitUntil(lambda: engine.commands[-1:] == [Sample()])
    ready.watch.stop.click()
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Stopped")
    assert engine.commands[-1] == Stop()
    assert ready.watch.go_on.isVisible()


def test_a_new_run_that_begins_while_it_is_being_opened_is_shown(qtbot, page, project, engine, studio):
    engine.events, engine.waits = [STARTED, Progress(1, 10)], True
    run = history(project)
    page.shown(run.path)
    studio.begin_training(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Training")
    assert page.stack.currentWidget() is page.watch
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_an_old_run_is_replayed_and_offers_to_continue(qtbot, page, project, engine, studio):
    run = history(project, STARTED, *(Losses(n, {"cycle": 1.0 / n}) for n in range(1, 8)), Warned("Few pictures."))
    run.append(sheet(run, 4))
    run.append(Skipped("a.png", "It is empty."))
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Interrupted at step 7")
    assert "of 10 steps" in page.watch.facts.text()
    assert page.watch.notes.line.text() == "1 warning, 1 picture left out"
    qtbot.waitUntil(lambda: page.watch.sheets.shown is not None)
    assert page.watch.timeline.label.text() == "step 4, just now"
    engine.events = [Started(4, 10, "cyclegan", "CPU", "fp32", {}), Losses(5, {"cycle": 0.5}), Finished(10)]
    page.watch.go_on.click()
    qtbot.waitUntil(lambda: page.watch.state.text().startswith("Finished"))
    # What the worker still held back when the history was read comes once more.
    qtbot.waitUntil(lambda: sorted({*page.watch.screen_shown.curves["cycle"].steps}) == [1, 2, 3, 4, 5])


def all_of(job):
    """What a job returns, in one go."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def test_a_history_that_was_read_before_the_training_ended_is_read_again(
    qtbot, page, project, engine, studio, monkeypatch
):
    run = history(project, STARTED, *(Losses(n, {"cycle": 1.0 / n}) for n in range(1, 8)))
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Interrupted at step 7")
    remembered, trains, read = train.remembered, jobs.train, []

    def early(path):
        read.append(all_of(remembered(path)))
        while studio.training is not None:
            yield None
        return read[0]

    def after_that(path, *more):
        while not read:
            yield None
        return (yield from trains(path, *more))

    monkeypatch.setattr(train, "remembered", early)
    monkeypatch.setattr(jobs, "train", after_that)
    engine.events = [Started(7, 10, "cyclegan", "CPU", "fp32", {}), Losses(8, {"cycle": 0.5}), Finished(10)]
    page.watch.go_on.click()
    qtbot.waitUntil(lambda: page.watch.state.text().startswith("Finished"))
    qtbot.waitUntil(lambda: list(page.watch.screen_shown.curves["cycle"].steps) == [1, 2, 3, 4, 5, 6, 7, 8])


def test_a_failed_training_says_why_and_can_go_on(qtbot, ready, monkeypatch):
    def fails(run):
        yield STARTED
        raise ValueError("The disk is full.")

    monkeypatch.setattr(jobs, "train", fails)
    ready.setup.train.click()
    qtbot.waitUntil(lambda: ready._watch is not None and ready.watch.state.text() == "Failed")
    assert ready.watch.fault.text() == "The disk is full."
    assert ready.watch.go_on.isEnabled()
    assert ready.watch.sheets.empty == "This training has made no sample pictures."
    assert ready.watch.charts.losses.placeholder.text() == "No step was trained."


def test_while_one_trains_pictures_and_curves_are_promised(qtbot, ready, studio, engine):
    engine.events, engine.waits = [STARTED], True
    ready.setup.train.click()
    qtbot.waitUntil(lambda: ready._watch is not None and ready.watch.state.text() == "Training")
    assert "in a moment" in ready.watch.sheets.empty
    assert "first steps" in ready.watch.charts.losses.placeholder.text()
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_who_comes_back_to_all_trainings_finds_them(ready, project, engine):
    history(project, STARTED, Finished(10), name="000-cyclegan")
    ready.show_all()
    ready.hide()
    ready.show()
    ready.shown()
    assert ready.stack.currentWidget() is ready.table


def test_another_run_can_be_looked_at_while_one_trains(qtbot, ready, project, studio, engine):
    old = history(project, STARTED, Losses(2, {"cycle": 1.0}), Finished(10), name="000-cyclegan")
    engine.events, engine.waits = [STARTED, Progress(1, 10)], True
    ready.setup.train.click()
    qtbot.waitUntil(lambda: ready._watch is not None and ready.watch.state.text() == "Training")
    ready.runs.activated.emit(ready.runs.findData(str(old.path)))
    qtbot.waitUntil(lambda: ready.watch.state.text().startswith("Finished"))
    assert not ready.watch.go_on.isVisible()
    ready.shown(studio.training.run)
    qtbot.waitUntil(lambda: ready.watch.state.text() == "Training")
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_a_model_can_be_used_once_it_is_there(qtbot, page, project, studio):
    run = history(project, STARTED, Saved(10, MODEL, "model"), Finished(10))
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text().startswith("Finished"))
    assert not page.watch.translate.isEnabled()
    (run.path / MODEL).write_bytes(b"weights")
    page.look_at(run.path)
    qtbot.waitUntil(page.watch.translate.isEnabled)
    with qtbot.waitSignal(studio.page_wanted) as wanted:
        page.watch.translate.click()
    assert wanted.args == ["translate", run.path]


def test_another_project_leaves_the_run(qtbot, page, project, studio, tmp_path):
    page.shown(history(project, STARTED, Finished(10)).path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text().startswith("Finished"))
    studio.new_project(Path(tmp_path / "other"))
    studio.keep_domains((Domain("one", (str(tmp_path),)),))
    assert page.stack.currentWidget() is page.setup


def unfinished_run(project, step, steps):
    """A run whose model file says that it was trained so far."""
    recipe = Recipe("cyclegan", project.domains, "quick", 64, steps)
    run = Run.create(project.next_run("cyclegan"), recipe)
    facts = {
        "kind": "model",
        "recipe": dataclasses.asdict(recipe),
        "inventory": {"domains": [], "unreadable": {}},
        "routes": [],
        "step": step,
        "created": 0.0,
    }
    header = json.dumps({"__metadata__": {FACTS: json.dumps(facts)}}).encode()
    run.model.write_bytes(len(header).to_bytes(8, "little") + header)
    return run


@pytest.mark.parametrize(("step", "offered"), [(3, True), (10, False)])
def test_a_training_that_waits_to_be_continued_is_shown_first_and_once(page, project, step, offered):
    run = unfinished_run(project, step, 10)
    page.shown()
    assert (page._run == run.path) is offered
    page.set_up()
    page.shown()
    assert page._run is None
