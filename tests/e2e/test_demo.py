"""The demo from end to end, with a smaller sample and a training of moments."""

import functools

from PIL import Image

from ganstudio.cli.app import main
from ganstudio.engine.training import planning
from ganstudio.pictures import sample
from ganstudio.runs.project import Project
from ganstudio.words.events import Started


def test_the_demo_does_the_main_job_and_can_be_repeated(tmp_path, monkeypatch, capsys):
    tiny = functools.partial(planning.plan, steps=2, settings={"width": 4, "discriminator_width": 4, "blocks": 1})
    monkeypatch.setattr(planning, "plan", tiny)
    monkeypatch.setattr(sample, "draw", functools.partial(sample.draw, pictures=4, held_out=2))
    out = tmp_path / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "summer → winter: " in said.out
    assert "winter → summer: " in said.out

    project = Project.open(out)
    assert [domain.name for domain in project.domains] == ["summer", "winter"]
    assert project.models() == [out / "runs" / "001-cyclegan"]
    assert sorted(path.name for path in (out / "exports").iterdir()) == [
        f"{name}{leaflet}"
        for name in ("model.safetensors", "summer-to-winter.onnx", "winter-to-summer.onnx")
        for leaflet in ("", ".json", ".md")
    ]
    assert sorted(path.relative_to(out).as_posix() for path in (out / "translated").rglob("*.png")) == [
        f"translated/to {season}/000{number}.png" for season in ("summer", "winter") for number in (1, 2)
    ]
    with Image.open(out / "before-and-after.png") as sheet:
        assert sheet.width == 3 * 2 * 136 + 8

    assert main(["demo", "--out", str(out)]) == 0
    assert not (tmp_path / "demo-2").exists()
    starts = [event.step for event in project.runs()[0].events() if isinstance(event, Started)]
    assert starts == [0, 2]
