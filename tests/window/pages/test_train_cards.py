"""Several graphics cards: offered where they are, said in a sentence, and steered as one."""

from dataclasses import replace

import pytest

from ganstudio.runs.run import Run
from ganstudio.window import jobs
from ganstudio.window.pages.train import TrainPage
from ganstudio.words.cards import MethodCard, Preset
from ganstudio.words.events import Finished, Idle, Pause, Paused, Progress, Resume, Resumed, Started, Stop
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Needs

PRESETS = {key: Preset(64, 1, "A while.", steps=100) for key in ("quick", "balanced", "best", "low-memory")}
SHARED = MethodCard("cyclegan", "CycleGAN", "Two ways.", "translation", Needs.TWO_FOLDERS, (), PRESETS, shareable=True)
ALONE = MethodCard("discogan", "DiscoGAN", "Two ways.", "translation", Needs.TWO_FOLDERS, (), PRESETS)
STARTED = Started(0, 10, "cyclegan", "4 × NVIDIA H200", "bf16", {})


class Engine:
    """Plans as asked, and trains by itself: what is told and heard goes through commands alone."""

    def __init__(self):
        self.planned, self.estimated, self.trained, self.heard = [], [], [], []

    def plan(self, method, domains, *, preset, ranks=1, batch=None, **_):
        yield None
        self.planned.append(ranks)
        if (batch or ranks) < ranks:
            raise ValueError("A step is too small.")
        return Recipe(method, tuple(domains), preset, 64, 100, batch or ranks)

    def estimate(self, recipes):
        yield None
        self.estimated += recipes
        return tuple(type("Cost", (), {"seconds": 60.0, "memory_bytes": None, "fits": ""})() for _ in recipes)

    def nothing(self, *_):
        yield None
        return {}

    def train(self, run, device=None):
        yield STARTED
        self.trained.append((run.name, 1))

    def train_on_cards(self, run, cards):
        self.trained.append((run.name, cards))
        told = [STARTED]
        while True:
            command = yield told.pop(0) if told else Idle(0.001)
            self.heard += [command] if command else []
            match command:
                case Pause():
                    told += [Progress(3, 10), Paused(3)]
                case Resume():
                    told.append(Resumed(3))
                case Stop():
                    yield Finished(4, "stopped")
                    return


@pytest.fixture
def engine(monkeypatch):
    made = Engine()
    for name in ("plan", "estimate", "train", "train_on_cards"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    for name in ("missing_weights", "device_memory"):
        monkeypatch.setattr(jobs, name, made.nothing)
    return made


@pytest.fixture
def page(qtbot, studio, engine, project):
    studio.catalogue = (SHARED, ALONE)
    studio.devices = (("cuda", "NVIDIA H200"), ("cpu", "CPU, 8 cores"))
    studio.cards.count = 4
    made = TrainPage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.shown()
    return made


def choose(page, index):
    page.setup.cards.setCurrentIndex(index)
    page.setup.cards.activated.emit(index)


def promised(qtbot, page, words):
    qtbot.waitUntil(lambda: words in page.setup.promise.text())


def test_one_card_is_never_asked_about(page, studio):
    assert page.setup.cards.isVisible()
    studio.cards.count = 1
    studio.device_changed.emit()
    assert not page.setup.cards.isVisible()


def test_all_cards_share_each_step_and_it_is_said_what_that_means(qtbot, page, studio, engine):
    promised(qtbot, page, "Learns from")
    assert page.setup.cards.currentText() == "1 card"
    assert set(engine.planned) == {1}
    engine.estimated.clear()
    choose(page, 1)
    assert page.setup.cards.currentText() == "All 4 cards"
    promised(qtbot, page, "4 cards share each step, which learns from 4 pictures instead of 1.")
    qtbot.waitUntil(lambda: len(engine.estimated) >= len(PRESETS))
    assert {recipe.batch for recipe in engine.estimated} == {1}  # What one card plays of it.
    page.setup.train.click()
    qtbot.waitUntil(lambda: engine.trained == [("001-cyclegan", 4)])
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_a_method_that_cannot_be_shared_says_so_and_trains_on_one(qtbot, page, studio, engine):
    choose(page, 1)
    page.setup._choose_method("discogan")
    assert not page.setup.cards.isEnabled()
    assert page.setup.cards.currentText() == "1 card"
    assert "trains on one card" in page.setup.cards.toolTip()
    page.setup._choose_method("cyclegan")
    assert page.setup.cards.currentText() == "All 4 cards"


@pytest.mark.parametrize(
    ("batch", "device", "method", "cards"),
    [(8, "auto", "cyclegan", 4), (2, "cuda", "cyclegan", 2), (1, "auto", "cyclegan", 1), (8, "cpu", "cyclegan", 1),
     (8, "auto", "discogan", 1)],
)  # fmt: skip
def test_a_run_takes_as_many_cards_as_its_steps_have_pictures(
    page, studio, engine, project, batch, device, method, cards
):
    studio.use_all_cards(wanted=True)
    studio.set_device(device)
    run = Run.create(project.path / "runs" / "001", Recipe(method, project.domains, batch=batch))
    assert studio.begin_training(run.path).cards == cards
    studio.stop_training()


def test_the_wish_is_remembered(page, studio):
    choose(page, 1)
    assert type(studio.cards)(studio.settings).all


def test_pause_and_continue_reach_the_processes(qtbot, page, studio, engine, project):
    studio.use_all_cards(wanted=True)
    run = Run.create(project.path / "runs" / "001", Recipe("cyclegan", project.domains, batch=4))
    studio.begin_training(run.path)
    studio.pause_training()
    assert studio.training_state == "pausing"
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    page.shown(run.path)
    qtbot.waitUntil(lambda: page._watch is not None and page.watch.state.text() == "Paused")
    studio.toggle_training()
    qtbot.waitUntil(lambda: Resume() in engine.heard and studio.training_state == "running")
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    assert engine.heard == [Pause(), Resume(), Stop()]


def test_a_pause_from_elsewhere_is_seen_and_ended_here(qtbot, page, studio, engine, project, monkeypatch):
    def train(run):
        yield STARTED
        heard = yield Paused(3)
        while heard != Resume():
            heard = yield Idle(0.001)
        yield Resumed(3)

    monkeypatch.setattr(jobs, "train", train)
    run = Run.create(project.path / "runs" / "001", replace(Recipe("cyclegan", project.domains), batch=1))
    studio.begin_training(run.path)
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    studio.resume_training()
    qtbot.waitUntil(lambda: studio.training is None)
