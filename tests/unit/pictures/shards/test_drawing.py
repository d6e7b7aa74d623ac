"""Batches out of shards: shared by processes, gone on with by another number, held while a folder is away."""

import json

import numpy as np
import pytest
import torch

from ganstudio.pictures.away import Away
from ganstudio.pictures.batches import Batches, to_pixels
from ganstudio.pictures.examples import Example
from ganstudio.pictures.shards import decoding, streaming
from ganstudio.pictures.shards.finding import Found
from ganstudio.pictures.shards.streaming import Tap
from ganstudio.pictures.stock import Scale, Stock
from tests.small_shards import pack


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(streaming, "BLOCK", 16)
    monkeypatch.setattr(streaming, "LEAST_BLOCK", 3)


@pytest.fixture
def tap(tmp_path):
    shards = pack(tmp_path / "s", 9, 6, side=12)
    return Tap(Found(tuple(shards), 54, exact=True, held=0), Scale(8, fit="native"))


@pytest.fixture
def stock(tmp_path):
    pictures = [np.full((3, 8, 8), number, np.uint8) for number in range(5)]
    return Stock(tuple(Example(tmp_path / f"{number}.png") for number in range(5)), tuple(pictures))


def batches_of(*stocks, batch=4, own=None, flip=False):
    return Batches(stocks, batch=batch, size=8, flip=flip, seed=3, device=torch.device("cpu"), own=own)


def seen(batch, domain=0):
    return [tuple(picture[:2, 0, 0].tolist()) for picture in to_pixels(batch.images[domain])]


def test_a_folder_and_shards_are_drawn_side_by_side_and_go_on_exactly(tap, stock):
    whole = batches_of(tap, stock, flip=True)
    expected = [next(whole).images for _ in range(20)]
    first = batches_of(tap, stock, flip=True)
    got = [next(first).images for _ in range(7)]
    second = batches_of(tap, stock, flip=True)
    assert not second.restore(first.state())
    got += [next(second).images for _ in range(13)]
    for one, other in zip(expected, got, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_next_batch_is_begun_when_the_present_one_is_out_of_its_way(tap, monkeypatch):
    batches, begun = batches_of(tap), []
    on_device = Batches._on_device
    monkeypatch.setattr(Batches, "_on_device", lambda *given: begun.append(batches._next) or on_device(*given))
    for _ in range(3):
        next(batches)
        assert batches._next is not None
    assert begun == [None] * 3


def test_a_state_may_be_gone_back_to_while_the_next_batch_is_being_cut(tap):
    batches = batches_of(tap)
    for _ in range(3):
        next(batches)
    state = batches.state()
    expected = [seen(next(batches)) for _ in range(9)]
    batches.restore(state)
    assert [seen(next(batches)) for _ in range(9)] == expected


def test_halves_tell_each_other_where_they_stand_and_any_number_goes_on(tap):
    alone = batches_of(tap)
    halves = [batches_of(tap, own=range(2)), batches_of(tap, own=range(2, 4))]
    for _ in range(8):
        together = [one for half in halves for one in seen(next(half))]
        assert together == seen(next(alone))
    told = [json.dumps(half.places()) for half in halves]
    for half in halves:
        for words in told:
            half.know(json.loads(words))
        state, wanted = half.state(), alone.state()
        assert [name for name in wanted if not torch.equal(wanted[name], state[name])] == []
    thirds = [batches_of(tap, own=own) for own in (range(2), range(2, 3), range(3, 4))]
    for third in thirds:
        third.restore(halves[0].state())
    for _ in range(8):
        assert [one for third in thirds for one in seen(next(third))] == seen(next(alone))


def test_two_domains_of_the_same_shards_come_in_other_orders(tap):
    batches = batches_of(tap, tap)
    drawn = [next(batches) for _ in range(9)]
    assert [seen(batch, 0) for batch in drawn] != [seen(batch, 1) for batch in drawn]


def test_with_another_size_of_batches_the_next_pass_begins(tap):
    before = batches_of(tap)
    next(before)
    after = batches_of(tap, batch=1)
    after.restore(before.state())
    assert len({seen(next(after))[0] for _ in range(54)}) > 40  # Of 54; some lanes are through before others.


def test_squares_are_cut_everywhere_in_a_picture(tmp_path, monkeypatch):
    rows, columns = np.indices((10, 10))
    monkeypatch.setattr(decoding, "scaled", lambda *_: np.stack([rows * 10, columns * 10, rows]).astype(np.uint8))
    tap = Tap(Found(tuple(pack(tmp_path, 1, 4)), 4, exact=True, held=0), Scale(8))
    batches = batches_of(tap)
    corners = {tuple(value // 10 for value in corner) for _ in range(40) for corner in seen(next(batches))}
    assert corners == {(top, left) for top in range(3) for left in range(3)}


def test_while_the_folder_is_away_the_same_batch_is_waited_for(tap, stock, tmp_path):
    wanted = batches_of(stock, tap)
    expected = [(seen(batch, 0), seen(batch, 1)) for batch in (next(wanted) for _ in range(30))]
    batches, got, waited = batches_of(stock, tap), [], False
    for number in range(30):
        if number == 4:
            (tmp_path / "s").rename(tmp_path / "away")
        while True:
            try:
                batch = next(batches)
            except Away:
                waited = True
                (tmp_path / "away").rename(tmp_path / "s")
            else:
                break
        got.append((seen(batch, 0), seen(batch, 1)))
    assert waited
    assert got == expected
