"""Routes, inventories and needs."""

import json

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


def test_needs_tell_how_many_folders():
    assert [2 in need.folders for need in Needs] == [False, False, True, True]
    assert 1 not in Needs.TWO_FOLDERS.folders
    assert 1 in Needs.CLASSES.folders
