"""The Translate page with a model that turns pictures upside down, or one whose work may wait."""

import time

import pytest
from PIL import Image, ImageOps

from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.window.pages import translate
from ganstudio.window.pages.translate import TranslatePage
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Advanced, Finished, Made, Progress, Skipped
from ganstudio.words.recipe import Recipe
from tests.window.pages.translate.acts import DIGITS, WAYS, Engine, flipped


@pytest.fixture
def model(project, monkeypatch):
    """A finished run whose card says that it translates both ways."""
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (run.path / MODEL).write_bytes(b"weights")
    routes = {run.path: WAYS}
    monkeypatch.setattr(
        translate,
        "card",
        lambda path: ModelCard(str(path), path.name, "x", routes.get(path, DIGITS), 64, 10, 10, 0.0, 7, {}),
    )
    monkeypatch.setattr(jobs, "translate", flipped)
    return run.path


@pytest.fixture
def page(qtbot, studio):
    made = TranslatePage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def desk(model, page):
    page.shown(model)
    return page.pictures


@pytest.fixture
def has_routes(monkeypatch):
    """has_routes(*routes): every model has these."""

    def have(*routes):
        made = ModelCard("x", "x", "x", routes, 64, 10, 10, 0.0, 7, {})
        monkeypatch.setattr(translate, "card", lambda _: made)

    return have


@pytest.fixture
def engine(model, monkeypatch):
    """In place of what `model` does; what is asked of it may wait until it is free."""
    made = Engine()
    for name in ("translate", "way", "translate_file", "film_frame", "translate_video"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    yield made
    made.free = True


@pytest.fixture
def filling(monkeypatch):
    """What a folder was asked to be filled with; the first picture is there, and a broken one is left out."""
    asked = []

    def files(model, to, inputs, out, order, **manner):
        asked.append((list(inputs), out, order))
        found = sorted(path for one in inputs for path in ([one] if one.is_file() else one.iterdir()))
        yield Progress(0, len(found), "translating")
        for number, path in enumerate(found):
            if path.name == "broken.png":
                yield Skipped(str(path), "It is no picture.")
            else:
                yield Made(str(out / path.name), str(path), kept=path.name == "000.png")
            yield Progress(number + 1, len(found), "translating", eta_seconds=3.0)
        yield Finished(len(found))

    monkeypatch.setattr(jobs, "translate_files", files)
    return asked


@pytest.fixture
def writing(engine, monkeypatch):
    """Writes inverted pictures into the folder, each when the engine is free; tells which were begun."""
    begun = []

    def files(model, to, inputs, out, order, **manner):
        out.mkdir(exist_ok=True)
        for number, path in enumerate(inputs):
            begun.append(path)
            yield Progress(number, len(inputs), "translating")
            while not engine.free:
                time.sleep(0.01)
                yield Advanced(str(path), 0.1, 9.0)
            ImageOps.invert(Image.open(path).convert("RGB")).save(out / path.name)
            yield Made(str(out / path.name), str(path))
        yield Finished(len(inputs))

    monkeypatch.setattr(jobs, "translate_files", files)
    return begun
