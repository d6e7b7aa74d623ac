from ganstudio.runs.disk_use import DiskUse, disk_use


def test_a_run_is_told_in_parts(tmp_path):
    for name, size in (
        ("recipe.toml", 10),
        ("model.safetensors", 100),
        ("checkpoints/0000000005.safetensors", 1000),
        ("checkpoints/marks.json", 1),
        ("sheets/0000000005-0.png", 30),
        ("exports/a.onnx", 7),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    found = disk_use(tmp_path)
    assert found == DiskUse(model=100, checkpoints=1001, sheets=30, rest=17)
    assert found.whole == 1148


def test_a_model_file_is_itself_and_what_is_gone_is_nothing(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(bytes(5))
    assert disk_use(tmp_path / "a.safetensors") == DiskUse(model=5)
    assert disk_use(tmp_path / "b.safetensors").whole == 0
