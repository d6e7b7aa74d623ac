"""Names of model files, and what moves with them."""

import pytest

from ganstudio.window.model_files import file_name, free_file, move, with_sidecars


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Winter dream", "Winter dream"),
        ("day/night: a\\b", "day-night- a-b"),
        (" ..dots.. ", "dots"),
        ("con", "con_"),
        ("LPT1.x", "LPT1.x_"),
        ("tab\there", "tab-here"),
        ("冬 ❄", "冬 ❄"),
        ("x" * 200, "x" * 80),
    ],
)
def test_names_are_made_such_as_every_system_allows(name, file):
    assert file_name(name) == file


@pytest.mark.parametrize("name", ["", " ", "...", "///", "\n"])
def test_a_name_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match="Use letters or digits"):
        file_name(name)


def test_a_taken_name_gets_a_number(tmp_path):
    (tmp_path / "a.safetensors").touch()
    (tmp_path / "a 2.safetensors").touch()
    assert free_file(tmp_path, "a").name == "a 3.safetensors"


@pytest.fixture
def model(tmp_path):
    """A model with two cards, beside others whose names begin alike."""
    for name in ("a.safetensors", "a.safetensors.md", "a.json", "a.b.safetensors", "a.b.safetensors.md", "ab.json"):
        (tmp_path / name).touch()
    return tmp_path / "a.safetensors"


def test_cards_belong_to_their_model_and_to_no_other(model):
    assert [file.name for file in with_sidecars(model)] == ["a.safetensors", "a.json", "a.safetensors.md"]


def test_a_model_moves_with_its_cards(model):
    move(model, "c")
    assert sorted(file.name for file in model.parent.iterdir()) == [
        "a.b.safetensors", "a.b.safetensors.md", "ab.json", "c.json", "c.safetensors", "c.safetensors.md",
    ]  # fmt: skip


def test_a_model_never_takes_the_place_of_another(model):
    with pytest.raises(ValueError, match=r'There is a "a\.b" already'):
        move(model, "a.b")
    assert model.is_file()


def test_a_move_that_fails_half_way_moves_nothing(model, monkeypatch):
    real = type(model).rename

    def rename(self, target):
        if self.suffix == ".md":
            raise OSError("Some other program looks at it")
        return real(self, target)

    monkeypatch.setattr(type(model), "rename", rename)
    with pytest.raises(OSError, match="looks at it"):
        move(model, "c")
    assert len(with_sidecars(model)) == 3
