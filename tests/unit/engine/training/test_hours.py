"""Nothing is opened, started or left behind anew from step to step; tests/benchmarks/hours.py measures memory too."""

import psutil

from tests.benchmarks import hours


def test_open_files_threads_and_children_are_as_many_after_steps_samples_and_saves(tmp_path, monkeypatch):
    monkeypatch.setattr(hours, "SAMPLE_EVERY", 7)
    monkeypatch.setattr(hours, "SAVE_EVERY", 10)
    process, after = psutil.Process(), {"open files": [], "threads": [], "children": [], "resident MB": []}
    seen, done = hours.measured(60, 200, tmp_path)
    assert done == 60
    for name in ("open files", "threads", "children"):
        # What stays open is in every look; the system may hold one thing more for the blink of a look.
        assert min(seen[name][-10:]) <= min(seen[name][20:30]), (name, seen[name])
    for _ in range(10):
        hours.look(process, after)
    assert min(after["open files"]) <= min(seen["open files"][20:30])
