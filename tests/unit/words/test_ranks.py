"""Which process this is, as torchrun says it."""

from ganstudio.words.ranks import Rank, rank

TOLD = {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "4", "TORCHELASTIC_RUN_ID": "none"}


def test_torchrun_says_who_one_is():
    assert rank(TOLD) == Rank(number=5, count=8, card=1, neighbours=4)
    assert not rank(TOLD).leads
    assert rank(TOLD | {"RANK": "0"}).leads


def test_without_torchrun_one_is_alone():
    assert rank({}) == Rank()
    assert rank({"RANK": "3", "WORLD_SIZE": "4"}) == Rank()
    assert rank({"TORCHELASTIC_RUN_ID": "none"}) == Rank()
    assert rank({}).leads
