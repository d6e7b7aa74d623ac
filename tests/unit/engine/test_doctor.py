import psutil
import torch

from ganstudio.engine import devices, doctor


def findings():
    return {finding.name: finding for finding in doctor.examine()}


def test_versions_are_those_that_are_installed():
    found = findings()
    assert found["torch"].value == torch.__version__.partition("+")[0]
    assert found["PySide6-Essentials"].verdict == "fine"


def test_whatever_is_not_fine_says_what_to_do():
    for finding in doctor.examine():
        assert (finding.verdict == "fine") == (finding.advice == ""), finding


def test_without_a_card_training_is_called_slow(monkeypatch):
    monkeypatch.setattr(devices, "available", lambda: (("cpu", "CPU, 2 cores"),))
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert findings()["graphics"].verdict == "slow"
    assert "quick preset" in findings()["graphics"].advice


def test_a_driver_that_torch_cannot_use_is_named(monkeypatch):
    monkeypatch.setattr(devices, "available", lambda: (("cpu", "CPU, 2 cores"),))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert "Update the driver" in findings()["graphics"].advice


def test_a_missing_package_and_display_are_missing(monkeypatch):
    def version(name):
        if name == "pillow-heif":
            raise doctor.metadata.PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor.metadata, "version", version)
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    found = findings()
    assert found["HEIC pictures"].verdict == "missing"
    assert found["display"].verdict == "missing"
    monkeypatch.setenv("DISPLAY", ":7")
    assert findings()["display"].value == ":7"


def test_a_full_disk_is_told_before_training(monkeypatch, tmp_path):
    monkeypatch.setattr(psutil, "disk_usage", lambda _: type("Usage", (), {"free": 1 << 30}))
    found = {finding.name: finding for finding in doctor.examine(tmp_path / "not" / "there" / "yet")}
    assert found["disk"].value == "1.0 GB free"
    assert found["disk"].verdict == "slow"


def test_threads_held_back_by_the_environment_are_named(monkeypatch):
    monkeypatch.setattr(devices, "cpu_cores", lambda: 64)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert findings()["threads of torch"].advice == "OMP_NUM_THREADS holds it back. Unset it."


def test_bf16_is_told_with_its_instructions(monkeypatch):
    monkeypatch.setattr(doctor.precision, "instructions", lambda _: ())
    told = findings()["bf16"]
    assert (told.verdict, told.advice) == ("fine", "")
    assert told.value.startswith("no instructions for it on ")
    monkeypatch.setattr(doctor.precision, "instructions", lambda _: ("amx_bf16", "avx512_bf16"))
    assert findings()["bf16"].value.startswith("amx_bf16, avx512_bf16; training measures")
