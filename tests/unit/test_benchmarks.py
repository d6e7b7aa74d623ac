"""The table of figures: every benchmark it names is there and hands in figures; it takes its own place in a page."""

import importlib

import pytest

from tests.benchmarks.__main__ import MARKS, NAMES, written
from tests.benchmarks.figures import Figure


@pytest.mark.parametrize("name", NAMES)
def test_every_named_benchmark_hands_in_figures(name):
    assert callable(importlib.import_module(f"tests.benchmarks.{name}").figures)


def test_a_table_takes_the_place_of_the_one_before():
    page = f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter"
    once = written(page, "new")
    assert once == f"before\n{MARKS[0]}\nnew\n{MARKS[1]}\nafter"
    assert written(once, "new") == once


def test_a_page_without_a_place_is_left_alone():
    with pytest.raises(ValueError, match="No place"):
        written("a page", "new")


def test_a_figure_is_a_row():
    assert Figure("step", "1 s", "0.5 s", 2, "≥ 1.1×").line() == "| step | 1 s | 0.5 s | 2.00× | ≥ 1.1× |"
