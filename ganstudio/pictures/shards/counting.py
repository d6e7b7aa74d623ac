"""How many pictures lie in the shards of a domain: counted one by one, once, and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict
from pathlib import Path

from ganstudio.pictures.shards.checking import check
from ganstudio.pictures.shards.naming import shards_of
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Progress, Skipped
from ganstudio.words.packed import Packed
from ganstudio.words.places import cache
from ganstudio.words.recipe import Domain

DECODED = 500  # Pictures of all shards: enough to see that they can be read.


def count(domain: Domain) -> Generator[Progress | Skipped | None, None, Packed]:
    """Count the pictures of a domain that holds shards; those counted before are known while no shard changes."""
    file = cache("shards") / f"{_mark(shards_of(domain))}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Packed(**json.loads(file.read_bytes()))
    seen = yield from check(domain, DECODED)
    first = seen.broken[0] if seen.broken else None
    packed = Packed(seen.shards, seen.pictures, True, len(seen.classes), seen.captions, seen.faults, first)
    if not seen.faults:  # What cannot be read now may be there again tomorrow.
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, json.dumps(asdict(packed)).encode())
    return packed


def _mark(shards: Sequence[Path]) -> str:
    """What changes when a shard comes, goes or is written anew."""
    mark = hashlib.sha256()
    for shard in shards:
        try:
            state = shard.stat()
            mark.update(f"{shard} {state.st_size} {state.st_mtime_ns}\n".encode(errors="surrogateescape"))
        except OSError:
            mark.update(f"{shard}\n".encode(errors="surrogateescape"))
    return mark.hexdigest()[:16]
