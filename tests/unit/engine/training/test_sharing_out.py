"""Several processes share out a folder: nothing is lost, nothing is doubled, and any number of them goes on."""

import numpy as np
import pytest
from PIL import Image

from ganstudio.engine.translating.files import tidied, translate_files
from ganstudio.pictures.order import Order
from ganstudio.pictures.writing.naming import Naming
from ganstudio.words.events import Made, Skipped
from ganstudio.words.ranks import Rank
from ganstudio.words.routes import Route

TO_WINTER = Route("winter", "summer")


@pytest.fixture
def share(toy, tmp_path):
    """share(count, *numbers): let some of `count` processes translate, one after the other; what they told."""
    folder = tmp_path / "in"
    names = [f"IMG-{number:04}.png" for number in range(12)] + ["x.png", "x.jpg", "x.webp", "x-2.png", "trip/x.png"]
    for seed, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(0, 256, (16, 18, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
    (folder / "broken.png").write_bytes(b"no picture")
    translator = toy(TO_WINTER)

    def work(count, *numbers, out="out", **order):
        told = []
        for number in numbers:
            rank = Rank(number, count)
            told += translate_files(translator, TO_WINTER, [folder], tmp_path / out, Order(**order), rank=rank)
        return [event for event in told if isinstance(event, (Made, Skipped))]

    return work


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_file_is_made_by_exactly_one(share, tmp_path):
    told = share(3, 2, 0, 1)
    assert len(told) == len({event.path if isinstance(event, Skipped) else event.source for event in told}) == 18
    assert len({event.path for event in told}) == 18
    share(1, 0, out="alone")
    assert files(tmp_path / "out").keys() == files(tmp_path / "alone").keys()


def test_after_a_kill_any_number_goes_on(share, tmp_path):
    share(3, 1)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.png")}
    assert before
    told = share(2, 0, 1)
    kept = {event.path for event in told if isinstance(event, Made) and event.kept}
    assert kept == set(map(str, before))
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in before.items())
    assert len(files(tmp_path / "out")) == 17


def test_the_first_of_several_clears_up_after_killed_ones_when_all_are_done(share, tmp_path):
    left = tmp_path / "out" / "trip" / ".ganstudio-0123456789ab.part"
    left.parent.mkdir(parents=True)
    left.touch()
    with tidied(tmp_path / "out", Rank(1, 2)):
        share(2, 1)
    assert left.exists()
    with tidied(tmp_path / "out", Rank(0, 2)):
        share(2, 0)
        assert left.exists()
    assert not left.exists()
    assert len(files(tmp_path / "out")) == 17


def test_who_is_interrupted_leaves_all_to_the_others(tmp_path):
    left = tmp_path / ".ganstudio-0123456789ab.part"
    left.touch()
    with pytest.raises(KeyboardInterrupt), tidied(tmp_path, Rank(0, 2)):
        raise KeyboardInterrupt
    assert left.exists()


def test_one_without_a_file_has_nothing_to_complain_of(share):
    assert len([event for event in share(64, *range(64)) if isinstance(event, Made)]) == 17


def test_numbers_are_those_of_the_whole_batch(share, tmp_path):
    share(2, 0, 1, naming=Naming("{number}"))
    share(1, 0, naming=Naming("{number}"), out="alone")
    assert files(tmp_path / "out").keys() == files(tmp_path / "alone").keys()
