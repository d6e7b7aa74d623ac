"""Several ranks learn from their shares what one process learns from the whole batch, for every method that splits."""

import sys
import threading
from pathlib import Path

import pytest
import torch
from torch import nn

from ganstudio.engine.ranks import Ranks
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.sharing import Share, shared
from ganstudio.engine.training.thrift import Thrift, splits
from ganstudio.game import Batch
from ganstudio.methods import CATALOGUE, find
from ganstudio.words.ranks import Rank

sys.path.append(str(Path(__file__).parents[2] / "methods"))
from test_contract import make_batch, make_method

APART = [kind for kind in CATALOGUE if kind.apart]
STEPS = 3


class Table:
    """Where ranks that are threads of this process sit: one works at a time, with chance of its own."""

    def __init__(self, count):
        self.turn, self.count = 0, count
        self.chance = [torch.get_rng_state()] * count
        self.laid = [None] * count
        self.moved = threading.Condition()
        self.failed = []

    def lay(self, number, thing):
        """Lay something down, let the others work until all have; what all laid down."""
        self.laid[number] = thing
        self.pass_on(number)
        return list(self.laid)

    def wait(self, number):
        with self.moved:
            self.moved.wait_for(lambda: self.turn == number or self.failed, timeout=60)
        assert not self.failed
        torch.set_rng_state(self.chance[number])

    def pass_on(self, number, *, for_good=False):
        self.chance[number] = torch.get_rng_state()
        with self.moved:
            self.turn = (number + 1) % self.count
            self.moved.notify_all()
        if not for_good:
            self.wait(number)


class Seated(Ranks):
    """A rank at a table instead of at torch.distributed."""

    def __init__(self, number, table):
        super().__init__(Rank())
        self.number, self.count, self._table = number, table.count, table

    def mean(self, gradients, numbers, weight):
        laid = self._table.lay(self.number, [weight * x for x in (*gradients, numbers)])
        means = [sum(each) for each in zip(*laid, strict=True)]
        self._table.pass_on(self.number)  # Nobody changes gradients before all have read them.
        for gradient, mean in zip(gradients, means, strict=False):
            gradient.copy_(mean)
        return means[-1]

    def everyone(self, x, counts):
        assert len(x) == counts[self.number]
        rows = torch.cat(self._table.lay(self.number, x.clone()))
        self._table.pass_on(self.number)
        return rows


class Recording(Descending):
    """Keeps every gradient that a player moves by."""

    def _move(self, players):
        moved = [p.grad for player in players for p in self._parameters[player] if p.grad is not None]
        self.moves = [*getattr(self, "moves", []), nn.utils.parameters_to_vector(moved)]
        super()._move(players)


def own(batch, share, draws):
    places = list(share.slots(draws))
    return Batch(tuple(image[places] for image in batch.images))


def played(method, batches, ranks=None, count=0, thrift=Thrift()):  # noqa: B008 - it is frozen.
    share = Share.of(ranks, count) if ranks else None
    descending = Recording(method, STEPS, share=share, thrift=thrift)
    terms = []
    for step, batch in enumerate(batches):
        terms.append(descending.step(own(batch, share, method.draws) if share else batch, step))
    return descending, terms


def together(count, work):
    """work(ranks) by `count` ranks with the same chance; their results, and their chance afterwards."""
    table = Table(count)
    results = [None] * count

    def seat(number):
        try:
            table.wait(number)
            results[number] = work(Seated(number, table))
            table.pass_on(number, for_good=True)
        except BaseException as error:
            table.failed.append(error)
            with table.moved:
                table.moved.notify_all()
            raise

    threads = [threading.Thread(target=seat, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not table.failed
    return results, table.chance


@pytest.fixture
def precise():
    """Numbers of 64 bits, so that rounding is told from mistakes."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def lively(kind, seed=0):
    """Its method with all the chance it has: dropout, changed pictures, a small pool."""
    names = {card.name: card for card in kind.card().settings}
    chance = {"pool": 4, "augment": "strong"}
    if "dropout" in names:
        chance["dropout"] = names["dropout"].type == "bool" or 0.5
    more = {name: value for name, value in chance.items() if name in names}
    if "norm" in names and names["norm"].choices:
        more["norm"] = "instance"
    return make_method(kind, seed=seed, **more)


@pytest.mark.usefixtures("precise")
@pytest.mark.parametrize("kind", APART, ids=lambda kind: kind.key)
def test_shares_of_a_batch_teach_what_the_batch_teaches(kind):
    count, size = 2, 3  # Uneven: two pictures and one.
    assert splits(lively(kind))
    draws = lively(kind).draws
    batches = [make_batch(kind, count=size, seed=step, draws=draws) for step in range(STEPS)]

    methods = [lively(kind) for _ in range(count + 1)]
    torch.manual_seed(5)
    start = torch.get_rng_state()
    one, told = played(methods[-1], batches)
    after = torch.get_rng_state()

    torch.set_rng_state(start)
    ranks, chance = together(count, lambda ranks: played(methods[ranks.number], batches, ranks, size))
    for descending, terms in ranks:
        for mine, whole in zip(descending.moves, one.moves, strict=True):
            torch.testing.assert_close(mine, whole, rtol=1e-6, atol=1e-9)
        for mine, whole in zip(terms, told, strict=True):
            assert {name: float(value) for name, value in mine.items()} == pytest.approx(
                {name: float(value) for name, value in whole.items()}, abs=1e-5
            )
    assert all(state.equal(after) for state in chance)
    first, second = (descending.state() for descending, _ in ranks)
    assert all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.mark.usefixtures("precise")
def test_a_share_can_be_played_in_parts():
    kind = find("pix2pix")
    batches = [make_batch(kind, count=4)]
    methods = [make_method(kind, dropout=False, norm="instance") for _ in range(3)]
    one, _ = played(methods[2], batches)
    ranks, _ = together(2, lambda ranks: played(methods[ranks.number], batches, ranks, 4, Thrift(4)))
    for descending, _ in ranks:
        assert descending._parts == 2
        for mine, whole in zip(descending.moves, one.moves, strict=True):
            torch.testing.assert_close(mine, whole, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("batch", "count", "shares"), [(4, 2, [(0, 1), (2, 3)]), (5, 3, [(0, 1), (2, 3), (4,)]), (2, 2, [(0,), (1,)])]
)
def test_every_picture_is_somebodys(batch, count, shares):
    found = [Share.of(Seated(number, Table(count)), batch) for number in range(count)]
    assert [tuple(share.mine) for share in found] == shares
    assert [share.slots(2) for share in found] == [(*mine, *(batch + place for place in mine)) for mine in shares]
    assert sum(share.weight for share in found) == pytest.approx(1)


@pytest.mark.parametrize(
    ("counts", "wanted", "parts"), [((4, 4), 4, 4), ((4, 4), 3, 2), ((3, 2), 4, 1), ((6, 3), 9, 3)]
)
def test_parts_are_equal_on_all_ranks(counts, wanted, parts):
    assert Share(Seated(0, Table(len(counts))), counts).parts(wanted) == parts


def test_chance_that_is_not_of_pictures_is_left_alone():
    share = Share.of(Seated(1, Table(2)), 4)
    torch.manual_seed(3)
    wanted = (
        torch.rand(4, 3)[2:],
        torch.randn(8, 2).view(2, 4, 2)[:, 2:].flatten(0, 1),
        torch.rand(()),
        torch.randperm(3),
    )
    torch.manual_seed(3)
    with shared(nn.Identity(), share):
        found = torch.rand((2, 3)), torch.randn(4, 2), torch.rand(()), torch.randperm(3)
    assert all(map(torch.equal, found, wanted))
