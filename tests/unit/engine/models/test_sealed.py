import random
import sys
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from ganstudio.engine.models import sealed

TENSORS = {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor(7), "none": torch.empty(0)}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.safetensors"
    sealed.write(path, TENSORS, {"kind": "test", "names": ["ä", "b"]})
    return path


def test_gives_back_what_it_was_given(file):
    tensors, facts = sealed.read(file)
    assert facts == {"kind": "test", "names": ["ä", "b"]}
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


def test_every_flipped_bit_is_noticed(file):
    data = file.read_bytes()
    chance = random.Random(0)
    for _ in range(200):
        broken = bytearray(data)
        broken[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(broken)
        try:
            tensors, facts = sealed.read(file)
        except ValueError:
            continue
        # A flip that means nothing, such as in the padding of the header, may pass; changed content may not.
        assert facts == {"kind": "test", "names": ["ä", "b"]}
        assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


OTHERS = [b"", b"\0" * 8, b"PK\x03\x04", b"<html>", b"\xff" * 64, b"\x08" + b"\0" * 7 + b"[" * 8]


@pytest.mark.parametrize("data", OTHERS)
def test_other_files_are_refused_in_a_sentence(tmp_path, data):
    path = tmp_path / "other.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"other\.safetensors is not a file of GAN Studio"):
        sealed.read(path)


def test_a_cut_file_is_refused(file):
    data = file.read_bytes()
    for length in range(0, len(data) - 1, 7):
        file.write_bytes(data[:length])
        with pytest.raises(ValueError, match="cut short"):
            sealed.read(file)


def test_shared_and_strided_tensors_are_written_as_they_look(tmp_path):
    whole = torch.arange(12.0).view(3, 4)
    sealed.write(tmp_path / "x", {"t": whole.T, "same": whole}, {})
    tensors, _ = sealed.read(tmp_path / "x")
    assert torch.equal(tensors["t"], whole.T)
    assert torch.equal(tensors["same"], whole)


DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
    torch.uint8, torch.bool,
]  # fmt: skip


def test_the_library_reads_what_is_written_in_every_kind_of_number(tmp_path):
    tensors = {f"{dtype}": (torch.arange(7) % 2).to(dtype) for dtype in DTYPES}
    tensors |= {"nothing": torch.empty(0, 3), "one": torch.tensor(2.5), "ä.weight": torch.ones(2, 1, 3)}
    path = tmp_path / "file.safetensors"
    sealed.write(path, tensors, {"kind": "test"}, verified=True)
    for read in (load_file(path), sealed.read(path)[0]):
        assert read.keys() == tensors.keys()
        assert all(
            torch.equal(read[name], value) and read[name].dtype == value.dtype for name, value in tensors.items()
        )


def test_what_is_written_is_what_was_there_then(tmp_path):
    moving = torch.zeros(3)
    sealed.write(tmp_path / "x", {"moving": moving}, {})
    moving += 1
    assert sealed.read(tmp_path / "x")[0]["moving"].tolist() == [0, 0, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux says and limits what a process may take.")
def test_writing_takes_no_second_copy_of_the_state(tmp_path):
    import resource

    state = {"weights": torch.zeros(16 << 20)}  # 64 MB.
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + (40 << 20), before[1]))
    try:
        sealed.write(tmp_path / "x", state, {}, verified=True)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert (tmp_path / "x").stat().st_size > 64 << 20


def test_no_file_of_a_run_is_mapped_into_memory():
    """A mapped file that shrinks, or whose drive goes, ends the process without a word (SIGBUS)."""
    package = Path(sealed.__file__).parents[2]
    sources = [path for part in ("runs", "engine", "words", "cli", "window") for path in (package / part).rglob("*.py")]
    # Pictures on their way are mapped from nameless files of our own, which nobody shortens.
    sources = [path for path in sources if path.parent.name != "any_size"]
    assert len(sources) > 50
    mapping = ("mmap.", "memmap(", "safe_open", "load_file(")
    assert [path.name for path in sources if any(word in path.read_text("utf-8") for word in mapping)] == []
