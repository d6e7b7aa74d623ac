"""Folder in, folder out: what comes out, what is kept, what is never touched, and how a batch ends."""

import errno
import os
import re
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ganstudio.engine.translating import conveyor, listening
from ganstudio.engine.translating.account import Account, Result
from ganstudio.engine.translating.files import translate_file, translate_files
from ganstudio.engine.translating.pace import Pace
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures.frames import save
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import read
from ganstudio.pictures.writing import painted
from ganstudio.pictures.writing.made import made_from
from ganstudio.pictures.writing.naming import Naming
from ganstudio.runs.writing import PART
from ganstudio.words.events import Advanced, Finished, Made, Progress, Skipped, Stop, Warned
from ganstudio.words.look import Look
from ganstudio.words.routes import Route

TO_WINTER = Route("winter", "summer")


def photo(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "in"
    (place / "trip").mkdir(parents=True)
    for index, name in enumerate(("a.png", "b.png", "trip/c.png")):
        photo(18 + index, 21, seed=index).save(place / name)
    (place / "broken.png").write_bytes(b"not a picture")
    return place


@pytest.fixture
def translate(toy, folder, tmp_path):
    """Translate the folder once more; the events that count, by kind."""
    translator = toy(TO_WINTER)

    def work(out=tmp_path / "out", **order):
        return [event for event in translate_files(translator, TO_WINTER, [folder], out, Order(**order)) if event]

    return work


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


def pixels_below(folder):
    return {
        str(path.relative_to(folder)): np.asarray(read(path)).tobytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_folder_is_translated_with_the_pixels_of_each_picture_alone(toy, translate, folder, tmp_path):
    events = translate()
    made = only(events, Made)
    assert [event.source for event in made] == [str(folder / name) for name in ("a.png", "b.png", "trip/c.png")]
    for event in made:
        with Image.open(event.source) as before, Image.open(event.path) as after:
            assert np.array_equal(np.asarray(after), np.asarray(toy(TO_WINTER).translate(before, TO_WINTER)))
    assert made[2].path == str(tmp_path / "out" / "trip" / "c.png")
    assert [event.path for event in only(events, Skipped)] == [str(folder / "broken.png")]
    assert [(event.done, event.total) for event in only(events, Progress)] == [(done, 4) for done in range(5)]
    assert only(events, Progress)[-1].eta_seconds == 0
    assert events[-1] == Finished(3)


def test_a_picture_that_cannot_be_translated_is_skipped_and_the_rest_goes_on(translate, folder, monkeypatch):
    strips = Translator.strips

    def refusing(self, pixels, route, into):
        if pixels.shape[1] == 19:
            raise ValueError("Too large.")
        yield from strips(self, pixels, route, into)

    monkeypatch.setattr(Translator, "strips", refusing)
    events = translate()
    assert Skipped(str(folder / "b.png"), "Too large.") in events
    assert events[-1] == Finished(2)


def test_a_stop_leaves_what_was_told_and_nothing_else(toy, folder, tmp_path):
    job = translate_files(toy(TO_WINTER), TO_WINTER, [folder], tmp_path / "out")
    events = []
    while not only(events, Made):
        events.append(next(job))
    events += [job.send(Stop()), *job]
    made = only(events, Made)
    assert events[-1] == Finished(len(made), "stopped")
    files = {str(path) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {event.path for event in made}


@pytest.mark.parametrize("after", range(1, 12))
def test_who_asks_for_the_end_again_and_again_gets_it(toy, folder, tmp_path, after):
    """As the command line does after Ctrl+C, and when nobody reads what it prints any more."""
    job = translate_files(toy(TO_WINTER), TO_WINTER, [folder], tmp_path / "out")
    events = [event for _, event in zip(range(after), job, strict=False)]
    with suppress(StopIteration):
        while True:
            events.append(job.send(Stop()))
    made = only(events, Made)
    assert events[-1] in {Finished(len(made), "stopped"), Finished(len(made))}
    files = {str(path) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert files == {event.path for event in made}


def test_what_is_told_at_the_end_hears_nothing_more(folder):
    told = Account(Pace(1, "translating"))
    skipped = Skipped("a.png", "Broken.")
    rest = told.rest(Result(skipped))
    assert next(rest) == skipped
    assert rest.send(Stop()).done == 1


def test_a_stop_in_the_middle_of_a_picture_leaves_no_part_of_it(toy, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    photo(40, 40).save(tmp_path / "in" / "a.png")

    def endless(self, pixels, route, into):
        for row in range(40):
            into(row, pixels[row : row + 1])
            yield row / 1000

    monkeypatch.setattr(Translator, "strips", endless)
    monkeypatch.setattr(listening, "LONG_SECONDS", 0)
    job = translate_files(toy(TO_WINTER), TO_WINTER, [tmp_path / "in"], tmp_path / "out")
    while not isinstance(found := next(job), Advanced):
        pass
    assert (found.path, found.share) == (str(tmp_path / "in" / "a.png"), 0.0)
    assert [job.send(Stop()), *job] == [Finished(0, "stopped")]
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").iterdir())


def test_a_slow_writer_is_given_up_when_everything_is_to_end(toy, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(conveyor, "GRACE", 0.05)
    write = painted.encoding.write
    asked = []

    def slow(image, kind, file, beside, *, quality, given_up):
        while not given_up():
            time.sleep(0.01)
        asked.append(kind)
        write(image, kind, file, beside, quality=quality, given_up=given_up)

    monkeypatch.setattr(painted.encoding, "write", slow)
    job = translate_files(toy(TO_WINTER), TO_WINTER, [folder], tmp_path / "out")
    while next(job) is not None:
        pass
    assert [job.send(Stop()), *job][-1] == Finished(0, "stopped")
    while not asked:
        time.sleep(0.01)
    until = time.monotonic() + 60
    while any((tmp_path / "out").rglob(PART.format("*"))) and time.monotonic() < until:
        time.sleep(0.01)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_nothing_readable_is_an_error_that_says_why(toy, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("no picture")
    for source in (tmp_path / "empty", tmp_path / "note.txt", tmp_path / "nowhere"):
        with pytest.raises(ValueError, match=f"No picture in {re.escape(str(source))} could be translated.*Choose"):
            list(translate_files(toy(TO_WINTER), TO_WINTER, [source], tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_full_disk_ends_the_batch(translate, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(painted.encoding, "write", full)
    with pytest.raises(OSError, match="The disk is full"):
        translate()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_translated(toy, folder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        sentence = f"{tmp_path / 'file'} is a file, so that nothing can be written into it. Choose a folder."
        with pytest.raises(OSError, match=re.escape(sentence)):
            next(translate_files(toy(TO_WINTER), TO_WINTER, [folder], out))
        work = translate_file(toy(TO_WINTER), TO_WINTER, folder / "a.png", out / "x.png")
        with pytest.raises(OSError, match=re.escape(sentence)):
            next(event for event in work if isinstance(event, Advanced | Made))


# What is there already.


def test_what_is_there_is_kept_and_told(translate, tmp_path):
    first = only(translate(), Made)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.png")}
    events = translate()
    assert [(event.path, event.kept) for event in only(events, Made)] == [(event.path, True) for event in first]
    assert events[-1] == Finished(3)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.png")} == before


def test_again_makes_all_anew_in_the_same_places(translate, tmp_path):
    translate()
    before = pixels_below(tmp_path / "out")
    assert not any(event.kept for event in only(translate(again=True), Made))
    assert pixels_below(tmp_path / "out") == before


@pytest.mark.parametrize(
    "change",
    [
        {"look": Look(strength=0.5)},
        {"look": Look(strength=0.5, blend="colour")},
        {"look": Look(keep_colours=True)},
    ],
)
def test_another_look_replaces_what_is_there(translate, tmp_path, change):
    translate()
    before = pixels_below(tmp_path / "out")
    assert not any(event.kept for event in only(translate(**change), Made))
    after = pixels_below(tmp_path / "out")
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in after)
    assert all(event.kept for event in only(translate(**change), Made))


def test_a_blend_at_full_strength_is_no_other_look(translate):
    translate(look=Look(blend="light"))
    assert all(event.kept for event in only(translate(look=Look(blend="colour")), Made))


def test_another_model_replaces_what_is_there(toy, translate, folder, tmp_path):
    translate()
    other = toy(TO_WINTER)
    other._method.net.weight.data += 0.1
    events = list(translate_files(other, TO_WINTER, [folder], tmp_path / "out"))
    assert [event.kept for event in only(events, Made)] == [False] * 3
    assert len(pixels_below(tmp_path / "out")) == 3


def test_the_same_model_under_another_name_replaces_nothing(toy, translate, folder, tmp_path):
    translate()
    other = toy(TO_WINTER)
    other.card = replace(other.card, name="renamed")
    assert all(event.kept for event in only(translate_files(other, TO_WINTER, [folder], tmp_path / "out"), Made))


def test_an_edited_original_is_translated_again_in_its_place(translate, folder, tmp_path):
    translate()
    photo(30, 30, seed=9).save(folder / "a.png")
    assert [event.kept for event in only(translate(), Made)] == [False, True, True]
    assert read(tmp_path / "out" / "a.png").size == (30, 30)
    assert len(pixels_below(tmp_path / "out")) == 3


def test_originals_that_moved_are_known_again(toy, translate, folder, tmp_path):
    translate()
    moved = folder.rename(tmp_path / "elsewhere")
    events = list(translate_files(toy(TO_WINTER), TO_WINTER, [moved], tmp_path / "out"))
    assert all(event.kept for event in only(events, Made))


@pytest.mark.parametrize("inside", [".", "made"])
def test_what_was_made_in_the_folder_of_the_originals_is_none_of_them(toy, translate, folder, inside):
    (folder / "broken.png").unlink()
    first = only(translate(folder / inside), Made)
    before = pixels_below(folder)
    again = only(translate(folder / inside), Made)
    assert [(event.path, event.kept) for event in again] == [(event.path, True) for event in first]
    assert pixels_below(folder) == before
    named = Path(first[0].path)  # Whoever names it means it.
    events = translate_files(toy(TO_WINTER), TO_WINTER, [folder, named], folder / inside)
    assert str(named) in {event.source for event in only(events, Made)}


def test_a_file_of_somebody_else_is_never_written_over(translate, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    photo(5, 5).save(out / "a.png")
    (out / "b.png").write_text("a note")
    before = {name: (out / name).read_bytes() for name in ("a.png", "b.png")}
    for _ in range(2):
        assert {Path(event.path).name for event in only(translate(), Made)} == {"a-2.png", "b-2.png", "c.png"}
        assert {name: (out / name).read_bytes() for name in before} == before


def test_a_folder_of_the_same_names_loses_no_earlier_translation(toy, translate, tmp_path):
    translate()
    before = pixels_below(tmp_path / "out")
    (tmp_path / "tuesday").mkdir()
    photo(33, 12, seed=5).save(tmp_path / "tuesday" / "a.png")
    [made] = only(translate_files(toy(TO_WINTER), TO_WINTER, [tmp_path / "tuesday"], tmp_path / "out"), Made)
    assert Path(made.path).name == "a-2.png"
    assert pixels_below(tmp_path / "out").items() >= before.items()


def test_originals_of_one_name_are_each_known_again(toy, tmp_path):
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("a.png", "a.jpg", "a.webp")):
        photo(20, 20, number).save(tmp_path / "in" / name)

    def made():
        events = translate_files(toy(TO_WINTER), TO_WINTER, [tmp_path / "in"], tmp_path / "out")
        return [(event.source, event.path, event.kept) for event in only(events, Made)]

    first = made()
    assert [kept for *_, kept in first] == [False] * 3
    assert made() == [(source, path, True) for source, path, _ in first]
    Path(first[1][1]).unlink()
    assert [kept for *_, kept in made()] == [True, False, True]
    assert {path for _, path, _ in made()} == {path for _, path, _ in first}


def test_what_killed_batches_left_is_swept_away(translate, tmp_path):
    (tmp_path / "out" / "trip").mkdir(parents=True)
    for name in (PART.format("0"), f"trip/{PART.format('1')}"):
        (tmp_path / "out" / name).write_bytes(b"half")
    translate()
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.p*")) == ["a.png", "b.png", "c.png"]


def test_the_parts_of_another_batch_at_work_are_left_alone(toy, translate, folder, tmp_path):
    other = translate_files(toy(TO_WINTER), TO_WINTER, [folder], tmp_path / "out")
    while not isinstance(next(other), Made):
        pass
    part = tmp_path / "out" / PART.format("0")
    part.write_bytes(b"half")
    translate(again=True)
    assert part.exists()
    other.close()


# What goes with it.


def test_a_translation_says_how_it_was_made_and_names_no_folder(translate, folder, tmp_path):
    translate(look=Look(strength=0.25, blend="luminance"))
    making = made_from(tmp_path / "out" / "a.png")
    assert (making.model, making.route, making.source) == ("toy", "summer → winter", "a.png")
    assert (making.strength, making.blend, making.quality) == (0.25, "luminance", "exact")
    facts = (folder / "a.png").stat()
    assert (making.source_bytes, making.source_changed) == (facts.st_size, facts.st_mtime_ns)
    assert len(making.seal) == 16
    data = (tmp_path / "out" / "a.png").read_bytes()
    assert str(tmp_path).encode() not in data
    assert "/" not in making.to_json()


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "avif", "tiff"])
def test_every_format_is_known_again(translate, tmp_path, kind):
    order = {"naming": Naming(format=kind)}
    suffix = ".tif" if kind == "tiff" else f".{kind}"
    assert {Path(event.path).suffix for event in only(translate(**order), Made)} == {suffix}
    assert all(event.kept for event in only(translate(**order), Made))


def test_another_quality_of_the_file_is_another_file(translate):
    order = {"naming": Naming(format="jpg")}
    translate(**order)
    assert not any(event.kept for event in only(translate(file_quality=40, **order), Made))
    assert all(event.kept for event in only(translate(file_quality=40, **order), Made))


def test_what_a_format_cannot_hold_is_said_once(toy, tmp_path):
    (tmp_path / "in").mkdir()
    for name in "ab":
        picture = photo(8, 8)
        picture.putalpha(100)
        picture.save(tmp_path / "in" / f"{name}.png")

    def warned(kind):
        order = Order(naming=Naming(format=kind))
        return [
            event.message
            for event in only(
                translate_files(toy(TO_WINTER), TO_WINTER, [tmp_path / "in"], tmp_path / kind, order), Warned
            )
        ]

    [said] = warned("jpg")
    assert said.startswith("JPEG holds no transparency")
    assert warned("png") == []


def test_a_look_is_that_of_a_single_picture(toy, tmp_path):
    """In bands as at once, also where the model enlarges and with a mask."""
    mask = Image.new("L", (50, 40))
    ImageDraw.Draw(mask).ellipse((5, 5, 40, 30), fill=255)
    mask.save(tmp_path / "mask.png")
    source = tmp_path / "a.png"
    photo(23, 31).save(source)
    for scale in (1, 2):
        route = Route("large", "small", scale=scale)
        for look in (Look(0.4), Look(keep_colours=True), Look(0.7, "colour", mask=str(tmp_path / "mask.png"))):
            translator = toy(route)
            [made] = only(translate_files(translator, route, [source], tmp_path / "out", Order(look)), Made)
            assert np.array_equal(
                np.asarray(read(tmp_path / "out" / "a.png")),
                np.asarray(translator.translate(read(source), route, look)),
            )
            assert not made.kept


def test_a_changed_mask_is_another_look_and_a_missing_one_a_sentence(translate, tmp_path):
    mask = tmp_path / "mask.png"
    order = {"look": Look(mask=str(mask))}
    with pytest.raises(ValueError, match=r"The mask .*mask\.png cannot be used\. The file is not there"):
        translate(**order)
    for level in (80, 160):
        Image.new("L", (4, 4), level).save(mask)
        assert not any(event.kept for event in only(translate(**order), Made))
        assert all(event.kept for event in only(translate(**order), Made))
    assert made_from(tmp_path / "out" / "a.png").mask == "mask.png"


def test_names_by_template(translate, folder, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x9003] = "2021:03:04 10:00:00"
    photo(9, 9).save(folder / "a.png", exif=exif)
    os.utime(folder / "b.png", (0, 86400 * 365))
    names = Naming("{number} {stem} {model}-{to} {date}")
    made = [Path(event.path).name for event in only(translate(naming=names), Made)]
    assert made[:2] == ["001 a toy-winter 2021-03-04.png", "002 b toy-winter 1971-01-01.png"]
    assert made[2].startswith("004 c toy-winter 20")


def test_one_name_for_all_is_numbered(translate):
    made = [Path(event.path).name for event in only(translate(naming=Naming("{to}")), Made)]
    assert made == ["winter.png", "winter-2.png", "winter.png"]  # The last lies in a folder of its own.


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{stam}", "There is no field 'stam'. Did you mean stem"),
        ("../{stem}", "A name is without slashes"),
        ("", "not empty"),
        ("{number:04}", "A name is without slashes"),
        ("{stem", "a brace too many"),
    ],
)
def test_names_that_are_none_are_refused(template, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Naming(template)


def test_a_picture_taken_apart_by_other_programs_is_none_of_ours(tmp_path):
    save(photo(4, 4), tmp_path / "a.png")
    assert made_from(tmp_path / "a.png") is None
    assert made_from(tmp_path / "nowhere.png") is None


# One file.


def test_one_file_is_written_where_it_was_asked_and_replaces_what_was_there(toy, folder, tmp_path):
    target = tmp_path / "new" / "mine.png"
    for strength in (1.0, 0.5):
        look = Look(strength)
        events = list(translate_file(toy(TO_WINTER), TO_WINTER, folder / "a.png", target, Order(look)))
        assert [event.path for event in only(events, Made)] == [str(target)]
        assert events[-1] == Finished(1)
        expected = toy(TO_WINTER).translate(read(folder / "a.png"), TO_WINTER, look)
        assert np.array_equal(np.asarray(read(target)), np.asarray(expected))
        assert made_from(target).strength == strength


def test_one_file_that_cannot_be_made_is_a_sentence(toy, folder, tmp_path):
    for source, target, sentence in (
        ("broken.png", tmp_path / "x.png", "It is not a picture"),
        ("gone.png", tmp_path / "x.png", "not there"),
        ("a.png", folder / "a.png", "is the original picture"),
        ("a.png", tmp_path / "x.gif", "not written as .gif"),
    ):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            list(translate_file(toy(TO_WINTER), TO_WINTER, folder / source, target))
    assert not (tmp_path / "x.png").exists()
