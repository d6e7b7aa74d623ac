import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torchvision.models import vgg19

from ganstudio.networks import vgg
from ganstudio.networks.vgg import VGGFeatures


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def weights(home):
    """A file with torchvision's names and shapes, but small: each weight is one number, repeated."""
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in vgg19().state_dict().items()}
    file = vgg.weights_file()
    file.parent.mkdir(parents=True)
    torch.save({name: torch.full((1,), 0.01).expand(shape) for name, shape in shapes.items()}, file)
    assert file.stat().st_size < 100_000
    return file


def test_the_file_belongs_where_torchvision_looks_for_it(home):
    assert vgg.weights_file() == home / "hub/checkpoints/vgg19-dcbb9e9d.pth"


def test_sees_what_torchvision_sees(weights):
    with torch.device("meta"):
        expected = vgg19().features[:36]
    held = torch.load(weights, weights_only=True)
    expected.load_state_dict(
        {name: held[f"features.{name}"].contiguous() for name in expected.state_dict()}, assign=True
    )
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    normal = ((x / 2 + 0.5) - mean[:, None, None]) / deviation[:, None, None]
    seen = VGGFeatures(weights)(x)
    assert seen.shape == (1, 512, 2, 2)
    torch.testing.assert_close(seen, expected(normal))


def test_gradients_flow_to_the_picture_alone(weights):
    eyes, x = VGGFeatures(weights), torch.rand(1, 3, 16, 16, requires_grad=True)
    eyes(x).sum().backward()
    assert x.grad is not None
    assert not any(parameter.requires_grad for parameter in eyes._network.parameters())


def test_a_missing_file_says_where_to_put_which(home):
    file = vgg.weights_file()
    with pytest.raises(ValueError, match="are not there") as caught:
        VGGFeatures(file)
    assert str(file) in str(caught.value)
    assert vgg.WEIGHTS in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no weights at all", None])
def test_another_file_is_refused_in_a_sentence(home, content):
    file = vgg.weights_file()
    file.parent.mkdir(parents=True)
    if content is None:
        torch.save({"features.0.weight": torch.zeros(3)}, file)
    else:
        file.write_bytes(content)
    with pytest.raises(ValueError, match="does not hold the weights of VGG19"):
        VGGFeatures(file)


def test_code_in_a_file_is_never_run(home, tmp_path):
    class Evil:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    file = vgg.weights_file()
    file.parent.mkdir(parents=True)
    torch.save({"features.0.weight": Evil()}, file)
    with pytest.raises(ValueError, match="does not hold"):
        VGGFeatures(file)
    assert not (tmp_path / "ran").exists()


def test_torchvision_is_not_loaded_for_it():
    code = "import sys, ganstudio.networks.vgg; print('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
