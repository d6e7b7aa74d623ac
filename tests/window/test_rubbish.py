"""What nobody needs any more goes in the window's thread, whoever made it."""

import gc
import threading
from typing import ClassVar

import pytest

from ganstudio.window.rubbish import Rubbish


class Circle:
    """Waits for the collector, and notes in which thread it came."""

    ends: ClassVar[list] = []

    def __init__(self):
        self.me = self

    def __del__(self):
        self.ends.append(threading.current_thread())


@pytest.fixture
def rubbish(qapp):
    gc.collect()
    Circle.ends = []
    collector = Rubbish(qapp)
    yield collector
    collector.end()
    collector.deleteLater()


def circles(count=3000):
    """More than Python lets lie."""
    for _ in range(count):
        Circle()


def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_circles_of_another_thread_end_in_ours(rubbish):
    in_a_thread(circles)
    assert Circle.ends == []
    rubbish.clear()
    assert set(Circle.ends) == {threading.main_thread()}


def test_without_it_they_end_where_they_are_made(rubbish):
    """The fault that it is for."""
    rubbish.end()
    in_a_thread(circles)
    assert set(Circle.ends) - {threading.main_thread()}


def test_it_comes_by_on_its_own(rubbish, qtbot):
    in_a_thread(circles)
    qtbot.waitUntil(lambda: len(Circle.ends) > 0)


def test_what_was_there_when_it_settled_is_not_looked_through_again(rubbish):
    kept = [Circle() for _ in range(10)]
    rubbish.settle()
    assert gc.get_freeze_count() > 10
    kept.clear()
    gc.collect()
    assert Circle.ends == []


def test_afterwards_python_collects_again_and_all_of_it(rubbish):
    """Libraries would complain of what is left at the very end of the process."""
    circles(1)
    rubbish.settle()
    rubbish.end()
    assert gc.isenabled()
    gc.collect()
    assert Circle.ends == [threading.current_thread()]
