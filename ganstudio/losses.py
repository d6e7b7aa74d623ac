"""Losses: functions of tensors only, each a mean over everything, () float32."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def l1(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference of two tensors of one shape."""
    return F.l1_loss(x, y)


def lsgan(judged: Tensor, target: float) -> Tensor:
    """Least squares from raw judgements to `target`, 1 for real and 0 for fake.

    Source: Mao et al., "Least Squares Generative Adversarial Networks", ICCV 2017, equation 9.
    """
    return (judged - target).square().mean()


def lsgan_judge(real: Tensor, fake: Tensor) -> Tensor:
    """What the discriminator descends: half the sum for real and fake, as CycleGAN's published code weighs it."""
    return 0.5 * (lsgan(real, 1.0) + lsgan(fake, 0.0))


def bce(judged: Tensor, target: float) -> Tensor:
    """Binary cross-entropy of raw judgements (logits) with `target`.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, equation 1; the generator's target 1 is its
    non-saturating form.
    """
    return F.binary_cross_entropy_with_logits(judged, torch.full_like(judged, target))
