"""A history read again is what a plain replay of its lines is, whatever has become of the file that makes it fast."""

import math
import os

import pytest

from ganstudio.runs.following import told
from ganstudio.runs.run import HISTORY, Run
from ganstudio.window import history as histories
from ganstudio.window import past
from ganstudio.window.history import HEAD, MAGIC, Stretch, history, kept_file, make_room
from ganstudio.window.past import remembered
from ganstudio.window.screen import Screen, advance
from ganstudio.words.events import Finished, Losses, Returned, Sampled, Saved, Scored, SheetFile, Started, to_json

SHEET = SheetFile("a → b", "sheets/20.png", ("a", "→ b"), ("",), 32)


def losses(first, last, **more):
    """A stretch of losses, with numbers that are none among them."""
    for step in range(first, last):
        terms = {"cycle": math.sin(step), "fool": math.nan if step % 7 == 0 else step / 3} | more
        yield Losses(step, terms, waited=step % 10 / 10)


LIVE = (
    Started(0, 90, "cyclegan", "CPU", "fp32", {"a": 4}),
    *losses(1, 40),
    Sampled(20, (SHEET,)),
    Saved(40, "checkpoints/40", "checkpoint"),
    *losses(40, 60),
    Returned(40, "A number exploded."),
    *losses(41, 50),
    *losses(50, 70, extra=1.0),
    Scored(60, "KID", {"a → b": {"distance": 0.5}}, best=True),
    Started(60, 90, "cyclegan", "CPU", "fp32", {"a": 4}),
    *losses(61, 91),
    Finished(90, seconds=12.0),
)


@pytest.fixture(autouse=True)
def always_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(histories, "LEAST_BYTES", 1)


@pytest.fixture
def run(tmp_path):
    made = Run(tmp_path / "run")
    made.path.mkdir()
    write(made, (to_json(event, at=1.5) for event in LIVE))
    return made


def write(run, lines):
    (run.path / HISTORY).write_text("".join(f"{line}\n" for line in lines), "ascii")
    settle(run)


def settle(run):
    """As if it was written some time ago."""
    os.utime(run.path / HISTORY, (1e9, 1e9))


def done(job):
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def plain(run):
    """The fold of its lines, one by one."""
    screen = Screen()
    for event in run.events():
        screen = advance(screen, event)
    return screen


def shown(run):
    """The screen that a page begins with."""
    return done(remembered(run.path))[0]


def same(run):
    """Whether it is remembered as it was, the first time and again."""
    return shown(run) == shown(run) == plain(run)


def not_read(monkeypatch):
    """From now on no line is taken apart."""

    def fail(self, line):
        raise AssertionError(f"taken apart: {line}")

    for way in ("line", "lines"):
        monkeypatch.setattr(histories._Gathered, way, fail)


def test_replay_is_live_and_the_second_time_no_line_is_taken_apart(run, monkeypatch):
    live = Screen()
    for event in LIVE:
        live = advance(live, event)
    assert shown(run) == plain(run) == live
    pieces, end = done(history(run.path))
    assert sum(isinstance(piece, Stretch) for piece in pieces) == 5
    assert end == (run.path / HISTORY).stat().st_size
    assert [piece for piece in pieces if not isinstance(piece, Stretch)] == [
        event for event in LIVE if not isinstance(event, Losses)
    ]
    not_read(monkeypatch)
    assert shown(run) == live


def test_what_came_since_is_read_alone(run, monkeypatch):
    done(history(run.path))
    taken = []
    lines = histories._Gathered.lines
    monkeypatch.setattr(histories._Gathered, "lines", lambda self, text: taken.append(text) or lines(self, text))
    for event in losses(91, 100):
        run.append(event)
    assert shown(run) == plain(run)
    assert b"".join(taken).count(b"\n") == 9
    run.append(Finished(100))
    assert same(run)


@pytest.mark.parametrize("pulls", [1, 2, 3, 4])
def test_what_is_written_while_it_is_read_is_there_once(run, pulls):
    """A training takes turns with the reading of its past; one that ended meanwhile was shown as interrupted."""
    write(run, map(to_json, LIVE[:-5]))
    reading = remembered(run.path)
    for _ in range(pulls):
        next(reading)
    for event in LIVE[-5:]:
        run.append(event)
    assert done(reading)[0] == plain(run)
    assert same(run)


def test_what_is_written_as_the_reading_begins_is_there_once(run, monkeypatch):
    def late(path):
        run.append(Losses(91, {"cycle": 5.0}))
        return (yield from history(path))

    monkeypatch.setattr(past, "history", late)
    screen, lines = done(remembered(run.path))
    assert screen == plain(run)
    run.append(Finished(91))
    assert list(told(lines)) == [Finished(91)]


@pytest.mark.parametrize(
    "lines",
    [
        ["", "no line of ours", '{"event": "losses"}', '{"event": "losses", "step": 1e400, "terms": {"x": 1}}'],
        [
            '{"event": "newer", "step": 3}',
            '{"event": "losses", "step": 95, "terms": {"x": "y"}, "newer": 1}',
            "[]",
            "7",
        ],
    ],
)
def test_lines_that_are_none_are_passed_over(run, lines):
    told = [to_json(event) for event in LIVE]
    good = plain(run)
    write(run, [*told[:30], *lines, *told[30:], *lines])
    assert shown(run) == shown(run) == good


def test_a_last_line_that_is_being_written_counts_once_it_is_whole(run):
    line, good = to_json(Losses(91, {"cycle": 5.0})).encode() + b"\n", plain(run)
    for cut in (10, len(line) - 1):
        whole = (run.path / HISTORY).read_bytes()
        (run.path / HISTORY).write_bytes(whole + line[:cut])
        screen, lines = done(remembered(run.path))
        assert screen == shown(run) == good
        with (run.path / HISTORY).open("ab") as file:
            file.write(line[cut:])
        assert list(told(lines)) == [Losses(91, {"cycle": 5.0})]
        assert same(run)
        (run.path / HISTORY).write_bytes(whole)


def changed(text):
    return text.replace('"cycle": 0.8414709848078965', '"cycle": 0.8414709848078966')


@pytest.mark.parametrize("become", [changed, lambda text: text[: len(text) // 2], lambda _: "", lambda text: text * 2])
def test_a_history_that_became_another_is_the_truth(run, become):
    done(history(run.path))
    text = (run.path / HISTORY).read_text()
    assert become(text) != text
    (run.path / HISTORY).write_text(become(text))
    assert same(run)


def test_one_that_changed_within_a_tick_of_the_clock_is_looked_at_again(run):
    file = run.path / HISTORY
    found = file.stat()
    os.utime(file)
    tick = file.stat().st_mtime_ns
    done(history(run.path))
    file.write_text(changed(file.read_text()))
    os.utime(file, ns=(tick, tick))
    assert file.stat().st_size == found.st_size
    assert same(run)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:7],
        lambda data: data[: HEAD.size + 3],
        lambda data: data[:-8],
        lambda data: data + b"\0",
        lambda _: b"garbage" * 5000,
        lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        lambda data: data.replace(rb"step\": 60", rb"step\": 61", 1),
        lambda data: b"GSpast\x00\x00" + data[len(MAGIC) :],
    ],
)
def test_a_kept_file_that_is_damaged_or_of_another_version_is_as_good_as_none(run, damage):
    done(history(run.path))
    kept = kept_file(run.path)
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert kept.read_bytes() != whole
    assert shown(run) == plain(run)
    assert kept.read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_read_each_time(run, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "file"))
    assert same(run)


def test_a_short_history_is_not_kept_and_one_that_is_not_there_is_empty(run, tmp_path, monkeypatch):
    monkeypatch.setattr(histories, "LEAST_BYTES", 1 << 20)
    assert same(run)
    assert not kept_file(run.path).exists()
    assert done(history(tmp_path / "nowhere")) == ([], 0)


def test_kept_files_are_bounded_and_the_oldest_go(tmp_path, monkeypatch):
    monkeypatch.setattr(histories, "LIMIT_BYTES", 250)
    for number in range(3):
        file = tmp_path / f"{number}.columns"
        file.write_bytes(bytes(100))
        os.utime(file, (number, number))
    make_room(tmp_path, 100)
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["2.columns"]


@pytest.mark.parametrize("chunk", [1, 100, 997, 64 << 10])
def test_it_is_the_same_however_it_is_cut(run, monkeypatch, chunk):
    monkeypatch.setattr(histories, "_CHUNK", chunk)
    assert shown(run) == plain(run)


def test_alike_lines_are_not_taken_apart_one_by_one(run, monkeypatch):
    alone = []
    line = histories._Gathered.line
    monkeypatch.setattr(histories._Gathered, "line", lambda self, text: alone.append(text) or line(self, text))
    write(run, (to_json(event, at=1.5) for event in losses(1, 5000)))
    assert shown(run) == plain(run)
    assert len(alone) < 50


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "losses", "at": 1.5, "step": 7, "terms": {"cycle": 1e-3.5, "fool": 2.0}, "waited": 0.5}',
        '{"event": "losses", "at": 1.5, "step": 7, "terms": {"fool": 2.0, "cycle": 1.0}, "waited": 0.5}',
        '{"event": "losses", "at": 1.5, "step": 7, "terms": {"cycle": -Infinity, "fool": 1E5}, "waited": 0}',
        '{"event": "losses", "at": 1.5, "step": 7, "terms": {"cycle": 1e999, "fool": -0.0}, "waited": 0.5, "new": 1}',
        '{"event": "losses", "step": 7, "terms": {"cycle": 1, "fool": 2}, "waited": 0.5}',
        'before {"event": "losses", "at": 1.5, "step": 7, "terms": {"cycle": 1, "fool": 2}, "waited": 0.5}',
        '{"event": "warned", "message": "{\\"event\\": \\"losses\\""}',
    ],
)
def test_a_line_among_alike_ones_means_what_it_means_alone(run, line):
    told = [to_json(event, at=1.5) for event in losses(1, 7)]
    after = [to_json(event, at=1.5) for event in losses(8, 20)]
    write(run, [*told, line, *after, line, line, *after])
    assert shown(run) == shown(run) == plain(run)


def test_names_with_any_letters_are_found(run):
    events = [Losses(step, {"a.*": 1.0, "b → c": step / 2, 'say "x"': 3.0}) for step in range(40)]
    write(run, (to_json(event, at=1.5) for event in events))
    assert shown(run) == plain(run)
    assert list(shown(run).curves) == ["a.*", "b → c", 'say "x"']
