"""Losses: functions of tensors only, () float32, each a mean: over everything, or over pictures where it says so."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor


def l1(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference of two tensors of one shape."""
    return F.l1_loss(x, y)


def edges(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference of what two batches of pictures, (N, C, H, W), change by from each pixel to the next.

    Source: Mathieu et al., "Deep multi-scale video prediction beyond mean square error", ICLR 2016, equation 6,
    with exponent 1.
    """
    apart = x - y
    return apart.diff(dim=2).abs().mean() + apart.diff(dim=3).abs().mean()


def mse(x: Tensor, y: Tensor) -> Tensor:
    """Mean squared difference of two tensors of one shape."""
    return F.mse_loss(x, y)


def wide(x: Tensor) -> Tensor:
    """The same numbers as float32 or wider, for what networks say where they are computed in bfloat16."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def lsgan(judged: Tensor, target: float) -> Tensor:
    """Least squares from raw judgements to `target`, 1 for real and 0 for fake.

    Source: Mao et al., "Least Squares Generative Adversarial Networks", ICCV 2017, equation 9.
    """
    return (wide(judged) - target).square().mean()


def lsgan_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    """What the discriminator descends: half the sum for real and fake, as CycleGAN's published code weighs it."""
    return 0.5 * (lsgan(real, 1.0) + lsgan(fake, 0.0))


def bce(judged: Tensor, target: float) -> Tensor:
    """Binary cross-entropy of raw judgements (logits) with `target`.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, equation 1; the generator's target 1 is its
    non-saturating form.
    """
    return F.binary_cross_entropy_with_logits(judged, torch.full_like(judged, target))


def squared(x: Tensor, y: Tensor) -> Tensor:
    """Squared difference of two tensors of one shape, summed over each picture; the mean over pictures.

    Half of it is the negative logarithm of a normal likelihood with variance 1, less a constant; a mean over pixels
    would be thousands of times weaker beside a sum over latents.
    """
    return F.mse_loss(x, y, reduction="sum") / len(x)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) ‖ N(0, 1)) in nats, summed over the latents (N, Z) of each picture; the mean over pictures.

    Source: Kingma & Welling, "Auto-Encoding Variational Bayes", 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean()


def patch_nce(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
    """PatchNCE: how hard each place is to recognise among all places of the same picture.

    Cross-entropy of the similarities of a query with all keys, the key of its own place being the answer; no gradient
    reaches the keys.

    Source: Park et al., "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020, equation 3. The
    published code puts the own place first and fills its column with -10, which weighs e^-143 at its temperature.

    Args:
        queries: (N, P, C) of length 1, features of P places of the translations.
        keys: (N, P, C) of length 1, features of the same places of the originals.
        temperature: Divides the similarities; published: 0.07.
    """
    # Divided by the temperature, what bfloat16 tells apart are whole sixteenths.
    with torch.autocast(queries.device.type, enabled=False):
        alike = wide(queries) @ wide(keys.detach()).transpose(1, 2) / temperature
    own = torch.arange(alike.shape[1], device=alike.device).expand(alike.shape[:2])
    return F.cross_entropy(alike.flatten(0, 1), own.flatten())


def feature_matching(wanted: Tensor, felt: Tensor) -> Tensor:
    """Mean squared difference of the mean features of two batches (N, …); no gradient reaches the wanted ones.

    Source: Salimans et al., "Improved Techniques for Training GANs", 2016, section 3.1.
    """
    return mse(wide(felt).mean(0), wide(wanted.detach()).mean(0))


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """What a critic descends: how much higher it rates fake than real.

    Source: Arjovsky et al., "Wasserstein GAN", 2017, algorithm 1; the generator descends `-rated.mean()`.
    """
    return rating(fake) - rating(real)


def rating(rated: Tensor) -> Tensor:
    """What a critic says on the whole, () float32 or wider: a mean has more digits than what it is of."""
    return rated.mean(dtype=torch.promote_types(rated.dtype, torch.float32))


def gradient_penalty(rated: Tensor, x: Tensor) -> Tensor:
    """Squared difference from 1 of the norm of each picture's slope; the mean over pictures.

    Source: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, equation 3.

    Args:
        rated: What the critic says of `x`, each picture judged on its own.
        x: (N, C, H, W) that requires a gradient.
    """
    (slope,) = torch.autograd.grad(rated.sum(), x, create_graph=True)
    steepness: Tensor = torch.linalg.vector_norm(slope.flatten(1), dim=1)
    return (steepness - 1).square().mean()


def steepness(judged: Tensor, x: Tensor) -> Tensor:
    """Half of each picture's squared slope; the mean over pictures. With none at real ones, a discriminator rests.

    Source: Mescheder et al., "Which Training Methods for GANs do actually Converge?", ICML 2018, equation 9 (R1).

    Args:
        judged: (N, …) judgements of `x`, each picture judged on its own; the slope is that of their mean over places.
        x: (N, C, H, W) that requires a gradient.
    """
    (slope,) = torch.autograd.grad(judged.reshape(len(judged), -1).mean(1).sum(), x, create_graph=True)
    return 0.5 * slope.square().flatten(1).sum(1).mean()


def unsteadiness(
    discriminator: Callable[[Tensor], Tensor], x: Tensor, logits: Tensor, start: Tensor, reach: float
) -> Tensor:
    """How far answers move, in nats, where pictures change a little in the direction that moves them most.

    Source: Miyato, Maeda, Koyama, Ishii, "Virtual Adversarial Training", TPAMI 2018, equations 5 and 6, with one step
    of section 3.3 towards that direction.

    Args:
        discriminator: (N, C, H, W) → (N, K) logits, each picture judged on its own.
        x: (N, C, H, W), the pictures.
        logits: What the discriminator says of them, which is to be kept.
        start: As `x`, normal chance: the direction that is tried first.
        reach: How much the numbers of a picture change, root mean square.
    """
    kept = logits.detach().softmax(1)

    def moved(step: Tensor) -> Tensor:
        return F.kl_div(wide(discriminator(x + step)).log_softmax(1), kept, reduction="batchmean")

    trial = (reach / 20 * _unit(start)).requires_grad_()
    (worst,) = torch.autograd.grad(moved(trial), trial)
    return moved(reach * _unit(worst))


def _unit(x: Tensor) -> Tensor:
    """The same directions, (N, …), with numbers of 1, root mean square."""
    return F.normalize(x.flatten(1), dim=1).mul(math.sqrt(x[0].numel())).view_as(x)


def entropy(probabilities: Tensor) -> Tensor:
    """How unsure probabilities (…, K) are, (…) in nats: 0 when sure, log K when all are alike.

    Source: Springenberg, "Categorical Generative Adversarial Networks", 2016, equations 4 to 6.
    """
    # Where softmax gave exactly 0, the slope of p·log p would be infinite.
    return -(probabilities * probabilities.clamp(min=1e-12).log()).sum(-1)
