"""A drive that fails, dies or loses its power at a chosen call, for tests of what is written."""

import os
from functools import partial
from pathlib import Path

CALLS = ("open", "write", "fsync", "replace", "unlink", "ftruncate", "mkdir")


class Killed(BaseException):
    """The process is gone: nothing it does from here on reaches the disk."""


class Drive:
    """Stands between the program and the files in `folder`: notes each call, and fails or dies when told to.

    Locks are left out: a process that is only said to be dead would hold them for ever.

    Use `fail`, `fail_where` or `kill` before the work, and look at `calls` and `hit` afterwards.
    """

    def __init__(self, monkeypatch, folder):
        self.folder = Path(folder)
        self._handles = {}
        self._platter = Platter(self.folder)
        self.mend()
        for name in CALLS:
            monkeypatch.setattr(os, name, partial(self._call, name, getattr(os, name)))

    def mend(self):
        """All is well from now on, and the calls are counted anew."""
        self.calls, self.hit = [], False
        self._calls, self._chosen, self._number = range(0), None, 0

    def fail(self, at, number, *, lasting=False):
        """The `at`-th call from now on fails with this errno, and all after it when `lasting`."""
        self.mend()
        self._calls, self._number = range(at, 10**9 if lasting else at + 1), number

    def fail_where(self, chosen, number):
        """Every call for which chosen(name, path) is true fails with this errno."""
        self.mend()
        self._chosen, self._number = chosen, number

    def kill(self, at):
        """The process dies in the `at`-th call from now on; of a write half is done."""
        self.mend()
        self._calls, self._number = range(at, 10**9), None

    def cut(self, *, renamed):
        """The power goes: put back what the drive holds.

        Args:
            renamed: Whether entries of folders that were never flushed are there all the same, as some file systems
                do; content that was never flushed is lost in any case.
        """
        self.mend()
        self._platter.put_back(renamed=renamed)

    def entries(self, folder):
        """The names in a folder that a power cut leaves."""
        return set(self._platter.entries[folder])

    def _call(self, name, real, *args, **more):
        path = self._handles.get(args[0]) if isinstance(args[0], int) else Path(os.fsdecode(args[0]))
        if path is None or not path.is_relative_to(self.folder) or path.suffix == ".lock":
            result = real(*args, **more)
            if name == "open":
                self._handles.pop(result, None)  # The number is another file's now.
            return result
        self.calls.append((name, path))
        if len(self.calls) in self._calls or (self._chosen and self._chosen(name, path)):
            if self._number is None and not self.hit and name == "write":
                real(args[0], bytes(args[1])[: len(args[1]) // 2])
            self.hit = True
            raise Killed if self._number is None else OSError(self._number, os.strerror(self._number))
        result = real(*args, **more)
        if name == "open":
            self._handles[result] = path
        if name == "fsync":
            self._platter.flushed(path)
        return result


class Platter:
    """What of a folder has really reached the drive: content by inode, entries by folder."""

    def __init__(self, root):
        self.root = root
        self.content, self.entries = {}, {}
        for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
            self.flushed(folder)
            for path in folder.iterdir():
                if path.is_file():
                    self.flushed(path)

    def flushed(self, path):
        if path.is_dir():
            self.entries[path] = {child.name: child.stat().st_ino for child in path.iterdir()}
        else:
            self.content[path.stat().st_ino] = path.read_bytes()

    def put_back(self, *, renamed):
        if renamed:
            for folder in [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]:
                self.flushed(folder)
        for path in [path for path in self.root.rglob("*") if path.is_file()]:
            path.unlink()
        for folder, entries in self.entries.items():
            for name, inode in entries.items():
                if folder.is_dir() and not (folder / name).is_dir():
                    (folder / name).write_bytes(self.content.get(inode, b""))
