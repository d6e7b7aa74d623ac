"""Memory: how much a training step needs, and at which size of pictures it fits.

What a step remembers until its gradients are known grows with the area of its pictures; weights, their gradients and
Adam's two moments do not. So a step on small pictures, counted tensor by tensor, tells the need at every size.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import psutil
import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from ganstudio import methods
from ganstudio.engine import devices
from ganstudio.engine.faults import TooLarge
from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Method
from ganstudio.words.captions import LONGEST
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory

SMALL = 64  # Pixels of the step that is counted, where the networks are the same at every size.
SIZES = (32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024)  # That are offered.
SPARE = 0.9  # Of the free memory; kernels need room to work in.


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes of memory that a training needs.

    Attributes:
        fixed: Weights, gradients and moments.
        of_step: The rest, at its most, for pictures of `side`.
        side: In pixels.
    """

    fixed: int
    of_step: int
    side: int

    def at(self, size: int) -> int:
        """For pictures of `size` pixels."""
        return self.fixed + round(self.of_step * (size / self.side) ** 2)


class Counting(TorchDispatchMode):
    """Counts the bytes of all tensors that come to be as long as the block lasts, and how many there were at most.

    Attributes:
        peak: Bytes.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.peak = self._now = 0
        self._known: set[int] = set()

    def __torch_dispatch__(
        self, call: Callable[..., Any], _types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Signature as torch's own.
        result = call(*args, **(kwargs or {}))
        for tensor in pytree.tree_leaves(result):
            if isinstance(tensor, Tensor):
                self._count(tensor.untyped_storage())
        return result

    def _count(self, storage: torch.UntypedStorage) -> None:
        if id(storage) not in self._known:
            self._known.add(id(storage))
            self._now += storage.nbytes()
            self.peak = max(self.peak, self._now)
            weakref.finalize(storage, self._forget, id(storage), storage.nbytes())

    def _forget(self, number: int, size: int) -> None:
        self._known.discard(number)
        self._now -= size


def fixed(method: Method) -> int:
    """Bytes of weights, buffers, gradients, Adam's moments and averages."""
    parameters, buffers = (sum(value.nbytes for value in values) for values in (method.parameters(), method.buffers()))
    artists = sum(value.nbytes for network in method.artists().values() for value in network.parameters())
    return 4 * parameters + buffers + (artists if method.settings.average else 0)


def need(recipe: Recipe, inventory: Inventory, *, bf16: bool = False) -> Need:
    """What a training by `recipe` needs, found with small steps on the CPU; torch's chance stays as it was."""
    side = min(recipe.size, SMALL) if methods.find(recipe.method).any_size else recipe.size
    with torch.random.fork_rng(devices=[]):
        method = modelfile.build_method(recipe, inventory)
        descending = Descending(method, recipe.steps, bf16=bf16)
        return counted(descending, random_batch(recipe, inventory, side, method.draws, torch.device("cpu")), side)


def counted(descending: Descending, batch: Batch, side: int) -> Need:
    """Play two steps and count what the second needs beside weights, gradients and moments, which are there by then."""
    descending.step(batch, 0)
    with Counting() as counting:
        descending.step(batch, 1)
    return needed(descending.method, counting, batch, side)


def needed(method: Method, counting: Counting, batch: Batch, side: int) -> Need:
    """The need of a method of which one step, not the first, was counted on `batch` of `side` pixels."""
    return Need(fixed(method), counting.peak + sum(image.nbytes for image in batch.images), side)


def foresee(recipe: Recipe, inventory: Inventory, device: torch.device, *, bf16: bool) -> str:
    """A sentence before the first step when a graphics card will hardly do; empty when it will.

    Raises:
        TooLarge: It cannot do in any way.
    """
    if device.type != "cuda":
        return ""
    wanted, available = need(recipe, inventory, bf16=bf16), free(device)
    if wanted.at(recipe.size) <= SPARE * available:
        return ""
    size = fitting(recipe, inventory, wanted, SPARE * available)
    if wanted.fixed > SPARE * available:
        raise TooLarge(sentence(recipe, device, wanted.at(recipe.size), size), size)
    advice = f" {size} pixels would fit." if size else ""
    return (
        f"{devices.title(device)} has {available / 1e9:.1f} GB free, and this needs about "
        f"{wanted.at(recipe.size) / 1e9:.1f} GB. If it runs out, steps are played with less memory, slower.{advice}"
    )


def random_batch(recipe: Recipe, inventory: Inventory, side: int, draws: int, device: torch.device) -> Batch:
    """Pictures of `side` pixels that show nothing, as many as one step of `recipe` takes."""
    count = recipe.batch * draws
    images = tuple(torch.rand(count, 3, side, side, device=device) * 2 - 1 for _ in inventory.domains)
    classes, words = len(inventory.domains[0].classes), len(inventory.domains[0].words)
    labels = torch.randint(classes, (count,)).to(device) if classes else None
    captions = torch.randint(1, words + 1, (count, LONGEST)).to(device) if words else None
    return Batch(images, labels, captions)


def free(device: torch.device) -> int:
    """Bytes that a training could have now."""
    if device.type == "cuda":
        ours = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + ours
    return int(psutil.virtual_memory().available)


def fitting(recipe: Recipe, inventory: Inventory, needed: Need, budget: float) -> int | None:
    """The largest size below the recipe's that its method takes and that needs at most `budget` bytes; None: none."""
    sizes = (size for size in reversed(SIZES) if size < recipe.size and needed.at(size) <= budget)
    return next((size for size in sizes if takes(recipe, inventory, size)), None)


def takes(recipe: Recipe, inventory: Inventory, size: int) -> bool:
    """Whether the recipe's method can train on pictures of `size` pixels; its networks are built without memory."""
    try:
        with torch.random.fork_rng(devices=[]), torch.device("meta"):
            method = modelfile.build_method(replace(recipe, size=size), inventory)
    except ValueError:
        return False
    return all(route.source is None or size % route.multiple == 0 for route in method.routes())


def too_large(recipe: Recipe, inventory: Inventory, device: torch.device) -> TooLarge:
    """The sentence for a training that does not fit, with a size that would."""
    try:
        found = need(recipe, inventory)
    except (RuntimeError, MemoryError):  # Not even for a small step.
        return TooLarge(sentence(recipe, device, 0, None))
    # What has just failed shows that the count is too low; a clearly smaller one is wanted.
    needed = found.at(recipe.size)
    size = fitting(recipe, inventory, found, min(SPARE * free(device), 0.8 * needed))
    return TooLarge(sentence(recipe, device, needed, size), size)


def sentence(recipe: Recipe, device: torch.device, needed: int, size: int | None) -> str:
    """What to say of a training that does not fit."""
    title = devices.title(device) if device.type != "cpu" else "This computer"
    wants = f" (about {needed / 1e9:.1f} GB)" if needed else ""
    advice = f"Try {size} pixels" if size else "Choose smaller networks or another device"
    fewer = " or a smaller batch" if recipe.batch > 1 else ""
    return (
        f"{title} has too little memory for {recipe.size} pixels and a batch of {recipe.batch}{wants}. {advice}{fewer}."
    )
