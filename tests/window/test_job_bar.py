"""The job bar's third line: the last save, a silence, the device's meter; the badge, waiting, and what comes after."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QMainWindow

from ganstudio.window import jobs, meter
from ganstudio.window.after import AfterTraining
from ganstudio.window.job_bar import JobBar, measured
from ganstudio.window.meter import Card, Meter, Reading
from ganstudio.words.events import Held, Progress, Saved, Started


@pytest.fixture
def bar(qtbot, studio, monkeypatch):
    """A bar under which a training runs that says only what a test has it say."""

    def train(run: Path):
        while True:
            yield None

    monkeypatch.setattr(jobs, "train", train)
    monkeypatch.setattr(Meter, "start", lambda *_: None)
    window = QMainWindow()
    tray = SimpleNamespace(notify=lambda *_, **__: False)
    made = JobBar(studio, AfterTraining(window, studio, tray))
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.resize(960, 80)
    window.show()
    training = studio.begin_training(Path("007-cyclegan"))
    yield made
    studio.worker.cancel(training.job)
    qtbot.waitUntil(lambda: studio.training is None)


def say(bar: JobBar, *events: object) -> None:
    for event in events:
        bar._happened(bar._studio.training.job, event)


def test_the_bar_and_the_title_tell_the_same_share_and_the_whole_only_at_the_end(bar):
    told = []
    bar.share_changed.connect(told.append)
    for done, share in ((5, 0), (174, 29), (599, 99), (600, 100)):
        say(bar, Progress(done, 600))
        assert bar.details.text().startswith(f"{share} %")
    assert told == [29, 99, 100]  # It begins with nothing.


def test_the_age_of_the_last_save(bar):
    say(bar, Progress(5, 10, per_second=2.0), Saved(5, "c", "checkpoint"))
    assert bar.facts.text() == "saved just now"
    bar._pulse.saved -= 40
    bar._show_facts()
    assert bar.facts.text() == "saved 40 s ago"


def test_a_training_without_a_sign_of_life_is_asked_after(bar):
    say(bar, Progress(5, 10, per_second=2.0))
    bar._pulse.beat -= 130
    bar._show_facts()
    assert bar.facts.text() == "Still working? Last step 2 min ago"
    bar._studio.pause_training()
    bar._show_facts()
    assert bar.facts.text() == ""


def test_the_badge_says_that_the_computer_stays_awake(bar):
    assert bar.awake.isHidden()
    say(bar, Started(0, 10, "cyclegan", "cpu", "fp32", {}, awake=True))
    assert not bar.awake.isHidden()
    assert "does not go to sleep" in bar.awake.toolTip()


def test_what_it_waits_for_is_said_until_it_goes_on(bar):
    say(bar, Progress(5, 10, per_second=2.0), Held("The folder /art/summer is away. Plug it in."))
    assert bar.state.text() == "Waiting  007-cyclegan"
    assert bar.details.text() == "The folder /art/summer is away. Plug it in."
    bar._pulse.beat -= 1000
    bar._show_facts()
    assert bar.facts.text() == ""
    say(bar, Progress(6, 10, per_second=2.0))
    assert bar.state.text() == "Training  007-cyclegan"


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        (Reading("NVIDIA", 0.87, 6_550_000_000, 12 << 30, 67), ["GPU 87 %", "memory 6.1 of 12.0 GB", "67 °C"]),
        (Reading("NVIDIA", None, 6_550_000_000, 12 << 30), ["memory 6.1 of 12.0 GB"]),
        (Reading("", 1.0, 1 << 30, 8 << 30), ["CPU 100 %", "memory 1.0 of 8.0 GB"]),
    ],
)
def test_readings_in_words(bar, reading, words):
    assert measured(reading) == words
    bar._measure(reading)
    assert bar.facts.text() == "  ·  ".join(words)


def test_the_clock_beside_stop_says_what_comes_after(bar):
    actions = {action.data(): action for action in bar.after.menu().actions() if action.isCheckable()}
    assert list(actions) == ["nothing", "quit", "sleep"]
    assert actions["nothing"].isChecked()
    actions["sleep"].trigger()
    assert bar._after.wish == "sleep"
    assert actions["sleep"].isChecked()
    assert bar.after.accessibleName() == "When this training ends"


def test_a_line_that_does_not_fit_says_all_in_its_tip(bar, qtbot):
    bar.details.setText("a very long line " * 30)
    assert bar.minimumSizeHint().width() < 960


# The meter


def test_the_processor_is_read_where_there_is_no_card(qtbot, monkeypatch):
    monkeypatch.setattr(meter, "SECONDS", 0.01)
    made = Meter()
    with qtbot.waitSignal(made.read) as heard:
        made.start("cpu")
    made.stop()
    (reading,) = heard.args
    assert reading.name == ""
    assert 0 <= reading.use <= 1
    assert 0 < reading.used < reading.total
    assert made._thread is None


@pytest.fixture
def nvml(monkeypatch):
    """A card, as its driver's library tells of it."""
    pynvml = pytest.importorskip("pynvml")
    asked = []
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(pynvml, "nvmlInit", lambda: None)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByIndex", lambda index: asked.append(index) or "handle")
    monkeypatch.setattr(pynvml, "nvmlDeviceGetHandleByUUID", lambda name: asked.append(name) or "handle")
    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lambda _: SimpleNamespace(used=3 << 30, total=12 << 30))
    monkeypatch.setattr(pynvml, "nvmlDeviceGetUtilizationRates", lambda _: SimpleNamespace(gpu=87))
    monkeypatch.setattr(pynvml, "nvmlDeviceGetTemperature", lambda *_: 67)
    monkeypatch.setattr(pynvml, "nvmlDeviceGetName", lambda _: "NVIDIA H200")
    pynvml.asked = asked
    return pynvml


def test_a_card_is_read(nvml):
    assert Card().read() == Reading("NVIDIA H200", 0.87, 3 << 30, 12 << 30, 67)
    assert nvml.asked == [0]


def test_the_card_is_the_one_that_programs_here_see(nvml, monkeypatch):
    for visible, asked in (("2,3", 2), ("GPU-4711", "GPU-4711")):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        Card()
        assert nvml.asked[-1] == asked


def test_what_a_card_does_not_say_is_left_out(nvml, monkeypatch):
    def silent(*_):
        raise nvml.NVMLError(nvml.NVML_ERROR_NOT_SUPPORTED)

    monkeypatch.setattr(nvml, "nvmlDeviceGetUtilizationRates", silent)
    monkeypatch.setattr(nvml, "nvmlDeviceGetTemperature", silent)
    assert Card().read() == Reading("NVIDIA H200", None, 3 << 30, 12 << 30, None)
    monkeypatch.setattr(nvml, "nvmlDeviceGetMemoryInfo", silent)
    assert Card().read() is None
    monkeypatch.setattr(nvml, "nvmlInit", silent)
    assert Card().read() is None


def test_stopping_does_not_wait_for_the_next_look(monkeypatch):
    monkeypatch.setattr(meter, "SECONDS", 600)
    made = Meter()
    made.start("cpu")
    reading = made._thread
    made.stop()
    assert not reading.is_alive()
