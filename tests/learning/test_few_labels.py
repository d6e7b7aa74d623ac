"""Semi-supervised GAN and CatGAN on digits, beside the same network trained on the labelled scans alone.

A third of the scans is held out, a few of each class are labelled and all others lie in one folder. Alone, the network
has the same layers, dropout, steps, batches and rate, and no unlabelled pictures; its rate begins to fall at
half of them.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from ganstudio.engine.training.descent import factor
from ganstudio.game import Descent
from ganstudio.methods import find
from ganstudio.networks.classifiers import Classifier
from ganstudio.pictures.batches import to_network
from ganstudio.words.settings import build


@pytest.fixture
def scans(digits, tmp_path):
    """scans(labels) → the folder with classes, the folder without, and (path, class) of the held-out third."""

    def scans(labels):
        chance = np.random.default_rng(0)
        paths = sorted(digits.rglob("*.png"))
        paths = [paths[index] for index in chance.permutation(len(paths))]
        held_out, rest = paths[: len(paths) // 3], paths[len(paths) // 3 :]
        taken = dict.fromkeys("0123456789", 0)
        few, many = tmp_path / "few", tmp_path / "many"
        for path in rest:
            name = path.parent.name
            taken[name] += 1
            copy = few / name / path.name if taken[name] <= labels else many / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
        return few, many, [(path, path.parent.name) for path in held_out]

    return scans


def alone(method, few, held_out):
    """Share of `held_out` that the network tells right after the Quick preset's steps with the labelled scans only."""
    preset = find(method).presets["quick"]
    settings = build(find(method).Settings, preset.settings)

    def tensors(paths):
        pixels = [np.asarray(read(path, preset.size)) for path in paths]
        return to_network(torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), torch.device("cpu"))

    paths = sorted(few.rglob("*.png"))
    pictures, labels = tensors(paths), torch.tensor([int(path.parent.name) for path in paths])
    torch.manual_seed(0)
    network = Classifier(preset.size, 10, settings.judge_width, settings.dropout)
    descent = Descent(settings.learning_rate)
    optimizer = torch.optim.Adam(network.parameters(), descent.rate, descent.betas)
    for step in range(preset.steps):
        optimizer.param_groups[0]["lr"] = descent.rate * factor(descent, step, preset.steps)
        drawn = torch.randint(len(paths), (preset.batch,))
        optimizer.zero_grad()
        F.cross_entropy(network(pictures[drawn]), labels[drawn]).backward()
        optimizer.step()
    network.eval()
    with torch.inference_mode():
        told = network(tensors([path for path, _ in held_out])).argmax(1)
    return np.mean([str(number) == name for number, (_, name) in zip(told.tolist(), held_out, strict=True)])


def read(path, size):
    return Image.open(path).convert("RGB").resize((size, size), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    ("method", "labels", "points"),
    # With 10 labels a class the labels alone already tell 85 to 93 % right, by which ten they are (89 % in the mean of
    # six draws; 92.5 % for this one), so that 8 points more are 93 to 101 %. CatGAN was measured at 97.7 %, the
    # semi-supervised GAN at 97.0 %; with 3 labels, where there is room, it gains more than 8.
    [("catgan", 10, 5), ("semi-supervised-gan", 10, 3), ("semi-supervised-gan", 3, 8)],
)
def test_pictures_without_labels_make_it_better(method, labels, points, scans, learn, record_property):
    few, many, held_out = scans(labels)
    translator = learn(method, few, many)
    classify, imagine = translator.routes
    right = []
    for path, name in held_out:
        answers = translator.classify(Image.open(path), classify)
        right.append(max(answers, key=answers.get) == name)
    together, without = np.mean(right), alone(method, few, held_out)
    record_property("told right", f"{together:.1%}, {100 * (together - without):+.1f} points with {labels} labels")
    print(f"{method}: {together:.1%} of {len(held_out)} told right, {without:.1%} by the labels alone")
    assert together - without >= points / 100
    assert translator.generate(imagine, 1).size == (16, 16)
