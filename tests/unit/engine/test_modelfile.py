import json

import pytest
import torch

from ganstudio.engine import modelfile, sealed
from ganstudio.engine.trainer import train
from ganstudio.runs.model import card, header
from ganstudio.runs.run import Run
from ganstudio.words.events import Scored


@pytest.fixture
def run(tmp_path, recipe):
    run = Run.create(tmp_path / "warm2cold", recipe)
    list(train(run))
    return run


def test_the_card_says_what_was_trained(run):
    found = card(run.path)
    assert (found.name, found.method, found.size, found.step, found.steps) == ("warm2cold", "cyclegan", 16, 8, 8)
    assert [route.title for route in found.routes] == ["warm → cold", "cold → warm"]
    assert found.pictures == {domain.name: domain.train for domain in run.inventory().domains}
    assert found.file_bytes == run.model.stat().st_size


@pytest.mark.parametrize("scores", [None, "x", {}, {"step": 3}, 7])
def test_scores_that_are_none_are_no_reason_to_refuse_a_model(run, scores):
    tensors, facts = sealed.read(run.model)
    sealed.write(run.model, tensors, facts | {"scored": scores})
    assert card(run.path).scored is None
    sealed.write(run.model, tensors, {name: value for name, value in facts.items() if name != "scored"})
    assert card(run.path).scored is None


def test_scores_of_a_newer_version_are_read_as_far_as_they_are_known(run):
    tensors, facts = sealed.read(run.model)
    told = {"step": 3, "measure": "KID", "scores": {"a": {"distance": 0.1}}, "mood": "good"}
    sealed.write(run.model, tensors, facts | {"scored": told})
    assert card(run.path).scored == Scored(3, "KID", {"a": {"distance": 0.1}})


def test_a_model_file_opens_alone_and_holds_the_painters_only(run, tmp_path):
    alone = tmp_path / "elsewhere.safetensors"
    alone.write_bytes(run.model.read_bytes())
    method, recipe, _, step = modelfile.open_method(alone)
    assert (recipe, step) == (modelfile.without_places(run.recipe()), 8)
    assert not method.training
    assert {name.split(".")[0] for name in sealed.read(alone)[0]} == {"G_A", "G_B"}
    assert not any(parameter.is_meta for parameter in method.G_A.parameters())


def test_opening_a_model_leaves_the_chance_of_others_alone(run):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    modelfile.open_method(run.path)
    assert torch.equal(torch.rand(3), expected)


def test_a_checkpoint_is_not_a_model(run):
    with pytest.raises(ValueError, match="is not a model of GAN Studio"):
        card(next(run.checkpoints.iterdir()))


def test_nothing_there_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="There is no model at"):
        card(tmp_path)


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\xff" * 100, (9).to_bytes(8, "little") + b'{"a": [1}'])
def test_other_files_are_refused_in_a_sentence(tmp_path, data):
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"x\.safetensors is not a model of GAN Studio"):
        header(path)


def test_a_changed_weight_is_noticed(run):
    data = bytearray(run.model.read_bytes())
    data[-3] ^= 4
    run.model.write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        modelfile.open_method(run.path)


def test_a_model_from_the_future_asks_for_an_update(run):
    tensors, facts = sealed.read(run.model)
    sealed.write(run.model, tensors, facts | {"version": 99})
    with pytest.raises(ValueError, match="newer GAN Studio"):
        modelfile.open_method(run.path)


def test_networks_that_do_not_fit_the_recipe_are_refused(run):
    tensors, facts = sealed.read(run.model)
    changed = json.loads(json.dumps(facts))
    changed["recipe"]["settings"]["width"] = 8
    sealed.write(run.model, tensors, changed)
    with pytest.raises(ValueError, match="does not hold the networks"):
        modelfile.open_method(run.path)
