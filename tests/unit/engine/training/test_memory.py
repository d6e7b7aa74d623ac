"""What a step needs is counted tensor by tensor, and small steps tell of large ones."""

from dataclasses import replace

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from ganstudio.engine import devices, faults
from ganstudio.engine.models import modelfile
from ganstudio.engine.training import memory
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import Counting, Need
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
NARROW = {"width": 8, "discriminator_width": 8, "blocks": 1}
RECIPE = Recipe("cyclegan", (Domain("a", ()), Domain("b", ())), size=128, steps=9, device="cpu", settings=NARROW)
CPU = torch.device("cpu")


def test_tensors_count_as_long_as_they_live_and_views_never():
    with Counting() as counting:
        one = torch.zeros(1000)
        del one
        two = torch.zeros(500)
        assert two.view(5, 100).t().shape == (100, 5)
        three = torch.ones(250) * 2
    assert counting.peak == 4000
    assert three.nbytes == 1000


def test_what_two_sizes_tell_of_all_others_is_a_line_over_the_area():
    def need(side):
        return Need(fixed=100, of_step=1000 + 2 * side**2, side=side)

    assert memory.grown(need(64)) == need(64)
    assert memory.grown(need(64), need(96)) == Need(1100, 2 * 96**2, 96)
    assert memory.grown(need(64), need(96)).at(256) == 1100 + 2 * 256**2


def test_averages_are_counted_where_there_are_some():
    plain, averaged = (
        modelfile.build_method(replace(RECIPE, settings=NARROW | {"average": share}), FOUND) for share in (0.0, 0.99)
    )
    makers = sum(value.nbytes for network in plain.makers().values() for value in network.parameters())
    assert memory.fixed(averaged) - memory.fixed(plain) == makers > 0


def test_a_small_step_tells_the_need_of_a_large_one():
    told = memory.need(RECIPE, FOUND)
    assert told.side == memory.LARGER
    descending = Descending(modelfile.build_method(RECIPE, FOUND), 9)
    counted = memory.counted(descending, memory.random_batch(RECIPE, FOUND, 128, 1, CPU), 128)
    assert told.at(128) == pytest.approx(counted.at(128), rel=0.05)
    parameters = sum(parameter.nbytes for parameter in descending.method.parameters())
    assert told.fixed >= 4 * parameters
    assert told.at(128) > 3 * told.fixed


def test_a_card_that_takes_pictures_together_needs_more():
    on_cpu, on_card = (memory.need(RECIPE, FOUND, torch.device(name)) for name in ("cpu", "cuda"))
    assert on_card.at(256) > 1.2 * on_cpu.at(256)


def test_counting_leaves_chance_alone():
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    memory.need(RECIPE, FOUND)
    assert torch.equal(torch.rand(2), wanted)


def test_the_largest_size_that_fits_and_that_the_method_takes_is_offered():
    needed = Need(fixed=1000, of_step=64 * 64, side=64)
    assert memory.fitting(RECIPE, FOUND, needed, 1000 + 100 * 100) == 96
    assert memory.fitting(RECIPE, FOUND, needed, 1000) is None
    powers = Recipe("dcgan", RECIPE.domains[:1], size=128, steps=9, device="cpu")
    assert memory.fitting(powers, Inventory(FOUND.domains[:1], {}), needed, 1000 + 100 * 100) == 64


def fitted(monkeypatch, device, *, whole, free=2_000_000_000, recipe=RECIPE, **less):
    """The fit where a step needs `whole`, and with thrift so many bytes by name."""
    monkeypatch.setattr(devices, "title", lambda _: "A card")
    monkeypatch.setattr(memory, "free", lambda _: free)
    monkeypatch.setattr(memory, "SURE", 0)
    asked = []

    def need(*_, thrift=WHOLE, **__):
        asked.append(thrift)
        of_step = whole if thrift == WHOLE else less["twice" if thrift.recomputed else f"parts{thrift.parts}"]
        return Need(100_000_000, of_step, 128)

    monkeypatch.setattr(memory, "need", need)
    return memory.fit(recipe, FOUND, torch.device(device), bf16=True), asked


def test_what_fits_is_played_as_usual(monkeypatch):
    assert fitted(monkeypatch, "cuda", whole=1_000_000_000) == (memory.ENOUGH, [WHOLE])
    assert memory.fit(replace(RECIPE, size=64), FOUND, CPU, bf16=False) == memory.ENOUGH


def test_the_first_way_that_fits_is_taken_and_told(monkeypatch):
    pairs = replace(RECIPE, batch=4, settings=NARROW | {"blocks": 3})
    needs = {"whole": 6_000_000_000, "parts2": 3_000_000_000, "parts4": 1_900_000_000, "twice": 1_000_000_000}
    found, asked = fitted(monkeypatch, "cuda", recipe=pairs, **needs)
    assert asked == [WHOLE, Thrift(2), Thrift(4), Thrift(4, recomputed=True)] == [*asked[:-1], found.thrift]
    assert found.note == (
        "A card has 2.0 GB free, and this needs about 6.1 GB. To fit, each step plays its 4 pictures in 4 parts and "
        "computes a part of its generators twice, a little slower; what it learns is the same."
    )
    found, _ = fitted(monkeypatch, "cpu", recipe=pairs, **needs | {"parts2": 1_000_000_000})
    assert found.thrift == Thrift(2)
    assert found.note.startswith("This computer has 2.0 GB free")


def test_where_nothing_is_known_to_fit_a_size_is_named_and_what_cannot_be_is_refused(monkeypatch):
    deep = replace(RECIPE, settings=NARROW | {"blocks": 3})
    found, _ = fitted(monkeypatch, "cuda", recipe=deep, whole=3_000_000_000, twice=2_000_000_000)
    assert found.thrift == Thrift(recomputed=True, spilled=True)
    assert "waits in the computer's memory" in found.note
    assert found.note.endswith("96 pixels would fit.")
    found, _ = fitted(monkeypatch, "cpu", whole=3_000_000_000)
    assert found.thrift == WHOLE
    assert found.note.endswith("96 pixels would fit.")
    with pytest.raises(faults.TooLarge, match="too little memory for 128 pixels"):
        fitted(monkeypatch, "cuda", whole=1_000_000_000, free=100_000_000)


@pytest.mark.parametrize(
    ("method", "settings"),
    [("cyclegan", {"width": 16, "discriminator_width": 16, "blocks": 2}), ("simgan", {"width": 16})],
)
def test_the_need_that_is_told_is_what_the_allocator_is_asked_for(method, settings):
    """Within a quarter: beside tensors, kernels take room to work in, and a small step is not a large one."""
    recipe = replace(RECIPE, method=method, settings=settings)
    told = memory.need(recipe, FOUND)
    descending = Descending(modelfile.build_method(recipe, FOUND), 9)
    batch = memory.random_batch(recipe, FOUND, 128, descending.method.draws, CPU)
    descending.step(batch, 0)
    memory.hold_gradients(descending.method)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        descending.step(batch, 1)
    now = peak = 0
    for event in watched.profiler.kineto_results.events():
        if event.name() == "[memory]":
            now += event.nbytes()
            peak = max(peak, now)
    drawn = sum(image.nbytes for image in batch.images)
    assert memory.fixed(descending.method) + peak + drawn == pytest.approx(told.at(128), rel=0.25)
    assert told.at(128) > 2 * told.fixed


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), "memory"),
        (MemoryError(), "memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 8 bytes."), "memory"),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), "memory"),
        (RuntimeError("CUDA error: out of memory"), "memory"),
        (RuntimeError("CUDA error: unspecified launch failure"), "device"),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "device"),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), None),
        (ValueError("out of memory"), None),
    ],
)
def test_faults_are_told_apart(error, kind):
    assert faults.kind(error) == kind
