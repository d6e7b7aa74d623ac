"""Settings: one declaration, read by form, command line and recipe."""

from dataclasses import dataclass

import pytest

from ganstudio.words.settings import build, describe, setting, unknown


@dataclass(frozen=True, slots=True)
class Paint:
    strokes: int = setting(50, help="How many.", unit="strokes", low=1, high=500)
    rate: float = setting(2e-4, help="How fast.", low=0)
    flip: bool = setting(True, help="Mirror.")
    fit: str = setting("cover", help="How it fits.", choices=("cover", "native"))
    top: float = setting(1.0, help="Only a top.", high=2)


def test_cards_tell_everything_in_order():
    strokes, rate, flip, fit, _ = describe(Paint)
    assert (strokes.name, strokes.type, strokes.default, strokes.unit, strokes.high) == (
        "strokes",
        "int",
        50,
        "strokes",
        500,
    )
    assert (rate.type, flip.type, fit.type) == ("float", "bool", "str")
    assert fit.choices == ("cover", "native")


def test_words_of_the_command_line_become_values():
    values = {"strokes": "7", "rate": "1e-3", "flip": "no", "fit": "native"}
    assert build(Paint, values) == Paint(strokes=7, rate=1e-3, flip=False, fit="native")


def test_values_of_toml_stay():
    assert build(Paint, {"strokes": 7, "rate": 1, "flip": False}) == Paint(strokes=7, rate=1.0, flip=False)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"stroke": 3}, "no setting 'stroke'. Did you mean strokes?"),
        ({"strokes": "many"}, "strokes is a whole number"),
        ({"strokes": 2.5}, "strokes is a whole number"),
        ({"strokes": True}, "strokes is a whole number"),
        ({"strokes": 0}, "from 1 to 500 strokes"),
        ({"rate": -1}, "rate must be at least 0"),
        ({"rate": "inf"}, "rate must be at least 0"),
        ({"rate": "nan"}, "rate is a number"),
        ({"top": 3}, "top must be at most 2"),
        ({"flip": "perhaps"}, "flip is true or false"),
        ({"fit": "squash"}, "fit is one of cover, native"),
    ],
)
def test_wrong_values_are_told_in_a_sentence(values, sentence):
    with pytest.raises(ValueError, match=sentence.replace("?", r"\?")):
        build(Paint, values)


def test_a_strange_name_lists_what_is_known():
    assert unknown("label", "zzz", ("cat", "dog")) == "There is no label 'zzz'. Known: cat, dog."
