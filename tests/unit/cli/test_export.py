"""`export` tells how close the file is."""

from pathlib import Path

import pytest

from ganstudio.cli.export import settle_licence, written
from ganstudio.engine.exchange import exporting as exchange
from ganstudio.engine.exchange import lightening
from ganstudio.engine.exchange.exporting import Exported
from ganstudio.runs import model as head
from ganstudio.runs.remarks import remark, remarks
from ganstudio.runs.run import RECIPE
from ganstudio.words.cards import Lightness, Remarks
from ganstudio.words.events import Progress


def test_the_largest_difference_is_told():
    assert written(Exported(Path("a.onnx"), 1, (101, 67), "summer → winter")) == (
        "a.onnx (summer → winter): largest difference 1 of 255 on a picture of 101×67 pixels."
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ([], {}),
        (["--to", "B"], {"to": "B"}),
        (["--float", "--force", "--no-card"], {"floating": True, "replace": True, "leaflet": False}),
    ],
)
def test_what_is_asked_reaches_the_engine(ganstudio, monkeypatch, words, wanted):
    def export(model, file, **more):
        asked.append((model, file, more))
        yield Progress(1, 1, "exporting")
        return Exported(file, 0, (9, 9))

    asked = []
    monkeypatch.setattr(exchange, "export", export)
    monkeypatch.setattr(head, "header", lambda _: {})
    said = ganstudio("export", "run", "out.onnx", *words)
    usual = {"to": None, "floating": False, "leaflet": True, "replace": False}
    assert (said.code, asked) == (0, [(Path("run"), Path("out.onnx"), usual | wanted)])
    assert said.out.splitlines()[-1].startswith("out.onnx: largest difference 0 of 255")


@pytest.fixture
def model(tmp_path):
    """A run folder with a model in it, as far as questions about it go."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / RECIPE).touch()
    return tmp_path / "run"


def test_a_licence_that_is_given_is_kept(model):
    remark(model, Remarks("wild", 3))
    settle_licence(model, " CC BY 4.0 ")
    assert remarks(model) == Remarks("wild", 3, "CC BY 4.0")


def test_a_licence_is_asked_for_once_and_only_on_a_terminal(model, monkeypatch):
    asked = []
    monkeypatch.setattr("typer.prompt", lambda text, **more: asked.append(text) or more["default"])
    monkeypatch.setattr("ganstudio.runs.model.header", lambda _: {})
    settle_licence(model, None)
    assert asked == []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stdout", Terminal())
    settle_licence(model, None)
    settle_licence(model, None)
    assert len(asked) == 1
    assert remarks(model).licence == "not stated"


class Terminal:
    """Someone is there."""

    def isatty(self):
        return True


FIGURES = Lightness("run", (2.0, 42.0), (0.1, 1.4), 30.24, 5.12, 12, 128, "CPU, 2 cores")


def test_a_light_copy_is_asked_for_with_all_that_it_learns_by_and_its_figures_are_told(ganstudio, monkeypatch):
    def export_light(model, file, **more):
        asked.append((model, file, more))
        yield Progress(1, 1, lightening.WHAT)
        return Exported(file, 0, (9, 9), light=FIGURES)

    asked = []
    monkeypatch.setattr(lightening, "export_light", export_light)
    monkeypatch.setattr(head, "header", lambda _: {})
    said = ganstudio("export", "run", "out.onnx", "--light", "--pictures", "one", "--pictures", "two", "--steps", "7")
    how = {"pictures": [Path("one"), Path("two")], "steps": 7, "device": "auto"}
    usual = {"to": None, "floating": False, "leaflet": True, "replace": False}
    assert (said.code, asked) == (0, [(Path("run"), Path("out.onnx"), usual | how)])
    assert said.out.splitlines()[-1] == (
        "It is light, of run: 21x fewer multiply-adds and 14x as fast at 128x128 pixels (CPU, 2 cores); 30.2 dB to the "
        "full one, 5.1 of 255 apart in the mean, on 12 held-out pictures."
    )


def test_how_a_light_copy_learns_is_refused_where_none_is_asked_for(ganstudio):
    said = ganstudio("export", "run", "out.onnx", "--steps", "7")
    assert said.code == 2
    assert "Add --light" in said.err
