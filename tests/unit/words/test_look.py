"""Tests for ganstudio.words.look."""

import pytest

from ganstudio.words.look import Look


def test_the_default_shows_the_translation_itself():
    assert Look().is_plain


@pytest.mark.parametrize("look", [Look(strength=0.5), Look(keep_colours=True), Look(mask="mask.png")])
def test_whatever_is_asked_for_is_not_plain(look):
    assert not look.is_plain


@pytest.mark.parametrize("strength", [-0.1, 1.5, float("nan")])
def test_a_strength_outside_of_its_range_is_named(strength):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Look(strength=strength)


def test_an_unknown_blend_names_the_nearest():
    with pytest.raises(ValueError, match="colour"):
        Look(blend="colours")  # type: ignore[arg-type]
