"""`mix` asks the engine for what lies between two models, and says what came of it."""

from pathlib import Path

import pytest

from ganstudio.engine.exchange import mixing
from ganstudio.runs import model
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Progress
from ganstudio.words.mix import Mix
from ganstudio.words.routes import Route

MADE = ModelCard(
    "c.safetensors", "c", "cyclegan", (Route("monet", "photo"),), 64, 1, 1, 0.0, 1, {}, parents=("70% a", "30% b")
)


@pytest.mark.parametrize(
    ("words", "share", "forced"),
    [([], 0.5, False), (["--share", "0.3", "--force"], 0.3, True), (["--share", "0"], 0.0, False)],
)
def test_what_is_asked_reaches_the_engine(ganstudio, monkeypatch, words, share, forced):
    def mix(wanted, target, *, replace):
        asked.append((wanted, target, replace))
        yield Progress(3, 3, "mixing")
        return MADE

    asked = []
    monkeypatch.setattr(mixing, "mix", mix)
    monkeypatch.setattr(model, "card", lambda _: MADE)
    said = ganstudio("mix", "a.safetensors", "runs/b@500", "--out", "c.safetensors", *words)
    wanted = Mix(Path("a.safetensors"), Path("runs/b@500"), share)
    assert (said.code, asked) == (0, [(wanted, Path("c.safetensors"), forced)])
    assert said.out.splitlines()[-1] == "c.safetensors: 70% a and 30% b; it makes photo → monet."


def test_a_share_beyond_the_ends_is_wrong_usage(ganstudio):
    assert ganstudio("mix", "a", "b", "--out", "c", "--share", "1.5").code == 2


def test_what_is_no_model_is_named(ganstudio, tmp_path):
    said = ganstudio("mix", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "c")
    assert (said.code, said.err) == (
        1,
        f"ganstudio: There is no model at {tmp_path / 'a'}. Choose a run folder or a .safetensors model.\n",
    )
