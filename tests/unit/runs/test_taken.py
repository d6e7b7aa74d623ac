"""What is there stays, unless it may be replaced; what is needed, or kept by a training, stays always."""

import os
from pathlib import Path

import pytest

from ganstudio.runs.run import Run
from ganstudio.runs.taken import check_free, model_target
from ganstudio.words.recipe import Domain, Recipe


def put(*files):
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")


def test_a_model_takes_its_suffix_and_no_other(tmp_path):
    assert model_target(tmp_path / "v1.2", replace=False) == tmp_path / "v1.2.safetensors"
    assert model_target(tmp_path / "a.safetensors", replace=False) == tmp_path / "a.safetensors"
    with pytest.raises(ValueError, match=r"is a \.safetensors file, not a\.pth"):
        model_target(tmp_path / "a.pth", replace=False)
    for place in (Path(), Path("..")):
        with pytest.raises(ValueError, match=rf"^{place} is a folder\. Name a file to write"):
            model_target(place, replace=False)


def test_what_is_there_is_replaced_when_that_is_asked_for_and_a_folder_never(tmp_path):
    put(file := tmp_path / "a.gif")
    with pytest.raises(ValueError, match=r"is there already. Choose another name, or replace it with --force"):
        check_free(file, replace=False)
    check_free(file, replace=True)
    (tmp_path / "b.gif").mkdir()
    with pytest.raises(ValueError, match="is a folder"):
        check_free(tmp_path / "b.gif", replace=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="There are no pipes among the files here.")
def test_a_device_or_a_pipe_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(ValueError, match=r"is a device or a pipe, not a file\. Choose another name"):
            check_free(place, replace=True)


@pytest.mark.parametrize("replace", [False, True])
def test_neither_what_it_is_made_of_nor_what_a_training_keeps_is_replaced(tmp_path, replace):
    run = Run.create(tmp_path / "run", Recipe("gan", (Domain("a", ("a",)),)))
    one, model, kept = tmp_path / "one.safetensors", run.path / "model.safetensors", run.checkpoints / "1.safetensors"
    put(one, model, kept)
    os.link(one, tmp_path / "same.safetensors")  # As another spelling is, where letters' case is no difference.
    for file in (one, tmp_path / "same.safetensors", model, kept):
        with pytest.raises(ValueError, match="made of, or belongs to a training"):
            model_target(file, replace=replace, made_of=(one,))
