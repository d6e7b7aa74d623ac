from pathlib import Path

import pytest

from ganstudio.pictures.shards.naming import holds_shards, shards_of, title_of, together
from ganstudio.words.recipe import Domain
from tests.small_shards import pack, picture


def domain(*sources):
    return Domain("s", tuple(map(str, sources)))


def test_a_folder_of_shards_is_told_from_a_folder_of_pictures(tmp_path):
    pack(tmp_path / "s", 11, 1, name="s-{}.tar")
    (tmp_path / "s" / "index.json").write_text("{}")
    assert holds_shards(domain(tmp_path / "s"))
    assert [shard.name for shard in shards_of(domain(tmp_path / "s"))] == [f"s-{number}.tar" for number in range(11)]
    (tmp_path / "s" / "a.png").write_bytes(picture(1, 1))
    assert not holds_shards(domain(tmp_path / "s"))
    assert not holds_shards(domain(tmp_path / "gone"))


def test_a_folder_that_is_called_as_a_shard_is_a_folder(tmp_path):
    (tmp_path / "cats.tar").mkdir()
    (tmp_path / "cats.tar" / "a.png").write_bytes(picture(1, 1))
    assert not holds_shards(domain(tmp_path / "cats.tar"))


def test_a_pattern_names_its_shards_also_those_that_are_missing(tmp_path):
    pattern = tmp_path / "s-{008..011}.tar"
    assert holds_shards(domain(pattern))
    assert [shard.name for shard in shards_of(domain(pattern))] == [f"s-{n:03}.tar" for n in (8, 9, 10, 11)]
    assert {shard.parent for shard in shards_of(domain(pattern))} == {tmp_path}


def test_a_pattern_leads_to_no_other_folder(tmp_path):
    assert shards_of(domain(tmp_path / "s-{..,a}.tar")) == [tmp_path / "s-...tar", tmp_path / "s-a.tar"]


@pytest.mark.parametrize(
    "pattern", ["s-{0..999999999999}.tar", "s-{0..9999}{0..9999}.tar", "s-{a..z}{a..z}{a..z}{a..z}.tar"]
)
def test_a_pattern_that_means_too_much_is_refused_at_once(tmp_path, pattern):
    with pytest.raises(ValueError, match="more than 100,000 files"):
        shards_of(domain(tmp_path / pattern))


def test_a_pattern_that_is_none_is_refused(tmp_path):
    with pytest.raises(ValueError, match="braces of s-"):
        shards_of(domain(tmp_path / "s-{0..3.tar"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("pipe:touch {marker} ; cat s.tar", "is a command"),
        ("http://localhost/s-{000..009}.tar", "uses no network"),
        ("s3://bucket/s.tar", "uses no network"),
        ("file:/s.tar", "uses no network"),
    ],
)
def test_addresses_and_commands_are_refused(tmp_path, source, said):
    marker = tmp_path / "marker"
    with pytest.raises(ValueError, match=said):
        holds_shards(domain(source.replace("{marker}", str(marker))))
    assert not marker.exists()


def test_a_folder_with_a_colon_in_its_name_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        Path("birds: 2024").mkdir()
    except OSError:
        pytest.skip("no such names here")
    assert not holds_shards(domain("birds: 2024"))


def test_compressed_shards_are_refused_with_what_to_do(tmp_path):
    with pytest.raises(ValueError, match=r"s\.tar\.gz is compressed.*Unpack"):
        holds_shards(domain(tmp_path / "s.tar.gz"))


def test_pictures_and_shards_in_one_domain_are_refused(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match="not both"):
        holds_shards(domain(tmp_path / "a", *pack(tmp_path / "s", 1, 1)))


def test_what_a_shell_spelled_out_is_one_domain_again():
    places = [Path(f"/d/{name}") for name in ("summer-00.tar", "summer-01.tar", "winter", "winter-0.tar", "all.tar")]
    assert together(places) == [places[:2], [places[2]], [places[3]], [places[4]]]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("summer-{000..099}.tar", "summer"),
        ("imagenet1k-train-0000.tar", "imagenet"),
        ("00012.tar", "d"),
        ("a.tar", "a"),
    ],
)
def test_names_are_those_of_the_files_without_their_number(name, title):
    assert title_of(Path("/d") / name) == title
