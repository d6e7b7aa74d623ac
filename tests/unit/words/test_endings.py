"""Requests to end are heard while it matters, and handled as before afterwards."""

import os
import signal
import threading

import pytest

from ganstudio.words.endings import requests_answered

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def usual():
    """As in a terminal; what began the tests may ignore some of them."""
    before = [(number, signal.signal(number, signal.SIG_DFL)) for number in NUMBERS]
    yield
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_requests_are_heard_and_handled_as_before_afterwards(number):
    heard = []
    with requests_answered(lambda each, _: heard.append(each)):
        os.kill(os.getpid(), number)
    assert heard == [number]
    assert [signal.getsignal(each) for each in NUMBERS] == [signal.SIG_DFL] * 3


def test_what_was_begun_to_outlive_its_terminal_does():
    """As by nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    heard = []
    with requests_answered(lambda each, _: heard.append(each)):
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
    assert heard == [signal.SIGTERM]
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def test_another_thread_than_the_main_one_changes_nothing():
    seen = []

    def work():
        with requests_answered(lambda *_: None):
            seen.extend(map(signal.getsignal, NUMBERS))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL] * 3
