"""A run that begins with a model: its generators, new discriminators that learn first while they rest, bit for bit."""

import dataclasses

import pytest
import torch

from ganstudio.engine.exchange import exporting as exchange
from ganstudio.engine.models import checkpoint, modelfile, sealed
from ganstudio.engine.training import fine_tuning
from ganstudio.engine.training.descent import Descending
from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.game import Batch
from ganstudio.runs.model import card
from ganstudio.runs.origin import origin
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Started
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.engine.exchange.test_importing import done, import_model, picture, put
from tests.unit.engine.published import Patch, Resnet, Unet, trained
from tests.unit.engine.training.test_trainer import train_to

WISHES = {"steps": 6, "size": 16, "device": "cpu"}
SETTINGS = {"discriminator_width": 4, "discriminator_layers": 1, "pool": 3, "discriminators_first": 3, "average": 0.9}


@pytest.fixture
def sides(folders):
    return tuple(Domain(folder.name, (str(folder),)) for folder in folders)


@pytest.fixture
def model(tmp_path):
    """A model of one direction, imported."""
    file = put(tmp_path / "latest_net_G_A.pth", trained(Resnet()))
    done(import_model(file, tmp_path / "model.safetensors"))
    return tmp_path / "model.safetensors"


def begun(model, place, sides, **more):
    recipe = fine_tuning.plan(model, sides, **WISHES, settings=SETTINGS | more)
    return fine_tuning.begin(model, place, recipe)


def state(run):
    found = checkpoint.newest(run)[0]
    return found.step, found.tensors


def below(prefix, tensors):
    return {name[len(prefix) :]: value for name, value in tensors.items() if name.startswith(prefix)}


def same(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(value, other[name]) for name, value in one.items())


def test_the_first_checkpoint_holds_the_generator_and_what_is_new(tmp_path, model, sides):
    run = begun(model, tmp_path / "run", sides)
    step, tensors = state(run)
    assert step == 0
    assert same(below("method.G_A.", tensors), trained(Resnet()).state_dict())
    assert same(below("average.G_A.", tensors), trained(Resnet()).state_dict())
    assert not same(below("method.G_B.", tensors), below("method.G_A.", tensors))
    found = origin(run)
    assert (found.name, found.step) == ("model", 0)


def test_what_is_new_is_what_a_fresh_run_of_this_seed_begins_with(tmp_path, model, sides):
    run = begun(model, tmp_path / "run", sides)
    with torch.random.fork_rng():
        torch.manual_seed(run.recipe().seed)
        method = modelfile.build_method(run.recipe(), modelfile.open_method(model)[2])
    assert same(below("method.D_A.", state(run)[1]), method.D_A.state_dict())
    assert same(below("method.G_B.", state(run)[1]), method.G_B.state_dict())


def test_what_the_model_brought_rests_while_all_that_is_new_learns(tmp_path, model, sides):
    run = begun(model, tmp_path / "run", sides)
    before = state(run)[1]
    train_to(run, 3)
    step, after = state(run)
    assert step == 3
    assert same(below("method.G_A.", before), below("method.G_A.", after))
    assert same(below("average.G_A.", before), below("average.G_A.", after))
    for name in ("D_A", "D_B", "G_B"):
        assert not same(below(f"method.{name}.", before), below(f"method.{name}.", after))
    train_to(run, 4)
    assert not same(below("method.G_A.", before), below("method.G_A.", state(run)[1]))


def test_it_resumes_bit_for_bit_wherever_it_was_interrupted(tmp_path, model, sides):
    straight, parted = (begun(model, tmp_path / name, sides) for name in ("straight", "parted"))
    list(train(straight))
    for stop in (1, 3, 4):  # While it warms up, at the end of that, and after it.
        train_to(parted, stop)
    events = list(train(parted))
    assert isinstance(events[-1], Finished)
    assert state(straight)[0] == state(parted)[0] == 6
    assert same(state(straight)[1], state(parted)[1])


def test_both_ways_rest_when_both_were_brought(tmp_path, sides):
    for seed, way in enumerate("AB"):
        put(tmp_path / f"latest_net_G_{way}.pth", trained(Resnet(norm="batch"), seed))
    done(import_model(tmp_path / "latest_net_G_A.pth", tmp_path / "both"))
    run = begun(tmp_path / "both.safetensors", tmp_path / "run", sides)
    before = state(run)[1]
    train_to(run, 3)
    after = state(run)[1]
    for name in ("G_A", "G_B"):  # Statistics of batch norms too.
        assert same(below(f"method.{name}.", before), below(f"method.{name}.", after))
    list(train(run))
    assert not same(below("method.G_A.", before), below("method.G_A.", state(run)[1]))
    counted = state(run)[1]["method.G_A.model.2.num_batches_tracked"]
    assert counted > before["method.G_A.model.2.num_batches_tracked"]


def test_discriminators_that_came_along_go_on_and_need_no_warm_up(tmp_path, sides):
    for seed, way in enumerate("AB"):
        put(tmp_path / f"latest_net_G_{way}.pth", trained(Resnet(), seed))
        put(tmp_path / f"latest_net_D_{way}.pth", trained(Patch(layers=1), seed + 2))
    done(import_model(tmp_path / "latest_net_G_A.pth", tmp_path / "both"))
    recipe = fine_tuning.plan(tmp_path / "both.safetensors", sides, **WISHES | {"steps": 100})
    assert "discriminators_first" not in recipe.settings
    run = fine_tuning.begin(tmp_path / "both.safetensors", tmp_path / "run", recipe)
    assert same(below("method.D_B.", state(run)[1]), trained(Patch(layers=1), 3).state_dict())


def test_new_discriminators_get_a_warm_up_of_a_tenth_and_at_most_500_steps(model, sides):
    for steps, expected in ((100, 10), (9000, 500)):
        recipe = fine_tuning.plan(model, sides, **WISHES | {"steps": steps}, settings={"discriminator_layers": 1})
        assert recipe.settings["discriminators_first"] == expected
    asked = {"discriminator_layers": 1, "discriminators_first": 0}
    assert "discriminators_first" not in fine_tuning.plan(model, sides, **WISHES, settings=asked).settings


def test_the_model_decides_the_networks_and_the_preset_the_rest(model, sides):
    recipe = fine_tuning.plan(model, sides, preset="quick", size=24)
    assert (recipe.settings["blocks"], recipe.settings["width"]) == (2, 4)
    assert (recipe.settings["average"], recipe.steps) == (0.99, 600)
    assert "learning_rate" not in recipe.settings, "The quick one is for weights that know nothing yet."
    assert [domain.name for domain in recipe.domains] == ["warm", "cold"]


def test_a_model_trained_here_goes_on_with_both_generators(tmp_path, recipe, sides):
    run = Run.create(tmp_path / "first", dataclasses.replace(recipe, steps=2))
    list(train(run))
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(run.model.read_bytes())
    plan = fine_tuning.plan(alone, sides, steps=4, device="cpu")
    after = fine_tuning.begin(alone, tmp_path / "after", plan)
    held = sealed.read(alone)[0]
    for name in ("G_A", "G_B"):
        assert same(below(f"method.{name}.", state(after)[1]), below(f"{name}.", held))
    events = list(train(after))
    assert next(event.step for event in events if isinstance(event, Started)) == 0
    assert (events[-1].step, events[-1].reason) == (4, "done")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"settings": SETTINGS | {"width": 8, "blocks": 2}}, "other networks than model has"),
        ({"method": "dualgan", "settings": {}}, "a model of CycleGAN, which stays"),
    ],
)
def test_other_networks_are_refused_and_nothing_is_left(tmp_path, model, sides, change, sentence):
    recipe = fine_tuning.plan(model, sides, **WISHES, settings=SETTINGS)
    with pytest.raises(ValueError, match=sentence):
        fine_tuning.begin(model, tmp_path / "run", dataclasses.replace(recipe, **change))
    assert not (tmp_path / "run").exists()
    assert not list(tmp_path.glob(".ganstudio*"))


def test_a_folder_that_holds_something_is_refused(tmp_path, model, sides, folders):
    recipe = fine_tuning.plan(model, sides, **WISHES, settings=SETTINGS)
    with pytest.raises(ValueError, match="is not empty"):
        fine_tuning.begin(model, folders[0], recipe)


@pytest.mark.parametrize("strength", [0, 2])
def test_a_run_from_nothing_may_warm_up_too(recipe, strength):
    """Then all generators rest, and the discriminators see the same fakes again."""
    method = modelfile.build_method(recipe, inventory_of(recipe))
    method.take_on(dataclasses.replace(method.settings, discriminators_first=strength))
    descending = Descending(method, 4)
    before = {name: value.clone() for name, value in method.state_dict().items() if "G_" in name}
    batch = some_batch()
    for step in range(2):
        descending.step(batch, step)
    after = {name: value for name, value in method.state_dict().items() if "G_" in name}
    assert same(before, after) == bool(strength)


def inventory_of(recipe):
    return Inventory(tuple(DomainFound(domain.name, 7, 1) for domain in recipe.domains), {})


def some_batch():
    return Batch(tuple(torch.rand(1, 3, 16, 16) * 2 - 1 for _ in "ab"))


@pytest.mark.parametrize("kind", [Resnet, Unet])
def test_from_a_file_to_a_file(tmp_path, sides, kind):
    """Import, translate, train on, export: the published code can load what comes out."""
    network = trained(kind(norm="batch", dropout=True))
    file = put(tmp_path / "latest_net_G.pth", network)
    model = tmp_path / "model.safetensors"
    found, _ = done(import_model(file, model, names=("sketch", "photo")))
    made = Translator.open(model, device="cpu")
    assert made.routes == found.routes
    recipe = fine_tuning.plan(model, sides, steps=3, device="cpu", size=16, settings={"discriminator_layers": 1})
    run = fine_tuning.begin(model, tmp_path / "run", recipe)
    list(train(run))
    done(exchange.export(run.path, tmp_path / "out.pth", to="B"))
    exported = torch.load(tmp_path / "out.pth", weights_only=True)
    assert list(exported) == list(network.state_dict())
    theirs = kind(norm="batch", dropout=True).eval()
    theirs.load_state_dict(exported)
    method = modelfile.open_method(run.path)[0]
    with torch.inference_mode():
        ours = method.make(card(run.path).routes[0], picture(16))
        torch.testing.assert_close(ours, theirs(picture(16)), atol=1e-5, rtol=0)
