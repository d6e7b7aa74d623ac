"""`export` tells how close the file is."""

from pathlib import Path

import pytest

from ganstudio.cli.export import written
from ganstudio.engine import exchange
from ganstudio.engine.exchange import Exported
from ganstudio.words.events import Progress


def test_the_largest_difference_is_told():
    assert written(Exported(Path("a.onnx"), 1, (101, 67))) == (
        "a.onnx: largest difference 1 of 255 on a picture of 101×67 pixels."
    )
    assert written(Exported(Path("a.pth"), 0, (0, 0))) == "a.pth: weights copied as they are."


@pytest.mark.parametrize(("words", "to"), [([], None), (["--to", "B"], "B")])
def test_what_is_asked_reaches_the_engine(ganstudio, monkeypatch, words, to):
    def export(model, file, *, to):
        asked.append((model, file, to))
        yield Progress(1, 1, "exporting")
        return Exported(file, 0, (9, 9))

    asked = []
    monkeypatch.setattr(exchange, "export", export)
    said = ganstudio("export", "run", "out.onnx", *words)
    assert (said.code, asked) == (0, [(Path("run"), Path("out.onnx"), to)])
    assert said.out.splitlines()[-1].startswith("out.onnx: largest difference 0 of 255")
