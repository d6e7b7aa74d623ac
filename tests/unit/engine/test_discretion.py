"""A support bundle says nothing of an artist's pictures."""

import json
import zipfile

import pytest
from PIL import Image

from ganstudio.engine import support
from ganstudio.engine.discretion import Discretion
from ganstudio.runs import bundle
from ganstudio.runs.run import Run
from ganstudio.words.events import Advised, Failed, Finished, Sampled, Scored, SheetFile, Skipped, Started, Warned
from ganstudio.words.places import log_file
from ganstudio.words.recipe import Domain, Recipe

NAMES = ("Grandmother (1).JPG", "at: sea.png", "Xline\nybreak.png", "Ünal sister.webp", "it's.png", 'quote"d.png')
SECRETS = (
    "Grandmother",
    "at: sea",
    " sea",
    "Xline",
    "ybreak",
    "Ünal",
    "sister",
    "it's",
    "quote",
    "Holiday",
    "Lovers",
    "wedding",
    "/ada",
)


def consume(job):
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose history, recipe and log are full of names."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "ada" / "data"))
    folders = [tmp_path / "ada" / name / "wedding" for name in ("Holiday", "Lovers")]
    for folder in folders:
        folder.mkdir(parents=True)
        for name in NAMES:
            Image.new("RGB", (8, 8), "red").save(folder / name, format="PNG")
    domains = tuple(Domain(folder.parent.name, (str(folder.parent),), excluded=(NAMES[0],)) for folder in folders)
    run = Run.create(tmp_path / "ada" / "runs" / "001-cyclegan", Recipe("cyclegan", domains, steps=10))
    run.append(Started(0, 10, "cyclegan", "CPU, 2 cores", "fp32", {"Holiday": 6, "Lovers": 5}))
    for name in NAMES:
        place = folders[0] / name
        run.append(Skipped(str(place), f"{name} is truncated."))
        run.append(Warned(f"{place}: cannot be read."))
        run.append(Warned(f"Pictures vanished: {name}, gone.jpg and 'Lovers of it.png'. Holiday has 5."))
    sheet = SheetFile("Holiday → Lovers", "sheets/1-a.png", ("Holiday",), ("wedding/Grandmother (1).JPG",), 8)
    run.append(Sampled(1, (sheet,)))
    run.append(Scored(1, "KID", {"Holiday → Lovers": {"distance": 0.5}}))
    run.append(Advised(1, "few", f"{folders[1]} holds few pictures."))
    run.append(Failed(f"[Errno 5] Input/output error: '{folders[0]}/{NAMES[3]}'"))
    run.append(Finished(10))
    log_file().parent.mkdir(parents=True)
    lines = [f"2026-11-21 03:12:07,123 WARNING ganstudio.window: Cannot read {folders[0] / name}" for name in NAMES]
    lines += [f'  File "{tmp_path}/ada/.venv/lib/python3.11/site-packages/ganstudio/window/app.py", line 31, in leave']
    lines += ["  FileNotFoundError: an old project of Lovers.jpg"]
    log_file().write_text("\n".join(lines), "utf-8")
    return run


def test_no_name_no_place_and_no_picture_is_in_the_bundle(run, tmp_path):
    file = tmp_path / "bundle.zip"
    bundle.save(consume(support.gather(run)), file)
    support_bytes = file.read_bytes()
    assert b"IHDR" not in support_bytes
    with zipfile.ZipFile(file) as saved:
        assert saved.testzip() is None
        whole = {name: saved.read(name).decode() for name in saved.namelist()}
    assert set(whole) == {"doctor.txt", "versions.txt", "log.txt", "run/recipe.toml", "run/events.jsonl"}
    texts = "\n".join(text for name, text in whole.items() if name != "versions.txt")
    assert [secret for secret in SECRETS if secret in texts] == []
    assert "\x89PNG" not in texts


def test_what_helps_is_still_in_it(run):
    pieces = {piece.name: piece.text for piece in consume(support.gather(run))}
    assert "torch" in pieces["versions.txt"]
    assert 'method = "cyclegan"' in pieces["run/recipe.toml"]
    assert "window/app.py" in pieces["log.txt"]
    assert ", line 31, in leave" in pieces["log.txt"]
    events = [json.loads(line) for line in pieces["run/events.jsonl"].splitlines()]
    assert events[0]["pictures"] == [6, 5]
    assert "is truncated." in events[1]["reason"]
    assert events[-2]["message"].startswith("[Errno 5] Input/output error")
    assert events[-1]["event"] == "finished"


def test_names_are_in_it_when_the_artist_says_so(run):
    pieces = {piece.name: piece.text for piece in consume(support.gather(run, names=True))}
    assert "Grandmother" in pieces["log.txt"]
    assert "Holiday" in pieces["run/recipe.toml"]


def test_without_a_run_and_without_a_log_there_is_still_a_bundle(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert [piece.name for piece in consume(support.gather())] == ["doctor.txt", "versions.txt"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Cannot read /home/ada/my pictures/a b.png: truncated", "Cannot read <path>: truncated"),
        (r"C:\Users\Ada\My Pictures\x.jpg is empty", "<path>"),
        ("3 of 4 steps at 1/2 speed, log.txt and recipe.toml", "3 of 4 steps at 1/2 speed, log.txt and recipe.toml"),
        ("'/home/ada/x/recipe.toml' is damaged", "'<path>' is damaged"),
        ("\\\\server\\share\\ada", "<path>"),
    ],
)
def test_paths_nobody_told_of_go_too(text, told):
    said = Discretion().text(text)
    assert "ada" not in said.lower()
    if told != "<path>":
        assert said.replace("<path>/", "<path>").replace("<path><picture>", "<path>") == told
