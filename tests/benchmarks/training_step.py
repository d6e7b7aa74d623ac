"""Speed of the CycleGAN training step, as a ratio to the published step in the same run.

    python -m tests.benchmarks.training_step [SIZE ...]

The yardstick is written from the published recipe: six generator calls, each discriminator called once for real and
once for fake, whole backward passes with the discriminators frozen meanwhile.
"""

import copy
import statistics
import sys
import time
from functools import partial

import torch
import torch.nn.functional as F

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch
from ganstudio.methods.cyclegan import CycleGAN
from ganstudio.words.routes import DomainFound, Inventory

ROUNDS = 7


class Published:
    """The plain step."""

    def __init__(self, method):
        self.g_a, self.g_b, self.d_a, self.d_b = (
            copy.deepcopy(net) for net in (method.G_A, method.G_B, method.D_A, method.D_B)
        )
        self.painters = torch.optim.Adam([*self.g_a.parameters(), *self.g_b.parameters()], 2e-4, (0.5, 0.999))
        self.judges = torch.optim.Adam([*self.d_a.parameters(), *self.d_b.parameters()], 2e-4, (0.5, 0.999))

    def step(self, a, b):
        for judge in (self.d_a, self.d_b):
            judge.requires_grad_(False)
        fake_b, fake_a = self.g_a(a), self.g_b(b)
        back_a, back_b = self.g_b(fake_b), self.g_a(fake_a)
        judged_b, judged_a = self.d_a(fake_b), self.d_b(fake_a)
        loss = F.mse_loss(judged_b, torch.ones_like(judged_b)) + F.mse_loss(judged_a, torch.ones_like(judged_a))
        loss = loss + 10 * (F.l1_loss(back_a, a) + F.l1_loss(back_b, b))
        loss = loss + 5 * (F.l1_loss(self.g_a(b), b) + F.l1_loss(self.g_b(a), a))
        self.painters.zero_grad()
        loss.backward()
        self.painters.step()
        self.judges.zero_grad()
        for judge, real, fake in ((self.d_a, b, fake_b), (self.d_b, a, fake_a)):
            judge.requires_grad_(True)
            right, wrong = judge(real), judge(fake.detach())
            half = F.mse_loss(right, torch.ones_like(right)) + F.mse_loss(wrong, torch.zeros_like(wrong))
            (0.5 * half).backward()
        self.judges.step()


def measured(sizes):
    """(size, seconds of the published step, seconds of ours) for each size; the two take turns."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
    for size in sizes:
        torch.manual_seed(0)
        method = CycleGAN(CycleGAN.Settings(), found, size).to(device)
        plain, ours = Published(method), Descending(method, 1000)
        a, b = (torch.rand(1, 3, size, size, device=device) * 2 - 1 for _ in "ab")
        yield size, *in_turns(device, partial(plain.step, a, b), partial(ours.step, Batch((a, b)), 0))


def in_turns(device, *plays):
    """Median seconds of each, played in turns so that a busy machine slows both; the first round warms up."""
    times = [[] for _ in plays]
    for _ in range(ROUNDS + 1):
        for play, seconds in zip(plays, times, strict=True):
            began = time.perf_counter()
            play()
            if device.type == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds[1:]) for seconds in times]


def main():
    sizes = [int(word) for word in sys.argv[1:]] or [64, 128]
    print(f"{'size':>6} {'published':>12} {'ours':>12} {'ratio':>8}")
    for size, plain, ours in measured(sizes):
        print(f"{size:>6} {plain * 1000:>9.0f} ms {ours * 1000:>9.0f} ms {plain / ours:>7.2f}x")


if __name__ == "__main__":
    main()
