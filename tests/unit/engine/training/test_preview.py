"""What is shown before a training is what the training draws."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.training.gathering import scale_of
from ganstudio.engine.training.preview import crops
from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Batches, to_pixels
from ganstudio.pictures.examples import Example
from ganstudio.pictures.stock import stock_up


def finished(work):
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


def previewed(paths, settings=(), **more):
    wishes = {"count": 4, "seed": 1} | more
    return [np.asarray(image) for image in finished(crops(paths, "cyclegan", 16, dict(settings), **wishes))]


def paths_in(folder):
    return sorted(folder.iterdir())


def test_they_are_what_batches_draw(folders):
    path = paths_in(folders[0])[2]
    settings = MethodSettings(fit="native", flip=True)
    stock = finished(stock_up([Example(path)], scale_of(16, settings)))
    batches = Batches((stock,), batch=4, size=16, flip=True, seed=1, device=torch.device("cpu"))
    expected = to_pixels(next(batches).images[0]).permute(0, 2, 3, 1).numpy()
    shown = previewed([path], {"fit": "native"})
    assert all(np.array_equal(one, other) for one, other in zip(shown, expected, strict=True))


def test_the_same_seed_shows_the_same_and_another_one_others(folders):
    paths = paths_in(folders[0])
    first, again, other = previewed(paths), previewed(paths), previewed(paths, seed=2)
    assert all(np.array_equal(one, same) for one, same in zip(first, again, strict=True))
    assert not all(np.array_equal(one, another) for one, another in zip(first, other, strict=True))


def test_augmentation_is_seen_and_leaves_chance_alone(folders):
    paths, before = paths_in(folders[0]), torch.get_rng_state()
    plain, changed = previewed(paths), previewed(paths, {"augment": "strong"})
    assert all(not np.array_equal(one, other) for one, other in zip(plain, changed, strict=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_pairs_lie_side_by_side(tmp_path):
    both = np.concatenate([np.full((20, 20, 3), 10, np.uint8), np.full((20, 20, 3), 200, np.uint8)], axis=1)
    Image.fromarray(both).save(tmp_path / "pair.png")
    (shown,) = previewed([tmp_path / "pair.png"], count=1, side_by_side=True)
    assert shown.shape == (16, 32, 3)
    assert (shown[:, :16] == 10).all()
    assert (shown[:, 16:] == 200).all()


def test_without_readable_pictures_there_is_nothing_to_show(tmp_path):
    (tmp_path / "a.png").write_bytes(b"rubbish")
    assert previewed([tmp_path / "a.png"]) == []
    assert previewed([]) == []


def test_a_setting_that_does_not_exist_is_named(folders):
    with pytest.raises(ValueError, match="Did you mean margin"):
        previewed(paths_in(folders[0]), {"margni": 2})
