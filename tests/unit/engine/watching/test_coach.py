"""The coach: each rule speaks where it must, says when it is over, and a healthy run hears nothing."""

import dataclasses
import json
from pathlib import Path

import pytest

from ganstudio.engine.training import changing
from ganstudio.engine.watching import coach
from ganstudio.engine.watching.coach import Coach
from ganstudio.engine.watching.record import Record, replay
from ganstudio.engine.watching.remedies import Case
from ganstudio.methods import CATALOGUE, find
from ganstudio.words.events import Advised, Changed, Losses, Remedy, Returned, Scored, Started, from_json, to_json
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Needs
from ganstudio.words.settings import check, describe

STEPS = 2000
EVERY = 5  # Steps between two curves.
HEALTHY = {"fool": 0.7, "cycle": 0.4, "discriminator": 0.35}
GOOD = {"distance": 0.3, "untouched": 0.8, "faithfulness": 0.8, "likeness": 0.8, "tone": 0.7, "variety": 0.9, "grid": 1}
ROUTE = "summer → winter"


def case(method="cyclegan"):
    kind = find(method)
    settings = kind.Settings()
    names = frozenset(card.name for card in kind.card().settings) - {"width", "blocks", "discriminator_width"}
    found = Inventory((DomainFound("few", 20, 1), DomainFound("many", 900, 1)), {})
    return Case.of(settings, kind.signs(settings, 2), names, kind.needs, found)


def started(**pictures):
    return Started(0, STEPS, "cyclegan", "CPU", "fp32", pictures or {"summer": 300, "winter": 300})


def curves(first, last, waited=0.0, **terms):
    """Losses from one step to another; each term a number, or a function of progress."""
    for step in range(first, last + 1, EVERY):
        told = HEALTHY | {"cycle": 1 - 0.6 * step / STEPS} | terms
        values = {name: value(step / STEPS) if callable(value) else value for name, value in told.items()}
        yield Losses(step, values, waited)


def scores(first, last, every=100, **figures):
    for step in range(first, last + 1, every):
        told = GOOD | {"distance": 0.8 - 0.6 * step / STEPS} | figures
        values = {name: value(step / STEPS) if callable(value) else value for name, value in told.items()}
        yield Scored(step, "sliced Wasserstein", {ROUTE: values}, best=callable(figures.get("distance")) is False)


def mixed(*streams):
    return sorted((event for stream in streams for event in stream), key=lambda event: event.step)


def advice(events, **more):
    """What is said: rule → the advices in order."""
    listener = Coach(case(**more), Record())
    said = [event for event in listener.listening(event for event in events) if isinstance(event, Advised)]
    found = {}
    for each in said:
        found.setdefault(each.rule, []).append(each)
    return found


def wrong(events, **more):
    return {rule: said for rule, said in advice(events, **more).items() if rule != "healthy"}


def test_a_healthy_run_hears_nothing_but_that_it_is_healthy():
    events = [started(), *mixed(curves(1, STEPS), scores(100, STEPS))]
    assert list(advice(events)) == ["healthy"]
    (said,) = advice(events)["healthy"]
    assert said.message
    assert said.remedies == ()


def test_what_a_rule_of_an_earlier_version_said_falls_silent_at_the_next_start():
    earlier = replay([started(), Advised(0, "judge winning", "It spots every fake.")])
    listener = Coach(case(), earlier)
    said = [
        event
        for event in listener.listening(event for event in [started(), *curves(1, STEPS)])
        if isinstance(event, Advised)
    ]
    assert [(each.rule, bool(each.message)) for each in said] == [("judge winning", False), ("healthy", True)]
    assert list(listener.record.advice) == ["healthy"]


def test_losses_that_leap_are_healthy_too():
    def leaping(progress):
        return 0.03 if int(progress * STEPS) % 40 < 15 else 0.6

    assert wrong([started(), *curves(1, STEPS, discriminator=leaping)]) == {}


def test_the_beginning_may_look_like_anything():
    strange = {"variety": 0.01, "likeness": 1.0, "distance": 0.8, "tone": -1.0, "grid": 30}
    assert wrong([started(), *mixed(curves(1, 150, cycle=1.0), scores(50, 150, 50, **strange))]) == {}


def test_discriminator_winning_is_told_once_and_over_when_it_loses():
    events = [started(), *curves(1, 600, discriminator=0.01, fool=1.8), *curves(605, STEPS)]
    spoken, over = wrong(events)["discriminator winning"]
    assert spoken.step < 200
    assert "discriminator is winning" in spoken.message
    assert spoken.remedies[0] == Remedy("Slow the discriminator", "change", {"discriminator_rate": 0.5})
    assert over.message == ""
    assert 600 < over.step < 1000


def test_a_discriminator_that_wins_while_the_generator_pleases_it_is_none():
    assert wrong([started(), *curves(1, STEPS, discriminator=0.03, fool=0.6)]) == {}


def test_discriminator_guessing():
    events = [started(), *curves(1, 600, discriminator=0.9, fool=0.01), *curves(605, STEPS)]
    spoken, over = wrong(events)["discriminator guessing"]
    assert spoken.remedies[0].settings == {"discriminator_rate": 2.0}
    assert over.message == ""


def test_content_lost_and_found():
    events = [started(), *curves(1, 1000, cycle=0.9), *curves(1005, STEPS, cycle=0.2)]
    spoken, over = wrong(events)["content lost"]
    assert spoken.remedies[0] == Remedy("Keep more of the picture", "change", {"cycle": 20.0})
    assert not over.message


def test_content_that_survives_is_not_lost_only_because_a_curve_is_flat():
    assert wrong([started(), *mixed(curves(1, STEPS, cycle=0.9), scores(100, STEPS))]) == {}


@pytest.mark.parametrize(
    ("rule", "figures", "deed"),
    [
        ("copying", {"likeness": 0.995, "distance": 0.79}, {"cycle": 5.0}),
        ("colours inverted", {"tone": -0.8}, {"identity": 1.0}),
        ("all alike", {"variety": 0.05}, {"learning_rate": 1e-4}),
        ("grid pattern", {"grid": 18.0}, {"learning_rate": 1e-4}),
    ],
)
def test_what_scores_tell_is_said_and_over_when_it_is_gone(rule, figures, deed):
    stays = {"distance": 0.79} if "distance" in figures else {}
    events = [started(), *mixed(curves(1, STEPS), scores(100, 1000, **figures), scores(1100, STEPS))]
    found = wrong(events)
    assert set(found) == {rule} | ({"time to stop"} if stays else set())
    spoken, over = found[rule]
    assert ROUTE in spoken.message
    assert deed in [remedy.settings for remedy in spoken.remedies]
    assert spoken.step <= 600
    assert (over.step, over.message) == (1100, "") or over.step == 1200


def test_one_bad_score_is_chance():
    events = [started(), *scores(100, 900), *scores(1000, 1000, variety=0.0, tone=-1, grid=40), *scores(1100, STEPS)]
    assert wrong(events) == {}


def test_light_and_dark_of_pairs_are_as_they_are():
    assert wrong([started(), *scores(100, STEPS, tone=-1.0)], method="pix2pix") == {}


def test_back_to_the_best_is_offered_when_it_was_better():
    events = [
        started(),
        *scores(100, 600),
        *(dataclasses.replace(e, best=False) for e in scores(700, 1200, variety=0.0)),
    ]
    (spoken,) = wrong(events)["all alike"]
    assert spoken.remedies[0] == Remedy("Go back to the best", "return")


def test_time_to_stop_after_a_quarter_without_gain():
    events = [started(), *scores(100, STEPS, distance=lambda progress: max(0.8 - 2 * progress, 0.3))]
    (spoken,) = wrong(events)["time to stop"]
    assert 0.45 * STEPS <= spoken.step <= 0.55 * STEPS
    assert spoken.remedies[0] == Remedy("Stop here", "stop")
    assert spoken.remedies[-1].settings == {"learning_rate": 1e-4}


def test_time_to_stop_is_over_when_results_get_better_again():
    def late(progress):
        return 0.5 if progress < 0.6 else 0.5 - (progress - 0.6)

    _, over = wrong([started(), *scores(100, STEPS, distance=late)])["time to stop"]
    assert not over.message


def test_waiting_for_pictures():
    events = [started(), *curves(1, 600, waited=0.6), *curves(605, STEPS, waited=0.02)]
    spoken, over = wrong(events)["waiting for pictures"]
    assert "60%" in spoken.message or "59%" in spoken.message
    assert over.message == ""


def test_too_few_and_unbalanced_are_said_at_the_start():
    found = wrong([started(summer=12, winter=300)])
    assert set(found) == {"too few pictures", "unbalanced folders"}
    assert "12 of summer" in found["too few pictures"][0].message
    assert found["too few pictures"][0].remedies[0].settings == {"augment": "gentle"}
    assert found["unbalanced folders"][0].remedies == (Remedy("Show the pictures", "show"),)


def test_a_long_training_on_a_small_folder_suggests_more_variety():
    (spoken,) = wrong([started(summer=60, winter=900)])["pictures seen often"]
    assert "60 of summer so often" in spoken.message
    assert "winter" not in spoken.message
    assert spoken.remedies == (Remedy("Show the discriminator more variety", "change", {"augment": "gentle"}),)
    # Of 300 pictures each is seen a few times only.
    assert wrong([started(summer=300, winter=900)]) == {}


def test_few_labels_are_few_on_purpose():
    assert wrong([started(few=20, many=900)], method="catgan") == {}


def test_a_number_that_exploded_is_told_until_it_is_long_gone():
    reason = "A number exploded at step 812 (generator). The run went back to the last good checkpoint."
    events = [started(), *curves(1, 800), Returned(700, reason), Changed(700, {"learning_rate": 1e-4})]
    found = wrong([*events, *curves(705, STEPS)])
    spoken, over = found["number exploded"]
    assert spoken.message.startswith(reason)
    assert spoken.remedies[0].deed == "show"
    assert spoken.remedies[1].settings == {"learning_rate": 5e-5}
    assert not over.message


def test_a_return_that_was_asked_for_is_no_explosion():
    assert wrong([started(), *curves(1, 800), Returned(700), *curves(705, STEPS)]) == {}


def test_who_takes_a_remedy_has_been_heard_and_the_next_goes_further():
    lost = {"discriminator": 0.01, "fool": 1.8}
    changed = Changed(500, {"discriminator_rate": 0.5})
    _, heard, again = wrong([started(), *curves(1, 500, **lost), changed, *curves(505, STEPS, **lost)])[
        "discriminator winning"
    ]
    assert (heard.step, heard.message) == (500, "")
    assert again.step >= 600
    assert again.remedies[0].settings == {"discriminator_rate": 0.25}


def test_going_back_silences_what_came_after():
    events = [started(), *scores(100, 1200, variety=0.0), Returned(100)]
    assert [bool(said.message) for said in wrong(events)["all alike"]] == [True, False]


def test_a_resumed_run_says_nothing_twice_and_knows_what_is_over():
    events = [started(), *curves(1, 600, discriminator=0.01, fool=1.8)]
    told = list(Coach(case(), Record()).listening(event for event in events))
    told = [from_json(to_json(event)) for event in told]
    again = Coach(case(), replay(told))
    resumed = [dataclasses.replace(started(), step=600), *curves(605, STEPS)]
    said = [event for event in again.listening(event for event in resumed) if isinstance(event, Advised)]
    assert [(each.rule, bool(each.message)) for each in said] == [("discriminator winning", False), ("healthy", True)]


def test_replay_says_what_was_said_live():
    events = [started(), *mixed(curves(1, 900, discriminator=0.01, fool=1.8), scores(100, 900, tone=-0.9))]
    live = list(Coach(case(), Record()).listening(event for event in events))
    assert [event for event in live if not isinstance(event, Advised)] == events
    replayed = replay(live)
    assert replayed.advice.keys() == {"discriminator winning", "colours inverted"}


def test_remedies_are_only_what_a_method_can_take():
    """Every rule, every method: settings that exist, can change, and stay in range."""
    worst = {"discriminator": 0.001, "fool": 90.0, "critic": -9.0, "contrast": 9.0, "reconstruction": 9.0}
    bad = {"variety": 0.0, "likeness": 1.0, "distance": 0.8, "tone": -1.0, "grid": 40.0}
    names = set()
    for kind in CATALOGUE:
        domains = (DomainFound("A", 9, 1, ("x", "y"), ("red", "blue")), DomainFound("B", 9, 1))
        found = Inventory(domains[: 2 if kind.needs is Needs.PAIRS else kind.needs.folders.start], {})
        recipe = Recipe(kind.key, (Domain("A", ("/a",)),), size=128)
        able = changing.changeable(recipe, found)
        settings = kind.Settings()
        this = Case.of(settings, kind.signs(settings, 2), able)
        events = [started(A=3, B=400), *mixed(curves(1, STEPS, **worst), scores(100, STEPS, **bad))]
        cards = {card.name: card for card in describe(kind.Settings)}
        for said in (
            each for each in Coach(this, Record()).listening(event for event in events) if isinstance(each, Advised)
        ):
            names.add(said.rule)
            assert "learning_rate" in able
            for remedy in said.remedies:
                for name, value in remedy.settings.items():
                    assert name in able, (kind.key, said.rule, name)
                    assert check(cards[name], value) == value
                    assert value != getattr(settings, name)
    assert {"discriminator winning", "copying", "all alike", "too few pictures"} <= names


def test_every_rule_has_its_key_and_speaks_plainly():
    jargon = ("epoch", "tensor", "lambda", "loss", "gradient", "converge")
    text = " ".join(str(constant) for rule in coach.__dict__.values() if callable(rule) for constant in _words(rule))
    assert [word for word in jargon if word in text.lower()] == []
    assert set(coach.RULES) >= {
        "discriminator winning",
        "discriminator guessing",
        "content lost",
        "healthy",
        "time to stop",
    }


def _words(rule):
    code = getattr(rule, "__code__", None)
    if code is None or rule.__module__ != coach.__name__:
        return []
    return [constant for constant in code.co_consts[1:] if isinstance(constant, str)]


def test_while_generators_rest_a_discriminator_that_wins_is_the_idea():
    """Afterwards it is advice again; what is no matter of the contest is told at all times."""
    lost = {"discriminator": 0.001, "fool": 2.0}
    this = dataclasses.replace(case(), settings={**case().settings, "discriminators_first": 500})

    def told(events):
        listener = Coach(this, Record())
        said = [event for event in listener.listening(event for event in events) if isinstance(event, Advised)]
        return {event.rule: event.step for event in said if event.message}

    assert told([started(), *curves(1, 500, **lost)]) == {}
    assert told([started(), *curves(1, 900, **lost)])["discriminator winning"] > 500
    assert "waiting for pictures" in told([started(), *curves(1, 400, waited=0.9)])
    assert "too few pictures" in told([started(summer=3), *curves(1, 100)])


def test_the_record_stays_small():
    listener = Coach(case(), Record())
    events = [Started(0, 400_000, "cyclegan", "CPU", "fp32", {"a": 300}), *curves(1, 40_000)]
    for event in [*events, *(Scored(step, "KID", {ROUTE: GOOD}) for step in range(1, 2000))]:
        listener.hear(event)
    size = len(json.dumps(dataclasses.asdict(listener.record), default=str))
    assert size < 200_000


def test_a_real_training_that_went_well_hears_nothing():
    """The CycleGAN of the demo, 600 steps on the sample."""
    lines = (Path(__file__).parent / "histories" / "healthy.jsonl").read_text("ascii").splitlines()
    assert list(advice([from_json(line) for line in lines])) == ["healthy"]


def test_a_real_training_in_which_the_discriminator_wins():
    """A CycleGAN whose discriminators learn eight times as fast as the preset has it."""
    lines = (Path(__file__).parent / "histories" / "discriminator-winning.jsonl").read_text("ascii").splitlines()
    found = wrong([from_json(line) for line in lines])
    assert set(found) == {"discriminator winning"}
    assert 90 < found["discriminator winning"][0].step < 150
