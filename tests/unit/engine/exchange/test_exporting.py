import json
import re
import shlex

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from ganstudio.engine.exchange import graphs
from ganstudio.engine.exchange.exporting import export
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.painting import Imagining, Painting
from ganstudio.runs.model import card
from ganstudio.runs.remarks import remark
from ganstudio.words.cards import Remarks
from ganstudio.words.events import Progress, Stop
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory


def drained(job):
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as stop:
            return stop.value, events


def keep(folder, recipe, inventory):
    """A model file whose weights are wide enough that every pixel depends on its picture."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        method = modelfile.build_method(recipe, inventory)
        for network in method.makers().values():
            for weight in network.parameters():
                torch.nn.init.normal_(weight, std=0.1)
    modelfile.save(folder / "model.safetensors", method.eval(), recipe, inventory, 7)
    return folder / "model.safetensors"


@pytest.fixture(scope="module")
def translating(tmp_path_factory):
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe("cyclegan", domains, size=32, steps=9, settings={"width": 6, "discriminator_width": 4, "blocks": 1})
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    return keep(tmp_path_factory.mktemp("cyclegan"), recipe, inventory)


@pytest.fixture(scope="module")
def generating(tmp_path_factory):
    settings = {"width": 4, "discriminator_width": 4, "noise": 6}
    recipe = Recipe("conditional-gan", (Domain("pets", ("pets",)),), size=16, steps=9, settings=settings)
    inventory = Inventory((DomainFound("pets", 5, 1, ("cat", "dog", "owl")),), {})
    return keep(tmp_path_factory.mktemp("conditional"), recipe, inventory)


@pytest.fixture(scope="module")
def exported(translating, tmp_path_factory):
    return drained(export(translating, tmp_path_factory.mktemp("out") / "winter.onnx"))


def test_onnx_makes_the_same_pictures_at_every_size(translating, exported):
    result, events = exported
    assert result.difference <= 1
    assert result.checked_size == (101, 67)
    assert [(event.done, event.total) for event in events] == [(step, 4) for step in range(5)]
    method, *_ = modelfile.open_method(translating)
    painting = Painting(method, method.routes()[0])
    session = onnxruntime.InferenceSession(result.path, providers=["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    for count, height, width in [(1, 16, 16), (3, 17, 31), (1, 101, 67), (2, 64, 64), (1, 16, 203), (1, 5, 9)]:
        picture = random.integers(0, 256, (count, height, width, 3), dtype=np.uint8)
        (theirs,) = session.run(None, {"picture": picture})
        with torch.inference_mode():
            ours = painting(torch.from_numpy(picture)).numpy()
        assert theirs.shape == picture.shape
        assert theirs.dtype == np.uint8
        assert np.abs(theirs.astype(int) - ours).max() <= 1
        assert np.abs(theirs.astype(int) - picture).mean() > 10


def test_onnx_says_what_it_is_and_where_nothing_lies_on_this_machine(exported):
    result, _ = exported
    assert {path.name for path in result.path.parent.iterdir()} == {"winter.onnx", *(p.name for p in result.leaflets)}
    proto = onnx.load(result.path)
    onnx.checker.check_model(proto)
    facts = {entry.key: entry.value for entry in proto.metadata_props}
    assert proto.producer_name == "GAN Studio"
    assert facts["route"] == "summer → winter"
    assert json.loads(facts["domains"]) == ["summer", "winter"]
    assert b".py" not in result.path.read_bytes()
    for value, name in ((proto.graph.input[0], "picture"), (proto.graph.output[0], "translation")):
        sides = [side.dim_param or side.dim_value for side in value.type.tensor_type.shape.dim]
        assert (value.name, sides) == (name, ["pictures", "height", "width", 3])


def test_onnx_holds_only_the_networks_of_its_route(translating, exported):
    result, _ = exported
    method, *_ = modelfile.open_method(translating)
    proto = onnx.load(result.path)
    held = sum(int(np.prod(entry.dims)) for entry in proto.graph.initializer)
    generator = sum(weight.numel() for weight in method.makers()["G_A"].parameters())
    assert generator <= held < 1.1 * generator


def test_onnx_of_a_generator_takes_noise_and_labels(generating, tmp_path):
    result, _ = drained(export(generating, tmp_path / "pets.onnx"))
    assert result.difference <= 1
    method, *_ = modelfile.open_method(generating)
    session = onnxruntime.InferenceSession(result.path, providers=["CPUExecutionProvider"])
    noise, label = torch.randn(5, 6), torch.tensor([0, 1, 2, 1, 0])
    (theirs,) = session.run(None, {"noise": noise.numpy(), "label": label.numpy()})
    with torch.inference_mode():
        ours = Imagining(method, method.routes()[0])(noise, label).numpy()
    assert theirs.shape == (5, 16, 16, 3)
    assert np.abs(theirs.astype(int) - ours).max() <= 1
    facts = {entry.key: entry.value for entry in onnx.load(result.path).metadata_props}
    assert json.loads(facts["labels"]) == ["cat", "dog", "owl"]


def run_as_told(result, monkeypatch, size=(23, 18)):
    """Run the three lines of a leaflet beside a picture; what they made, and that picture."""
    place = result.path.parent
    monkeypatch.chdir(place)
    picture = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(picture).save(place / "picture.jpg", quality=100, subsampling=0)
    exec(compile("\n".join(json.loads(result.leaflets[1].read_text())["use"]), "leaflet", "exec"), {})
    made = np.asarray(Image.open(place / "made.png"), int)
    return made, np.asarray(Image.open(place / "picture.jpg"))


def test_the_three_lines_beside_a_file_run_as_they_stand(translating, exported, monkeypatch):
    result, _ = exported
    made, picture = run_as_told(result, monkeypatch)
    method, *_ = modelfile.open_method(translating)
    with torch.inference_mode():
        ours = Painting(method, method.routes()[0])(torch.tensor(picture[None]))[0].numpy()
    assert np.abs(made - ours).max() <= 1


def test_onnx_for_other_tools_takes_numbers_and_makes_the_same_pictures(translating, tmp_path, monkeypatch):
    result, _ = drained(export(translating, tmp_path / "winter.onnx", floating=True))
    assert result.difference <= 1
    method, *_ = modelfile.open_method(translating)
    route = method.routes()[0]
    session = onnxruntime.InferenceSession(result.path, providers=["CPUExecutionProvider"])
    for count, height, width in ((1, 16, 16), (2, 33, 70)):
        x = np.random.default_rng(0).uniform(-1, 1, (count, 3, height, width)).astype(np.float32)
        (theirs,) = session.run(None, {"picture": x})
        with torch.inference_mode():
            ours = Painting(method, route).paint(torch.from_numpy(x)).numpy()
        assert (theirs.shape, theirs.dtype) == (x.shape, np.float32)
        assert np.abs(theirs - ours).max() <= 1 / 127.5
    for value in (*session.get_inputs(), *session.get_outputs()):
        assert value.shape == ["pictures", 3, "height", "width"]
    made, picture = run_as_told(result, monkeypatch)
    with torch.inference_mode():
        assert np.abs(made - Painting(method, route)(torch.tensor(picture[None]))[0].numpy()).max() <= 1


def test_pt2_makes_the_same_pictures_without_us(translating, tmp_path):
    result, _ = drained(export(translating, tmp_path / "summer.pt2", to="A"))
    assert result.difference <= 1
    method, *_ = modelfile.open_method(translating)
    picture = torch.randint(0, 256, (1, 33, 18, 3), dtype=torch.uint8)
    with torch.inference_mode():
        theirs = torch.export.load(result.path).module()(picture)
        ours = Painting(method, method.routes()[1])(picture)
    assert (theirs.int() - ours.int()).abs().max() <= 1


def test_pth_is_the_state_of_the_published_generator(translating, tmp_path):
    result, _ = drained(export(translating, tmp_path / "latest_net_G_B.pth", to="summer"))
    state = torch.load(result.path, weights_only=True)
    method, *_ = modelfile.open_method(translating)
    wanted = method.makers()["G_B"].state_dict()
    assert list(state) == list(wanted)
    assert "model.1.weight" in state
    assert all(torch.equal(state[name], value) for name, value in wanted.items())


def test_safetensors_is_our_own_model_again(translating, tmp_path):
    result, events = drained(export(translating.parent, tmp_path / "copy.safetensors"))
    assert result.path.read_bytes() == translating.read_bytes()
    assert (result.difference, result.checked_size) == (0, (101, 67))
    assert isinstance(events[-1], Progress)


def test_what_a_card_tells_a_shell_names_one_file_also_with_spaces(translating, tmp_path):
    result, _ = drained(export(translating.parent, tmp_path / "to winter.safetensors"))
    for line in json.loads(result.leaflets[1].read_text())["use"]:
        assert shlex.split(line)[2] == "to winter.safetensors"


def test_a_file_that_makes_other_pictures_is_not_kept(translating, tmp_path, monkeypatch):
    file = tmp_path / "winter.pt2"
    file.write_bytes(b"an older, good one")
    monkeypatch.setattr(graphs, "trace", lambda _: None)
    monkeypatch.setattr(graphs, "as_program", lambda *_: b"bad")
    monkeypatch.setattr(graphs, "open_program", lambda data: lambda picture: 255 - picture if data == b"bad" else None)
    with pytest.raises(
        ValueError, match=r"winter\.pt2 was not written: its pictures differ from GAN Studio's by up to"
    ):
        drained(export(translating, file, replace=True))
    assert file.read_bytes() == b"an older, good one"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["winter", "winter.pkl", "winter.ckpt"])
def test_another_suffix_is_refused_with_the_four_that_are_known(translating, tmp_path, name):
    with pytest.raises(ValueError, match=re.escape("Choose .onnx, .safetensors, .pth or .pt2.")):
        drained(export(translating, tmp_path / name))


def test_a_way_that_does_not_exist_names_the_nearest(translating, tmp_path):
    with pytest.raises(ValueError, match=r"Did you mean winter\?"):
        drained(export(translating, tmp_path / "a.pth", to="wintre"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("turns", range(1, 5))
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_stop_and_closing_leave_nothing_behind(translating, tmp_path, turns, suffix):
    for stop in (True, False):
        job = export(translating, tmp_path / f"winter{suffix}")
        for _ in range(turns):
            next(job)
        if stop:
            with pytest.raises(ValueError, match="No file was written"):
                job.send(Stop())
        else:
            job.close()
        assert not list(tmp_path.iterdir())


def test_a_leaflet_tells_people_and_programs_what_a_file_is(translating, tmp_path):
    remark(translating, Remarks("Likes | snow.", 5, "CC BY 4.0"))
    result, _ = drained(export(translating, tmp_path / "G.pth", to="winter"))
    assert result.leaflets == (tmp_path / "G.pth.md", tmp_path / "G.pth.json")
    text, table = result.leaflets[0].read_text("utf-8"), json.loads(result.leaflets[1].read_text("utf-8"))
    for words in ("summer → winter", "CC BY 4.0", "5 of summer and 5 of winter", "32×32 pixels", "Likes | snow."):
        assert words in text
    assert table["licence"] == "CC BY 4.0"
    assert table["trained_on"] == {"summer": 5, "winter": 5}
    assert [route["target"] for route in table["routes"]] == ["winter"]
    assert table["largest_difference_of_255"] == result.difference == 0
    remark(translating, Remarks())


def test_a_shared_model_is_one_file_with_all_that_is_said_of_it(translating, tmp_path):
    remark(translating.parent / "model.safetensors", Remarks("shared", 4, "CC0"))
    result, _ = drained(export(translating, tmp_path / "shared.safetensors", leaflet=False))
    assert list(tmp_path.iterdir()) == [result.path]
    assert card(result.path).remarks == Remarks("shared", 4, "CC0")
    assert result.route == ""
    remark(translating, Remarks())


def test_a_folder_that_cannot_be_written_is_told_first(translating, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match=r"file is a file, so that nothing can be written into it\. Choose a folder\."):
        next(export(translating, tmp_path / "file" / "x.safetensors"))


@pytest.mark.parametrize("taken", ["G.pth", "G.pth.md", "G.pth.json"])
def test_nothing_is_replaced_unasked(translating, tmp_path, taken):
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ValueError, match=rf"{taken} is there already. Choose another name, or replace it with --force"):
        drained(export(translating, tmp_path / "G.pth"))
    assert (tmp_path / taken).read_text() == "mine"
    drained(export(translating, tmp_path / "G.pth", replace=True))
    assert (tmp_path / taken).read_bytes() != b"mine"


def test_a_model_is_never_exported_onto_itself_nor_into_a_training(translating, tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "run" / "recipe.toml").touch()
    for file in (translating, tmp_path / "run/model.safetensors", tmp_path / "run/checkpoints/0000000008.safetensors"):
        with pytest.raises(ValueError, match="is what it is made of, or belongs to a training"):
            drained(export(translating, file, replace=True))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_numbers_are_for_graphs(translating, tmp_path, suffix):
    with pytest.raises(ValueError, match=r"Numbers from -1 to 1 are for \.onnx and \.pt2"):
        drained(export(translating, tmp_path / f"x{suffix}", floating=True))


def test_what_the_disk_gives_back_is_what_is_compared(translating, tmp_path, monkeypatch):
    """The bytes are read from the file; one that lost some of them is not kept."""
    seen = []
    reopened = modelfile.open_data
    monkeypatch.setattr(modelfile, "open_data", lambda file, data: seen.append(data) or reopened(file, data[:-4]))
    opened = modelfile.open_method  # The source is opened as ever.
    monkeypatch.setattr(modelfile, "open_method", lambda path: given if path == translating else opened(path))
    given = reopened(translating, translating.read_bytes())
    with pytest.raises(ValueError, match="cut short"):
        drained(export(translating, tmp_path / "x.safetensors"))
    assert seen
    assert not list(tmp_path.iterdir())
