"""Files of weights by others: missing, refused, taken."""

import pytest
import torch
from torchvision.models import Inception3, vgg19

from ganstudio.engine import weights
from ganstudio.methods import CATALOGUE
from ganstudio.methods.srgan import SRGAN
from ganstudio.networks import inception, vgg
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path):
    """Weights with torchvision's names and shapes, each one number repeated; under a name of the artist's."""
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in vgg19().state_dict().items()}
    made = tmp_path / "from a friend.pth"
    torch.save({name: torch.full((1,), 0.01).expand(shape) for name, shape in shapes.items()}, made)
    return made


def recipe(method="srgan", **settings):
    return Recipe(method, (Domain("photos", ("/photos",)),), settings=settings)


def test_what_is_missing_says_where_which_file_belongs():
    missing = weights.missing()
    assert set(missing) == {method.key for method in CATALOGUE}
    assert {key for key, files in missing.items() if len(files) > 1} == {"srgan"}
    file = missing["srgan"][0]
    assert file.name == vgg.weights_file().name
    assert file.place == str(vgg.weights_file())
    assert file.source == vgg.WEIGHTS
    assert file.file_bytes == vgg.BYTES


def test_a_training_is_told_of_it_where_it_would_use_it():
    assert vgg.WEIGHTS in weights.note(recipe())
    assert str(vgg.weights_file()) in weights.note(recipe())
    assert weights.note(recipe(perceptual="none")) == ""
    assert weights.note(recipe(correct=1.0)) == ""
    assert weights.note(recipe("dcgan")) == ""


def test_a_file_that_is_good_is_copied_and_no_longer_missing(file):
    done = list(weights.use(vgg.weights_file().name, file))
    assert (done[-1].done, done[-1].total) == (2, 2)
    assert vgg.weights_file().read_bytes() == file.read_bytes()
    assert [path.name for path in vgg.weights_file().parent.iterdir()] == [vgg.weights_file().name]
    assert not [file for files in weights.missing().values() for file in files if file.source == vgg.WEIGHTS]
    assert weights.note(recipe()) == ""
    vgg.VGGFeatures(vgg.weights_file())


def test_what_is_there_stays_as_it_is(file, tmp_path):
    list(weights.use(vgg.weights_file().name, file))
    other = tmp_path / "other.pth"
    other.write_bytes(b"something else")
    assert list(weights.use(vgg.weights_file().name, other)) == []
    assert vgg.weights_file().read_bytes() == file.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_another_file_is_refused_and_nothing_is_written(tmp_path, content):
    other = tmp_path / "other.pth"
    if content is None:
        torch.save({"features.0.weight": torch.zeros(3)}, other)
    else:
        other.write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.pth does not hold what vgg19-dcbb9e9d\.pth holds"):
        list(weights.use(vgg.weights_file().name, other))
    assert not vgg.weights_file().parent.exists()


def test_a_file_that_is_gone_is_refused(tmp_path):
    with pytest.raises(ValueError, match="does not hold"):
        list(weights.use(vgg.weights_file().name, tmp_path / "gone.pth"))


def test_a_full_disk_leaves_nothing_behind(file, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        list(weights.use(vgg.weights_file().name, file))
    assert not vgg.weights_file().exists()


def test_a_file_that_nobody_misses_is_left_where_it_is(tmp_path):
    assert list(weights.use("another.pth", tmp_path)) == []


def test_srgan_looks_with_the_file_from_then_on(file):
    from ganstudio.words.routes import DomainFound, Inventory

    list(weights.use(vgg.weights_file().name, file))
    settings = SRGAN.Settings(scale="2", blocks=1, width=4, discriminator_width=4, correct=0.0)
    method = SRGAN(settings, Inventory((DomainFound("photos", 8, 2),), {}), 16)
    assert method._eyes is not None


def test_what_scores_are_measured_with_is_asked_for_last_and_taken_in_the_same_way(tmp_path):
    file = weights.missing()["srgan"][-1]
    assert file == weights.missing()["cyclegan"][0]
    assert (file.place, file.source) == (str(inception.weights_file()), inception.WEIGHTS)
    mine = tmp_path / "mine.pth"
    mine.write_bytes(b"none")
    with pytest.raises(ValueError, match=r"mine\.pth does not hold what pt_inception"):
        list(weights.use(file.name, mine))
    with torch.device("meta"):
        shapes = Inception3(num_classes=1008, aux_logits=False, init_weights=False).state_dict()
    torch.save({name: torch.tensor(0.01).expand(value.shape) for name, value in shapes.items()}, mine)
    list(weights.use(file.name, mine))
    assert inception.weights_file().read_bytes() == mine.read_bytes()
    assert set(weights.missing()) == {"srgan"}
