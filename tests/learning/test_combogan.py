import numpy as np
import pytest
from PIL import Image

from ganstudio.pictures import landscapes

# How red, green and blue of a summer's day become those of its dusk; it can be undone, so the way back is known too.
MIX = np.array([[0.53, 0.22, 0.0], [0.08, 0.22, 0.08], [0.11, 0.0, 0.41]])
GLOW = np.array([0.0, 0.0, 0.12])


def dusk_of(summer):
    light = np.asarray(summer, float) / 255
    return Image.fromarray(np.rint(255 * (light @ MIX.T + GLOW)).astype(np.uint8))


@pytest.fixture
def dusk(seasons):
    """A third season: 300 places of its own to train on, and in held_out/ the dusk of every held-out summer."""
    folder, answers = seasons / "dusk", seasons / "held_out" / "dusk"
    folder.mkdir(exist_ok=True)
    answers.mkdir(exist_ok=True)
    for number in range(300):
        dusk_of(landscapes.scene((0, 3, number)).picture("summer")).save(folder / f"{number + 1:04d}.png")
    for path in (seasons / "held_out" / "summer").iterdir():
        dusk_of(Image.open(path)).save(answers / path.name)
    return folder


def test_all_six_ways_between_three_folders_gain_five_decibels(seasons, dusk, learn, gains):
    found = gains(learn("combogan", seasons / "summer", seasons / "winter", dusk, size=64))
    assert len(found) == 6
    assert min(found.values()) >= 5
