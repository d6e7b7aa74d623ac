import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio.pictures.away import Away
from ganstudio.pictures.batches import Batches, to_network, to_pixels
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.stock import Stock
from ganstudio.words.events import Skipped
from tests.unit.methods.test_waiting import Watching

CPU = torch.device("cpu")


def make_stock(count, side=6, labels=False):
    """Pictures whose every pixel says which picture (red), row (green) and column (blue) it is."""
    rows, columns = np.indices((side, side))
    pictures = [np.stack([np.full_like(rows, n), rows, columns]).astype(np.uint8) for n in range(count)]
    return Stock(tuple(Example(Path(f"{n}.png"), n % 3 if labels else -1) for n in range(count)), tuple(pictures))


def make_batches(*stocks, batch=1, size=6, flip=False, seed=0, ahead=None, device=CPU):
    return Batches(stocks, batch=batch, size=size, flip=flip, seed=seed, device=device, ahead=ahead)


def numbers(batch, domain=0):
    return to_pixels(batch.images[domain])[:, 0, 0, 0].tolist()


def test_each_picture_is_drawn_once_before_any_is_drawn_again():
    batches = make_batches(make_stock(5))
    rounds = [[numbers(next(batches))[0] for _ in range(5)] for _ in range(3)]
    assert all(sorted(drawn) == [0, 1, 2, 3, 4] for drawn in rounds)
    assert rounds[0] != rounds[1] or rounds[1] != rounds[2]


def test_domains_are_not_paired():
    batches = make_batches(make_stock(5), make_stock(5))
    pairs = {(numbers(b, 0)[0], numbers(b, 1)[0]) for b in (next(batches) for _ in range(40))}
    assert len(pairs) > 5


def test_crops_are_squares_of_the_picture_everywhere_in_it():
    batches = make_batches(make_stock(1, side=6), size=4)
    corners = set()
    for _ in range(200):
        square = to_pixels(next(batches).images[0])[0]
        top, left = int(square[1, 0, 0]), int(square[2, 0, 0])
        assert torch.equal(square[1, :, 0], torch.arange(top, top + 4).to(torch.uint8))
        assert torch.equal(square[2, 0], torch.arange(left, left + 4).to(torch.uint8))
        corners.add((top, left))
    assert corners == {(top, left) for top in range(3) for left in range(3)}


def test_half_are_mirrored_when_asked_and_none_otherwise():
    def mirrored(flip):
        batches = make_batches(make_stock(1), flip=flip)
        return sum(int(to_pixels(next(batches).images[0])[0, 2, 0, 0] > 0) for _ in range(400))

    assert mirrored(flip=False) == 0
    assert 150 < mirrored(flip=True) < 250


def test_labels_stay_with_their_pictures():
    batch = next(make_batches(make_stock(9, labels=True), batch=9))
    assert batch.labels.tolist() == [number % 3 for number in numbers(batch)]
    assert next(make_batches(make_stock(2))).labels is None


def test_pictures_labels_and_captions_go_to_a_device_without_waiting_for_it():
    stock = make_stock(9, labels=True)
    told = replace(stock, examples=tuple(replace(example, captions=((1, 2),)) for example in stock.examples))
    batches = make_batches(told, batch=9, flip=True, device=torch.device("meta"))
    with Watching() as watching:
        batch = next(batches)
    assert batch.labels.is_meta
    assert batch.captions.is_meta
    assert batch.images[0].is_meta
    assert watching.held_up == []


def plainly(stocks, batch, size, seed):
    """The same draws, written as plainly as can be: what every run that was ever begun goes on with."""
    random = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(stock), generator=random).tolist() for stock in stocks]
    while True:
        drawn = []
        for domain, stock in enumerate(stocks):
            drawn.append([])
            for _ in range(batch):
                if not orders[domain]:
                    orders[domain] = torch.randperm(len(stock), generator=random).tolist()
                drawn[-1].append(orders[domain].pop(0))
        images = []
        for stock, indices in zip(stocks, drawn, strict=True):
            squares = []
            for index in indices:
                picture = torch.from_numpy(stock.pictures[index])
                spare = picture.shape[1] - size + 1, picture.shape[2] - size + 1, 2
                top, left, mirrored = (int(torch.randint(high, (), generator=random)) for high in spare)
                square = picture[:, top : top + size, left : left + size]
                squares.append(square.flip(2) if mirrored else square)
            images.append(torch.stack(squares).float() / 127.5 - 1)
        yield images


@pytest.mark.parametrize("ahead", [False, True])
def test_draws_are_those_of_the_plain_loop(ahead):
    stocks = make_stock(7, side=9), make_stock(4, side=8)
    ours = make_batches(*stocks, batch=3, size=5, flip=True, seed=6, ahead=ahead)
    for batch, (a, b) in zip(ours, plainly(stocks, 3, 5, 6), strict=False):
        assert torch.equal(batch.images[0], a)
        assert torch.equal(batch.images[1], b)
        if int(ours.state()["positions"][0]) == 6 and int(ours.state()["positions"][1]) == 2:
            break  # Both orders were used up several times.


@pytest.mark.parametrize("ahead", [False, True])
def test_a_restored_order_continues_exactly(ahead):
    first, second = (make_batches(make_stock(7), make_stock(4), size=3, flip=True, ahead=ahead) for _ in range(2))
    for _ in range(9):
        next(first)
    assert second.restore(first.state()) == ""
    for _ in range(20):
        for one, other in zip(next(first).images, next(second).images, strict=True):
            assert torch.equal(one, other)


def test_the_state_is_that_of_the_last_batch_handed_out():
    waiting, plain = (make_batches(make_stock(7), batch=2, ahead=ahead) for ahead in (True, False))
    for _ in range(10):
        next(waiting), next(plain)
        assert all(torch.equal(value, plain.state()[name]) for name, value in waiting.state().items())


def test_states_without_names_are_taken_as_they_are():
    first, second = (make_batches(make_stock(7), size=3) for _ in range(2))
    next(first)
    kept = {name: value for name, value in first.state().items() if name in {"order.0", "positions", "random"}}
    assert second.restore(kept) == ""
    assert torch.equal(next(first).images[0], next(second).images[0])
    assert "1 is gone (picture 6)" in make_batches(make_stock(6)).restore(kept)


def named_stock(*names):
    return Stock(tuple(Example(Path(f"{name}.png")) for name in names), make_stock(26).pictures[: len(names)])


def test_pictures_that_came_or_went_are_named_and_the_others_keep_their_turn():
    before, now = named_stock(*"abcdefg"), named_stock(*"abdefgxy")
    first = make_batches(before)
    for _ in range(4):
        next(first)
    waiting = ["abcdefg"[index] for index in first.state()["order.0"][4:].tolist()]
    second = make_batches(now, seed=5)
    changed = second.restore(first.state())
    assert "1 is gone (c.png) and 2 are new (x.png, y.png) since this run was saved" in changed
    drawn = ["abdefgxy"[numbers(next(second))[0]] for _ in range(len(waiting) - ("c" in waiting) + 2)]
    assert drawn == [name for name in waiting if name != "c"] + ["x", "y"]


def test_pictures_that_were_changed_are_named(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    stock = Stock((Example(path),), make_stock(1).pictures)
    state = make_batches(stock).state()
    assert make_batches(stock).restore(state) == ""
    os.utime(path, ns=(1, 1))
    assert "1 was changed (a.png)" in make_batches(stock).restore(state)


class Shaky(Stock):
    """A stock whose pictures fail for a while."""

    __slots__ = ("faults",)

    def pixels(self, index):
        if fault := self.faults.get(index):
            raise fault
        return super().pixels(index)


def shaky(count, faults, labels=False):
    stock = make_stock(count, labels=labels)
    made = Shaky(stock.examples, stock.pictures)
    object.__setattr__(made, "faults", faults)
    return made


@pytest.mark.parametrize("ahead", [False, True])
def test_a_picture_that_can_no_longer_be_read_is_named_once_and_another_is_drawn(ahead):
    batches = make_batches(shaky(6, {2: Unreadable("It is damaged.")}, labels=True), batch=6, ahead=ahead)
    for _ in range(5):
        batch = next(batches)
        assert sorted(numbers(batch)) == [0, 1, 3, 3, 4, 5]
        # What is said of a picture is said of the one that is shown.
        assert batch.labels.tolist() == [number % 3 for number in numbers(batch)]
    assert batches.lost() == (Skipped("2.png", "It is damaged."),)
    assert batches.lost() == ()


def test_without_any_readable_picture_it_ends_in_a_sentence():
    with pytest.raises(ValueError, match="None of the pictures can be read any more"):
        next(make_batches(shaky(2, dict.fromkeys(range(2), Unreadable("No.")))))


@pytest.mark.parametrize("ahead", [False, True])
def test_a_folder_that_is_away_loses_no_draw(ahead):
    faults = {}
    batches, expected = make_batches(shaky(7, faults), ahead=ahead), make_batches(make_stock(7))
    for _ in range(30):
        faults.update(dict.fromkeys(range(7), Away(Path("drive"))))
        try:
            got = next(batches)
        except Away:
            state = batches.state()
            faults.clear()
            got = next(batches)
            assert torch.equal(state["order.0"], expected.state()["order.0"])
        assert torch.equal(got.images[0], next(expected).images[0])


@pytest.mark.parametrize("ahead", [False, True])
def test_a_state_may_be_gone_back_to_while_a_folder_is_away(ahead):
    faults = {}
    batches = make_batches(shaky(7, faults), ahead=ahead)
    state = batches.state()
    expected = [numbers(next(batches)) for _ in range(5)]
    faults.update(dict.fromkeys(range(7), Away(Path("drive"))))
    for _ in range(2):  # The next one may be ready already.
        with suppress(Away):
            next(batches)
    faults.clear()
    batches.restore(state)
    assert [numbers(next(batches)) for _ in range(5)] == expected


def test_bytes_survive_the_way_to_the_network_and_back():
    every = torch.arange(256).to(torch.uint8)
    x = to_network(every, CPU)
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(to_pixels(x), every)
    assert to_pixels(torch.tensor([-1.2, 1.2])).tolist() == [0, 255]
