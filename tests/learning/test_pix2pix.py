import pytest

from ganstudio.pictures import sample


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """300 places in summer and in winter, none of them a place of the sample project."""
    folder = tmp_path_factory.mktemp("pairs") / "sample"
    for _ in sample.draw(folder, pictures=1, held_out=300, size=64, seed=1):
        pass
    return folder / "held_out"


def test_pairs_gain_twelve_decibels_and_more_than_cyclegan_in_as_many_steps(pairs, learn, gains):
    """Both Quick presets play 600 steps of one picture with networks of width 32."""
    folders = pairs / "summer", pairs / "winter"
    by_example = gains(learn("pix2pix", *folders, size=64))["summer → winter"]
    assert by_example >= 12
    assert by_example > gains(learn("cyclegan", *folders, size=64))["summer → winter"]
