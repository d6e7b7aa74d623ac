"""Which folders a method is tried on, and what becomes of a selection."""

import pytest

from ganstudio.window.selection import (
    TRIED,
    candidates,
    counts,
    is_choice,
    left_out,
    of_recipe,
    put,
    roles,
    sign,
    toggled,
)
from ganstudio.words.cards import MethodCard
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs


@pytest.mark.parametrize(
    ("needs", "folders", "expected"),
    [
        (Needs.FOLDER, 1, [(0,)]),
        (Needs.FOLDER, 3, [(0,), (1,), (2,)]),
        (Needs.CLASSES, 2, [(0,), (1,)]),
        (Needs.TWO_FOLDERS, 1, []),
        (Needs.TWO_FOLDERS, 3, [(0, 1), (0, 2), (1, 2)]),
        (Needs.PAIRS, 1, [(0,)]),
        (Needs.PAIRS, 2, [(0, 1), (0,), (1,)]),
        (Needs.MANY_FOLDERS, 1, []),
        (Needs.MANY_FOLDERS, 3, [(0, 1, 2)]),
        (Needs.MANY_FOLDERS, 30, [tuple(range(26))]),
        (Needs.FEW_LABELS, 1, []),
        (Needs.FEW_LABELS, 3, [(0, 1), (1, 0), (2, 0)]),
    ],
)
def test_as_many_folders_as_can_be_are_tried_first(needs, folders, expected):
    assert list(candidates(needs, folders)) == expected


@pytest.mark.parametrize("needs", Needs)
@pytest.mark.parametrize("folders", [0, 1, 2, 5, 26, 40])
def test_what_is_tried_may_be_given_to_the_engine(needs, folders):
    tried = candidates(needs, folders)
    assert len(tried) <= TRIED
    assert bool(tried) == bool(counts(needs, folders))
    for selection in tried:
        assert len(selection) in needs.folders
        assert len(set(selection)) == len(selection)
        assert set(selection) <= set(range(folders))
    assert all(len(tried[0]) == folders - left_out(needs, folders) for _ in tried[:1])


@pytest.mark.parametrize(
    ("needs", "folders", "choice"),
    [
        (Needs.FOLDER, 1, False),
        (Needs.FOLDER, 2, True),
        (Needs.TWO_FOLDERS, 1, False),
        (Needs.TWO_FOLDERS, 2, False),
        (Needs.TWO_FOLDERS, 3, True),
        (Needs.PAIRS, 1, False),
        (Needs.PAIRS, 2, True),
        (Needs.MANY_FOLDERS, 2, False),
        (Needs.MANY_FOLDERS, 3, True),
    ],
)
def test_there_is_a_choice_where_folders_could_be_left_out(needs, folders, choice):
    assert is_choice(needs, folders) is choice


@pytest.mark.parametrize(
    ("selection", "at", "folder", "expected"),
    [
        ((0,), 0, 2, (2,)),
        ((0, 1), 0, 2, (2, 1)),
        ((0, 1), 0, 1, (1, 0)),
        ((0, 1), 1, 0, (1, 0)),
        ((0, 1), 1, 1, (0, 1)),
        ((0, 1), 1, None, (0,)),
        ((0,), 1, 2, (0, 2)),
        ((0,), 1, 0, (0,)),
    ],
)
def test_a_folder_that_is_put_elsewhere_changes_places(selection, at, folder, expected):
    assert put(selection, at, folder) == expected


def test_marks_come_and_go_in_the_projects_order():
    assert toggled((0, 2), 1, range(2, 27)) == (0, 1, 2)
    assert toggled((0, 1, 2), 0, range(2, 27)) == (1, 2)
    assert toggled((1, 2), 1, range(2, 27)) == (1, 2)
    assert toggled((0, 1), 2, range(2, 3)) == (0, 1)


def test_a_recipes_folders_are_found_by_what_they_hold():
    summer, winter, dusk = (Domain(name, (f"/{name}",)) for name in ("summer", "winter", "dusk"))
    assert of_recipe([Domain("renamed", winter.sources), summer], [summer, dusk, winter]) == (2, 0)
    assert of_recipe([summer, dusk], [summer, winter]) is None


def test_the_direction_and_the_parts_come_from_the_card():
    def card(task, needs=Needs.TWO_FOLDERS):
        return MethodCard("x", "X", "", task, needs, (), {})

    assert sign(card("two-way translation")) == "↔"
    assert sign(card("one-way translation")) == "→"
    assert sign(card("refinement")) == "→"
    assert sign(card("paired translation", Needs.PAIRS)) == "→"
    assert sign(card("generation")) == "+"
    assert roles(card("refinement")) == ("rendered", "real")
    assert roles(card("paired translation", Needs.PAIRS)) == ("before", "after")
    assert roles(card("classification from few labels", Needs.FEW_LABELS)) == ("with classes", "without classes")
    assert roles(card("two-way translation")) == ()
