"""Presets count their steps, and a light model's figures are read with care."""

import json
from dataclasses import asdict, replace

import pytest

from ganstudio.words.cards import Lightness, Preset


def test_steps_are_asked_for_or_follow_from_epochs():
    assert Preset(64, 1, "", steps=900).steps_for(10) == 900
    assert Preset(64, 4, "", epochs=10).steps_for(10) == 30
    assert Preset(64, 4, "", epochs=0).steps_for(10) == 1


def test_low_memory_follows_from_balanced():
    small = Preset(256, 1, "", epochs=100, settings={"width": 24}).for_low_memory(any_size=True)
    assert (small.size, small.batch, small.epochs, small.settings) == (128, 1, 100, {"width": 24})
    fixed = Preset(64, 64, "", epochs=9).for_low_memory(any_size=False)
    assert (fixed.size, fixed.batch) == (64, 16)
    assert fixed.sentence == "For laptops and graphics cards of 4 GB."
    assert Preset(64, 20, "").for_low_memory(any_size=True).size == 64
    assert Preset(32, 8, "").for_low_memory(any_size=True).size == 32
    assert Preset(96, 8, "").for_low_memory(any_size=True).batch == 1


FIGURES = Lightness("winter", (2.0, 42.0), (0.1, 1.4), 30.24, 5.12, 12, 128, "CPU, 2 cores")


def test_a_light_models_figures_survive_a_header():
    assert Lightness.from_table(json.loads(json.dumps(asdict(FIGURES)))) == FIGURES
    assert (FIGURES.fewer, round(FIGURES.faster, 9)) == (21.0, 14.0)
    assert FIGURES.sentence.endswith("on 12 held-out pictures")
    assert replace(FIGURES, pictures=1).sentence.endswith("on 1 held-out picture")


@pytest.mark.parametrize(
    "wrong",
    [{"seconds": [0, 1]}, {"psnr": float("inf")}, {"multiply_adds": [1]}, {"pictures": None}, {"side": float("inf")}],
)
def test_figures_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="light model's figures"):
        Lightness.from_table(asdict(FIGURES) | wrong)
