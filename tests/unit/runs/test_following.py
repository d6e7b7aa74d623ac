"""A run is watched and steered through its folder alone."""

import pytest

from ganstudio.runs import following
from ganstudio.runs.following import REQUESTS, Lines, Requests, follow, request
from ganstudio.runs.heartbeat import Sign, beating
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Idle, Keep, Progress, Save, Stop, Warned
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(following, "LOOK", 0.0)


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Recipe("cyclegan", (Domain("a", ("/a",)), Domain("b", ("/b",)))))


def test_a_line_is_read_once_and_when_it_is_whole(tmp_path):
    path = tmp_path / "lines"
    lines = Lines(path)
    assert list(lines.read()) == []
    path.write_bytes(b"one\ntw")
    assert list(lines.read()) == ["one\n"]
    assert list(lines.read()) == []
    path.write_bytes(b"one\ntwo\n")
    assert list(lines.read()) == ["two\n"]
    assert list(Lines(path, at=None).read()) == []


def test_requests_come_in_their_order_and_once(run):
    request(run, Stop())
    requests = Requests(run)
    assert list(requests.take()) == []  # That one was for an earlier sitting.
    request(run, Save())
    request(run, Keep("good"))
    with (run.path / REQUESTS).open("a") as file:
        file.write('{"command": "of the future"}\n')
    assert list(requests.take()) == [Save(), Keep("good")]
    assert list(requests.take()) == []


def test_the_disk_is_looked_at_now_and_then_only(run, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(following.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(following, "LOOK", 0.5)
    requests = Requests(run)
    assert list(requests.take()) == []
    request(run, Save())
    assert list(requests.take()) == []
    clock[0] += 0.5
    assert list(requests.take()) == [Save()]


def test_who_follows_sees_the_past_then_the_news_and_who_trains(run):
    run.append(Warned("past"))
    seen = follow(run)
    with run.lock(), beating(run) as heart:
        assert next(seen) == Warned("past")
        assert seen.send(Save()) == Sign("trained")
        assert next(seen) == Idle(0.0)
        run.append(Warned("new"))
        assert next(seen) == Warned("new")
        assert next(seen) == Idle(0.0)
        heart.tell(Progress(3, 9))
        heart.beat()
        assert [next(seen), next(seen)] == [Progress(3, 9), Idle(0.0)]
        run.append(Finished(3))
    assert [next(seen), next(seen), next(seen)] == [Finished(3), Sign(), Idle(0.0)]
    assert '"save"' in (run.path / REQUESTS).read_text()


def test_the_past_can_be_left_out(run):
    run.append(Warned("past"))
    assert next(follow(run, new=True)) == Idle(0.0)
