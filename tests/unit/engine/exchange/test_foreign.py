"""Files of others are numbers or nothing: no payload runs, and each that is refused is named with its reason."""

import builtins
import operator
import os
import pickle
import subprocess
import zipfile
from contextlib import suppress
from random import Random

import pytest
import safetensors.torch
import torch
from torch import nn

from ganstudio.engine.exchange import foreign
from tests.unit.engine.published import Resnet, Unet


class Payload:
    """Runs a function when it is unpickled."""

    def __init__(self, function, *arguments):
        self._called = function, arguments

    def __reduce__(self):
        return self._called


class Setter:
    """Runs it while its state is set."""

    def __init__(self, function, *arguments):
        self._called = function, arguments

    def __reduce__(self):
        function, arguments = self._called
        return dict, (), None, None, iter([("x", Payload(function, *arguments))])


def weights():
    return {"model.1.weight": torch.ones(4, 3, 7, 7), "model.1.bias": torch.zeros(4)}


def payloads(mark):
    line = f"open({str(mark)!r}, 'w').close()"
    return {
        "system": Payload(os.system, f"touch {mark}"),
        "exec": Payload(builtins.exec, line),
        "eval": Payload(builtins.eval, line),
        "popen": Payload(subprocess.Popen, ["touch", str(mark)]),
        "import": Payload(__import__, "antigravity"),
        "getattr": Payload(operator.attrgetter("system"), 3),
        "in a state": Setter(builtins.exec, line),
        "open": Payload(builtins.open, str(mark), "w"),
    }


KINDS = tuple(payloads(""))


@pytest.fixture
def mark(tmp_path):
    """A file that a payload would write; whatever a test does, it is not there in the end."""
    path = tmp_path / "ran"
    yield path
    assert not path.exists()


def refused(path, sentence):
    with pytest.raises(foreign.Refused, match=sentence) as error:
        foreign.read(path)
    assert path.name in str(error.value)
    assert "weights_only" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
def test_a_payload_beside_weights_is_named_and_does_not_run(tmp_path, mark, kind, old):
    path = tmp_path / "net.pth"
    torch.save(weights() | {"x": payloads(mark)[kind]}, path, _use_new_zipfile_serialization=not old)
    said = refused(path, "wants to run code when it is opened")
    assert "nothing in it ran" in said


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_pickle_is_named_and_does_not_run(tmp_path, mark, kind, protocol):
    if kind == "in a state" and protocol < 2:
        pytest.skip("Such pickles need protocol 2.")
    path = tmp_path / "net.pth"
    path.write_bytes(pickle.dumps(payloads(mark)[kind], protocol))
    refused(path, "wants to run code when it is opened")


def test_the_payloads_are_real(tmp_path):
    """Those that leave a mark do, when they are opened without care."""
    for kind in ("system", "exec", "eval", "in a state", "open"):
        path, left = tmp_path / "net.pth", tmp_path / kind
        torch.save(weights() | {"x": payloads(left)[kind]}, path)
        loaded = torch.load(path, weights_only=False)
        assert left.exists()
        if kind == "open":
            loaded["x"].close()


def test_a_payload_under_the_name_of_another_format_does_not_run(tmp_path, mark):
    path = tmp_path / "net.safetensors"
    torch.save({"x": payloads(mark)["exec"]}, path)
    refused(path, "wants to run code")


def test_what_the_environment_says_opens_nothing(tmp_path, mark, monkeypatch):
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    path = tmp_path / "net.pth"
    torch.save({"x": payloads(mark)["exec"]}, path)
    refused(path, "wants to run code")


@pytest.mark.parametrize("old", [False, True], ids=["zip", "old"])
def test_a_whole_module_is_named_with_how_to_save_its_weights(tmp_path, old):
    path = tmp_path / "net.pth"
    torch.save(nn.Sequential(nn.Conv2d(3, 4, 3)), path, _use_new_zipfile_serialization=not old)
    said = refused(path, r"holds a whole Python object \(Sequential\)")
    assert "torch.save(net.state_dict()" in said
    assert "Nothing in it ran" in said


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_torchscript_is_a_program(tmp_path):
    path = tmp_path / "net.pth"
    torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3))).save(str(path))
    assert "state_dict()" in refused(path, r"is a program \(TorchScript\)")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One good file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    torch.save(weights(), folder / "new.pth")
    torch.save(weights(), folder / "old.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(weights(), folder / "net.safetensors")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


FILES = ("new.pth", "old.pth", "net.safetensors")


@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_and_not_the_name(tmp_path, whole, name):
    path = tmp_path / "picture.png"
    path.write_bytes(whole[name])
    found = foreign.read(path)
    assert found.keys() == weights().keys()
    assert all(torch.equal(found[key], value) for key, value in weights().items())


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_named(tmp_path, whole, name, share):
    path = tmp_path / name
    path.write_bytes(whole[name][: int(len(whole[name]) * share)])
    refused(path, "damaged|cut short|not a file of weights")


def test_a_changed_weight_in_a_zip_is_noticed(tmp_path, whole):
    """torch writes checksums and does not look at them."""
    data = bytearray(whole["new.pth"])
    place = data.index(torch.ones(8).numpy().tobytes())
    data[place + 2] ^= 1
    path = tmp_path / "net.pth"
    path.write_bytes(data)
    refused(path, "damaged, or was cut short")
    torch.load(path, weights_only=True)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"rubbish", "is not a file of weights"),
        (b"config\nname\n", "is not a file of weights"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
        (b"\x89HDF\r\n\x1a\n", "weights of Keras"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\0" * 257 + b"ustar\0" + b"\0" * 300, "PyTorch of 2016"),
        (b"PK\x03\x04 and no more", "damaged, or was cut short"),
        (b"\x80\x02N.", "is not plain weights"),
    ],
)
def test_files_of_other_kinds_are_named_for_what_they_are(tmp_path, data, sentence):
    path = tmp_path / "net.pth"
    path.write_bytes(data)
    refused(path, sentence)


def test_a_folder_and_a_pipe_are_no_files(tmp_path):
    refused(tmp_path, "is no file")
    pipe = tmp_path / "pipe.pth"
    os.mkfifo(pipe)
    refused(pipe, "is no file")


def test_a_file_beyond_all_sizes_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "LARGEST", 1000)
    path = tmp_path / "net.pth"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)  # A hole; nothing is written.
    refused(path, "is larger than any model")


def repacked(path, whole, compression=zipfile.ZIP_STORED, **records):
    """A torch zip, written anew."""
    (path.parent / "whole.pth").write_bytes(whole)
    with zipfile.ZipFile(path.parent / "whole.pth") as old, zipfile.ZipFile(path, "w", compression) as new:
        for record in old.infolist():
            new.writestr(record.filename, old.read(record))
        for name, data in records.items():
            new.writestr(name, data)


def test_a_packed_zip_is_no_way_to_a_bomb(tmp_path, whole):
    path = tmp_path / "net.pth"
    repacked(path, whole["new.pth"], zipfile.ZIP_DEFLATED)
    refused(path, "is a packed zip")


def test_another_zip_is_named(tmp_path):
    path = tmp_path / "net.pth"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("models/latest_net_G.pth", b"x")
    refused(path, "is a zip without weights")


def test_records_that_overlap_are_refused(tmp_path, whole):
    """Sizes that add up to more than the file: the same bytes told again and again."""
    path = tmp_path / "net.pth"
    repacked(path, whole["new.pth"], **{f"x/data/{n}": b"\0" * 900 for n in range(10, 12)})
    data = path.read_bytes()
    size = (900).to_bytes(4, "little") * 2
    assert data.count(size) >= 2
    path.write_bytes(data.replace(size, (len(data)).to_bytes(4, "little") * 2))
    refused(path, "damaged, or was cut short")


def test_a_pickle_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "LARGEST_PICKLE", 2000)
    path = tmp_path / "net.pth"
    path.write_bytes(foreign._LEGACY + b"\x80\x02" + b"N" * 5000 + b".")
    refused(path, "not plain weights")
    torch.save({f"layer{n}": torch.zeros(1) for n in range(60)}, path)
    refused(path, "more names")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"w": torch.zeros(1).expand(1 << 20, 1 << 20)}, "says that it holds more than it does"),
        ({f"w{n}": torch.zeros(5000).view(50, 100)[:, :90] for n in range(2)} | {"n": 1}, "holds a int"),
        ({"w": torch.full((3,), torch.nan)}, "weights that are no numbers"),
        ({"w": torch.tensor([torch.inf])}, "weights that are no numbers"),
        ({"w": torch.zeros(3, dtype=torch.complex64)}, "numbers of another kind"),
        ({"w": torch.zeros(3, dtype=torch.float64)}, "numbers of another kind"),
        ({"w": torch.zeros(3, dtype=torch.int8)}, "numbers of another kind"),
        ({"w": torch.zeros(3, device="meta")}, "nothing but a size"),
        ({"w": torch.eye(3).to_sparse()}, "something unusual"),
        ({"w": torch.zeros([1] * 6)}, "too many axes"),
        ({"w": "text"}, "holds a str"),
        ({"../w": torch.zeros(3)}, "names that weights do not have"),
        ({f"model.{'9' * 5000}.w": torch.zeros(3)}, "names that weights do not have"),
        ({3: torch.zeros(3)}, "names that weights do not have"),
        ({}, "no table of weights"),
        ([torch.zeros(3)], "no table of weights"),
        (torch.zeros(3), "no table of weights"),
        ({"G": {"w": torch.zeros(3)}, "D": {"w": torch.zeros(3)}}, r"holds several things \(G, D\)"),
        ({f"w{n}": torch.zeros(1) for n in range(foreign.MOST_TENSORS + 1)}, "tensors, more than any model"),
    ],
)
def test_tensors_that_are_not_weights_are_refused(tmp_path, state, sentence):
    path = tmp_path / "net.pth"
    torch.save(state, path)
    refused(path, sentence)


def test_the_same_bytes_told_again_and_again_are_refused(tmp_path):
    path, value = tmp_path / "net.pth", torch.zeros(10_000)
    torch.save({f"w{n}": value for n in range(100)}, path)
    refused(path, "says that it holds more than it does")


@pytest.mark.parametrize(
    "data",
    [
        (1 << 31).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"{}",
        (60).to_bytes(8, "little") + b'{"w":{"dtype":"F32","shape":[9,9],"data_offsets":[0,4]}}    ' + b"\0" * 4,
        (60).to_bytes(8, "little") + b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,99]}}     ' + b"\0" * 4,
    ],
    ids=["header beyond the file", "nothing in it", "shape that lies", "place beyond the file"],
)
def test_safetensors_that_lie_are_refused(tmp_path, data):
    path = tmp_path / "net.safetensors"
    path.write_bytes(data)
    refused(path, "damaged, or was cut short|no table of weights")


@pytest.mark.parametrize("network", [Resnet(norm="batch"), Unet()], ids=["resnet", "unet"])
def test_honest_files_come_through_bit_for_bit(tmp_path, network):
    for old in (False, True):
        torch.save(network.state_dict(), tmp_path / "net.pth", _use_new_zipfile_serialization=not old)
        found = foreign.read(tmp_path / "net.pth")
        assert found.keys() == network.state_dict().keys()
        assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())


def test_honest_training_files_with_plain_values_beside_the_weights_are_read(tmp_path):
    path = tmp_path / "net.pth"
    torch.save({"epoch": 3, "best": 0.5, "model": weights()}, path)
    assert foreign.read(path).keys() == weights().keys()


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_changed_in_a_file_the_answer_is_weights_or_a_sentence(tmp_path, whole, seed):
    random = Random(seed)
    data = bytearray(whole[random.choice(FILES)])
    for _ in range(random.choice((1, 3, 20))):
        place = random.randrange(min(len(data), 3000))
        kind = random.randrange(4)
        if kind < 2:
            data[place] = random.randrange(256)
        elif kind == 2:
            del data[place : place + random.randrange(1, 9)]
        else:
            data[place:place] = random.randbytes(random.randrange(1, 9))
    path = tmp_path / "net.pth"
    path.write_bytes(data)
    with suppress(foreign.Refused):
        assert all(torch.isfinite(value).all() for value in foreign.read(path).values())
