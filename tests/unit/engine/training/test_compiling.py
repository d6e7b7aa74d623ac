"""Compiled networks: tried before they are trusted, and used only for what was tried; stand-ins for a compiler."""

import dataclasses
from contextlib import nullcontext

import pytest
import torch

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training import compiling
from ganstudio.engine.training.compiling import EAGER, MAKING_FASTER, WORTH, Quick, due, quicken
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.thrift import Thrift
from ganstudio.engine.training.trainer import train
from ganstudio.game import Batch
from ganstudio.methods.cut import CUT
from ganstudio.methods.cyclegan import CycleGAN
from ganstudio.runs.run import Run
from ganstudio.words.events import Progress
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.engine.conftest import small_recipe

FOUND = Inventory((DomainFound("a", 9, 1), DomainFound("b", 9, 1)), {})
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "average": 0.9}


def playing(kind=CycleGAN):
    torch.manual_seed(0)
    return Descending(kind(kind.Settings(**SMALL), FOUND, 16), 10)


def pictures(count=1, size=16):
    random = torch.Generator().manual_seed(1)
    return Batch(tuple(torch.rand(count, 3, size, size, generator=random) * 2 - 1 for _ in "ab"))


@pytest.fixture
def compiler(monkeypatch):
    """Puts a function in the place of torch's compiler."""

    def put(compiled):
        monkeypatch.setattr(compiling.torch, "compile", lambda plain, **_: compiled(plain))

    monkeypatch.setattr(compiling.torch.compiler, "set_stance", lambda _: nullcontext())
    monkeypatch.setattr(compiling, "FASTER", 0.0)
    monkeypatch.setattr(compiling, "ROUNDS", 1)
    return put


def counted(calls):
    def compiled(plain):
        def quick(*values):
            calls.append(values[0].shape)
            return plain(*values)

        return quick

    return compiled


@pytest.mark.parametrize("kind", [CycleGAN, CUT])
def test_it_plays_the_same_run_by_its_new_form(kind, compiler):
    calls = []
    compiler(counted(calls))
    plain, quick = playing(kind), playing(kind)
    torch.manual_seed(2)
    assert quicken(quick, pictures(), 0).why == ""
    assert calls
    calls.clear()
    for one in (plain, quick):
        torch.manual_seed(3)
        for step in range(2):
            one.step(pictures(), step)
    assert calls
    states = plain.state(), quick.state()
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_a_rehearsal_leaves_nothing_behind():
    descending = playing()
    descending.step(pictures(), 0)
    before = {name: value.clone() for name, value in descending.state().items()}
    chance = torch.get_rng_state()
    found = descending.rehearse(pictures(), 1)
    assert all(value > 0 for value in found.values())
    assert len(found) == 4
    assert torch.equal(torch.get_rng_state(), chance)
    after = descending.state()
    assert before.keys() == after.keys()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert all(weight.grad is None for weight in descending.method.parameters())


def test_other_sizes_sheets_and_scores_are_played_as_ever(compiler):
    calls = []
    compiler(counted(calls))
    descending = playing()
    quicken(descending, pictures(), 0)
    calls.clear()
    with descending.averaged() as method, torch.inference_mode():
        method.make(method.routes()[0], pictures().images[0])
    descending.step(pictures(2), 0)
    descending.step(pictures(size=32), 1)
    assert calls == []
    descending.step(pictures(), 2)
    assert calls


def failing(_):
    def quick(*_):
        raise RuntimeError("No C compiler.\nLong story.")

    return quick


def frozen(plain):
    return lambda x: plain(x).detach() + 0 * plain(x)


def louder(plain):
    return lambda x: 1.5 * plain(x)


@pytest.mark.parametrize(("compiled", "why"), [(failing, "No C compiler."), (frozen, "gradient"), (louder, "loss")])
def test_what_fails_or_learns_otherwise_is_not_used(compiled, why, compiler):
    compiler(compiled)
    plain, other = playing(), playing()
    outcome = quicken(other, pictures(), 0)
    assert outcome.faster == 1
    assert why in outcome.why
    for one in (plain, other):
        torch.manual_seed(3)
        one.step(pictures(), 0)
    assert not any(isinstance(vars(network).get("forward"), Quick) for network in other.method.children())
    states = plain.state(), other.state()
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_what_is_not_faster_is_not_used(compiler, monkeypatch):
    compiler(lambda plain: plain)
    monkeypatch.setattr(compiling, "FASTER", 1e9)
    assert "times as fast" in quicken(playing(), pictures(), 0).why


def test_it_is_due_on_a_card_with_a_compiler_and_enough_to_come(monkeypatch):
    card, cpu = torch.device("cuda"), torch.device("cpu")
    monkeypatch.setattr(compiling.importlib.util, "find_spec", lambda _: object())
    usual = {"played": EAGER, "left": WORTH, "alone": True}
    assert due(card, Thrift(), **usual)
    assert not due(cpu, Thrift(), **usual)
    for other in ({"played": EAGER - 1}, {"left": WORTH - 1}, {"alone": False}):
        assert not due(card, Thrift(), **usual | other)
    assert not due(card, Thrift(spilled=True), **usual)
    assert not due(card, Thrift(recomputed=True), **usual)
    monkeypatch.setattr(compiling.importlib.util, "find_spec", lambda _: None)
    assert not due(card, Thrift(), **usual)


def test_a_run_looks_for_it_once_says_so_and_goes_on_the_same(tmp_path, folders, compiler, monkeypatch):
    calls, states = [], []
    compiler(counted(calls))
    monkeypatch.setattr(compiling, "EAGER", 2)
    monkeypatch.setattr(compiling, "WORTH", 3)
    recipe = dataclasses.replace(small_recipe(folders), steps=6)
    for able in (False, True):
        monkeypatch.setattr(compiling, "compiles", lambda _, able=able: able)
        run = Run.create(tmp_path / str(able), recipe)
        told = [event for event in train(run) if isinstance(event, Progress) and event.what == MAKING_FASTER]
        assert len(told) == able
        assert bool(calls) == able
        states.append(checkpoint.newest(run)[0].tensors)
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")  # Torch's compiler looks at every tensor.
@pytest.mark.parametrize("kind", [CycleGAN, CUT])
def test_torchs_own_compiler_learns_the_same(kind, monkeypatch):
    monkeypatch.setattr(compiling, "FASTER", 0.0)
    plain, quick = playing(kind), playing(kind)
    assert quicken(quick, pictures(), 0, backend="aot_eager").why == ""
    curves = []
    for one in (plain, quick):
        torch.manual_seed(3)
        curves.append([one.step(pictures(), step) for step in range(2)])
    torch.testing.assert_close(curves[1], curves[0], rtol=1e-3, atol=1e-4)
    states = plain.state(), quick.state()
    assert states[0].keys() == states[1].keys()
    # A bias before an instance norm has a gradient of mere rounding, of which Adam makes whole steps.
    whole = [name for name, value in states[0].items() if name.startswith("method.") and value.dim() == 4]
    assert whole
    for name in whole:
        torch.testing.assert_close(states[1][name], states[0][name], rtol=1e-3, atol=1e-4)
