"""Animations keep their pictures, times, number of plays and what can be seen through, in each format."""

import io
import re
import struct

import numpy as np
import pytest
from PIL import Image

from ganstudio.pictures.films.animation import Animation, check_length, is_animation, save_animation
from ganstudio.pictures.films.films import is_film, open_film, suffix_for
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.films import FilmFacts
from tests.small_films import animation

FORMATS = (".gif", ".webp", ".png")


def see_through(count=3):
    """Pictures in which a hole wanders."""
    made = []
    for number in range(count):
        pixels = np.zeros((16, 24, 4), np.uint8)
        pixels[..., 0], pixels[..., 1], pixels[..., 3] = 200, 70 * number, 255
        pixels[:, 6 * number : 6 * number + 6, 3] = 0
        made.append(Image.fromarray(pixels))
    return made


def test_a_gif_whose_later_frames_say_that_they_are_huge_ends_before_them(tmp_path):
    path = tmp_path / "a.gif"
    with path.open("wb") as file:
        save_animation(see_through(4), [40] * 4, file, ".gif", plays=1)
    data = bytearray(path.read_bytes())
    control = [place.start() for place in re.finditer(rb"!\xf9\x04", data)][2]
    assert data[control + 8] == ord(",")
    data[control + 9 : control + 17] = struct.pack("<4H", 0, 0, 15_000, 15_000)  # Which would take gigabytes.
    path.write_bytes(data)
    found = Animation(path)
    assert (found.facts.width, found.facts.height, found.facts.frames, found.damaged) == (24, 16, 2, 2)
    assert [still.pixels.shape for still in found.stills()] == [(16, 24, 3)] * 2


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("plays", [0, 1, 3])
def test_times_and_plays_come_back_as_they_were_written(tmp_path, suffix, plays):
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        save_animation(see_through(), [40, 80, 120], file, suffix, plays=plays)
    found = Animation(path)
    stills = list(found.stills())
    assert [(still.time, still.lasts) for still in stills] == [(0, 40), (40, 80), (120, 120)]
    assert found.facts == FilmFacts(
        "animation", 24, 16, 0.24, 3, 12.5, {".gif": "GIF", ".webp": "WEBP", ".png": "APNG"}[suffix], loops=plays
    )


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_can_be_seen_through_does_not_show_the_frame_before(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        save_animation(see_through(), [40] * 3, file, suffix)
    for still, made in zip(Animation(path).stills(), see_through(), strict=True):
        expected = np.asarray(made)
        assert np.array_equal(still.alpha, expected[..., 3])
        assert (still.pixels[still.alpha == 0] == 255).all()  # On white, as pictures are read.
        seen = still.alpha > 0
        assert np.abs(still.pixels[seen].astype(int) - expected[seen, :3]).max() <= 12


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_goes_on_from_any_frame(tmp_path, suffix):
    found = Animation(animation(tmp_path / f"a{suffix}"))
    everything = list(found.stills())
    assert [still.number for still in found.stills(everything[1].mark)] == [1, 2]
    assert found.still_at(0.05).number == 1
    with pytest.raises(Unreadable, match="changed"):
        list(found.stills(everything[1].mark.__class__(1, 40, "0" * 32)))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_single_picture_is_no_animation(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (8, 8)).save(path)
    assert not is_animation(path)
    assert not is_film(path)
    assert is_film(animation(tmp_path / f"b{suffix}"))


def test_a_frame_of_no_time_lasts_as_players_show_it(tmp_path):
    found = Animation(animation(tmp_path / "a.gif", lasts=(0, 40, 40)))
    assert next(found.stills()).lasts == 100


def test_a_cut_off_animation_gives_what_is_there(tmp_path):
    rng = np.random.default_rng(0)
    shown = [Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)) for _ in range(6)]
    whole = animation(tmp_path / "a.gif", shown, lasts=[40] * 6)
    path = tmp_path / "b.gif"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 1 <= len(list(Animation(path).stills())) < 6


def test_what_is_too_long_for_memory_is_refused_with_advice():
    facts = FilmFacts("video", 1920, 1080, 3600, 90_000, 25, "h264")
    with pytest.raises(ValueError, match=r"Write it as \.mp4"):
        check_length(facts)


def test_nothing_and_other_suffixes_are_refused():
    with pytest.raises(ValueError, match=r"\.gif, \.webp or \.png"):
        save_animation([], [], io.BytesIO(), ".bmp")
    with pytest.raises(ValueError, match="no picture"):
        save_animation([], [], io.BytesIO(), ".gif")


def test_the_suffix_is_that_of_the_animation_and_else_mp4(tmp_path):
    assert suffix_for(animation(tmp_path / "a.gif")) == ".gif"
    assert suffix_for(tmp_path / "a.avi") == ".mp4"
    assert suffix_for(tmp_path / "a.avi", "mkv") == ".mkv"


def test_what_is_no_film_at_all_is_named(tmp_path):
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(Unreadable, match="no video or animation"):
        open_film(tmp_path / "a.txt")
