"""A setting that can change while a run trains changes it exactly as if it had been built with it."""

import sys
from pathlib import Path

import pytest
import torch

from ganstudio.engine.training import changing
from ganstudio.engine.training.descent import Descending
from ganstudio.methods import CATALOGUE
from ganstudio.words.recipe import Domain, Recipe

sys.path.append(str(Path(__file__).parents[2] / "methods"))
from test_contract import SIZE, SMALL, inventory, make_batch


def small_recipe(kind):
    names = {card.name for card in kind.card().settings}
    settings = {name: value for name, value in SMALL.items() if name in names}
    domains = tuple(Domain(domain.name, ()) for domain in inventory(kind).domains)
    return Recipe(kind.key, domains, size=SIZE, steps=9, batch=2, device="cpu", settings=settings)


def another(card):
    """Another value that the setting may have."""
    if card.type == "bool":
        return not card.default
    if card.choices:
        return next(choice for choice in card.choices if choice not in {card.default, "vgg"})
    near = card.default * 2 if card.default else 0.5
    value = min(max(near, card.low or 0), card.high if card.high is not None else near)
    value = value if value != card.default else card.low
    return round(value) if card.type == "int" else value


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.key)
def test_what_can_change_is_read_anew_at_every_step(kind):
    """A method built with the new settings, given the state of the old one, goes on as the one that took them on."""
    recipe, found = small_recipe(kind), inventory(kind)
    cards = {card.name: card for card in kind.card().settings}
    names = changing.changeable(recipe, found)
    assert "learning_rate" in names
    assert not names & {"width", "discriminator_width", "noise", "blocks", "flip", "fit", "margin", "pool"}
    changes = changing.checked(recipe, found, {name: another(cards[name]) for name in names})
    torch.manual_seed(0)
    old = kind(changing.settings(recipe, {}), found, SIZE)
    torch.manual_seed(0)
    new = kind(changing.settings(recipe, changes), found, SIZE)
    assert all(torch.equal(value, new.state_dict()[name]) for name, value in old.state_dict().items())

    first = Descending(old, 9)
    torch.manual_seed(5)
    first.step(make_batch(kind, draws=old.draws), 0)
    second = Descending(new, 9)
    second.restore({name: value.clone() for name, value in (averages(first) | first.state()).items()})
    first.take_on(changing.settings(recipe, changes))
    for descending in (first, second):
        torch.manual_seed(6)
        descending.step(make_batch(kind, draws=old.draws, seed=2), 8)
    one, other = first.state(), second.state()
    assert one.keys() == other.keys()
    assert [name for name, value in one.items() if not torch.equal(value, other[name])] == []


def averages(descending):
    """Averages that begin now stand on the weights of now."""
    makers = descending.method.makers().items()
    return {f"average.{name}.{key}": value for name, net in makers for key, value in net.state_dict().items()}
