"""What is settled before the first step: memory first, then precision; a run that goes on keeps to both."""

import pytest
import torch

from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training import memory, outset, precision
from ganstudio.engine.training.memory import Fit
from ganstudio.engine.training.precision import Chosen
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

CPU = torch.device("cpu")
FOUND = Inventory((DomainFound("a", 9, 1),), {})
RECIPE = Recipe("gan", (Domain("a", ()),), size=16, batch=4, steps=1000, device="cpu")


@pytest.fixture
def asked(monkeypatch):
    """What was asked, in order; float32 fits in two parts, and bfloat16, which is faster, as it is."""
    told = []

    def fit(*_, bf16):
        told.append(("fit", bf16))
        return Fit() if bf16 else Fit(Thrift(2), "It is tight.")

    def measured(*wanted):
        told.append(("measured", wanted[-1]))
        yield from ()
        return Chosen(bf16=True, why="twice as fast")

    monkeypatch.setattr(memory, "fit", fit)
    monkeypatch.setattr(precision, "measured", measured)
    monkeypatch.setattr(precision, "instructions", lambda _: ("bf16",))
    return told


def settled(found=None, recipe=RECIPE):
    work = outset.settle(recipe, FOUND, CPU, found)
    with pytest.raises(StopIteration) as end:
        next(work)
    return end.value.value


def test_it_is_measured_in_the_way_that_fits_and_then_fitted_to_what_was_chosen(asked):
    begun = settled()
    assert asked == [("fit", False), ("measured", Thrift(2)), ("fit", True)]
    assert (begun.chosen.bf16, begun.thrift, begun.notes) == (True, WHOLE, ())


def test_without_a_choice_the_note_of_the_fit_is_told(asked, monkeypatch):
    monkeypatch.setattr(precision, "instructions", lambda _: ())
    begun = settled()
    assert asked == [("fit", False)]
    assert (begun.thrift, begun.notes) == (Thrift(2), ("It is tight.",))


def test_a_run_that_goes_on_asks_nothing(asked):
    begun = settled(Checkpoint(5, {}, {"bf16": True}))
    assert asked == []
    assert (begun.chosen.bf16, begun.thrift) == (True, WHOLE)
