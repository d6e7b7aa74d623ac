import dataclasses

import pytest

from ganstudio.words.making import Making

HARBOUR = Making("Seasons", "0123", "summer → winter", "harbour.tif", 1000, 5, "abcd", strength=0.5, version="0.1.0")


def test_a_making_survives_its_line():
    assert Making.from_json(HARBOUR.to_json()) == HARBOUR
    assert Making.from_json(HARBOUR.to_json()[:-1] + ', "moon": "full"}') == HARBOUR
    assert HARBOUR.to_json().isascii()
    assert "keep_colours" not in HARBOUR.to_json()


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{}", '{"model": 1, "seal": "", "route": ""}', "[" * 100_000),
        '{"model": "m", "seal": "s", "route": "r", "strength": "much"}',
    ],
)
def test_what_is_none_is_refused(text):
    with pytest.raises(ValueError, match="Not a making"):
        Making.from_json(text)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"made": 7.0, "version": "9", "source_place": "elsewhere", "model": "renamed"}, True),
        ({"seal": "4567"}, False),
        ({"route": "winter → summer"}, False),
        ({"source_changed": 6}, False),
        ({"source_bytes": 999}, False),
        ({"strength": 1.0}, False),
        ({"mask_seal": "x"}, False),
        ({"quality": "fast"}, False),
        ({"precision": "bf16"}, False),
        ({"file_quality": 80}, False),
    ],
)
def test_what_gives_another_picture(change, same):
    assert HARBOUR.same_picture(dataclasses.replace(HARBOUR, **change)) == same


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"source_place": "elsewhere", "source_changed": 9}, True),  # Copied.
        ({"source_bytes": 7, "source_changed": 9}, True),  # Edited.
        ({"source_bytes": 7, "source_place": "elsewhere"}, False),  # Another of its name.
        ({"source": "other.tif"}, False),
    ],
)
def test_which_originals_are_one(change, same):
    assert HARBOUR.same_source(dataclasses.replace(HARBOUR, **change)) == same
