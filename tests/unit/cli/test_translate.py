"""`translate` and `generate`: what may be asked, what is counted, what is listed at the end."""

import json
import os
import signal

import pytest
import typer

from ganstudio.cli import translate
from ganstudio.cli.translate import memory_bytes, show_files, show_files_as_json
from ganstudio.runs import model
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Finished, Made, Progress, Skipped, Told
from ganstudio.words.routes import Route

SUMMER = (Route("winter", "summer"), Route("summer", "winter"))
DIGITS = (Route("digits", None, ("one", "two", "three")),)


@pytest.fixture
def routes(monkeypatch):
    """Pretend that every model has these routes."""

    def have(found):
        card = ModelCard("m", "m", "x", found, 64, 1, 1, 0.0, 0, {})
        monkeypatch.setattr(model, "card", lambda _: card)

    return have


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GB", 2 * 10**9),
        ("2gb", 2 * 10**9),
        ("1.5 G", 1_500_000_000),
        ("512MiB", 512 * 2**20),
        ("1GiB", 2**30),
        ("800", 800),
        ("64kb", 64_000),
    ],
)
def test_memory_is_read_strictly(text, size):
    assert memory_bytes(text) == size


@pytest.mark.parametrize("text", ["", "GB", "2 XB", "-1GB", "0GB", "2GBs", "2iB", "1e3", "inf"])
def test_other_amounts_are_wrong_usage(text):
    with pytest.raises(typer.BadParameter, match="not an amount of memory"):
        memory_bytes(text)


def test_what_was_left_out_is_listed_at_the_end(capsys):
    def job():
        yield Skipped("bad\n.png", "It is empty.")
        yield Made("out/good.png", "good.png")
        yield Progress(2, 2, "translating")
        yield Finished(1)

    with pytest.raises(ValueError, match="Translated 1 of 2"):
        show_files(job(), "Translated")
    assert capsys.readouterr().out.splitlines() == [
        "out/good.png",
        "translating: 2 of 2",
        "Skipped bad\\n.png: It is empty.",
    ]


def test_what_was_left_out_is_listed_also_when_nothing_is_left(capsys):
    def job():
        yield Skipped("bad.png", "It is empty.")
        raise ValueError("Nothing could be translated.")

    with pytest.raises(ValueError, match="Nothing could be translated"):
        show_files(job(), "Translated")
    assert capsys.readouterr().out == "Skipped bad.png: It is empty.\n"


def test_all_well_is_counted(capsys):
    assert show_files(iter_made(3), "Made") == 3
    assert capsys.readouterr().out.splitlines() == ["0.png", "1.png", "2.png"]
    assert show_files(iter_made(2), "Made", names=False) == 2
    assert capsys.readouterr().out == ""


def test_what_was_made_until_a_stop_is_told(capsys):
    def job():
        yield Made("a.png", "a.jpg")
        os.kill(os.getpid(), signal.SIGINT)
        yield Made("b.png", "b.jpg")
        yield Finished(2, "stopped")

    with pytest.raises(KeyboardInterrupt):
        show_files(job(), "Translated", names=False)
    out = capsys.readouterr().out
    assert "Translated 2 until it was stopped." in out
    assert "step" not in out


def test_what_was_there_is_told(capsys):
    def job():
        yield None
        yield Made("out/a.png", "a.png", kept=True)

    assert show_files(job(), "Translated") == 1
    assert capsys.readouterr().out == "out/a.png (already there)\n"


def test_json_tells_every_file_and_fails_as_the_plain_lines_do(capsys):
    def job(*events):
        yield from events

    show_files_as_json(job(Progress(0, 1, "translating"), Made("out/a.png", "a.png", 1.0), Finished(1)), "Translated")
    made = {"path": "out/a.png", "source": "a.png", "seconds": 1.0, "kept": False}
    assert json.loads(capsys.readouterr().out) == [made]
    with pytest.raises(ValueError, match="Classified 1 of 2"):
        show_files_as_json(job(Told("a.png", "cat", {"cat": 1.0}), Skipped("b.png", "It is empty.")), "Classified")
    assert [sorted(one) for one in json.loads(capsys.readouterr().out)] == [
        ["label", "path", "shares", "source"],
        ["path", "reason"],
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--name", "{stam}"], "There is no field 'stam'. Did you mean stem"),
        (["--name", "a/b"], "A name is without slashes"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_loaded(ganstudio, routes, tmp_path, words, sentence):
    routes(SUMMER)
    said = ganstudio("translate", "m", "a.png", "--out", tmp_path / "out", *words)
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err


@pytest.mark.parametrize(("verb", "can"), [("translate", SUMMER), ("classify", (Route("a", "a", answers=("x", "y")),))])
def test_inputs_of_which_none_is_there_are_named_before_anything_is_loaded(ganstudio, routes, tmp_path, verb, can):
    routes(can)
    said = ganstudio(verb, "m", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "out")
    assert (said.code, said.out) == (1, "")
    assert said.err == f"ganstudio: There is no {tmp_path / 'a'} and no {tmp_path / 'b'}.\n"


@pytest.mark.parametrize(
    "words", [["--format", "gif"], ["--file-quality", "0"], ["--blend", "sepia"], ["--quality", "best"]]
)
def test_values_that_are_none_are_wrong_usage(ganstudio, tmp_path, words):
    assert ganstudio("translate", "m", "a.png", "--out", tmp_path, *words).code == 2


def iter_made(count):
    for number in range(count):
        yield Made(f"{number}.png")


def test_auto_precision_of_a_translation_is_fp32():
    assert translate.spelled("auto") == "fp32"
    assert translate.spelled("bf16") == "bf16"


@pytest.mark.parametrize(
    ("found", "words", "sentence"),
    [
        (DIGITS, ["--label", "thre"], "There is no label 'thre'. Did you mean three?"),
        (
            DIGITS,
            ["--text", "a three"],
            "not learnt captions. It knows the labels one, two, three: ask for one of them.",
        ),
        (
            (Route("cats"),),
            ["--label", "one"],
            "This model has no labels to choose from. Leave the label out.",
        ),
        ((Route("cats"),), ["--text", "one"], "This model has not learnt captions."),
        (SUMMER, [], "This model does not make pictures from noise. Use `ganstudio translate`."),
        ((Route("cats", words=("a", "cat")),), [], "The caption is empty. This model knows words such as a, cat."),
        (
            (Route("cats", words=("a", "cat")),),
            ["--text", "a cap"],
            "There is no word in this model for 'cap'. Did you mean cat?",
        ),
    ],
)
def test_what_a_model_cannot_make_is_said(ganstudio, routes, tmp_path, found, words, sentence):
    routes(found)
    said = ganstudio("generate", "m", "--out", tmp_path / "out", *words)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith(f"{sentence}\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", [["translate", "{}", "a.png"], ["generate", "{}"]], ids=lambda verb: verb[0])
def test_what_is_no_model_is_said(ganstudio, tmp_path, verb):
    (tmp_path / "m.safetensors").write_bytes(b"x")
    for name in ("m.safetensors", "missing.safetensors", "."):
        words = [word.format(tmp_path / name) for word in verb]
        said = ganstudio(*words, "--out", tmp_path / "out")
        assert said.code == 1
        assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()
