from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torchvision.models import Inception3

from ganstudio.networks import inception
from ganstudio.networks.inception import InceptionFeatures


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path


def published(**changed):
    """Names and shapes of the published file, each weight one number repeated, so that the file is small."""
    with torch.device("meta"):
        shapes = {
            name: value.shape
            for name, value in Inception3(num_classes=1008, aux_logits=False, init_weights=False).state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
    weights = {name: torch.full((1,), 0.02).expand(shape) for name, shape in shapes.items()}
    return weights | {name.replace("__", "."): value for name, value in changed.items()}


@pytest.fixture
def weights(home):
    file = inception.weights_file()
    file.parent.mkdir(parents=True)
    torch.save(published(), file)
    assert file.stat().st_size < 300_000
    return file


def test_the_file_belongs_where_pytorch_fid_looks_for_it(home):
    assert inception.weights_file() == home / "hub/checkpoints/pt_inception-2015-12-05-6726825d.pth"


def test_two_thousand_features_of_pictures_of_any_size(weights):
    eyes = InceptionFeatures(weights)
    seen = eyes(torch.rand(2, 3, 40, 64) * 2 - 1)
    assert seen.shape == (2, 2048)
    assert seen.isfinite().all()
    assert not seen.requires_grad


def test_poolings_are_those_of_the_published_distances(weights):
    """Averages leave out the border; the last block takes a maximum. torchvision's own do neither."""
    network = InceptionFeatures(weights)._network
    for block, wide, expected in (
        (network.Mixed_5b, 192, lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)),
        (network.Mixed_6c, 768, lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)),
        (network.Mixed_7b, 1280, lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)),
        (network.Mixed_7c, 2048, lambda x: F.max_pool2d(x, 3, 1, 1)),
    ):
        x = torch.rand(1, wide, 5, 5)
        pooled = block.branch_pool(expected(x))
        torch.testing.assert_close(block(x)[:, -pooled.shape[1] :], pooled)


def test_a_missing_file_says_where_to_put_which(home):
    file = inception.weights_file()
    with pytest.raises(ValueError, match="are not there") as caught:
        InceptionFeatures(file)
    assert str(file) in str(caught.value)
    assert inception.WEIGHTS in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no weights at all",
        {"fc.weight": torch.zeros(3)},
        {"Conv2d_1a_3x3__conv__weight": torch.zeros(32, 3, 5, 5)},
        {"Mixed_7c__branch1x1__bn__running_var": torch.full((320,), float("nan"))},
        {"fc__bias": "a word"},
    ],
    ids=["empty", "text", "other", "shape", "not a number", "no tensor"],
)
def test_another_file_is_refused_in_a_sentence(home, content):
    file = inception.weights_file()
    file.parent.mkdir(parents=True)
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        torch.save(content if "fc.weight" in content else published(**content), file)
    with pytest.raises(ValueError, match="does not hold the weights of Inception"):
        InceptionFeatures(file)


def test_code_in_a_file_is_never_run(home, tmp_path):
    class Evil:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    file = inception.weights_file()
    file.parent.mkdir(parents=True)
    torch.save(published(fc__bias=Evil()), file)
    with pytest.raises(ValueError, match="does not hold"):
        InceptionFeatures(file)
    assert not (tmp_path / "ran").exists()
