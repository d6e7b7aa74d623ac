"""Every method of the catalogue keeps the same promises."""

import dataclasses
import inspect
import json
import re
from pathlib import Path

import pytest
import torch

from ganstudio.engine.models import modelfile
from ganstudio.engine.training.descent import Descending
from ganstudio.game import AdversarialSettings, Batch
from ganstudio.methods import find
from ganstudio.runs.model import card
from ganstudio.words.captions import LONGEST
from ganstudio.words.recipe import PRESETS, Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Needs
from ganstudio.words.settings import build
from tests.unit.methods.pieces import played

SIZE = 16
SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "noise": 8}


def small(kind, **more):
    names = {card.name for card in kind.card().settings}
    return build(kind.Settings, {name: value for name, value in SMALL.items() if name in names} | more)


CLASSES = ("cat", "dog", "hen")
WORDS = ("a", "red", "blue", "square")


def inventory(kind):
    """What is found for it: the fewest folders, but three for a method of many."""
    match kind.needs:
        case Needs.CLASSES:
            domains = (DomainFound("A", 9, 1, CLASSES),)
        case Needs.CAPTIONS:
            domains = (DomainFound("A", 9, 1, words=WORDS),)
        case Needs.FEW_LABELS:
            domains = DomainFound("A", 9, 1, CLASSES), DomainFound("B", 9, 1)
        case Needs.FOLDER:
            domains = (DomainFound("A", 9, 1),)
        case Needs.MANY_FOLDERS:
            domains = tuple(DomainFound(name, 9, 1) for name in "ABC")
        case _:
            domains = tuple(DomainFound(name, 9, 1) for name in "AB")
    return Inventory(domains, {})


def make_method(kind, seed=0, **more):
    torch.manual_seed(seed)
    return kind(small(kind, **more), inventory(kind), SIZE)


def make_batch(kind, count=2, seed=1, draws=1):
    count = count * draws
    random = torch.Generator().manual_seed(seed)
    found = inventory(kind)
    images = tuple(torch.rand(count, 3, SIZE, SIZE, generator=random) * 2 - 1 for _ in found.domains)
    labels = torch.arange(count) % 3 if found.domains[0].classes else None
    captions = None
    if found.domains[0].words:
        captions = torch.zeros(count, LONGEST).long()
        captions[:, 0], captions[:, 1] = 1, 2 + torch.arange(count) % 2
    return Batch(images, labels, captions)


def drawn(method, route, count=1):
    """Input that a route takes."""
    random = torch.Generator().manual_seed(2)
    width = method.noise_width(route)
    shape = (count, width) if route.source is None else (count, 3, SIZE, SIZE)
    condition = torch.zeros(count).long() if route.labels else None
    if route.words:
        condition = torch.zeros(count, LONGEST).long()
        condition[:, 0] = 2
    return torch.randn(shape, generator=random).clamp(-1, 1), condition


def test_every_parameter_has_exactly_one_player(kind):
    method = make_method(kind)
    owned = [p for networks in method.players().values() for network in networks for p in network.parameters()]
    assert len(owned) == len(set(owned))
    assert set(owned) == set(method.parameters())


def test_turns_are_finite_and_reach_every_parameter_of_their_player(kind):
    method = make_method(kind)
    players = {
        player: [p for network in networks for p in network.parameters()]
        for player, networks in method.players().items()
    }
    moved, reached = set(), set()
    for turn in method.turns(make_batch(kind, draws=method.draws), 0.0):
        for player, loss in turn.losses.items():
            assert loss.shape == ()
            assert torch.isfinite(loss)
            gradients = torch.autograd.grad(loss, players[player], retain_graph=True, allow_unused=True)
            reached |= {p for p, gradient in zip(players[player], gradients, strict=True) if gradient is not None}
            moved.add(player)
        if not turn.more:
            assert reached == {p for player in turn.losses for p in players[player]}
            reached = set()
        assert all(term.shape == () and not term.requires_grad for term in turn.terms.values())
    assert moved == set(players)


def test_losses_have_all_their_digits_where_networks_are_computed_in_bfloat16(kind):
    method = make_method(kind)
    game = method.turns(make_batch(kind, draws=method.draws), 0.9)
    while True:
        with torch.autocast("cpu", torch.bfloat16):
            turn = next(game, None)
        if turn is None:
            break
        told = {**turn.losses, **turn.terms}
        assert {name: number.dtype for name, number in told.items()} == dict.fromkeys(told, torch.float32)


def test_the_family_tree_has_what_its_players_descend_in_one_line_with_the_source(kind):
    file = Path(inspect.getfile(kind))
    page = file.with_name("README.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("|") and f"]({file.name})" in line)
    _, name, _, makers, discriminators, source, _ = re.split(r"(?<!\\)\|", row)
    assert kind.title.removesuffix(" (2014)").lower() in name.lower()
    assert makers.strip()
    assert discriminators.strip()
    assert re.search(r"(19|20)\d\d $", source)


def test_the_same_seed_plays_the_same_game(kind):
    histories = []
    for _ in range(2):
        method = make_method(kind, seed=3)
        descending = Descending(method, steps=3)
        histories.append([descending.step(make_batch(kind, seed=step, draws=method.draws), step) for step in range(3)])
    assert histories[0] == histories[1]


def seen_by(method, batch):
    """What each discriminator was shown in one step, and the step's curves."""
    shown = []
    hooks = [
        discriminator.register_forward_hook(lambda *call: shown.append(call[1]))
        for discriminator in method.discriminators()
    ]
    terms = Descending(method, steps=3).step(batch, 0)
    for hook in hooks:
        hook.remove()
    return shown, terms


def test_discriminators_see_every_picture_changed_when_asked_and_only_then(kind):
    if not issubclass(kind.Settings, AdversarialSettings):
        assert make_method(kind).discriminators() == ()
        return
    games = {}
    for augment in ("none", "strong"):
        method = make_method(kind, seed=3, augment=augment)
        names = list(method.state_dict())
        games[augment] = seen_by(method, make_batch(kind, draws=method.draws))
        assert list(method.state_dict()) == names
        assert len(games[augment][0]) > 0
    (plain, _), (changed, terms) = games["none"], games["strong"]
    assert all(torch.isfinite(term) for term in terms.values())
    for before, after in zip(plain, changed, strict=True):
        for x, y in zip(before, after, strict=True):
            # Every picture of the batch, real or made; labels beside them stay.
            assert all(torch.equal(one, other) != (x.dim() == 4) for one, other in zip(x, y, strict=True))


def test_augmented_games_go_on_exactly(kind):
    if not issubclass(kind.Settings, AdversarialSettings):
        return
    methods = [make_method(kind, seed=3, augment="strong") for _ in range(2)]
    games = [Descending(method, steps=4) for method in methods]
    batches = [make_batch(kind, seed=step, draws=methods[0].draws) for step in range(4)]
    torch.manual_seed(5)
    for step in range(2):
        games[0].step(batches[step], step)
    state, chance = {name: value.clone() for name, value in games[0].state().items()}, torch.get_rng_state()
    expected = [games[0].step(batches[step], step) for step in (2, 3)]
    games[1].restore(state)
    torch.set_rng_state(chance)
    assert [games[1].step(batches[step], step) for step in (2, 3)] == expected


def test_discriminators_learn_at_their_share_of_the_generators_rate(kind):
    if "discriminator_rate" not in {card.name for card in kind.card().settings}:
        return
    method = make_method(kind, learning_rate=4e-4, discriminator_rate=0.25)
    looking = {p for discriminator in method.discriminators() for p in discriminator.parameters()}
    painting = {p for network in method.makers().values() for p in network.parameters()}
    for player, networks in method.players().items():
        own = {p for network in networks for p in network.parameters()}
        discriminators = own & looking or not own & painting
        assert method.descent(player).rate == pytest.approx(1e-4 if discriminators else 4e-4)


def test_a_step_moves_every_network(kind):
    method = make_method(kind)
    before = [parameter.clone() for parameter in method.parameters()]
    Descending(method, steps=5).step(make_batch(kind, draws=method.draws), 0)
    # Biases before a norm have no gradient to speak of, but weights have.
    moved = [not torch.equal(b, p) for b, p in zip(before, method.parameters(), strict=True) if p.dim() > 1]
    assert all(moved)


def test_every_route_makes_its_shape_in_range(kind):
    method = make_method(kind).eval()
    assert method.routes()
    for route in method.routes():
        x, condition = drawn(method, route, 2)
        with torch.inference_mode():
            made = method.make(route, x, condition)
        if route.answers:
            assert made.shape == (2, len(route.answers))
            torch.testing.assert_close(made.sum(1), torch.ones(2))
            assert made.min() >= 0
        else:
            assert made.shape == (2, 3, SIZE * route.scale, SIZE * route.scale)
            assert made.abs().max() <= 1


def test_a_picture_alone_is_the_same_as_in_a_batch(kind):
    method = make_method(kind).eval()
    for route in method.routes():
        x, condition = drawn(method, route, 3)
        with torch.inference_mode():
            together = method.make(route, x, condition)
            alone = method.make(route, x[1:2], condition[1:2] if condition is not None else None)
        torch.testing.assert_close(together[1:2], alone, atol=1e-5, rtol=0)


def test_a_saved_model_makes_the_same_picture(kind, tmp_path):
    method = make_method(kind).eval()
    found = inventory(kind)
    domains = tuple(Domain(domain.name, ()) for domain in found.domains)
    chosen = {f.name: getattr(method.settings, f.name) for f in dataclasses.fields(method.settings)}
    recipe = Recipe(kind.key, domains, size=SIZE, steps=9, settings=chosen)
    path = tmp_path / "model.safetensors"
    modelfile.save(path, method, recipe, found, 5)
    opened, opened_recipe, opened_inventory, step = modelfile.open_method(path)
    assert (opened_recipe, opened_inventory, step) == (recipe, found, 5)
    for route in method.routes():
        x, condition = drawn(method, route)
        with torch.inference_mode():
            assert torch.equal(opened.make(route, x, condition), method.make(route, x, condition))
    assert card(path).routes == method.routes()


def test_a_model_of_one_route_alone_makes_the_same_picture(kind, tmp_path):
    method = make_method(kind).eval()
    found = inventory(kind)
    domains = tuple(Domain(domain.name, ()) for domain in found.domains)
    chosen = {f.name: getattr(method.settings, f.name) for f in dataclasses.fields(method.settings)}
    recipe = Recipe(kind.key, domains, size=SIZE, steps=9, settings=chosen)
    for number, route in enumerate(method.routes()[:3]):
        path = tmp_path / f"{number}.safetensors"
        modelfile.save(path, method, recipe, found, 5, routes=[route])
        opened, *_ = modelfile.open_method(path)
        assert card(path).routes == (route,)
        x, condition = drawn(method, route)
        with torch.inference_mode():
            assert torch.equal(opened.make(route, x, condition), method.make(route, x, condition))


def test_settings_and_presets_are_in_range_and_survive_toml(kind):
    described = kind.card()
    assert set(described.presets) == set(PRESETS)
    low, balanced = described.presets["low-memory"], described.presets["balanced"]
    assert low.size <= balanced.size
    assert low.batch < balanced.batch or low.batch == 1
    for preset in described.presets.values():
        settings = build(kind.Settings, preset.settings)
        assert preset.steps_for(300) > 0
        recipe = Recipe(kind.key, (Domain("x", ("y",)),), size=preset.size, settings=preset.settings)
        assert Recipe.from_toml(recipe.to_toml()) == recipe
        assert settings is not None
    assert all(setting.help.endswith(".") for setting in described.settings)
    json.dumps(dataclasses.asdict(described))


def test_presets_for_results_average_weights_and_say_where_the_published_recipe_does_not(kind):
    """The setting itself stays as published, so that a recipe without a preset is exact."""
    published = kind.Settings().average
    assert published == (0.9999 if kind.key == "semi-supervised-gan" else 0)
    for name in ("balanced", "best"):
        preset = kind.card().presets[name]
        average = preset.settings.get("average", published)
        assert 0.99 <= average < 1
        claims = "published" in preset.sentence
        assert ("averaged" in preset.sentence) == (claims and average != published)


def test_the_catalogue_finds_it_and_suggests_it(kind):
    assert find(kind.key) is kind
    with pytest.raises(ValueError, match=f"Did you mean {kind.key}"):
        find(kind.key + "x")


def test_signs_say_what_a_discriminator_that_only_guesses_costs(kind):
    """Without weights they answer 0: a guess by cross-entropy; by least squares 2 and 4 times what a guess costs."""
    method = make_method(kind)
    signs = kind.signs(method.settings, len(inventory(kind).domains))
    looking = {id(weight) for discriminator in method.discriminators() for weight in discriminator.parameters()}
    with torch.no_grad():
        for networks in method.players().values():
            weights = [weight for network in networks for weight in network.parameters()]
            if looking & {id(weight) for weight in weights}:
                for weight in weights:
                    weight.zero_()
    terms = {}
    for turn in played(method, make_batch(kind, draws=method.draws), 0.9):
        terms |= turn.terms
    curves = [name for name in (signs.discriminator, signs.fool, signs.content) if name in terms]
    assert (
        curves == [name for name in (signs.discriminator, signs.fool, signs.content) if name]
        or not method.discriminators()
    )
    assert not signs.faithful or signs.faithful in {card.name for card in kind.card().settings}
    if signs.discriminator in terms and signs.fool in terms:
        costs = float(terms[signs.discriminator]) / signs.guessing, float(terms[signs.fool]) / signs.pleased
        assert costs == pytest.approx((1, 1), rel=0.05) or costs == pytest.approx((2, 4), rel=0.05)
