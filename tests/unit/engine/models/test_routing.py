import pytest

from ganstudio.engine.models.routing import able, choose
from ganstudio.words.routes import DomainFound, Inventory, Route

FACES = Route("faces"), Route("faces", "faces", side=32)
CLASSES = Route("class", "pets", answers=("cat", "dog")), Route("pets")
FOUND = Inventory((DomainFound("faces", 1, 1), DomainFound("B", 1, 1)), {})


def test_a_route_is_for_one_work():
    assert [route.verb for route in (*FACES, *CLASSES)] == ["generate", "translate", "classify", "generate"]


def test_the_routes_of_one_work_are_found():
    assert able(FACES, "translate") == FACES[1:]
    assert able(CLASSES, "generate") == CLASSES[1:]


def test_another_work_names_what_the_model_does():
    with pytest.raises(
        ValueError, match=r"does not tell classes apart\. Use `ganstudio generate` or `ganstudio translate`"
    ):
        able(FACES, "classify")


@pytest.mark.parametrize(("to", "index"), [(None, 0), ("faces", 0), ("faces rebuilt", 1), ("A", 0), ("a", 0)])
def test_names_titles_and_letters_are_known(to, index):
    assert choose(FACES, FOUND, to) == FACES[index]


def test_the_nearest_name_is_told():
    with pytest.raises(ValueError, match="Did you mean faces"):
        choose(FACES, FOUND, "face")
