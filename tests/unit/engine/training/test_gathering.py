import dataclasses

import pytest

from ganstudio.engine.training.gathering import gather
from ganstudio.game import MethodSettings
from ganstudio.pictures.folders import split
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs


def gathered(recipe, needs):
    work = gather(recipe, needs, MethodSettings())
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as stop:
            return stop.value, events


def test_training_and_held_out_pictures_are_apart_and_complete(recipe, folders):
    found, _ = gathered(recipe, Needs.TWO_FOLDERS)
    for stock, side, folder in zip(found.stocks, found.sides, folders, strict=True):
        trained, held_out = ({example.path for example in examples} for examples in (stock.examples, side.held_out))
        assert trained.isdisjoint(held_out)
        assert trained | held_out == set(folder.iterdir())
        assert held_out


def test_labels_are_the_class_folders_in_order(conditional):
    found, _ = gathered(conditional, Needs.CLASSES)
    assert found.inventory.domains[0].classes == ("cat", "dog")
    for example in found.stocks[0].examples:
        assert example.path.parent.name == ("cat", "dog")[example.label]


def test_pictures_outside_of_every_class_are_named(conditional, classes):
    loose = classes / "loose.png"
    loose.write_bytes((classes / "cat" / "cat0.png").read_bytes())
    found, events = gathered(conditional, Needs.CLASSES)
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(loose)]
    assert all(example.path != loose for example in found.stocks[0].examples)


def test_what_cannot_be_read_is_in_the_inventory(recipe, folders):
    (folders[1] / "cut.png").write_bytes((folders[1] / "1.png").read_bytes()[:60])
    found, _ = gathered(recipe, Needs.TWO_FOLDERS)
    assert list(found.inventory.unreadable) == [str(folders[1] / "cut.png")]
    assert found.inventory.domains[1].train + found.inventory.domains[1].test == 7


def test_held_out_pictures_that_cannot_be_read_are_named_too(recipe, folders):
    held_out = split(sorted(folders[0].iterdir()))[1][0]
    held_out.write_bytes(b"<html>")
    found, events = gathered(recipe, Needs.TWO_FOLDERS)
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(held_out)]
    assert held_out not in {example.path for example in found.sides[0].held_out}
    assert list(found.inventory.unreadable) == [str(held_out)]


def test_an_empty_folder_is_a_sentence(recipe, tmp_path):
    (tmp_path / "empty").mkdir()
    empty = dataclasses.replace(recipe, domains=(recipe.domains[0], Domain("empty", (str(tmp_path / "empty"),))))
    with pytest.raises(ValueError, match=r"No readable pictures in .*empty"):
        gathered(empty, Needs.TWO_FOLDERS)
