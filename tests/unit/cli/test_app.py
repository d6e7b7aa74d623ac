"""Verbs, exit codes, and what becomes of a fault."""

import subprocess
import sys
from pathlib import Path

import pytest

from ganstudio import __main__
from ganstudio.cli import app, look, opening
from ganstudio.runs.writing import Unwritten

VERBS = (
    *("open", "demo", "methods", "check", "train", "translate", "generate", "classify", "made", "evaluate", "export"),
    *("import", "mix", "timelapse", "curves", "models", "doctor"),
)


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")


def test_every_verb_has_help(ganstudio):
    said = ganstudio("--help")
    assert said.code == 0
    for verb in VERBS:
        assert verb in said.out
        assert ganstudio(verb, "--help").code == 0


@pytest.mark.parametrize("columns", ["40", "200"])
def test_help_cuts_no_word(ganstudio, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    for words in ([], *([verb] for verb in VERBS)):
        said = ganstudio(*words, "--help").out
        assert "…" not in said
        assert ".." not in said.replace("]...", "").replace("}...", "").replace("{000..099}", "")


NOT_THERE = (
    ["translate", "nowhere", "a.png", "--out", "x"],
    ["generate", "nowhere", "--out", "x"],
    ["classify", "nowhere", "a.png"],
    ["evaluate", "nowhere", "--target", "x"],
    ["export", "nowhere", "x.onnx"],
    ["import", "nowhere.pth", "--out", "x"],
    ["mix", "nowhere", "nobody", "--out", "x"],
    ["train", "nowhere", "nobody", "--out", "x"],
    ["train", "nowhere", "--from", "{run}", "--out", "x"],
    ["open", "nowhere"],
)


def test_help_and_looking_and_what_is_not_there_load_no_torch(run, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    lines = [[verb, "--help"] for verb in VERBS] + [["models", str(tmp_path)], ["check", str(tmp_path)], *NOT_THERE]
    lines = [[word.format(run=run.path) for word in line] for line in lines]
    code = f"import sys; from ganstudio.cli.app import main; codes = [main(line) for line in {lines}]"
    code += "; print(*sys.modules); print(*codes)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    *_, loaded, codes = (line.split() for line in done.stdout.splitlines())
    assert "ganstudio.cli.look" in loaded
    assert {"torch", "PySide6", "onnxruntime", "rich"}.isdisjoint(loaded)
    assert codes == ["0"] * (len(lines) - len(NOT_THERE)) + ["1"] * len(NOT_THERE)
    said = done.stderr.splitlines()
    assert len(said) == len(NOT_THERE)
    assert all(line.startswith("ganstudio: There is no") and "nowhere" in line for line in said)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [
        ["paint"],
        ["train"],
        ["train", "a", "b"],
        ["train", "--out", "x"],
        ["train", "a", "b", "--out", "x", "--preset", "fast"],
        ["train", "a", "b", "--out", "x", "--device", "gpu"],
        ["train", "a", "b", "--out", "x", "--steps", "0"],
        ["train", "a", "b", "--out", "x", "--size", "big"],
        ["train", "a", "b", "--out", "x", "--set", "cycle"],
        ["translate", "m"],
        ["translate", "m", "a.png"],
        ["translate", "m", "a.png", "--out", "x", "--quality", "best"],
        ["translate", "m", "a.png", "--out", "x", "--memory", "lots"],
        ["translate", "m", "a.png", "--out", "x", "--strength", "2"],
        ["generate", "classify", "m", "--out", "x", "--count", "0"],
        ["export", "m"],
        ["open"],
        ["check"],
        ["check", ""],
        ["translate", "", "a.png", "--out", "x"],
        ["translate", "m", "a.png", "", "--out", "x"],
        ["translate", "m", "a.png", "--out", ""],
        ["translate", "m", "a.png", "--out="],
        ["translate", "m", "--out", "x", "--", ""],
        ["methods", "--yaml"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(ganstudio, words):
    said = ganstudio(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("ganstudio: ")


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("words", [[], ["--debug"]])
def test_without_a_display_one_line_says_so(ganstudio, words):
    said = ganstudio(*words)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("ganstudio: There is no display")


def test_alone_it_opens_the_window(ganstudio, monkeypatch):
    opened = []
    monkeypatch.setattr(opening, "open_window", lambda project: opened.append(project) or 0)
    assert ganstudio().code == 0
    assert opened == [None]


def test_a_project_is_checked_before_the_window_comes(ganstudio, monkeypatch, tmp_path):
    monkeypatch.setattr(opening, "open_window", lambda project: 0 if project == tmp_path else 3)
    said = ganstudio("open", tmp_path)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    (tmp_path / "project.toml").write_text("domains = []")
    assert ganstudio("open", tmp_path).code == 0


@pytest.fixture
def failing(monkeypatch):
    def fail_with(error):
        def find(_):
            raise error

        monkeypatch.setattr(look, "find_models", find)

    return fail_with


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("Two\nlines."), "ganstudio: Two\\nlines."),
        (OSError(28, "No space left on device", "/x/y"), "ganstudio: No space left on device: /x/y."),
        (Unwritten(Path("/x/y"), OSError(28, "")), "ganstudio: The disk is full: y could not be written to /x. Make"),
        (PermissionError(13, "Permission denied"), "ganstudio: Permission denied."),
        (MemoryError(), "ganstudio: Not enough memory."),
        (RuntimeError("shape\nmismatch"), "ganstudio: A fault of GAN Studio (RuntimeError: shape)."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fault_is_one_plain_line_and_1(ganstudio, failing, tmp_path, error, sentence):
    failing(error)
    said = ganstudio("models", tmp_path)
    assert (said.code, said.out) == (1, "")
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith(sentence)
    assert not said.err.endswith("..\n")


@pytest.mark.parametrize("words", [["--debug", "models"], ["models", "--debug"]], ids=" ".join)
def test_debug_shows_where_wherever_it_stands(ganstudio, failing, words):
    failing(ValueError("Broken."))
    said = ganstudio(*words)
    assert said.code == 1
    assert "Traceback" in said.err
    assert said.err.splitlines()[-1] == "ganstudio: Broken."


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--preset", "quik"], "'quik' is not one of 'quick', 'balanced'"),
        (["--size", "3"], "It should be at least 16."),
        (["--size", "big"], "It should be a whole number."),
    ],
    ids=" ".join,
)
def test_a_wrong_value_is_told_in_plain_words(ganstudio, words, sentence):
    said = ganstudio("train", "a", "b", "--out", "x", *words)
    assert said.code == 2
    assert said.err.splitlines()[-1].startswith(f"ganstudio: Invalid value for '{words[0]}': {sentence}")


def test_ctrl_c_while_it_loads_is_one_line_too(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(opening, "straight", interrupted)
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 130
    assert capsys.readouterr().err == "ganstudio: Interrupted.\n"


def test_an_interruption_is_130(ganstudio, failing):
    failing(KeyboardInterrupt())
    said = ganstudio("models")
    assert said.code == 130
    assert said.err == "ganstudio: Interrupted.\n"


def test_a_word_after_two_dashes_is_a_name(ganstudio):
    said = ganstudio("models", "--", "--debug")
    assert said.err == "ganstudio: There is no folder --debug.\n"


def test_the_version_is_told(ganstudio):
    said = ganstudio("--version")
    assert (said.code, said.out) == (0, "0.1.0\n")


def test_every_verb_of_the_contract_is_there():
    assert tuple(command.name or command.callback.__name__ for command in app.app.registered_commands) == VERBS
