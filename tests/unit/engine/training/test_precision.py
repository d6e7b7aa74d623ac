"""What a run computes in is measured, said and kept; measuring leaves no trace, and float32 keeps its digits."""

from dataclasses import replace

import pytest
import torch

from ganstudio.engine import devices
from ganstudio.engine.models.checkpoint import Checkpoint
from ganstudio.engine.training import precision
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.precision import Chosen
from ganstudio.engine.training.thrift import WHOLE, Thrift
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

CPU = torch.device("cpu")
FOUND = Inventory((DomainFound("a", 9, 1),), {})
NARROW = {"width": 8, "discriminator_width": 8}
RECIPE = Recipe("gan", (Domain("a", ()),), size=16, batch=4, steps=1000, device="cpu", settings=NARROW)


@pytest.fixture
def able(monkeypatch):
    monkeypatch.setattr(precision, "instructions", lambda _: ("bf16",))


@pytest.fixture
def unable(monkeypatch):
    monkeypatch.setattr(precision, "instructions", lambda _: ())


def took(whole, half):
    """A stopwatch that has made up its mind: seconds of a step in float32 and in bfloat16."""
    told = iter([whole] * precision.ROUNDS + [half] * precision.ROUNDS)

    def taken(play):
        play()
        return next(told)

    return taken


def finished(work):
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return end.value, events


def measured(whole, half, recipe=RECIPE):
    return finished(precision.measured(recipe, FOUND, CPU, WHOLE, took(whole, half)))


def test_what_is_clearly_faster_is_chosen_and_told():
    chosen, events = measured(1.7, 1.0)
    assert chosen == Chosen(bf16=True, why="1.7 times as fast as fp32 here")
    assert {event.what for event in events} == {"measuring precision"}
    assert measured(1.04, 1.0)[0] == Chosen(bf16=False, why="bf16 is only 1.0 times as fast here")
    assert not measured(1.0, 5.0)[0].bf16


def test_a_run_that_is_over_soon_keeps_its_digits():
    assert measured(0.05, 0.01)[0] == Chosen(bf16=False)
    assert measured(0.07, 0.01)[0].bf16


def test_slow_steps_are_timed_once():
    _, events = measured(precision.PATIENCE, precision.PATIENCE)
    assert len(events) == 2 * (1 + 1)


def test_curves_that_differ_are_a_reason_against_it(monkeypatch):
    play = Descending.step

    def step(self, batch, number):
        terms = play(self, batch, number)
        return {name: value * (1.2 if self._bf16 and name == "fool" else 1) for name, value in terms.items()}

    monkeypatch.setattr(Descending, "step", step)
    chosen, _ = measured(9.0, 1.0)
    assert not chosen.bf16
    assert chosen.why.startswith("bf16 gives another fool (")


@pytest.mark.parametrize(
    ("whole", "half", "differs"),
    [(100.0, 104.0, False), (100.0, 106.0, True), (-2.0, -2.2, True), (0.001, 0.005, False), (0.001, 0.007, True)],
)
def test_a_curve_may_differ_by_a_twentieth_of_itself_or_of_a_tenth_where_it_is_less(whole, half, differs):
    assert bool(precision._different({"fool": whole}, {"fool": half})) == differs
    assert precision._different({"fool": whole}, {"fool": float("nan")}).startswith("fool")


def test_what_only_fits_in_bf16_is_played_so(monkeypatch):
    play = Descending.step

    def step(self, batch, number):
        if not self._bf16:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return play(self, batch, number)

    monkeypatch.setattr(Descending, "step", step)
    assert measured(1.0, 1.0)[0] == Chosen(bf16=True, why="fp32 needs more memory than there is")


def test_measuring_leaves_no_trace():
    torch.manual_seed(7)
    work = precision.measured(RECIPE, FOUND, CPU, Thrift(), took(2.0, 1.0))
    drawn = [torch.rand(2) for _ in work]  # By whoever has a turn meanwhile.
    torch.manual_seed(7)
    assert all(torch.equal(torch.rand(2), one) for one in drawn)
    assert len(drawn) == 2 * (precision.ROUNDS + 1)


def test_what_was_asked_for_and_what_cannot_be_is_not_measured(able, monkeypatch):
    assert precision.settled(replace(RECIPE, precision="fp32"), CPU, None) == Chosen(bf16=False)
    assert precision.settled(replace(RECIPE, precision="bf16"), CPU, None) == Chosen(bf16=True)
    assert precision.settled(RECIPE, CPU, None) is None
    monkeypatch.setattr(precision, "instructions", lambda _: ())
    assert precision.settled(RECIPE, CPU, None) == Chosen(bf16=False)
    with pytest.raises(ValueError, match="cannot compute in bf16"):
        precision.settled(replace(RECIPE, precision="bf16"), torch.device("mps"), None)


def test_a_run_goes_on_as_it_began(able):
    for bf16 in (False, True):
        assert precision.settled(RECIPE, CPU, Checkpoint(5, {}, {"bf16": bf16})).bf16 == bf16
    # Those of before this was written down, and one that begins with the weights of a model.
    assert precision.settled(RECIPE, CPU, Checkpoint(5, {}, {"device": "cuda"})).bf16
    assert not precision.settled(RECIPE, CPU, Checkpoint(5, {}, {"device": "cpu"})).bf16
    assert precision.settled(RECIPE, CPU, Checkpoint(0, {}, {"brought": []})) is None


def test_a_device_that_cannot_says_so(unable):
    chosen = precision.settled(RECIPE, CPU, Checkpoint(5, {}, {"bf16": True, "device": "cuda"}))
    assert not chosen.bf16
    assert chosen.note.startswith("The run began in bf16. CPU, ")


def test_instructions_are_the_machines_own(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True, "amx_bf16": False, "avx2": True})
    assert precision.instructions(CPU) == ("avx512_bf16",)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"architecture": "arm64", "bf16": True})
    assert precision.instructions(CPU) == ("bf16",)
    assert precision.instructions(torch.device("mps")) == ()


def test_float32_keeps_its_digits_and_convolutions_are_chosen_in_a_step_and_only_there(monkeypatch):
    cudnn, cublas = torch.backends.cudnn, torch.backends.cuda.matmul
    seen = []
    play = Descending._played
    monkeypatch.setattr(cudnn, "allow_tf32", True)

    def played(self, batch, step):
        seen.append((cudnn.allow_tf32, cublas.allow_tf32, cudnn.benchmark))
        return play(self, batch, step)

    monkeypatch.setattr(Descending, "_played", played)
    measured(9.0, 1.0)
    assert set(seen) == {(False, False, True)}
    assert (cudnn.allow_tf32, cudnn.benchmark) == (True, False)
    with pytest.raises(RuntimeError), devices.stepping():
        raise RuntimeError
    assert (cudnn.allow_tf32, cudnn.benchmark) == (True, False)
