import pytest

from ganstudio import methods
from ganstudio.engine.training import course
from ganstudio.runs.run import Run
from ganstudio.words.recipe import Domain, Recipe
from tests.unit.engine.training.fragile import STEPS, Fragile


@pytest.fixture
def fragile(monkeypatch):
    """fragile(breaking) puts the method into the catalogue; breaking(now) → factor of the loss, or raises."""
    monkeypatch.setattr(methods, "CATALOGUE", (*methods.CATALOGUE, Fragile))

    def breaks(breaking):
        monkeypatch.setattr(Fragile, "breaking", staticmethod(breaking))

    return breaks


@pytest.fixture
def begun(tmp_path, folders, fragile):
    """begun(name, **recipe) → a new run of the fragile method."""

    def make(name="run", **more):
        domains = (Domain("warm", (str(folders[0]),)),)
        asked = {"size": 16, "steps": STEPS, "batch": 1, "device": "cpu"} | more
        return Run.create(tmp_path / name, Recipe("fragile", domains, **asked))

    return make


@pytest.fixture
def watchful(monkeypatch):
    """Whether a number exploded is asked after each step."""
    monkeypatch.setattr(course, "CURVE_SECONDS", 0.0)
