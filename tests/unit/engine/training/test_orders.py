"""What goes from rank 0 to the others arrives as it was, and a difference between them is noticed."""

import pytest
import torch

from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.ranks import ALONE, Order
from ganstudio.engine.training import orders
from ganstudio.engine.training.gathering import gather
from ganstudio.engine.training.orders import Beginning, Gathering
from ganstudio.engine.training.planning import plan
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.engine.training.trainer import ground_of
from ganstudio.methods import find
from ganstudio.runs.run import Run
from ganstudio.words.routes import DomainFound, Inventory
from ganstudio.words.settings import build

SHALLOW = {"discriminator_layers": 1}


def test_what_is_to_be_trained_arrives(recipe):
    wanted = Gathering(recipe, Inventory((DomainFound("a", 7, 1, ("x",), ("word",)),), {"p": "why"}), "cuda", bf16=True)
    assert Gathering.from_bytes(wanted.to_bytes()) == wanted


@pytest.mark.parametrize("thrift", [WHOLE, Thrift(2, spilled=True), Thrift(recomputed=True)])
def test_where_a_session_begins_arrives_to_the_bit(thrift):
    tensors = {"a.b": torch.randn(3, 2), "none": torch.empty(0), "random.0": torch.get_rng_state()}
    data = orders.begin(Checkpoint(7, tensors, {"torch": "x", "brought": ["G"]}), {"cycle": 3.0}, thrift, 2)
    begun = Beginning.from_bytes(data)
    assert (begun.changes, begun.thrift, begun.attempt) == ({"cycle": 3.0}, thrift, 2)
    assert (begun.found.step, begun.found.facts["brought"]) == (7, ["G"])
    assert begun.found.tensors.keys() == tensors.keys()
    assert all(torch.equal(value, tensors[name]) for name, value in begun.found.tensors.items())


def test_a_start_from_nothing_arrives():
    assert Beginning.from_bytes(orders.begin(None, {}, WHOLE, 0)).found is None


class Others:
    """Two ranks of which the second says something else, or the same."""

    def __init__(self, other):
        self.other = other

    def told(self, text):
        return [text, self.other or text]


def test_one_bit_is_noticed():
    state = {"weight": torch.ones(5), "batches.stamps.0": torch.ones(1)}
    orders.compare(Others(None), state)
    other = {"weight": torch.ones(5), "batches.stamps.0": torch.zeros(1)}
    digest = orders._digest(other)
    orders.compare(Others(digest), state)  # Copies may have been made at other times.
    other["weight"][3] += 1e-7
    with pytest.raises(ValueError, match="do not hold the same numbers"):
        orders.compare(Others(orders._digest(other)), state)


def test_other_pictures_are_noticed(recipe, folders):
    def told():
        method = find("cyclegan")
        job = gather(recipe, method.needs, build(method.Settings, recipe.settings))
        while True:
            try:
                next(job)
            except StopIteration as end:
                gathered = end.value
                break
        ground = ground_of(Run(folders[0]), recipe, gathered, torch.device("cpu"), bf16=False)
        return orders.pictures(gathered.stocks, ground.start)

    first = told()
    assert told() == first
    (folders[0] / "0.png").rename(folders[0] / "new.png")
    assert told() != first


def test_who_is_alone_tells_nobody():
    ALONE.tell(Order.END)
    ALONE.close()


def test_a_preset_grows_with_those_who_share_a_step(folders, recipe):
    sides = recipe.domains
    assert plan("cyclegan", sides, preset="quick", size=16, settings=SHALLOW, ranks=4).batch == 4
    assert plan("cyclegan", sides, preset="quick", size=16, settings=SHALLOW, batch=6, ranks=4).batch == 6
    with pytest.raises(ValueError, match=r"A step of 2 pictures cannot be shared by 4 processes\. Take a batch of 4"):
        plan("cyclegan", sides, size=16, batch=2, ranks=4)
