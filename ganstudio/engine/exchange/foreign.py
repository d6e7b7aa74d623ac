"""Reading files of weights that others wrote, without trust: numbers come out, and nothing in the file is ever run.

The content decides what a file is, never its name. Pickles are read by torch's reader of plain weights alone, which
builds tensors and nothing else; what it refuses is looked at as a list of words to say why, and is never tried again
in another way. Then every tensor must be what it says, in kind, number and size.

Sources: PyTorch's security policy, GHSA-53q9-r3pm-6pq6 and GHSA-63cw-57p8-fm3p, and safetensors' list of attacks.
"""

from __future__ import annotations

import io
import re
import stat
import sys
import warnings
import zipfile
from _compat_pickle import IMPORT_MAPPING
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from pickletools import genops
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

LARGEST = 300 << 20  # Bytes; the largest published generator, a U-Net of 54 million weights, has 218 million.
MOST_TENSORS = 2000
MOST_RECORDS = 2 * MOST_TENSORS
MOST_AXES = 5
LARGEST_PICKLE = 4 << 20  # Bytes; names, sizes and places of 2,000 tensors take a tenth of it.
PICKLES = 5  # In a file of old PyTorch: a number, a version, a system, the table, the names of what follows.
DTYPES = (torch.float32, torch.float16, torch.bfloat16, torch.int64)

_WORD = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)
_NAME = re.compile(r"\w{1,99}(\.\w{1,99}){0,40}", re.ASCII)
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""The number that torch wrote in front before it wrote zips, as a pickle of its own."""

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"<", "is a web page, not weights. Download the file itself"),
    (b"version https://git-lfs", "only says where the weights lie (a Git LFS pointer). Download the file itself"),
    (b"\x89HDF", "holds weights of Keras, which are not known here. Choose weights saved by PyTorch"),
    (b"\x89PNG", "is a picture, not weights. Choose a .pth or .safetensors file"),
    (b"\xff\xd8\xff", "is a picture, not weights. Choose a .pth or .safetensors file"),
)
_AGAIN = "Copy or download it again"
_PLAIN = "torch.save(net.state_dict(), 'weights.pth')"
_HARMLESS = {"collections", "argparse", "pathlib", "datetime", "enum"}
"""Of Python's own modules those whose objects stand in honest checkpoints …"""

_VALUES = {"set", "frozenset", "slice", "complex", "object", "bytearray"}
"""… and of its own functions those that only make values."""


class Refused(ValueError):  # noqa: N818  As Unreadable.
    """A file that is not taken; the text is a sentence for people."""


def read(file: Path) -> dict[str, Tensor]:
    """The weights in a file of PyTorch, old or new, or of safetensors: name → tensor on the CPU, float32 or int64.

    Raises:
        Refused: It is no such file, damaged, lies about its sizes, or wants to run code; the message names it.
        OSError: It cannot be read.
    """
    data = _bytes(file)
    size = len(data)
    loaded = _safetensors(file, data) if _is_safetensors(data) else _torch(file, data)
    del data
    return _checked(file, _state(file, loaded), size)


def _bytes(file: Path) -> bytes:
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):  # A pipe would be waited for; a folder is somebody's slip.
        raise _refusal(file, "is no file. Choose a .pth or .safetensors file")
    with file.open("rb") as stream:
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise _refusal(
            file, f"is larger than any model that is known here ({LARGEST >> 20} MB). Choose the generator's own file"
        )
    if not data:
        raise _refusal(file, f"is empty. {_AGAIN}")
    return data


def _refusal(file: Path, what: str) -> Refused:
    return Refused(f"{file.name} {what}.")


def _is_safetensors(data: bytes) -> bool:
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") < 2**32


def _safetensors(file: Path, data: bytes) -> Mapping[str, Tensor]:
    try:
        return safetensors.torch.load(data)
    except Exception as error:  # What a broken file raises is up to the file.
        raise _refusal(file, f"is damaged, or was cut short. {_AGAIN}") from error


def _torch(file: Path, data: bytes) -> Any:
    """What torch's reader of plain weights makes of it."""
    if data.startswith(b"PK"):
        pickles = _pickle_in_zip(file, data)
    elif data.startswith(_LEGACY):
        pickles = data[:LARGEST_PICKLE]
    else:
        raise _strange(file, data)
    called, ended = _look(pickles)
    if ended < (5 if data.startswith(_LEGACY) else 1):  # Also where its reader would go on for hours.
        raise _refusal(file, _reason(called))
    try:
        with warnings.catch_warnings(action="ignore"):
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # As above.
        # torch's own words would tell an artist how to open it without protection.
        raise _refusal(file, _reason(called)) from error


def _pickle_in_zip(file: Path, data: bytes) -> bytes:
    """The pickle in a zip as torch writes it, once the zip is known to hold as much as it says and no more."""
    fault = ""
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:  # As above.
        records = {record.filename.partition("/")[2]: record for record in archive.infolist()}
        fault = _zip_fault(archive, records, len(data))
        if not fault:
            return archive.read(records["data.pkl"])
    raise _refusal(file, fault or f"is damaged, or was cut short. {_AGAIN}")


def _zip_fault(archive: zipfile.ZipFile, records: Mapping[str, zipfile.ZipInfo], size: int) -> str:
    """Why a zip is not taken; empty when it is one that torch wrote."""
    if "constants.pkl" in records or any(name.startswith("code/") for name in records):
        return f"is a program (TorchScript), not weights. Save its weights alone: {_PLAIN}"
    listed = archive.infolist()
    if len(listed) > MOST_RECORDS or any(record.compress_type != zipfile.ZIP_STORED for record in listed):
        return "is a packed zip, not weights as PyTorch saves them. Unpack it first"
    if sum(record.file_size for record in listed) > size or archive.testzip() is not None:
        return f"is damaged, or was cut short. {_AGAIN}"
    if "data.pkl" not in records:
        return "is a zip without weights. Choose the .pth or .safetensors file in it"
    if records["data.pkl"].file_size > LARGEST_PICKLE:
        return "holds more names than any model that is known here"
    return ""


def _strange(file: Path, data: bytes) -> Refused:
    """Why a file that is neither of the formats is refused."""
    head = data[:256].lstrip()
    for sign, what in _KINDS:
        if head.startswith(sign):
            return _refusal(file, what)
    if data[257:262] == b"ustar":
        return _refusal(file, f"was saved by a PyTorch of 2016. Save it again with a newer one: {_PLAIN}")
    called, ended = _look(data[:LARGEST_PICKLE])
    if data[:1] == b"\x80" or (called and ended):
        return _refusal(file, _reason(called))
    return _refusal(file, "is not a file of weights. Choose one saved by PyTorch (.pth) or a .safetensors file")


def _reason(called: list[str]) -> str:
    """Why torch did not take a pickle, as far as what it would have called tells."""
    commands = [word for word in called if _is_command(word)]
    objects = [word for word in called if _is_object(word)]
    if commands:
        return (
            f"wants to run code when it is opened ({commands[0]}). It was not opened, and nothing in it ran. Do not "
            "use it, and tell whoever gave it to you"
        )
    if objects:
        name = objects[0].rpartition(".")[2]
        return (
            f"holds a whole Python object ({name}) instead of weights, and opening that would run code. Nothing in it "
            f"ran. Save its weights alone, in the program that made it: {_PLAIN}"
        )
    return f"is damaged, was cut short, or is not plain weights. {_AGAIN}, or save it anew: {_PLAIN}"


def _look(data: bytes) -> tuple[list[str], int]:
    """Everything that the pickles in `data` would call, as module.name, and how many end; nothing is called."""
    called: list[str] = []
    ended = 0
    stream = io.BytesIO(data)
    with suppress(Exception):  # What a broken file raises is up to the file; what was found stays.
        while ended < PICKLES:
            for word in _globals(stream):
                called.append(word)  # noqa: PERF402  One by one: what comes after may be broken.
            ended += 1
    return called, ended


def _globals(stream: io.BytesIO) -> Iterator[str]:
    texts: list[str] = []
    for operation, argument, _ in genops(stream):
        if operation.name in {"GLOBAL", "INST"}:
            yield str(argument).replace(" ", ".")
        elif operation.name == "STACK_GLOBAL":
            yield ".".join(texts[-2:]) or "unknown"
        elif isinstance(argument, str):
            texts.append(argument)


def _is_command(word: str) -> bool:
    """Whether it belongs to Python itself and does more than make a value, or is a function of anyone else's."""
    root, name = word.partition(".")[0], word.rpartition(".")[2]
    if root in {"builtins", "__builtin__"}:
        return name not in _VALUES
    if root in sys.stdlib_module_names or root in IMPORT_MAPPING:  # Of Python 3, or as Python 2 called them.
        return root not in _HARMLESS and word != "_codecs.encode"
    # torch's own builders of tensors, also where bits of their names have changed, are no commands.
    known = word.startswith(("torch._utils.", "torch.storage.", "torch.serialization.", "numpy."))
    return _WORD.fullmatch(word) is not None and not name[:1].isupper() and not known


def _is_object(word: str) -> bool:
    """Whether it is a class of someone's program, and no table and no tensor."""
    torchs_own = word.startswith("torch.") and not word.startswith(("torch.nn.", "torch.optim."))
    return _WORD.fullmatch(word) is not None and not torchs_own and word != "collections.OrderedDict"


def _state(file: Path, loaded: Any) -> Mapping[str, Tensor]:
    """The table of weights in what was loaded: itself, or the only table in it."""
    tables = [value for value in loaded.values() if isinstance(value, Mapping)] if isinstance(loaded, Mapping) else []
    plain = loaded if not tables else tables[0]
    if not isinstance(loaded, Mapping) or not plain:
        raise _refusal(file, f"holds no table of weights. Save them so: {_PLAIN}")
    if len(tables) > 1 or (tables and any(isinstance(value, Tensor) for value in loaded.values())):
        raise _refusal(
            file, f"holds several things ({', '.join(map(str, list(loaded)[:4]))}). Save the generator alone: {_PLAIN}"
        )
    table: Mapping[str, Tensor] = plain
    return table


def _checked(file: Path, state: Mapping[str, Tensor], size: int) -> dict[str, Tensor]:
    """Every tensor, as one that holds what it says.

    Args:
        file: For the message.
        state: What was loaded.
        size: Bytes of the file; weights that say they are more share memory, or do not exist.
    """
    if len(state) > MOST_TENSORS:
        raise _refusal(file, f"holds {len(state):,} tensors, more than any model that is known here")
    held = 0
    checked: dict[str, Tensor] = {}
    for name, value in state.items():
        if not isinstance(name, str) or (name != "_metadata" and not _NAME.fullmatch(name)):
            raise _refusal(file, "holds names that weights do not have")
        if name == "_metadata":
            continue
        if not isinstance(value, Tensor) or (fault := _fault(value)):
            what = fault if isinstance(value, Tensor) else f"a {type(value).__name__}"
            raise _refusal(file, f"holds {what} where weights should be ({name})")
        held += value.numel() * value.element_size()
        if held > size:
            raise _refusal(file, f"says that it holds more than it does ({name}). Do not use it")
        plain = value.detach().float() if value.is_floating_point() else value.detach()
        if not torch.isfinite(plain).all():
            raise _refusal(file, f"holds weights that are no numbers ({name}): its training had failed")
        checked[name] = plain if _is_whole(plain) else plain.clone(memory_format=torch.contiguous_format)
    return checked


def _is_whole(value: Tensor) -> bool:
    """Whether a tensor is all that its memory holds, in order."""
    return value.is_contiguous() and value.untyped_storage().nbytes() == value.numel() * value.element_size()


def _fault(value: Tensor) -> str:
    """What is wrong with a tensor's kind; empty when nothing is."""
    if type(value) not in {Tensor, torch.nn.Parameter} or value.layout != torch.strided or value.is_quantized:
        return "something unusual"
    if value.device.type != "cpu":
        return "nothing but a size"
    if value.dtype not in DTYPES:
        return f"numbers of another kind ({value.dtype})"
    return "too many axes" if value.dim() > MOST_AXES else ""
