"""Our own files are found."""

from ganstudio.words.places import resources


def test_resources_lie_beside_the_package():
    assert resources().name == "resources"
