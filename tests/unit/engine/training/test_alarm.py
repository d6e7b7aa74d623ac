"""The alarm rings for what is no number and for what leaps far above its level, and for nothing else."""

import math

import pytest
import torch

from ganstudio.engine.training.alarm import SETTLING, Alarm, Explosion, sound

CPU = torch.device("cpu")


def rung(values, *, alarm=None, start=0):
    """What an alarm says after these losses, (generator, discriminator) each."""
    alarm = alarm or Alarm(CPU)
    for step, (generator, discriminator) in enumerate(values, start=start):
        alarm.note(step, [("generator", torch.tensor(generator)), ("discriminator", torch.tensor(discriminator))])
    return alarm.rung()


CALM = [(10.0, 0.5)] * 100


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_rings_at_once_and_names_the_first(broken):
    assert rung([(1.0, 1.0), (broken, 1.0), (1.0, broken)]) == Explosion(1, ("generator",))
    assert rung([(broken, 1.0), (1.0, broken)]) == Explosion(0, ("generator",))


def test_a_leap_of_more_than_fifty_times_the_level_rings():
    assert rung([*CALM, (10.0, 26.0)]) == Explosion(100, ("discriminator",))
    assert rung([*CALM, (10.0, -26.0)]) == Explosion(100, ("discriminator",))
    assert rung([*CALM, (10.0, 24.0)]) is None


def test_a_discriminator_that_won_for_long_may_be_fooled_once():
    won = [(10.0, 1e-4)] * 400
    assert rung([*CALM, *won, (10.0, 20.0)]) is None
    assert rung([*CALM, *won, (10.0, 30.0)]) == Explosion(500, ("discriminator",))


def test_slow_growth_and_losses_near_zero_are_none():
    assert rung([(1.02**step, 1e-6) for step in range(800)]) is None
    assert rung([*[(1e-6, 1e-6)] * 100, (1.0, 1.0)]) is None


def test_until_levels_have_settled_only_what_is_no_number_rings():
    assert rung([(1.0, 1.0)] * (SETTLING - 1) + [(1e4, 1.0)]) is None
    assert rung([(1.0, 1.0)] * SETTLING + [(1e4, 1.0)]) is not None


def test_what_it_learnt_goes_on_in_another():
    first, second = Alarm(CPU), Alarm(CPU)
    assert rung(CALM, alarm=first) is None
    second.know(first.known())
    assert rung([(10.0, 26.0)], alarm=second, start=7) == Explosion(7, ("discriminator",))
    assert Alarm(CPU).known() == {}


def test_players_that_move_several_times_in_a_step_are_named_once():
    alarm = Alarm(CPU)
    alarm.note(0, [("discriminator", torch.tensor(math.nan)), ("discriminator", torch.tensor(math.nan))])
    assert alarm.rung() == Explosion(0, ("discriminator",))


def test_a_sound_state_holds_numbers_only():
    good = {"a": torch.ones(2, 3), "b": torch.tensor(3e38), "c": torch.tensor([1]), "d": torch.empty(0)}
    assert sound(good)
    assert not sound(good | {"e": torch.tensor([1.0, math.nan])})
    assert not sound(good | {"e": torch.tensor([[math.inf]], dtype=torch.float64)})
