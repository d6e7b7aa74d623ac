"""Presets count their steps."""

from ganstudio.words.cards import Preset


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
