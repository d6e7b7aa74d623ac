"""Pages with pictures or with models without weights, and a work that never ends."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from ganstudio.runs import model
from ganstudio.runs.project import Project
from ganstudio.runs.remarks import remarks
from ganstudio.runs.title import title
from ganstudio.window import jobs
from ganstudio.window.pages.data import DataPage
from ganstudio.window.pages.models import ModelsPage
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Scored
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Route

ROUTES = (Route("winter", "summer", multiple=4), Route("summer", "winter", multiple=4))


def card_of(path: Path) -> ModelCard:
    """A card for every path: files are imported, "faces" makes pictures from noise."""
    newest = path.name.startswith("002")
    figures = {"distance": 0.19345, "faithfulness": 0.627, "variety": 1.0}
    card = ModelCard(
        str(path),
        title(path) if path.is_dir() else path.stem,
        "cyclegan",
        ROUTES,
        64,
        1000 if newest else 14,
        1000,
        1.8e9 + int(newest),
        8_900_000,
        {"summer": 6, "winter": 5},
        Scored(900, "KID", {"summer → winter": figures}) if newest else None,
        remarks=remarks(path),
    )
    if path.name.startswith("faces"):
        return replace(card, method="vae", routes=(Route("faces"),), pictures={"faces": 9}, created=1.0)
    return replace(card, origin="imported", created=2.0) if path.suffix else card


@pytest.fixture
def runs(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two runs with models."""
    monkeypatch.setattr(model, "card", card_of)
    made = [project.path / "runs" / name for name in ("001-cyclegan", "002-cyclegan")]
    for run in made:
        run.mkdir(parents=True)
        (run / "recipe.toml").touch()
        (run / "model.safetensors").write_bytes(b"weights")
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, str, tuple[int, int]]]:
    """What models were tried, in order; each makes a picture of its own colour."""
    seen: list[tuple[object, str, tuple[int, int]]] = []

    def translate(path, to, picture, *, device="auto"):
        yield None
        seen.append((path, to, picture.size))
        return Image.new("RGB", picture.size, "red" if "001" in str(path) else "blue")

    monkeypatch.setattr(jobs, "translate", translate)
    return seen


@pytest.fixture
def page(qtbot: QtBot, studio: Studio, runs: list[Path], asked: list[object]) -> ModelsPage:
    """The Models page with two models."""
    made = ModelsPage(studio)
    qtbot.addWidget(made)
    made.resize(1300, 860)
    made.show()
    with qtbot.waitSignal(made.filled):
        made.shown()
    return made


@pytest.fixture
def fill(qtbot: QtBot, page: ModelsPage) -> Callable[..., None]:
    """fill(path) has the page read anew, and choose a model."""

    def again(argument: object = None) -> None:
        with qtbot.waitSignal(page.filled):
            page.shown(argument)

    return again


@pytest.fixture
def add(studio: Studio) -> Callable[[str], Path]:
    """add("monet") puts a model file into the project."""

    def made(name: str) -> Path:
        assert studio.project is not None
        file = studio.project.path / "models" / f"{name}.safetensors"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"weights")
        return file

    return made


@pytest.fixture
def paint(tmp_path: Path) -> Callable[..., Path]:
    """paint((64, 48)) makes a green picture to try models on."""

    def made(size: tuple[int, int] = (400, 200)) -> Path:
        file = tmp_path / "me.png"
        Image.new("RGB", size, "green").save(file)
        return file

    return made


class Endless:
    """A work with a model that never ends by itself, and the models with which it was begun and ended."""

    def __init__(self) -> None:
        self.begun: list[Path] = []
        self.ended: list[Path] = []

    def __call__(self, path: Path, *_: object, **__: object) -> Iterator[None]:
        self.begun.append(path)
        try:
            while True:
                yield None
        finally:
            self.ended.append(path)


@pytest.fixture
def endless() -> Endless:
    return Endless()


@pytest.fixture
def data_page(qtbot: QtBot, studio: Studio, folder: Path, tmp_path: Path) -> DataPage:
    """The Data page of a project with this one folder, which has been checked."""
    Project.create(tmp_path / "project").keep((Domain("mixed", (str(folder),)),))
    studio.open_project(tmp_path / "project")
    made = DataPage(studio)
    qtbot.addWidget(made)
    made.resize(1000, 800)
    made.show()
    qtbot.waitUntil(lambda: made.columns[0].report is not None, timeout=30_000)
    return made
