import hashlib
import json
import re
import shutil

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.engine.exchange.mixing import Mixture
from ganstudio.engine.models import modelfile, sealed
from ganstudio.engine.training.trainer import train
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.model import card, header
from ganstudio.runs.moment import address
from ganstudio.runs.remarks import remark, remarks
from ganstudio.runs.run import Run
from ganstudio.runs.seal import FACTS, SEAL, head_of
from ganstudio.runs.thumbnail import size_of
from ganstudio.words.cards import Remarks
from ganstudio.words.events import Scored
from ganstudio.words.mix import Mix
from ganstudio.words.recipe import Recipe


@pytest.fixture
def run(tmp_path, trained):
    """A copy of it, to do anything with."""
    shutil.copytree(trained.path, tmp_path / "warm2cold")
    return Run(tmp_path / "warm2cold")


def weights(path):
    method, *_ = modelfile.open_method(path)
    return modelfile.tensors_of(method.makers())


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


def as_version_1(path, run):
    """Write a run's model as the first version of this program wrote it: one checksum, and places of pictures."""
    tensors, facts = sealed.read(run.model)
    known = ("kind", "inventory", "routes", "step", "created", "scored")
    text = json.dumps({"version": 1, "recipe": run.recipe().to_table()} | {name: facts[name] for name in known})
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        digest.update(f"\n{name} {tensors[name].dtype} {tuple(tensors[name].shape)}\n".encode())
        digest.update(tensors[name].numpy().tobytes())
    table = {"__metadata__": {FACTS: text, SEAL: digest.hexdigest()}}
    end = 0
    for name in sorted(tensors):
        begin, end = end, end + tensors[name].nbytes
        table[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [begin, end]}
    words = json.dumps(table).encode()
    words += b" " * (-len(words) % 8)
    data = b"".join(tensors[name].numpy().tobytes() for name in sorted(tensors))
    path.write_bytes(len(words).to_bytes(8, "little") + words + data)
    return path


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


def test_a_model_file_opens_alone_and_holds_the_generators_only(run, tmp_path):
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
    with pytest.raises(ValueError, match=rf"There is no model at {re.escape(str(tmp_path))}\. Choose a run folder"):
        card(tmp_path)


def test_a_run_without_a_model_is_to_be_trained_first(run):
    run.model.unlink()
    with pytest.raises(ValueError, match=rf"There is no model at {re.escape(str(run.model))}\. Train it first\."):
        card(run.path)


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


@pytest.mark.parametrize(
    ("more", "sentence"),
    [({"method": "dream"}, "no method 'dream'"), ({"settings": {"width": 10**9}}, "width must be")],
)
def test_a_recipe_that_is_not_known_here_is_named_with_its_file(run, more, sentence):
    tensors, facts = sealed.read(run.model)
    sealed.write(run.model, tensors, facts | {"recipe": facts["recipe"] | more})
    with pytest.raises(ValueError, match=rf"model\.safetensors cannot be opened: .*{sentence}"):
        modelfile.open_method(run.path)


def test_it_says_what_it_is_of_and_shows_what_it_makes(run):
    found = card(run.path)
    assert (found.origin, found.parents, found.remarks) == ("trained", (), Remarks())
    assert [size_of(sample) for sample in found.samples] == [(320, 160)] * 2


def test_where_pictures_lie_is_nobody_elses_business(run):
    data = run.model.read_bytes()
    for source in (source for domain in run.recipe().domains for source in domain.sources):
        assert source.encode() not in data
    found = Recipe.from_table(header(run.path)["recipe"])
    assert [(side.name, side.sources) for side in found.domains] == [("warm", ()), ("cold", ())]


def test_names_of_unreadable_files_stay_at_home(run, tmp_path):
    method, recipe, inventory, step = modelfile.open_method(run.path)
    told = type(inventory)(inventory.domains, {"/home/me/secret.png": "cut short"})
    modelfile.save(tmp_path / "x.safetensors", method, recipe, told, step)
    assert b"secret" not in (tmp_path / "x.safetensors").read_bytes()


def test_a_file_of_the_first_version_opens_as_if_it_were_of_today(run, tmp_path):
    old = as_version_1(tmp_path / "old.safetensors", run)
    assert equal(weights(old), weights(run.path))
    found, today = card(old), card(run.path)
    for name in ("method", "routes", "size", "step", "steps", "created", "pictures", "scored"):
        assert getattr(found, name) == getattr(today, name)
    assert (found.origin, found.parents, found.samples) == ("trained", (), ())


def test_a_file_of_the_first_version_can_be_remarked_upon(run, tmp_path):
    old = as_version_1(tmp_path / "old.safetensors", run)
    remark(old, Remarks("an old one", 4, "CC0"))
    assert card(old).remarks == Remarks("an old one", 4, "CC0")
    assert equal(weights(old), weights(run.path))


def test_a_file_of_the_first_version_leaves_as_one_of_today_without_places(run, tmp_path):
    old = as_version_1(tmp_path / "old.safetensors", run)
    new = tmp_path / "new.safetensors"
    new.write_bytes(b"".join(modelfile.for_others(old)))
    (place, *_) = (source.encode() for domain in run.recipe().domains for source in domain.sources)
    assert place in old.read_bytes()
    assert place not in new.read_bytes()
    assert head_of(new, new.read_bytes()).checksums()
    assert equal(weights(new), weights(old))


@pytest.mark.parametrize("place", [-5, -4000])
def test_a_damaged_file_of_the_first_version_is_refused(run, tmp_path, place):
    old = as_version_1(tmp_path / "old.safetensors", run)
    data = bytearray(old.read_bytes())
    data[place] ^= 1
    old.write_bytes(data)
    with pytest.raises(ValueError, match=r"old\.safetensors was edited or is damaged"):
        modelfile.open_method(old)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_wherever_a_file_is_cut_it_says_so_without_its_weights(trained, tmp_path_factory, share):
    data = trained.model.read_bytes()
    file = tmp_path_factory.mktemp("cut") / "x.safetensors"
    file.write_bytes(data[: int(len(data) * share)])
    for look in (card, modelfile.open_method):
        with pytest.raises(ValueError, match="cut short"):
            look(file)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_whatever_bit_flips_in_the_weights_it_is_called_damage(trained, tmp_path_factory, place, bit):
    data = bytearray(trained.model.read_bytes())
    begin = head_of(trained.model, bytes(data)).begin
    data[begin + place % (len(data) - begin)] ^= 1 << bit
    file = tmp_path_factory.mktemp("flipped") / "x.safetensors"
    file.write_bytes(data)
    assert card(file).step == 8
    with pytest.raises(ValueError, match="is damaged: its weights are not those that were written"):
        modelfile.open_method(file)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_whatever_bit_flips_in_the_header_nothing_else_is_read(trained, tmp_path_factory, place, bit):
    data = bytearray(trained.model.read_bytes())
    data[place % head_of(trained.model, bytes(data)).begin] ^= 1 << bit
    file = tmp_path_factory.mktemp("flipped") / "x.safetensors"
    file.write_bytes(data)
    try:
        found = weights(file)
    except ValueError:
        return
    # Remarks are not sealed, so that they can change, and blanks mean nothing.
    assert equal(found, weights(trained.path))
    assert header(file) == header(trained.path)


EDITS = {
    "facts": lambda table: table["__metadata__"].update(
        {FACTS: table["__metadata__"][FACTS].replace('"step": 8', '"step": 9')}
    ),
    "names": lambda table: table.update({"G_A.model.99.weight": table.pop("G_A.model.1.weight")}),
    "shapes": lambda table: table["G_A.model.1.weight"]["shape"].reverse(),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_file_is_called_so_without_its_weights(run, what):
    data = run.model.read_bytes()
    begin = head_of(run.model, data).begin
    table = json.loads(data[8:begin])
    EDITS[what](table)
    text = json.dumps(table).encode()
    run.model.write_bytes(len(text).to_bytes(8, "little") + text + data[begin:])
    with pytest.raises(ValueError, match="was edited"):
        card(run.path)


def test_what_was_added_behind_the_end_is_an_edit(run):
    run.model.write_bytes(run.model.read_bytes() + b"more")
    with pytest.raises(ValueError, match="was edited: 4 bytes stand behind its end"):
        card(run.path)


def test_a_newer_file_is_refused_for_that_even_where_it_is_sealed_otherwise(run):
    data = run.model.read_bytes()
    run.model.write_bytes(data.replace(b'\\"version\\": 2', b'\\"version\\": 3', 1))
    with pytest.raises(ValueError, match=r"newer GAN Studio \(version 3 of the model file; this one reads up to 2\)"):
        card(run.path)


def test_remarks_change_without_the_seal(run, tmp_path):
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(run.model.read_bytes())
    facts = header(alone)
    for said in (Remarks("für später\nund länger", 5, "CC BY 4.0"), Remarks()):
        remark(alone, said)
        assert (remarks(alone), card(alone).remarks, header(alone)) == (said, said, facts)
        assert equal(weights(alone), weights(run.path))


def test_a_run_keeps_its_remarks_whatever_is_saved(run):
    remark(run.path, Remarks("the good one", 3, "CC0"))
    before = run.model.read_bytes()
    method, recipe, inventory, step = modelfile.open_method(run.path)
    modelfile.save(run.model, method, recipe, inventory, step)
    assert run.model.read_bytes() != before
    assert remarks(run.path) == remarks(run.model) == card(run.path).remarks == Remarks("the good one", 3, "CC0")
    shared = run.path.with_name("shared.safetensors")
    shared.write_bytes(b"".join(modelfile.for_others(run.path)))
    assert card(shared).remarks == Remarks("the good one", 3, "CC0")


def test_a_moment_of_a_run_is_a_model(run, tmp_path):
    then = address(run.path, 8)
    assert equal(weights(then), weights(run.path))
    found = card(then)
    assert (found.name, found.step, found.routes) == ("warm2cold, step 8", 8, card(run.path).routes)
    assert Translator.open(then, device="cpu").card == found
    (tmp_path / "then.safetensors").write_bytes(b"".join(modelfile.for_others(then)))
    assert equal(weights(tmp_path / "then.safetensors"), weights(run.path))


def test_what_lies_between_moments_of_a_run_shows_what_went_into_its_samples(run):
    then = address(run.path, 8)
    assert card(then).samples == ()
    shown = Mixture.open(then, then)
    assert len(shown.thumbnails(shown.translator(Mix(then, then, 0.5), "cpu"))) == len(card(run.path).samples) > 0


def test_a_moment_without_averages_has_the_last_weights(tmp_path, recipe):
    import dataclasses

    run = Run.create(
        tmp_path / "last", dataclasses.replace(recipe, steps=2, settings={**recipe.settings, "average": 0})
    )
    list(train(run))
    assert equal(weights(address(run.path, 2)), weights(run.path))


def test_a_moment_that_is_not_there_names_those_that_are(run):
    with pytest.raises(ValueError, match=r"warm2cold has no checkpoint of step 7; it has those of steps: (\d+, )*8\."):
        card(address(run.path, 7))


def test_a_route_that_the_method_does_not_have_is_refused(run):
    tensors, facts = sealed.read(run.model)
    sealed.write(run.model, tensors, facts | {"routes": [{"target": "cold", "source": "hot"}]})
    with pytest.raises(ValueError, match="does not hold the networks"):
        modelfile.open_method(run.path)


def test_one_of_two_ways_needs_half_the_file_and_refuses_the_other_way(run, tmp_path):
    method, recipe, inventory, step = modelfile.open_method(run.path)
    there, back = method.routes()
    file = tmp_path / "there.safetensors"
    modelfile.save(file, method, recipe, inventory, step, routes=[there])
    assert [route.title for route in card(file).routes] == ["warm → cold"]
    assert {name.split(".")[0] for name in sealed.read(file)[0]} == {"G_A"}
    opened, *_ = modelfile.open_method(file)
    x = torch.rand(1, 3, 16, 16)
    assert torch.equal(opened.make(there, x), method.make(there, x))
    with pytest.raises(ValueError, match="does not hold G_B"):
        opened.make(back, x)


HOSTILE = {
    "no step": {"step": float("inf")},
    "no time": {"created": float("nan")},
    "a time without end": {"created": 1e300},
    "a thousand folders": {
        "inventory": {
            "domains": [{"name": f"{n}", "train": 1, "test": 0, "classes": []} for n in range(1000)],
            "unreadable": {},
        }
    },
    "a way that is a word": {"routes": ["cold"]},
    "a way without a number": {"routes": [{"target": "cold", "source": "warm", "multiple": "x"}]},
    "a way that grows": {"routes": [{"target": "cold", "source": "warm", "scale": 10**9}]},
    "a way of no words": {"routes": [{"target": 7, "source": "warm"}]},
    "no origin": {"origin": "found"},
    "parents that are a number": {"parents": 7},
    "samples that are none": {"samples": ["ä"]},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_header_that_lies_under_a_good_seal_is_refused_in_a_sentence(run, what):
    tensors, facts = sealed.read(run.model)
    sealed.write(run.model, tensors, facts | HOSTILE[what])
    with pytest.raises(ValueError, match=r"model\.safetensors has a header that this GAN Studio cannot read"):
        card(run.path)


def test_thumbnails_that_are_none_are_left_out(run):
    tensors, facts = sealed.read(run.model)
    good = facts["samples"]
    sealed.write(run.model, tensors, facts | {"samples": ["aGVsbG8=", *good]})
    assert len(card(run.path).samples) == len(good) == 2
