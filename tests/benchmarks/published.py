"""The published training steps of CycleGAN and CUT, plainly, as the yardstick: fp32, batch by batch, no trick.

Written from the papers and from what the published code is known to do: six generator calls a step (CycleGAN), a second
pass of the encoder for the features (CUT), each discriminator called once for real and once for fake,
`nn.InstanceNorm2d`, and a loader that opens, scales, crops and mirrors every picture each time it is drawn.
"""

import itertools
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from tests.unit.engine.published import Patch, Resnet

RATE, BETAS = 2e-4, (0.5, 0.999)
POOL = 50


class Pictures(Dataset):
    """One folder, drawn as published: 286/256 of the size, a random crop, mirrored by chance."""

    def __init__(self, folder: Path, size: int) -> None:
        self.paths = sorted(folder.iterdir())
        large = round(size * 286 / 256)
        self.change = transforms.Compose(
            [
                transforms.Resize((large, large), transforms.InterpolationMode.BICUBIC),
                transforms.RandomCrop(size),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * 3, (0.5,) * 3),
            ]
        )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, number: int) -> torch.Tensor:
        return self.change(Image.open(self.paths[number]).convert("RGB"))


def loaded(folder, size, batch, workers):
    """Endless batches of one folder, (batch, 3, size, size)."""
    loader = DataLoader(Pictures(folder, size), batch, shuffle=True, num_workers=workers, drop_last=True)
    return itertools.chain.from_iterable(itertools.repeat(loader))


class Pool:
    """Fakes of before, half of the time."""

    def __init__(self) -> None:
        self.kept = []

    def __call__(self, pictures):
        shown = []
        for picture in pictures.unbind():
            if len(self.kept) < POOL:
                self.kept.append(picture.clone())
                shown.append(picture)
            elif torch.rand(()).item() > 0.5:
                place = int(torch.randint(POOL, ()).item())
                shown.append(self.kept[place])
                self.kept[place] = picture.clone()
            else:
                shown.append(picture)
        return torch.stack(shown)


def adam(*networks):
    return torch.optim.Adam([x for network in networks for x in network.parameters()], RATE, BETAS)


# A card tries its ways of each convolution once, and TF32 is torch's default for them.
as_published = torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=True)


def least_squares(judged, wanted):
    return F.mse_loss(judged, torch.full_like(judged, wanted))


class CycleGAN:
    """The published step."""

    def __init__(self, blocks=9, width=64, discriminator_width=64, device="cpu") -> None:
        self.g_a, self.g_b = (Resnet(blocks, width).to(device) for _ in "ab")
        self.d_a, self.d_b = (Patch(3, discriminator_width, 3).to(device) for _ in "ab")
        self.pool_a, self.pool_b = Pool(), Pool()
        self.generators, self.discriminators = adam(self.g_a, self.g_b), adam(self.d_a, self.d_b)

    @as_published
    def step(self, a, b):
        for discriminator in (self.d_a, self.d_b):
            discriminator.requires_grad_(False)
        fake_b, fake_a = self.g_a(a), self.g_b(b)
        back_a, back_b = self.g_b(fake_b), self.g_a(fake_a)
        same_b, same_a = self.g_a(b), self.g_b(a)
        loss = least_squares(self.d_a(fake_b), 1.0) + least_squares(self.d_b(fake_a), 1.0)
        loss = loss + 10 * (F.l1_loss(back_a, a) + F.l1_loss(back_b, b))
        loss = loss + 5 * (F.l1_loss(same_b, b) + F.l1_loss(same_a, a))
        self.generators.zero_grad()
        loss.backward()
        self.generators.step()
        for discriminator in (self.d_a, self.d_b):
            discriminator.requires_grad_(True)
        self.discriminators.zero_grad()
        for discriminator, real, fake, pool in ((self.d_a, b, fake_b, self.pool_b), (self.d_b, a, fake_a, self.pool_a)):
            judged = least_squares(discriminator(real), 1.0) + least_squares(discriminator(pool(fake.detach())), 0.0)
            (0.5 * judged).backward()
        self.discriminators.step()


class CUT:
    """The published step of CUT: antialiased networks, contrast of patches at five depths, identity through it too."""

    LAYERS = (0, 4, 8, 12, 16)
    PATCHES = 256

    def __init__(self, blocks=9, width=64, discriminator_width=64, device="cpu") -> None:
        self.g = Resnet(blocks, width, antialias="both").to(device)
        self.d = Patch(3, discriminator_width, 3, antialias=True).to(device)
        widths = [x.shape[1] for x in self._features(torch.zeros(1, 3, 64, 64, device=device))]
        self.f = nn.ModuleList(nn.Sequential(nn.Linear(n, 256), nn.ReLU(), nn.Linear(256, 256)) for n in widths).to(
            device
        )
        self.generator, self.discriminator, self.sampler = adam(self.g), adam(self.d), adam(self.f)

    def _features(self, x):
        found = []
        for place, layer in enumerate(self.g.model):
            x = layer(x)
            if place in self.LAYERS:
                found.append(x)
            if place == max(self.LAYERS):
                return found
        raise AssertionError

    def _sampled(self, features, places):
        taken = []
        for feature, head, place in zip(features, self.f, places, strict=True):
            rows = feature.flatten(2).transpose(1, 2)[:, place].flatten(0, 1)
            taken.append(F.normalize(head(rows), dim=1))
        return taken

    def _contrast(self, source, made):
        queries, keys = self._features(made), self._features(source)
        places = [torch.randperm(x[0, 0].numel(), device=x.device)[: self.PATCHES] for x in keys]
        losses = []
        for query, key in zip(self._sampled(queries, places), self._sampled(keys, places), strict=True):
            rows, columns = (x.view(len(source), -1, x.shape[1]) for x in (query, key.detach()))
            alike = rows @ columns.transpose(1, 2)
            right = alike.diagonal(dim1=1, dim2=2)[..., None]
            other = alike.masked_fill(torch.eye(alike.shape[1], dtype=torch.bool, device=alike.device), -10.0)
            logits = torch.cat([right, other], 2).flatten(0, 1) / 0.07
            losses.append(F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long, device=logits.device)))
        return torch.stack(losses).mean()

    @as_published
    def step(self, a, b):
        made = self.g(torch.cat([a, b]))
        fake, same = made[: len(a)], made[len(a) :]
        self.d.requires_grad_(True)
        self.discriminator.zero_grad()
        judged = least_squares(self.d(fake.detach()), 0.0) + least_squares(self.d(b), 1.0)
        (0.5 * judged).backward()
        self.discriminator.step()
        self.d.requires_grad_(False)
        self.generator.zero_grad()
        self.sampler.zero_grad()
        contrast = 0.5 * (self._contrast(a, fake) + self._contrast(b, same))
        (least_squares(self.d(fake), 1.0) + contrast).backward()
        self.generator.step()
        self.sampler.step()
