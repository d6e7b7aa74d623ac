import pytest
from PIL import Image

from ganstudio.pictures.examples import Example, captions_beside, captions_of, pairs, pictures_of
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain


def paint(path, colour, size=(8, 6)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def test_a_pair_has_two_pictures_of_one_size(tmp_path):
    one, other = paint(tmp_path / "a.png", "red"), paint(tmp_path / "b.png", "blue", (16, 12))
    first, second = pictures_of(Example(one, partner=other))
    assert first.size == second.size == (8, 6)
    assert (first.getpixel((0, 0)), second.getpixel((0, 0))) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize("width", [16, 17])
def test_side_by_side_pictures_are_cut_in_the_middle(tmp_path, width):
    both = Image.new("RGB", (width, 6), "red")
    both.paste((0, 0, 255), (width // 2 + width % 2, 0, width, 6))
    both.save(tmp_path / "both.png")
    path = tmp_path / "both.png"
    left, right = pictures_of(Example(path, partner=path))
    assert left.size == right.size == (8, 6)
    assert left.getcolors() == [(48, (255, 0, 0))]
    assert right.getcolors() == [(48, (0, 0, 255))]


def test_partners_of_another_shape_or_broken_are_named(tmp_path):
    one, other = paint(tmp_path / "a.png", "red"), paint(tmp_path / "b.png", "blue", (6, 8))
    with pytest.raises(Unreadable, match=r"b\.png has another shape \(8×6 beside 6×8"):
        pictures_of(Example(one, partner=other))
    with pytest.raises(Unreadable, match=r"a\.png has another shape \(6×8 beside 8×6"):
        pictures_of(Example(other, partner=one))
    other.write_bytes(b"no picture")
    with pytest.raises(Unreadable, match=r"partner b\.png cannot be read"):
        pictures_of(Example(one, partner=other))


def test_pairs_go_by_name_whatever_suffix_case_and_order(tmp_path):
    first = [paint(tmp_path / "x" / name, "red") for name in ("1.png", "sub/2.PNG", "alone.png")]
    second = [paint(tmp_path / "y" / name, "red") for name in ("Sub/2.jpg", "1.bmp", "lonely.png")]
    found = list(pairs(first, second, ([tmp_path / "x"], [tmp_path / "y"])))
    assert [example for example in found if isinstance(example, Example)] == [
        Example(first[0], partner=second[1]),
        Example(first[1], partner=second[0]),
    ]
    left_out = {entry.path: entry.reason for entry in found if isinstance(entry, Skipped)}
    assert set(left_out) == {str(first[2]), str(second[2])}
    assert all("no partner" in reason for reason in left_out.values())


def test_captions_are_the_lines_beside_a_picture(tmp_path):
    path = tmp_path / "cat.png"
    assert captions_beside(path) == ()
    (tmp_path / "cat.png.txt").write_text("by the full name")
    assert captions_beside(path) == ("by the full name",)
    (tmp_path / "cat.txt").write_bytes("\ufeffa cat\r\n\n  asleep \n".encode())
    assert captions_beside(path) == ("a cat", "asleep")
    (tmp_path / "cat.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match=r"cat\.txt is not text"):
        captions_beside(path)


def test_a_name_too_long_for_a_caption_beside_it_has_none(tmp_path):
    assert captions_beside(tmp_path / ("x" * 251 + ".png")) == ()


def test_captions_that_were_given_go_before_those_beside(tmp_path):
    path = tmp_path / "cat.png"
    (tmp_path / "cat.txt").write_text("a cat")
    assert captions_of(path, Domain("pets", (str(tmp_path),))) == ("a cat",)
    edited = Domain("pets", (str(tmp_path),), captions={str(path): "a tiger\n\n asleep "})
    assert captions_of(path, edited) == ("a tiger", "asleep")
    assert captions_of(path, Domain("pets", (str(tmp_path),), captions={str(path): " "})) == ()
