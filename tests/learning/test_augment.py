"""With 24 digits a discriminator learns them by heart, and does so far less when it is shown every picture changed."""

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.dcgan import DCGAN
from ganstudio.words.routes import DomainFound, Inventory

SIZE, FEW, STEPS = 16, 24, 320


def scans():
    """Handwritten digits in a random order, (1797, 3, 16, 16) in [-1, 1]."""
    pictures = [Image.fromarray((pixels * 255 / 16).astype(np.uint8)) for pixels in load_digits().images]
    large = [picture.resize((SIZE, SIZE), Image.Resampling.BICUBIC).convert("RGB") for picture in pictures]
    x = torch.from_numpy(np.stack([np.asarray(picture) for picture in large])).permute(0, 3, 1, 2)
    return (x.float() / 127.5 - 1)[np.random.default_rng(0).permutation(len(x))]


def judged(augment):
    """How probably real the discriminator takes the digits it was trained on, and others."""
    x = scans()
    torch.manual_seed(0)
    settings = DCGAN.Settings(learning_rate=1e-3, noise=32, width=12, discriminator_width=12, augment=augment)
    method = DCGAN(settings, Inventory((DomainFound("digits", FEW, 1),), {}), SIZE)
    descending = Descending(method, 10 * STEPS)
    for step in range(STEPS):
        descending.step(Batch((x[torch.randint(FEW, (FEW,))],)), step)
    with torch.no_grad():  # In batches as it was trained, because its norms measure them.
        known, *others = (method.D(part).sigmoid() for part in x[: 40 * FEW].split(FEW))
    return known, torch.cat(others)


@pytest.mark.parametrize(("augment", "learnt_by_heart"), [("none", True), ("gentle", False), ("strong", False)])
def test_a_discriminator_learns_few_pictures_by_heart_only_without(augment, learnt_by_heart, record_property):
    """If it knows nothing by heart, half of the other digits are above the median of those it learnt."""
    known, others = judged(augment)
    above, gap = float((others > known.median()).float().mean()), float(known.mean() - others.mean())
    record_property("others above the median of the learnt", f"{above:.1%}")
    record_property("real: the learnt less the others", f"{gap:.3f}")
    print(f"{augment}: above {above:.1%}, gap {gap:.3f}")
    assert (above < 0.1) == learnt_by_heart
    assert (gap > 0.2) == learnt_by_heart
