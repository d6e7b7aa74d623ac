"""Search, kinds and order of models."""

from dataclasses import replace
from pathlib import Path

import pytest

from ganstudio.window.model_order import Sought, is_of, ordered, translations
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.routes import Route

WAY = Route("winter", "summer")


def card(name: str, **others) -> ModelCard:
    made = ModelCard(f"/p/{name}", name, "cyclegan", (WAY,), 64, 10, 10, 0.0, 1000, {"summer": 4, "winter": 5})
    return replace(made, **others)


CARDS = {
    Path(each.name): each
    for each in (
        card("run 10", created=5.0, file_bytes=10, remarks=Remarks(notes="The foggy one", stars=3)),
        card("run 9", created=9.0, origin="blended", parents=("Monet", "Ukiyo-e")),
        card("Apples", created=7.0, method="vae", routes=(Route("apples"),), file_bytes=5000),
        card("digits", created=1.0, routes=(Route("class", "digits", answers=("0", "1")),), remarks=Remarks(stars=5)),
        card("cezanne", created=3.0, origin="imported", remarks=Remarks(licence="CC BY 4.0", stars=3)),
    )
}


def names(sought: Sought) -> list[str]:
    return [path.name for path in ordered(CARDS, sought, {"vae": "Variational auto-encoder"})]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["run 9", "Apples", "run 10", "cezanne", "digits"]),
        ("stars", ["digits", "run 10", "cezanne", "run 9", "Apples"]),
        ("name", ["Apples", "cezanne", "digits", "run 9", "run 10"]),
        ("size", ["Apples", "run 9", "cezanne", "digits", "run 10"]),
    ],
)
def test_order(sort, expected):
    assert names(Sought(sort=sort)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FOGGY", ["run 10"]),
        ("variational", ["Apples"]),
        ("winter run", ["run 9", "run 10"]),
        ("monet", ["run 9"]),
        ("by 4.0", ["cezanne"]),
        ("foggy monet", []),
    ],
)
def test_every_word_must_occur_in_name_method_domains_notes_licence_or_parents(text, expected):
    assert names(Sought(text)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("imported", ["cezanne"]),
        ("blended", ["run 9"]),
        ("generate", ["Apples"]),
        ("classify", ["digits"]),
        ("translate", ["run 9", "run 10", "cezanne"]),
        ("trained", ["Apples", "run 10", "digits"]),
    ],
)
def test_kinds(kind, expected):
    assert names(Sought(kind=kind)) == expected


def test_only_routes_from_picture_to_picture_can_be_tried_on_a_picture():
    assert translations(CARDS[Path("Apples")]) == translations(CARDS[Path("digits")]) == ()
    assert translations(card("both", routes=(Route("noise"), WAY))) == (WAY,)
    assert is_of(card("both", routes=(Route("noise"), WAY)), "generate")
