"""Presets count their steps."""

from ganstudio.words.cards import Preset


def test_steps_are_asked_for_or_follow_from_epochs():
    assert Preset(64, 1, "", steps=900).steps_for(10) == 900
    assert Preset(64, 4, "", epochs=10).steps_for(10) == 30
    assert Preset(64, 4, "", epochs=0).steps_for(10) == 1
