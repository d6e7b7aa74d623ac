"""Motion is found, flicker is measured, and smoothing lowers it at a known loss of sharpness."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_sample_image

from ganstudio.engine.translating.motion import motion
from ganstudio.engine.translating.smoothing import STRONGEST, Smoothing
from tests.unit.engine.translating.flicker import flicker

SIZE, COUNT = (56, 72), 5


def pan(move, noise=1.0):
    """A camera that moves over a photograph by whole pixels a frame, and its flow."""
    photo = load_sample_image("china.jpg")
    random = np.random.default_rng(0)
    frames = []
    for number in range(COUNT):
        x, y = 200 + move[0] * number, 150 + move[1] * number
        window = photo[y : y + SIZE[0], x : x + SIZE[1]]
        frames.append(np.rint(window + random.normal(0, noise, window.shape)).clip(0, 255).astype(np.uint8))
    flow = np.broadcast_to(np.array(move, np.float32)[:, None, None], (2, *SIZE)).copy()
    return frames, [flow] * (COUNT - 1)


def translated(frames, unrest):
    """Another look, each frame with its own tint and brightness, as networks give."""
    random = np.random.default_rng(1)
    made = []
    for frame in frames:
        look = 255 - frame.astype(float) * (0.9, 0.7, 0.8)
        look = look * random.normal(1, 0.03 * unrest) + random.normal(0, 4 * unrest, 3)
        made.append(np.rint(look).clip(0, 255).astype(np.uint8))
    return made


def smoothed(made, frames, strength):
    smoothing, state, shown = Smoothing(strength, torch.device("cpu")), None, []
    for number, (one, frame) in enumerate(zip(made, frames, strict=True)):
        result, state = smoothing.follow(one, frame, frames[number - 1] if number else None, state)
        shown.append(result)
    return shown


def sharpness(frames):
    """How strong the finest detail is: the deviation of the Laplacian."""
    grey = [frame.astype(float).mean(2) for frame in frames[1:]]
    return np.mean(
        [
            (4 * g[1:-1, 1:-1] - g[:-2, 1:-1] - g[2:, 1:-1] - g[1:-1, :-2] - g[1:-1, 2:])[6:-6, 10:-10].std()
            for g in grey
        ]
    )


@pytest.mark.parametrize("move", [(0, 0), (3, 1), (-5, 4)])
def test_a_pan_is_found(move):
    frames, _ = pan(move)
    before, after = (torch.from_numpy(frame / np.float32(255)).movedim(2, 0)[None] for frame in frames[:2])
    found = motion(before, after)[0]
    error = (found - torch.tensor(move, dtype=torch.float32)[:, None, None]).norm(dim=0)[8:-8, 10:-10]
    assert (error < 0.5).float().mean() > 0.9


def test_the_measure_of_a_known_unrest_is_right():
    """Noise of deviation 4 in each frame differs by 4 · √2 from frame to frame."""
    frames, flows = pan((3, 1), noise=0)
    random = np.random.default_rng(2)
    noisy = [np.rint(np.clip(f, 40, 215) + random.normal(0, 4, f.shape)).astype(np.uint8) for f in frames]
    steady = [np.clip(f, 40, 215) for f in frames]
    assert flicker(steady, frames, flows) < 0.01
    assert flicker(noisy, frames, flows) == pytest.approx(4 * 2**0.5, rel=0.03)


@pytest.mark.parametrize(("move", "strength", "left", "sharp"), [((3, 1), 0.5, 0.6, 0.96), ((3, 1), 1.0, 0.35, 0.93)])
def test_smoothing_leaves_little_flicker_and_most_sharpness(move, strength, left, sharp):
    frames, flows = pan(move)
    made = translated(frames, 1.0)
    shown = smoothed(made, frames, strength)
    before, after = flicker(made, frames, flows), flicker(shown, frames, flows)
    kept = sharpness(shown) / sharpness(made)
    assert after < left * before, (before, after)
    assert kept > sharp, kept
    assert flicker(shown, frames) < left * before  # By estimated motion, too.


def test_what_stands_still_calms_as_the_formula_says():
    frames, flows = pan((0, 0), noise=0)
    random = np.random.default_rng(3)
    made = [np.rint(np.clip(f, 60, 190) + random.normal(0, 8, 3)).astype(np.uint8) for f in frames * 2]
    frames, flows = frames * 2, flows * 3
    share = STRONGEST * 0.5
    expected = (1 - share) / (1 + share) ** 0.5
    found = flicker(smoothed(made, frames, 0.5), frames, flows) / flicker(made, frames, flows)
    assert found == pytest.approx(expected, rel=0.25)


def test_a_cut_is_shown_at_once():
    frames, _ = pan((0, 0))
    frames = [frames[0], 255 - frames[0]]
    made = translated(frames, 0.0)
    assert np.abs(smoothed(made, frames, 1.0)[1].astype(int) - made[1]).mean() < 4


def test_nothing_is_smoothed_at_zero_and_depth_stays():
    frames, _ = pan((3, 1))
    made = [frame.astype(np.uint16) * 257 for frame in translated(frames, 1.0)]
    shown = smoothed(made, frames, 0.0)
    assert all(map(np.array_equal, shown, made))
    assert shown[0].dtype == np.uint16


def test_larger_translations_move_as_much_more():
    frames, flows = pan((3, 1))
    made = translated(frames, 1.0)
    large = [frame.repeat(2, 0).repeat(2, 1) for frame in made]
    small = [frame[::2, ::2] for frame in smoothed(large, frames, 0.5)]
    assert flicker(small, frames, flows) < 0.65 * flicker(made, frames, flows)
