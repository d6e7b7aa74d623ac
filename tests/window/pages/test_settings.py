"""The Settings page: each choice counts at once, is remembered, and has a name for screen readers."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QCheckBox, QComboBox, QLabel, QPushButton

from ganstudio.engine.training.awake import MAY_SLEEP
from ganstudio.window import jobs, theme, wishes
from ganstudio.window.pages.settings import SettingsPage
from ganstudio.words.limits import picture_memory
from ganstudio.words.places import CACHES, cache, cache_folder


@dataclass
class Finding:
    name: str
    value: str
    verdict: str = "fine"
    advice: str = ""


@pytest.fixture(autouse=True)
def surroundings(tmp_path, monkeypatch):
    """A cache of this test's own, and an environment that is as before afterwards."""
    for name in wishes.VARIABLES:
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(wishes, "GIVEN", {})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def page(qtbot, studio, monkeypatch):
    def examine():
        yield None
        return (
            Finding("system", "Linux"),
            Finding("processor", "2 cores for us", "slow", "Few cores: close other programs while training."),
            Finding("HEIC pictures", "no", "missing", "Pictures from an iPhone are passed over."),
            Finding("display", "none", "missing", "No."),
        )

    monkeypatch.setattr(jobs, "examine", examine)
    studio.devices = (("cuda", "NVIDIA H200"), ("cpu", "CPU, 2 cores"))
    made = SettingsPage(studio)
    qtbot.addWidget(made)
    made.resize(960, 640)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: bool(made._findings) and bool(made.places.taken.text()))
    return made


def choose(box: QComboBox, key: str) -> None:
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def test_colours_change_at_once(page, settings, themed):
    try:
        choose(page.theme, "dark")
        assert theme.tokens() == theme.DARK
        assert wishes.theme(settings) == "dark"
        choose(page.theme, "light")
        assert theme.tokens() == theme.LIGHT
    finally:
        themed.choose("system")


def test_the_device_is_the_one_of_the_job_bar(page, studio):
    assert [page.device.itemText(row) for row in range(3)] == ["Automatic: NVIDIA H200", "NVIDIA H200", "CPU, 2 cores"]
    choose(page.device, "cpu")
    assert studio.device == "cpu"
    studio.set_device("cuda")
    assert page.device.currentData() == "cuda"


def test_what_the_computer_is_like_is_told_in_plain_words(page):
    said = [label.text() for row in page._findings for label in row.findChildren(QLabel) if label.text()]
    assert said == [
        "Processor", "2 cores for us. Few cores: close other programs while training.",
        "HEIC pictures", "No. Pictures from an iPhone are passed over.",
    ]  # fmt: skip


def test_memory_for_pictures_reaches_the_training(page, settings):
    page.memory.setValue(3)
    assert picture_memory() == 3 << 30
    page.memory.setValue(0)
    assert picture_memory() is None
    assert page.memory.text() == "Automatic"


def test_keeping_awake_can_be_switched_off(page, settings):
    page.awake.setChecked(False)
    assert os.environ[MAY_SLEEP]
    assert wishes.MAY_SLEEP_VARIABLE == MAY_SLEEP
    page.awake.setChecked(True)
    assert MAY_SLEEP not in os.environ


def test_the_wish_for_the_end_is_remembered(page, settings):
    choose(page.after, "sleep")
    assert settings.value("after_training") == "sleep"


def test_a_choice_survives_the_next_start(page, settings, studio, qtbot):
    page.memory.setValue(5)
    page.awake.setChecked(False)
    again = SettingsPage(studio)
    qtbot.addWidget(again)
    assert again.memory.value() == 5
    assert not again.awake.isChecked()


def fill() -> Path:
    for kept in CACHES:
        (cache(kept) / "deep").mkdir(parents=True)
        (cache(kept) / "deep" / "file").write_bytes(b"x" * 1000)
    mine = cache_folder() / "mine.png"
    mine.write_bytes(b"mine")
    return mine


def test_the_cache_says_its_size_and_is_emptied_and_nothing_beside_it(page, qtbot):
    mine = fill()
    page.places.refresh()
    qtbot.waitUntil(lambda: page.places.taken.text() == f"{len(CACHES)}.0 kB")
    page.places.empty.click()
    qtbot.waitUntil(lambda: page.places.taken.text() == "0 bytes")
    assert not page.places.empty.isEnabled()
    assert not any(cache(kept).exists() for kept in CACHES)
    assert mine.read_bytes() == b"mine"


def test_pictures_that_a_training_reads_stay(page, studio, qtbot, monkeypatch):
    def train(run: Path):
        while True:
            yield None

    fill()
    monkeypatch.setattr(jobs, "train", train)
    training = studio.begin_training(Path("run"))
    page.places.refresh()
    qtbot.waitUntil(page.places.empty.isEnabled)
    page.places.empty.click()
    qtbot.waitUntil(lambda: not cache("thumbnails").exists())
    assert cache("pictures").exists()
    studio.worker.cancel(training.job)
    qtbot.waitUntil(lambda: studio.training is None)


def test_the_cache_can_lie_elsewhere(page, settings, tmp_path):
    (tmp_path / "fast disk").mkdir()
    page.places.put_cache(tmp_path / "fast disk")
    assert cache_folder() == tmp_path / "fast disk" / wishes.CACHE_NAME
    os.environ.pop("GANSTUDIO_CACHE")
    wishes.apply(settings)
    assert cache_folder() == tmp_path / "fast disk" / wishes.CACHE_NAME


def test_a_place_given_from_outside_wins(page, settings, tmp_path, monkeypatch):
    monkeypatch.setattr(wishes, "GIVEN", {"GANSTUDIO_CACHE": str(tmp_path / "given")})
    settings.setValue("cache_folder", str(tmp_path))
    wishes.apply(settings)
    page.places.refresh()
    assert cache_folder() == tmp_path / "given"
    assert not page.places.change.isEnabled()


def test_every_control_has_a_name(page):
    kinds = (QComboBox, QAbstractSpinBox, QCheckBox, QPushButton)
    controls = [widget for kind in kinds for widget in page.findChildren(kind)]
    assert len(controls) > 12
    assert [widget for widget in controls if not widget.accessibleName() and not getattr(widget, "text", str)()] == []


def test_it_fits_the_smallest_window(page, qtbot):
    QApplication.processEvents()
    assert page.places.minimumSizeHint().width() <= 960 - 104
