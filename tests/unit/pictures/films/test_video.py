"""Every frame of a video comes upright, in the right colours, at its time; what cannot be read is named."""

import os
from pathlib import Path

import av
import numpy as np
import pytest

from ganstudio.pictures.films import video
from ganstudio.pictures.films.stills import Mark
from ganstudio.pictures.films.video import Video
from ganstudio.pictures.films.video_colours import to_frame
from ganstudio.pictures.reading import Unreadable
from tests.small_films import WEIGHTS, film, pictures

UNEVEN = [0, 10, 50, 130, 140, 400]


def test_facts_tell_size_length_rate_and_sound(tmp_path):
    facts = Video(film(tmp_path / "a.mp4", sound=("aac", "mp3"))).facts
    assert (facts.kind, facts.width, facts.height, facts.frames, facts.codec) == ("video", 48, 32, 6, "h264")
    assert facts.seconds == pytest.approx(0.24, abs=0.002)
    assert facts.rate == pytest.approx(25, rel=0.01)
    assert [sound.split(",")[1] for sound in facts.sound] == [" 2 channels", " 2 channels"]
    assert (facts.deep, facts.wide) == (False, False)


def test_times_of_a_variable_rate_are_those_of_the_file(tmp_path):
    found = Video(film(tmp_path / "a.mp4", times=UNEVEN))
    assert [float(still.time * found.time_base * 1000) for still in found.stills()] == UNEVEN


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
@pytest.mark.parametrize("mirrored", [False, True])
def test_frames_are_upright_as_players_show_them(tmp_path, rotation, mirrored):
    shown = pictures(2)
    found = Video(film(tmp_path / "a.mp4", shown, rotation=rotation, mirrored=mirrored, sound=()))
    expected = np.rot90(shown[0], rotation // 90)
    expected = expected[:, ::-1] if mirrored else expected
    still = next(found.stills())
    assert still.pixels.shape == expected.shape == (found.facts.height, found.facts.width, 3)
    assert np.abs(still.pixels.astype(int) - expected).mean() < 4


def test_pixels_that_are_not_square_turn_with_the_picture(tmp_path):
    from fractions import Fraction

    wide = film(tmp_path / "a.mp4", aspect=Fraction(4, 3), sound=())
    turned = film(tmp_path / "b.mp4", aspect=Fraction(4, 3), rotation=90, sound=())
    assert (Video(wide).aspect, Video(turned).aspect) == (Fraction(4, 3), Fraction(3, 4))


@pytest.mark.parametrize("matrix", [1, 6])
@pytest.mark.parametrize("spread", [1, 2])
def test_known_colours_come_out_as_the_standards_say(tmp_path, matrix, spread):
    """A film of numbers computed here by BT.709 and BT.601, in both ranges, without loss."""
    colours = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [200, 120, 40]])
    picture = np.repeat(np.repeat(colours.reshape(2, 3, 3), 16, 0), 16, 1)
    red, blue = WEIGHTS[matrix]
    light = picture / 255
    luma = light @ np.array([red, 1 - red - blue, blue])
    chroma = [(light[..., 2] - luma) / (2 * (1 - blue)), (light[..., 0] - luma) / (2 * (1 - red))]
    planes = [16 + 219 * luma, *(128 + 224 * part for part in chroma)]
    if spread == 2:
        planes = [255 * luma, *(128 + 255 * part for part in chroma)]
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv444p"
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, spread
        frame = av.VideoFrame(48, 32, "yuv444p")
        for plane, values in zip(frame.planes, planes, strict=True):
            rows = np.zeros((32, plane.line_size), np.uint8)
            rows[:, :48] = np.rint(values).clip(0, 255)
            plane.update(rows.tobytes())
        frame.colorspace, frame.color_range = matrix, spread
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    still = next(Video(path).stills())
    assert np.abs(still.pixels.astype(int) - picture).max() <= 2


@pytest.mark.parametrize(("rows", "matrix"), [(96, 6), (720, 1)])
def test_a_film_that_tells_no_matrix_is_taken_as_players_take_it(tmp_path, rows, matrix):
    shown = [np.full((rows, 64, 3), 90, np.uint8)]
    found = Video(film(tmp_path / "a.mkv", shown, codec="ffv1", colours=(2, 0), sound=()))
    assert (found.colours.matrix, found.colours.range) == (matrix, 1)


def test_more_than_8_bits_stay(tmp_path):
    ramp = np.linspace(8_000, 60_000, 256).astype(np.uint16)
    shown = [np.repeat(np.tile(ramp, (32, 1))[..., None], 3, 2)]
    found = Video(film(tmp_path / "a.mkv", shown, codec="ffv1", pixels="yuv444p10le", sound=()))
    still = next(found.stills())
    assert found.facts.deep
    assert still.pixels.dtype == np.uint16
    assert np.abs(still.pixels.astype(int) - shown[0]).max() < 110  # One of 1023 is 64; of limited range, 75.
    assert len(np.unique(still.pixels[0, :, 0])) > 230


@pytest.mark.slow
def test_light_of_hdr_comes_down_to_a_screen(tmp_path):
    """In PQ, 58 % stand for 203 cd/m², the white of paper."""
    paper = np.full((32, 48, 3), round(0.581 * 65535), np.uint16)
    path = film(
        tmp_path / "a.mkv", [paper], codec="ffv1", pixels="yuv444p10le", colours=(9, 1), transfer=(9, 16), sound=()
    )
    found = Video(path)
    assert found.facts.wide
    assert next(found.stills()).pixels.mean() / 65535 == pytest.approx(0.99, abs=0.03)
    assert (found.colours.written.matrix, found.colours.written.transfer) == (1, 1)


def test_colours_survive_the_way_there_and_back(tmp_path):
    found = Video(film(tmp_path / "a.mkv", codec="ffv1", pixels="yuv444p", sound=()))
    still = next(found.stills())
    for matrix_film in (found.colours, found.colours.written):
        back = video.to_rgb(to_frame(still.pixels, matrix_film, "yuv444p"), matrix_film, found.size)
        assert np.abs(back.astype(int) - still.pixels).max() <= 2


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_one_goes_on_from_any_frame(tmp_path, name):
    found = Video(film(tmp_path / name, pictures(12), options={"g": "5"}, sound=()))
    everything = list(found.stills())
    for start in (0, 4, 7, 11):
        rest = list(Video(found.path).stills(everything[start].mark))
        assert [(still.number, still.time, still.digest) for still in rest] == [
            (still.number, still.time, still.digest) for still in everything[start:]
        ]


def test_where_seeking_leads_astray_frames_are_counted(tmp_path, monkeypatch):
    found = Video(film(tmp_path / "a.mp4", pictures(8), sound=()))
    everything = list(found.stills())
    monkeypatch.setattr(Video, "_near", lambda *_: None)
    assert [still.number for still in found.stills(everything[5].mark)] == [5, 6, 7]


def test_a_changed_film_is_not_gone_on_with(tmp_path):
    found = Video(film(tmp_path / "a.mp4", sound=()))
    with pytest.raises(Unreadable, match="changed"):
        list(found.stills(Mark(2, 99, "0" * 32)))


def test_a_frame_is_found_by_its_time(tmp_path):
    found = Video(film(tmp_path / "a.mp4", times=UNEVEN, sound=()))
    times = [found.still_at(second).time * found.time_base * 1000 for second in (0, 0.06, 0.3, 99)]
    assert times == [0, 50, 140, 400]


def test_a_film_that_changes_its_size_keeps_that_of_the_first_frame(tmp_path):
    parts = [film(tmp_path / f"{side}.ts", pictures(2, (side, 32)), sound=()) for side in (48, 64)]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert {still.pixels.shape for still in Video(path).stills()} == {(32, 48, 3)}


BROKEN = {
    "empty.mp4": (b"", "empty"),
    "text.mp4": (b"not a film at all\n" * 50, "damaged"),
    "zeros.mkv": (bytes(5000), "damaged"),
    "playlist.mp4": (
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
        "damaged",
    ),
    "concat.mp4": (b"ffconcat version 1.0\nfile /etc/passwd\n", "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_video_is_named(tmp_path, name):
    data, reason = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Unreadable, match=reason):
        Video(tmp_path / name)


def test_folders_pipes_and_missing_files_are_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "folder.mp4").mkdir()
    for name, reason in (("pipe.mp4", "pipe"), ("folder.mp4", "folder"), ("none.mp4", "not there")):
        with pytest.raises(Unreadable, match=reason):
            Video(tmp_path / name)


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("aac", rate=44_100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    with pytest.raises(Unreadable, match="sound alone"):
        Video(path)


def test_a_film_without_frames_is_named(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 48, 32, "yuv420p"
        made.start_encoding()
    with pytest.raises(Unreadable, match=r"Not one frame|damaged"):
        Video(path)


def test_a_cut_off_film_gives_what_is_there(tmp_path):
    whole = film(tmp_path / "a.mkv", pictures(40), options={"g": "5"}, sound=())
    path = tmp_path / "b.mkv"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    count = len(list(Video(path).stills()))
    assert 5 < count < 40
    cut = tmp_path / "c.mp4"
    whole = film(tmp_path / "a.mp4", pictures(40), sound=())
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(Unreadable, match="not written completely"):
        Video(cut)


def test_frames_that_are_damaged_are_left_out_and_counted(tmp_path):
    path = film(tmp_path / "a.avi", pictures(20), codec="mjpeg", pixels="yuvj420p", colours=(6, 2), sound=())
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size][5:8]
    for at, size in places:
        data[at + 8 : at + size] = bytes(size - 8)
    path.write_bytes(data)
    found = Video(path)
    assert len(list(found.stills())) == 17
    assert found.damaged == 3


def test_too_large_frames_are_refused_before_they_are_decoded(tmp_path, monkeypatch):
    path = film(tmp_path / "a.mp4", sound=())
    monkeypatch.setattr(video, "FRAME_PIXELS", 1000)
    with pytest.raises(Unreadable, match="48×32"):
        Video(path)


def test_a_lie_about_the_number_of_frames_is_not_believed(tmp_path):
    path = film(tmp_path / "a.avi", pictures(10), codec="mjpeg", pixels="yuvj420p", colours=(6, 2), sound=())
    data = bytearray(path.read_bytes())
    at = data.index(b"strh") + 8 + 32  # The length of the stream in frames.
    data[at : at + 4] = (10**9).to_bytes(4, "little")
    path.write_bytes(data)
    assert len(list(Video(path).stills())) == 10


def test_names_of_any_letters_open(tmp_path):
    path = film(tmp_path / "a.mp4", sound=())
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xf0\x9f\x8e\xac.mp4"))
    path.rename(odd)
    assert Video(odd).facts.frames == 6
