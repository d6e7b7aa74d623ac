"""Recipes: strict to read, exact to write."""

import pytest

from ganstudio.words.recipe import Domain, Recipe

RECIPE = Recipe(
    "cyclegan",
    (Domain("summer", ("/a/summer", "/a/one.png")), Domain("winter", ("/a/winter",))),
    preset="quick",
    size=64,
    steps=900,
    batch=2,
    seed=7,
    device="cpu",
    precision="fp32",
    settings={"cycle": 10.0, "fit": "native", "flip": False, "pool": 50},
)


def test_toml_there_and_back_is_the_same():
    assert Recipe.from_toml(RECIPE.to_toml()) == RECIPE


def test_names_with_quotes_and_line_ends_survive():
    recipe = Recipe("m", (Domain('a "b"\n', ("C:\\pictures",)),))
    assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_names_that_are_not_utf_8_survive():
    odd = "/a/caf\udce9.png"
    changed = Domain("caf\udce9", ("/a/caf\udce9", "file:/a"), (odd,), {odd: "caf\udce9"}, {odd: "a cup"})
    text = Recipe("m", (changed,)).to_toml()
    assert "file:/a/caf%E9.png" in text.encode().decode()
    assert Recipe.from_toml(text).domains == (changed,)


def test_what_the_artist_changed_of_a_domain_survives_and_what_is_empty_is_not_written():
    changed = Domain("a", ("/a",), ("/a/1.png",), {"/a/2.png": "cats"}, {"/a/3.png": "a cat\na small cat"})
    recipe = Recipe("m", (changed, Domain("b", ("/b",))))
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    assert recipe.to_table()["domains"][1] == {"name": "b", "sources": ("/b",)}


@pytest.mark.parametrize(
    "table",
    [
        [],
        5,
        None,
        {},
        {"name": "a"},
        {"name": "a", "sources": "abc"},
        {"name": "a", "sources": None},
        {"name": 1, "sources": ["/a"]},
        {"name": "a", "sources": ["/a"], "extra": 1},
    ]
    + [
        {"name": "a", "sources": ["/a"]} | more
        for more in ({"excluded": [1]}, {"labels": {"/a/1.png": 2}}, {"labels": [1]})
    ],
)
def test_a_domain_is_read_strictly(table):
    with pytest.raises(ValueError, match="Each domain has a name"):
        Domain.from_table(table)


def test_a_misspelt_entry_is_named_with_its_neighbour():
    with pytest.raises(ValueError, match=r"no recipe entry 'stepps'. Did you mean steps?"):
        Recipe.from_toml(RECIPE.to_toml().replace("steps =", "stepps ="))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 2", "version = 3", "version 3"),
        ("size = 64", 'size = "64"', "size must be of type int, not str"),
        ("size = 64", "size = true", "size must be of type int, not bool"),
        ("steps = 900", "steps = 0", "steps must be at least 1"),
        ('device = "cpu"', 'device = "gpu"', "device is one of auto, cpu, cuda, mps"),
        ('method = "cyclegan"\n', "", "has no method"),
        ('name = "winter"\n', "", "Each domain has a name"),
        ("seed = 7", "seed = ", "not readable TOML"),
    ],
)
def test_damage_is_told_in_a_sentence(old, new, sentence):
    text = RECIPE.to_toml()
    assert old in text
    with pytest.raises(ValueError, match=sentence):
        Recipe.from_toml(text.replace(old, new))


def test_what_is_not_asked_for_is_the_default():
    table = {"method": "gan", "domains": [{"name": "a", "sources": ["/a"]}]}
    assert Recipe.from_table(table) == Recipe("gan", (Domain("a", ("/a",)),))


def test_settings_of_version_1_have_the_names_of_today():
    settings = {"judge_width": 32, "judges_first": 9, "width": 64, "judged": 1}
    table = {"version": 1, "method": "cyclegan", "domains": [{"name": "a", "sources": ["/a"]}], "settings": settings}
    today = {"discriminator_width": 32, "discriminators_first": 9, "width": 64, "judged": 1}
    assert Recipe.from_table(table).settings == today
    with pytest.raises(ValueError, match="must be of type dict"):
        Recipe.from_table(table | {"settings": 5})
