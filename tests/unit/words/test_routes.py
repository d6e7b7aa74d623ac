"""Routes, inventories and needs."""

import json
from dataclasses import asdict

import pytest

from ganstudio.words.routes import DomainFound, Inventory, Needs, Route

INVENTORY = Inventory((DomainFound("cats", 19, 1, ("black", "white")),), {"a.png": "It is empty."})


def test_an_inventory_survives_json():
    assert Inventory.from_table(json.loads(json.dumps(INVENTORY.to_table()))) == INVENTORY


@pytest.mark.parametrize("table", [{}, {"domains": 3, "unreadable": {}}, {"domains": [{}], "unreadable": {}}])
def test_what_is_no_inventory_is_named(table):
    with pytest.raises(ValueError, match="Not an inventory"):
        Inventory.from_table(table)


def test_titles_tell_what_goes_in_and_comes_out():
    assert Route("winter", "summer").title == "summer → winter"
    assert Route("cats").title == "cats"
    assert Route("cats", "cats").title == "cats rebuilt"
    assert Route("photos", "photos", scale=2).title == "photos ×2"


def test_a_route_survives_json_and_older_tables():
    route = Route("cats", "dogs", labels=("a", "b"), answers=("c",), scale=2, side=32)
    assert Route.from_table(json.loads(json.dumps(asdict(route)))) == route
    assert Route.from_table({"target": "cats", "source": None, "labels": ["a"], "multiple": 4}) == Route(
        "cats", labels=("a",), multiple=4
    )


def test_needs_tell_how_many_folders():
    two = {need for need in Needs if 2 in need.folders}
    assert two == {Needs.PAIRS, Needs.TWO_FOLDERS, Needs.FEW_LABELS, Needs.MANY_FOLDERS}
    assert {need for need in Needs if 1 in need.folders} == set(Needs) - two | {Needs.PAIRS}
    assert not any(0 in need.folders for need in Needs)
    assert 1 not in Needs.TWO_FOLDERS.folders
    assert 1 in Needs.CLASSES.folders


SORTED, TOLD = Route("pets", labels=("cat", "dog")), Route("pets", words=("red", "cat"))


def test_what_it_knows_may_be_asked_for():
    SORTED.check("dog", None)
    SORTED.check(None, None)
    TOLD.check(None, "red cat")
    Route("winter", "summer").check(None, None)


@pytest.mark.parametrize(
    ("route", "label", "text", "sentence"),
    [
        (SORTED, "dgo", None, "Did you mean dog"),
        (TOLD, "dog", None, "has no labels to choose from"),
        (SORTED, None, "a dog", "has not learnt captions. It knows the labels cat, dog: ask for one of them"),
        (Route("winter", "summer"), None, "snow", r"has not learnt captions\.$"),
        (TOLD, None, None, "caption is empty"),
        (TOLD, None, "blue cat", "'blue'"),
    ],
)
def test_what_it_does_not_know_is_a_sentence(route, label, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        route.check(label, text)
