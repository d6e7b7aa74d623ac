"""Memory: how much a training step needs, and at which size of pictures it fits.

What a step remembers until its gradients are known grows with the area of its pictures; weights, their gradients and
Adam's two moments do not, nor does what is made of weights on the way. So steps on pictures of two small sizes, counted
tensor by tensor, tell the need at every size.
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
from ganstudio.engine.training.thrift import WHOLE, Thrift, ladder
from ganstudio.game import Batch, Method
from ganstudio.words.captions import LONGEST
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory

CPU = torch.device("cpu")
SMALL = 64  # Pixels of a step that is counted, where the networks are the same at every size.
LARGER = 96  # Pixels of the other one.
SIZES = (32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024)  # That are offered.
SURE = 16 * SMALL**2  # Pixels of a step that a computer has memory for; what it needs is counted with as many.
SPARE = 0.9  # Of the free memory; kernels need room to work in.


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes of memory that a training needs.

    Attributes:
        fixed: Weights, gradients, moments, and what else is the same at every size.
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
        # Another view of what was there before, as of a weight, is nothing that comes to be.
        given = {
            id(tensor.untyped_storage()) for tensor in pytree.tree_leaves((args, kwargs)) if isinstance(tensor, Tensor)
        }
        for tensor in pytree.tree_leaves(result):
            if isinstance(tensor, Tensor) and id(tensor.untyped_storage()) not in given:
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
    makers = sum(value.nbytes for network in method.makers().values() for value in network.parameters())
    return 4 * parameters + buffers + (makers if method.settings.average else 0)


def need(
    recipe: Recipe,
    inventory: Inventory,
    device: torch.device = CPU,
    *,
    bf16: bool = False,
    thrift: Thrift = WHOLE,
) -> Need:
    """What a training by `recipe` needs on `device`, found with small steps on the CPU; chance is left alone."""
    side = min(recipe.size, SMALL) if methods.find(recipe.method).any_size else recipe.size
    with torch.random.fork_rng(devices=[]):
        method = modelfile.build_method(recipe, inventory)
        descending = Descending(method, recipe.steps, bf16=bf16, thrift=thrift)
        method.together = device.type != CPU.type
        sides = [side, LARGER] if side < LARGER < recipe.size and takes(recipe, inventory, LARGER) else [side]
        needs = [counted(descending, random_batch(recipe, inventory, s, method.draws, CPU), s) for s in sides]
    return grown(*needs)


def grown(small: Need, large: Need | None = None) -> Need:
    """What two sizes tell of all others."""
    if large is None:
        return small
    for_pixel = (large.of_step - small.of_step) / (large.side**2 - small.side**2)
    growing = min(large.of_step, round(for_pixel * large.side**2))
    return Need(large.fixed + large.of_step - growing, growing, large.side)


def counted(descending: Descending, batch: Batch, side: int) -> Need:
    """Play two steps and count what the second needs beside weights, gradients and moments, which are there by then."""
    descending.step(batch, 0)
    hold_gradients(descending.method)
    with Counting() as counting:
        descending.step(batch, 1)
    return needed(descending.method, counting, batch, side)


def hold_gradients(method: Method) -> None:
    """Let every gradient be there already, as weights are, so that a step that is counted does not make them anew."""
    for parameter in method.parameters():
        parameter.grad = torch.zeros_like(parameter)


def needed(method: Method, counting: Counting, batch: Batch, side: int) -> Need:
    """The need of a method of which one step, not the first, was counted on `batch` of `side` pixels."""
    return Need(fixed(method), counting.peak + sum(image.nbytes for image in batch.images), side)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a run fits into memory.

    Attributes:
        thrift: How to play its steps.
        note: A sentence for the artist where that is not as usual; else empty.
    """

    thrift: Thrift = WHOLE
    note: str = ""


ENOUGH = Fit()


def fit(recipe: Recipe, inventory: Inventory, device: torch.device, *, bf16: bool) -> Fit:
    """Find the way to play that fits into the memory that is free now, the quickest one first.

    Raises:
        TooLarge: There is none.
    """
    if device.type == "mps" or (device.type == "cpu" and recipe.batch * recipe.size**2 <= SURE):
        return ENOUGH
    available = SPARE * free(device)
    needed = need(recipe, inventory, device, bf16=bf16)
    wanted = needed.at(recipe.size)
    if wanted <= available:
        return ENOUGH
    size = fitting(recipe, inventory, needed, available)
    if needed.fixed > available:
        raise TooLarge(sentence(recipe, device, wanted, size), size)
    short = f"{_holder(device)} has {available / SPARE / 1e9:.1f} GB free, and this needs about {wanted / 1e9:.1f} GB"
    thrift = WHOLE
    for thrift in ladder(modelfile.shape_of(recipe, inventory), recipe.batch, device):
        if thrift.spilled or thrift == WHOLE:
            break
        if need(recipe, inventory, device, bf16=bf16, thrift=thrift).at(recipe.size) <= available:
            return Fit(thrift, f"{short}. To fit, {thrift.way(recipe.batch)}.")
    advice = f" {size} pixels would fit." if size else ""
    way = f" To try all the same, {thrift.way(recipe.batch)}." if thrift != WHOLE else ""
    return Fit(thrift, f"{short}.{way}{advice}")


def _holder(device: torch.device) -> str:
    """Whose memory it is."""
    return devices.title(device) if device.type != "cpu" else "This computer"


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
        method = modelfile.shape_of(replace(recipe, size=size), inventory)
    except ValueError:
        return False
    return all(route.source is None or size % route.multiple == 0 for route in method.routes())


def too_large(recipe: Recipe, inventory: Inventory, device: torch.device) -> TooLarge:
    """The sentence for a training that does not fit, with a size that would."""
    try:
        found = need(recipe, inventory, device)
    except (RuntimeError, MemoryError):  # Not even for a small step.
        return TooLarge(sentence(recipe, device, 0, None))
    # What has just failed shows that the count is too low; a clearly smaller one is wanted.
    needed = found.at(recipe.size)
    size = fitting(recipe, inventory, found, min(SPARE * free(device), 0.8 * needed))
    return TooLarge(sentence(recipe, device, needed, size), size)


def sentence(recipe: Recipe, device: torch.device, needed: int, size: int | None) -> str:
    """What to say of a training that does not fit."""
    wants = f" (about {needed / 1e9:.1f} GB)" if needed else ""
    advice = f"Try {size} pixels" if size else "Choose smaller networks or another device"
    fewer = " or a smaller batch" if recipe.batch > 1 else ""
    return (
        f"{_holder(device)} has too little memory for {recipe.size} pixels and a batch of {recipe.batch}{wants}. "
        f"{advice}{fewer}."
    )
