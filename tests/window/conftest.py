"""What every test of the window gets: our colours, settings of its own, and a check that nothing is left behind."""

import gc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QLocale, QSettings, QtMsgType
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ganstudio.runs.project import Project
from ganstudio.window import jobs
from ganstudio.window.rubbish import clear_away
from ganstudio.window.studio import Studio
from ganstudio.window.theme import Theme
from ganstudio.words.recipe import Domain

# What the offscreen platform says of itself.
OFFSCREEN = ("propagateSizeHints", "does not support")


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """pytest-qt's, with a minute's patience instead of five seconds: a busy machine is slow, and waiting is free."""
    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
        setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=60_000))
    return qtbot


@pytest.fixture(scope="session")
def themed(qapp: QApplication) -> Theme:
    """Our colours, once, and English numbers on any machine."""
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    return Theme(qapp)


@pytest.fixture(autouse=True)
def rubbish_here() -> Iterator[None]:
    """As in the app, Python's collector never ends a widget in a worker's thread, which takes the process down."""
    gc.disable()
    yield
    clear_away()
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication, themed: Theme, qtlog) -> Iterator[None]:
    """Fail a test that leaves a window open, or to which Qt says a warning."""
    yield
    qapp.processEvents()
    left = [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]
    assert not left, f"left open: {left}"
    serious = {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg}
    said = [record.message for record in qtlog.records if record.type in serious]
    assert not [message for message in said if not any(known in message for known in OFFSCREEN)]


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is kept of pictures is kept in a folder of this test."""
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def plain_crops(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Crops without torch: grey squares; what was asked for, in order."""
    asked: list[tuple[object, ...]] = []

    def crops(paths, method, size, settings, *, count, seed, side_by_side=False):
        yield None
        asked.append((tuple(paths), method, size, dict(settings)))
        return [Image.new("RGB", (size, size), "grey")] * count

    monkeypatch.setattr(jobs, "crops", crops)
    return asked


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings in a file of this test, with projects in a folder of this test."""
    made = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made.setValue("projects_folder", str(tmp_path / "projects"))
    return made


@pytest.fixture
def studio(qtbot: QtBot, settings: QSettings) -> Iterator[Studio]:
    """A studio without a project and without the engine; its worker has ended in order after the test."""
    made = Studio(settings)
    yield made
    made.shut()
    assert not made.worker.isRunning()


@pytest.fixture
def wanted(studio: Studio) -> list[tuple[str, object]]:
    """Every page that was asked for, with its argument."""
    seen: list[tuple[str, object]] = []
    studio.page_wanted.connect(lambda page, argument: seen.append((page, argument)))
    return seen


@pytest.fixture
def said(studio: Studio) -> list[str]:
    """Every sentence for the artist."""
    seen: list[str] = []
    studio.said.connect(lambda message, _: seen.append(message))
    return seen


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., Path]:
    """draw("summer", 3, size=(64, 48)) makes a folder of so many pictures, none like another."""

    def make(name: str, count: int, size: tuple[int, int] = (80, 72)) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            chance = np.random.default_rng([number, *name.encode()])
            patches = Image.fromarray(chance.integers(0, 256, (6, 6, 3), dtype=np.uint8))
            patches.resize(size, Image.Resampling.BICUBIC).save(folder / f"{number:03d}.png")
        return folder

    return make


@pytest.fixture
def project(studio: Studio, draw: Callable[..., Path], tmp_path: Path) -> Project:
    """An open project with two domains of six pictures each."""
    folders = [draw(name, 6) for name in ("summer", "winter")]
    domains = tuple(Domain(folder.name, (str(folder),)) for folder in folders)
    Project.create(tmp_path / "projects" / "seasons").keep(domains)
    assert studio.open_project(tmp_path / "projects" / "seasons")
    assert studio.project is not None
    return studio.project
