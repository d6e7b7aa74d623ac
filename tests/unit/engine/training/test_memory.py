"""What a step needs is counted tensor by tensor, and small steps tell of large ones."""

import pytest
import torch

from ganstudio.engine import devices, faults
from ganstudio.engine.models import modelfile
from ganstudio.engine.training import memory
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.memory import Counting, Need
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
NARROW = {"width": 8, "judge_width": 8, "blocks": 1}
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


def test_a_small_step_tells_the_need_of_a_large_one():
    told = memory.need(RECIPE, FOUND)
    assert told.side == memory.SMALL
    descending = Descending(modelfile.build_method(RECIPE, FOUND), 9)
    counted = memory.counted(descending, memory.random_batch(RECIPE, FOUND, 128, 1, CPU), 128)
    assert told.at(128) == pytest.approx(counted.at(128), rel=0.05)
    parameters = sum(parameter.nbytes for parameter in descending.method.parameters())
    assert told.fixed >= 4 * parameters
    assert told.at(128) > 3 * told.fixed


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


def test_a_card_that_will_hardly_do_is_told_before_and_one_that_cannot_is_refused(monkeypatch):
    monkeypatch.setattr(devices, "title", lambda _: "A card")
    monkeypatch.setattr(memory, "free", lambda _: 2_000_000_000)
    cuda = torch.device("cuda")

    def foreseen(needed):
        monkeypatch.setattr(memory, "need", lambda *_, **__: needed)
        return memory.foresee(RECIPE, FOUND, cuda, bf16=True)

    assert foreseen(Need(100_000_000, 1_000_000_000, 128)) == ""
    told = foreseen(Need(100_000_000, 3_000_000_000, 128))
    assert told.startswith("A card has 2.0 GB free, and this needs about 3.1 GB.")
    assert told.endswith("96 pixels would fit.")
    with pytest.raises(faults.TooLarge, match="too little memory for 128 pixels"):
        foreseen(Need(3_000_000_000, 1_000_000_000, 128))
    assert memory.foresee(RECIPE, FOUND, CPU, bf16=False) == ""


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
