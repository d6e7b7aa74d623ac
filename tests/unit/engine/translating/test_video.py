"""A film is translated frame by frame as pictures are, keeps all else, and goes on where it was ended."""

import errno
import io
import os
from fractions import Fraction
from itertools import count
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.translating import video
from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.video import translate_video
from ganstudio.pictures.films import unfinished
from ganstudio.pictures.films.animation import Animation
from ganstudio.pictures.films.video import Video
from ganstudio.pictures.films.video_writing import Recording
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.writing.made import made_from
from ganstudio.words.events import Advanced, Finished, Made, Skipped, Stop, Warned
from ganstudio.words.look import Look
from ganstudio.words.routes import Route
from tests.faults import Drive
from tests.small_films import animation, film, frames_of, packets_of, pictures

TO_WINTER = Route("winter", "summer")
UNEVEN = [0, 10, 50, 130, 140, 400]


@pytest.fixture
def untouched(toy, monkeypatch):
    """A translator that changes nothing."""
    translator = toy(TO_WINTER)

    def strips(pixels, _route, into):
        yield 0.0
        into(0, np.array(pixels))
        yield 1.0

    monkeypatch.setattr(translator, "strips", strips)
    return translator


def events_of(job):
    return [event for event in job if event is not None]


def only(events, kind):
    return [event for event in events if isinstance(event, kind)]


def leftovers(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@pytest.fixture
def tapped(monkeypatch):
    """The frames as they reach the encoder."""
    seen = []
    packed = Recording.packed

    def tap(self, stills):
        stills = list(stills)
        seen.extend(still.pixels for still in stills)
        return packed(self, stills)

    monkeypatch.setattr(Recording, "packed", tap)
    return seen


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize(
    "look", [Look(), Look(0.4), Look(0.6, "colour"), Look(1, keep_colours=True), Look(0.7, mask="mask.png")]
)
def test_frames_are_those_of_picture_translation_before_they_are_packed(toy, tmp_path, tapped, look, scale):
    if look.mask:
        path = tmp_path / look.mask
        Image.linear_gradient("L").save(path)
        look = Look(look.strength, mask=str(path))
    route = Route("winter", "summer", scale=scale)
    translator, source = toy(route), film(tmp_path / "a.mp4", pictures(3), sound=())
    events_of(translate_video(translator, route, source, tmp_path / "b.mp4", look))
    stills = list(Video(source).stills())
    assert len(tapped) == len(stills) == 3
    for still, seen in zip(stills, tapped, strict=True):
        assert np.array_equal(seen, np.asarray(translator.translate(Image.fromarray(still.pixels), route, look)))


def test_without_loss_they_are_the_same_in_the_file(toy, tmp_path):
    translator, source = toy(TO_WINTER), film(tmp_path / "a.mp4", pictures(3), sound=())
    events_of(translate_video(translator, TO_WINTER, source, tmp_path / "b.mkv"))
    for still, made in zip(Video(source).stills(), Video(tmp_path / "b.mkv").stills(), strict=True):
        expected = translator.translate(Image.fromarray(still.pixels), TO_WINTER)
        assert np.array_equal(made.pixels, np.asarray(expected))


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mov", ".mkv"])
def test_times_stay_and_an_untouched_film_looks_as_before(untouched, tmp_path, suffix):
    source = film(tmp_path / "a.mp4", times=UNEVEN, sound=(), options={"crf": "1"})
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / f"b{suffix}"))
    assert events[-2:] == [Made(str(tmp_path / f"b{suffix}"), str(source), events[-2].seconds), Finished(1)]
    before, after = frames_of(source), frames_of(tmp_path / f"b{suffix}")
    assert [time for time, _ in after] == pytest.approx([time for time, _ in before], abs=0.0006)
    for (_, one), (_, other) in zip(before, after, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 2.5
    assert leftovers(tmp_path) == []


def test_exact_times_need_no_rounding_where_the_container_can_tell_them(untouched, tmp_path):
    source = film(tmp_path / "a.mp4", times=UNEVEN, sound=())
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    found = [[still.time * film.time_base for still in film.stills()] for film in map(Video, tmp_path.glob("?.mp4"))]
    assert found[0] == found[1] == [Fraction(time, 1000) for time in UNEVEN]


@pytest.mark.parametrize("times", [[40 * number for number in range(20)], [*UNEVEN, 500, 510, 900, 1000]])
def test_it_lasts_until_its_last_frame_was_shown(untouched, tmp_path, times):
    source = film(tmp_path / "a.mp4", pictures(len(times)), times=times, sound=())
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    facts = Video(tmp_path / "b.mp4").facts
    assert times[-1] / 1000 < facts.seconds <= times[-1] / 1000 + 0.05
    assert facts.frames == len(times)


@pytest.mark.parametrize("colours", [(1, 1), (1, 2), (6, 1), (6, 2), (2, 0)])
def test_colours_come_out_as_they_went_in(untouched, tmp_path, colours):
    """Whatever the matrix and range of the film, known colours are the same in its translation."""
    patches = np.array([[220, 30, 40], [30, 190, 60], [40, 50, 210], [235, 235, 235], [20, 20, 20], [190, 120, 60]])
    shown = [np.repeat(np.repeat(patches.reshape(2, 3, 3), 16, 0), 16, 1).astype(np.uint8)] * 2
    source = film(tmp_path / "a.mkv", shown, codec="ffv1", pixels="yuv444p", colours=colours, sound=())
    expected = next(Video(source).stills()).pixels
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    made = Video(tmp_path / "b.mp4")
    pixels = next(made.stills()).pixels.astype(int)
    for y, x in ((8, 8), (8, 24), (8, 40), (24, 8), (24, 24), (24, 40)):
        assert np.abs(pixels[y, x] - expected[y, x]).max() <= 5
    assert made.colours.range == 1
    assert made.colours.matrix == (colours[0] if colours[0] != 2 else 6)


def test_ten_bits_are_translated_and_written_as_such(untouched, tmp_path):
    ramp = np.linspace(9_000, 50_000, 128).astype(np.uint16)
    shown = [np.repeat(np.tile(ramp, (32, 1))[..., None], 3, 2)] * 2
    source = film(tmp_path / "a.mkv", shown, codec="ffv1", pixels="yuv444p10le", sound=())
    before = next(Video(source).stills()).pixels
    for suffix, most in ((".mkv", 0), (".mov", 250)):
        events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / f"b{suffix}"))
        after = next(Video(tmp_path / f"b{suffix}").stills()).pixels
        assert after.dtype == np.uint16
        assert np.abs(after.astype(int) - before).max() <= most
        assert not only(events, Warned)
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    assert "8 bits" in only(events, Warned)[0].message
    assert next(Video(tmp_path / "b.mp4").stills()).pixels.dtype == np.uint8


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mov", ".mkv", ".gif"])
def test_odd_sizes_stay(untouched, tmp_path, suffix):
    source = film(tmp_path / "a.mkv", pictures(2, (47, 31)), codec="ffv1", pixels="yuv444p", sound=())
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / f"b{suffix}"))
    made = Animation(tmp_path / "b.gif") if suffix == ".gif" else Video(tmp_path / f"b{suffix}")
    assert (made.facts.width, made.facts.height) == (47, 31)


def test_a_turned_film_is_upright_and_says_so_no_more(untouched, tmp_path):
    source = film(tmp_path / "a.mp4", rotation=90, aspect=Fraction(4, 3), sound=())
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    made = Video(tmp_path / "b.mp4")
    with av.open(str(tmp_path / "b.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height, frame.rotation) == (32, 48, 0)
    assert made.aspect == Fraction(3, 4)
    assert np.abs(next(made.stills()).pixels.astype(int) - next(Video(source).stills()).pixels).mean() < 3


def test_all_sound_is_copied_byte_by_byte(untouched, tmp_path):
    source = film(tmp_path / "a.mp4", sound=("aac", "mp3"))
    events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    sound = packets_of(source)
    assert len(sound) == 2
    assert all(sound)
    assert packets_of(tmp_path / "b.mp4") == sound


@pytest.mark.parametrize(
    ("name", "sound", "wanted", "given"),
    [
        ("a.mov", "pcm_s16le", ".mp4", ".mov"),
        ("a.mkv", "libvorbis", ".mp4", ".mkv"),
        ("a.mp4", "aac", ".webm", ".mkv"),
        ("a.webm", "libopus", ".webm", ".webm"),
        ("a.mkv", "flac", ".mp4", ".mp4"),
    ],
)
def test_the_container_is_one_that_holds_the_sound(untouched, tmp_path, name, sound, wanted, given):
    codec = {"codec": "libvpx-vp9"} if name == "a.webm" else {}
    try:
        source = film(tmp_path / name, sound=(sound,), **codec)
    except (ValueError, av.FFmpegError):
        pytest.skip(f"This build of PyAV has no {sound}.")
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / f"b{wanted}"))
    assert only(events, Made)[0].path == str(tmp_path / f"b{given}")
    assert packets_of(tmp_path / f"b{given}") == packets_of(source)
    assert bool(only(events, Warned)) == (wanted != given)


def test_a_name_nobody_asked_for_replaces_no_others_file(untouched, tmp_path):
    source = film(tmp_path / "a.mp4")
    (tmp_path / "b.mkv").write_bytes(b"mine")
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.webm"))
    assert only(events, Made)[0].path == str(tmp_path / "b-2.mkv")
    assert (tmp_path / "b.mkv").read_bytes() == b"mine"


def test_subtitles_go_along_where_they_can(untouched, tmp_path):
    source = tmp_path / "a.mkv"
    plain = film(tmp_path / "plain.mkv", sound=())
    text = tmp_path / "a.srt"
    text.write_text("1\n00:00:00,000 --> 00:00:00,100\nHello\n\n2\n00:00:00,120 --> 00:00:00,200\nyou\n")
    with av.open(str(plain)) as one, av.open(str(text)) as other, av.open(str(source), "w") as made:
        streams = [made.add_stream_from_template(found.streams[0]) for found in (one, other)]
        for found, stream in zip((one, other), streams, strict=True):
            for packet in found.demux():
                if packet.size:
                    packet.stream = stream
                    made.mux(packet)
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.mp4"))
    assert only(events, Made)[0].path == str(tmp_path / "b.mkv")
    assert packets_of(tmp_path / "b.mkv", "subtitle") == packets_of(source, "subtitle")


def test_progress_tells_frames_and_the_time_left(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    events = events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, tmp_path / "b.mp4"))
    told = [event for event in only(events, Advanced) if event.note.startswith("frame")]
    assert [event.note for event in told if event.share and event.share == round(event.share * 6) / 6][
        -1
    ] == "frame 6 of 6"
    assert [event.share for event in told] == sorted(event.share for event in told)
    assert told[-1].share == 1
    assert all(event.eta_seconds is not None for event in told[-6:])


def test_of_lies_about_the_number_of_frames_nothing_is_said(toy, tmp_path, monkeypatch):
    source = film(tmp_path / "a.mp4", sound=())
    translator = toy(TO_WINTER)
    monkeypatch.setattr(video, "open_film", lambda path: lying(path, 4))
    told = only(events_of(translate_video(translator, TO_WINTER, source, tmp_path / "b.mp4")), Advanced)
    assert "frame 6" in {event.note for event in told}
    assert max(event.share for event in told) == 1


def lying(path, frames):
    from dataclasses import replace

    found = Video(path)
    found.facts = replace(found.facts, frames=frames)
    return found


@pytest.mark.parametrize("smooth", [0.0, 0.7])
@pytest.mark.parametrize("end", ["stop", "close", "kill"])
def test_what_was_done_is_not_done_again_and_the_frames_are_the_same(toy, tmp_path, monkeypatch, tapped, smooth, end):
    monkeypatch.setattr(unfinished, "MOST_FRAMES", 3)
    monkeypatch.setattr(unfinished, "FEWEST_FRAMES", 3)
    source = film(tmp_path / "a.mp4", pictures(8))
    translator = toy(TO_WINTER)
    whole, target = tmp_path / "whole" / "b.mp4", tmp_path / "b.mp4"
    events_of(translate_video(translator, TO_WINTER, source, whole, smooth=smooth))
    uninterrupted = list(tapped)
    tapped.clear()
    made = count_frames(translator, monkeypatch)
    for turn in (2, 4, 3):  # Within a part, and across.
        job = translate_video(translator, TO_WINTER, source, target, smooth=smooth)
        before = made[0]
        event = next(job)
        while not (isinstance(event, Advanced) and made[0] == before + turn and event.share):
            event = next(job)
        if end == "stop":
            assert job.send(Stop()) == Finished(0, "stopped")
        elif end == "close":
            job.close()
        else:
            with pytest.raises(KeyboardInterrupt):
                job.throw(KeyboardInterrupt)
        assert not target.exists()
        assert made[0] < 13
    events = events_of(translate_video(translator, TO_WINTER, source, target, smooth=smooth))
    assert events[-1] == Finished(1)
    assert made[0] <= 8 + 3  # Each frame once, and one anew for each time that it was half done.
    assert len(tapped) == len(uninterrupted) == 8
    assert all(map(np.array_equal, tapped, uninterrupted))
    assert [time for time, _ in frames_of(target)] == [time for time, _ in frames_of(whole)]
    assert packets_of(target) == packets_of(whole)
    assert leftovers(tmp_path) == []


def count_frames(translator, monkeypatch):
    made = [0]
    strips = translator.strips

    def counted(*args):
        made[0] += 1
        yield from strips(*args)

    monkeypatch.setattr(translator, "strips", counted)
    return made


def test_another_order_begins_anew(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    translator, target = toy(TO_WINTER), tmp_path / "b.mp4"
    job = translate_video(translator, TO_WINTER, source, target)
    while not (isinstance(event := next(job), Advanced) and event.note.startswith("frame 4")):
        pass
    job.close()
    events = events_of(translate_video(translator, TO_WINTER, source, target, Look(0.5)))
    assert only(events, Advanced)[1].note == "frame 1 of 6"


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_frame_that_was_not_written_completely_is_made_again(toy, tmp_path, damage):
    source = film(tmp_path / "a.mp4", sound=())
    translator, target = toy(TO_WINTER), tmp_path / "b.mkv"
    whole = tmp_path / "whole.mkv"
    events_of(translate_video(translator, TO_WINTER, source, whole))
    job = translate_video(translator, TO_WINTER, source, target)
    while not (isinstance(event := next(job), Advanced) and event.note.startswith("frame 5")):
        pass
    job.close()
    frame = sorted((tmp_path / ".b.mkv.unfinished").glob("frame-*.npz"))[2]
    if damage == "cut":
        frame.write_bytes(frame.read_bytes()[:-300])
    else:
        frame.unlink()
    events_of(translate_video(translator, TO_WINTER, source, target))
    assert target.read_bytes() == whole.read_bytes()


def test_the_folder_of_what_is_unfinished_stays_small(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(unfinished, "MOST_FRAMES", 4)
    source = film(tmp_path / "a.mp4", pictures(20), sound=())
    most = 0
    for _ in translate_video(toy(TO_WINTER), TO_WINTER, source, tmp_path / "b.mp4"):
        folder = tmp_path / ".b.mp4.unfinished"
        most = max(most, len(list(folder.glob("frame-*.npz"))))
    assert most <= 9  # FEWEST_FRAMES, and the one from which they follow.


def test_a_second_one_that_writes_the_same_file_is_refused(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    job = translate_video(toy(TO_WINTER), TO_WINTER, source, tmp_path / "b.mp4")
    while not (isinstance(event := next(job), Advanced) and event.note):
        pass
    with pytest.raises(ValueError, match="is being written already"):
        events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, tmp_path / "b.mp4"))
    job.close()


def test_a_full_disk_ends_it_in_a_sentence_and_it_goes_on_when_there_is_room(toy, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    source = film(tmp_path / "a.mp4", sound=())
    drive = Drive(monkeypatch, out)
    writes = count(1)
    drive.fail_where(lambda name, _: name == "write" and next(writes) > 4, errno.ENOSPC)  # A plan and three frames.
    with pytest.raises(OSError, match="disk is full"):
        events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, out / "b.mp4"))
    drive.mend()
    events = events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, out / "b.mp4"))
    assert next(event.note for event in only(events, Advanced) if event.note) == "frame 4 of 6"
    assert events[-1] == Finished(1)


@pytest.mark.parametrize("name", ["b.mp4", "b.gif"])
def test_a_disk_that_is_full_when_parts_are_put_together_leaves_no_half_a_film(toy, tmp_path, monkeypatch, name):
    source, target = film(tmp_path / "a.mp4"), tmp_path / name

    class Full(io.FileIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def full(path, _):
        return Full(path, "x+")

    opened = Path.open
    with monkeypatch.context() as patch:
        patch.setattr(
            Path, "open", lambda path, *mode, **more: (full if mode == ("x+b",) else opened)(path, *mode, **more)
        )
        with pytest.raises(OSError, match="disk is full"):
            events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, target))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".{name}.unfinished", "a.mp4"]
    events = events_of(translate_video(toy(TO_WINTER), TO_WINTER, source, target))
    assert not any(event.note.startswith("frame") for event in only(events, Advanced))
    assert target.exists()


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animations_keep_times_plays_and_holes(toy, tmp_path, suffix):
    shown = []
    for number in range(3):
        pixels = np.full((16, 24, 4), 255, np.uint8)
        pixels[..., 0], pixels[:, 4 * number : 4 * number + 6, 3] = 90 * number, 0
        shown.append(Image.fromarray(pixels))
    loop = {"loop": 2, "disposal": 2} if suffix == ".gif" else {"loop": 3}
    loop = loop if suffix != ".png" else {"loop": 3, "disposal": 1}
    source = animation(tmp_path / f"a{suffix}", shown, **loop)
    translator = toy(TO_WINTER)
    events_of(translate_video(translator, TO_WINTER, source, tmp_path / f"b{suffix}"))
    one, other = Animation(source), Animation(tmp_path / f"b{suffix}")
    assert one.facts == other.facts
    for before, after in zip(one.stills(), other.stills(), strict=True):
        assert (before.time, before.lasts) == (after.time, after.lasts)
        assert np.array_equal(before.alpha, after.alpha)
        expected = np.asarray(translator.translate(Image.fromarray(before.pixels), TO_WINTER))
        seen = before.alpha > 0
        assert np.abs(after.pixels[seen].astype(int) - expected[seen]).mean() < 6


def test_a_video_becomes_an_animation_and_back(untouched, tmp_path):
    source = film(tmp_path / "a.mp4", times=UNEVEN)
    events = events_of(translate_video(untouched, TO_WINTER, source, tmp_path / "b.gif"))
    assert "no sound" in only(events, Warned)[0].message
    assert [still.time for still in Animation(tmp_path / "b.gif").stills()] == UNEVEN
    events_of(translate_video(untouched, TO_WINTER, tmp_path / "b.gif", tmp_path / "c.mp4"))
    assert [1000 * time for time, _ in frames_of(tmp_path / "c.mp4")] == pytest.approx(UNEVEN)


def test_what_cannot_be_is_said_before_anything_is_made(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    translator = toy(TO_WINTER)
    for target, more, reason in (
        ("b.avi", {}, r"\.mp4"),
        ("a.mp4", {}, "over itself"),
        ("b.mp4", {"smooth": 2}, "from 0 to 1"),
    ):
        with pytest.raises(ValueError, match=reason):
            events_of(translate_video(translator, TO_WINTER, source, tmp_path / target, **more))
    (tmp_path / "c.mp4").write_bytes(b"rubbish")
    with pytest.raises(Unreadable, match="damaged"):
        events_of(translate_video(translator, TO_WINTER, tmp_path / "c.mp4", tmp_path / "d.mp4"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "c.mp4"]


def test_what_is_lost_is_told(untouched, tmp_path):
    whole = film(tmp_path / "a.mkv", pictures(40), options={"g": "5"}, sound=())
    cut = tmp_path / "b.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    events = events_of(translate_video(untouched, TO_WINTER, cut, tmp_path / "c.mp4"))
    assert any("was not written completely" in event.message for event in only(events, Warned))
    assert events[-1] == Finished(1)


def test_a_folder_of_pictures_and_films_is_translated_in_one_call(toy, tmp_path):
    place, out = tmp_path / "in", tmp_path / "out"
    (place / "trip").mkdir(parents=True)
    Image.new("RGB", (20, 12), "teal").save(place / "a.png")
    film(place / "trip" / "b.mov", sound=("pcm_s16le",))
    animation(place / "c.gif")
    (place / "d.mp4").write_bytes(b"rubbish")
    order = Order(film="auto", smooth=0.2)
    events = events_of(translate_files(toy(TO_WINTER), TO_WINTER, [place], out, order))
    made = {Path(event.path).relative_to(out).as_posix() for event in only(events, Made)}
    assert made == {"a.png", "c.gif", "trip/b.mov"}
    assert [Path(event.path).name for event in only(events, Skipped)] == ["d.mp4"]
    assert made_from(out / "trip" / "b.mov").source == "b.mov"
    assert made_from(out / "c.gif").smooth == 0.2
    # What is there is known again, and kept.
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    events = events_of(translate_files(toy(TO_WINTER), TO_WINTER, [place], out, order))
    assert all(event.kept for event in only(events, Made))
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == stamps


def test_a_batch_stops_within_a_film_and_goes_on_there(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    translator, out = toy(TO_WINTER), tmp_path / "out"
    job = translate_files(translator, TO_WINTER, [source], out, Order(film="auto"))
    event = next(job)
    while not (isinstance(event, Advanced) and event.note.startswith("frame 4")):
        event = next(job)
    event = job.send(Stop())
    assert event == Finished(0, "stopped")
    events = events_of(translate_files(translator, TO_WINTER, [source], out, Order(film="auto")))
    notes = [event.note for event in only(events, Advanced) if event.note]
    assert notes[0] in {"frame 4 of 6", "frame 5 of 6"}
    assert events[-1] == Finished(1)


def test_without_being_asked_a_batch_is_of_pictures_alone(toy, tmp_path):
    source = film(tmp_path / "a.mp4", sound=())
    Image.new("RGB", (20, 12), "teal").save(tmp_path / "b.png")
    events = events_of(translate_files(toy(TO_WINTER), TO_WINTER, [tmp_path], tmp_path / "out"))
    assert [event.path for event in only(events, Skipped)] == [str(source)]
