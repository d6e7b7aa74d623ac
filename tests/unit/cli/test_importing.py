"""`import` writes a model that translates, and says one line of it."""

import pytest
import torch
from PIL import Image

from ganstudio.runs.model import card
from tests.unit.engine.published import Patch, Resnet, trained


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "horse2zebra" / "latest_net_G_A.pth"
    path.parent.mkdir()
    torch.save(trained(Resnet()).state_dict(), path)
    return path


def test_a_file_becomes_a_model_that_translates(tmp_path, ganstudio, file):
    said = ganstudio("import", file, "--out", tmp_path / "zebras.safetensors")
    assert said.code == 0
    assert said.out.splitlines()[-1].endswith(
        f"horse → zebra. Use it with: ganstudio translate {tmp_path / 'zebras.safetensors'} PICTURES --out FOLDER"
    )
    Image.new("RGB", (37, 21), "red").save(tmp_path / "red.png")
    said = ganstudio("translate", tmp_path / "zebras.safetensors", tmp_path / "red.png", "--out", tmp_path / "out")
    assert said.code == 0
    with Image.open(tmp_path / "out" / "red.png") as made:
        assert made.size == (37, 21)


def test_names_may_be_said_one_or_both(tmp_path, ganstudio, file):
    ganstudio("import", file, "--out", tmp_path / "one", "--to", "Zebras")
    ganstudio("import", file, "--out", tmp_path / "two", "--from", "in", "--to", "out")
    assert [card(tmp_path / f"{name}.safetensors").routes[0].title for name in ("one", "two")] == [
        "horse → Zebras",
        "in → out",
    ]


def test_the_way_back_may_be_named_or_left_out(tmp_path, ganstudio, file):
    back = tmp_path / "back.pth"
    torch.save(trained(Resnet(), 1).state_dict(), back)
    torch.save(trained(Resnet(), 1).state_dict(), file.with_name("latest_net_G_B.pth"))
    assert ganstudio("import", file, back, "--out", tmp_path / "both").code == 0
    assert ganstudio("import", file, "--alone", "--out", tmp_path / "one").code == 0
    assert [len(card(tmp_path / f"{name}.safetensors").routes) for name in ("both", "one")] == [2, 1]
    assert ganstudio("import", file, back, "--alone", "--out", tmp_path / "x").code == 2


@pytest.mark.parametrize("debris", [b"rubbish", None])
def test_what_cannot_be_imported_is_one_line(tmp_path, ganstudio, debris):
    bad = tmp_path / "bad.pth"
    if debris:
        bad.write_bytes(debris)
    else:
        torch.save(Patch().state_dict(), bad)
    said = ganstudio("import", bad, "--out", tmp_path / "model")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "bad.pth" in said.err
    assert not (tmp_path / "model.safetensors").exists()
    assert ganstudio("import", tmp_path / "none.pth", "--out", tmp_path / "model").code == 1
