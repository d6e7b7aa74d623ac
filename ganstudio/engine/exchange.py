"""Exchange: models out of GAN Studio, in formats that other programs read.

An ONNX or .pt2 file holds the whole way from bytes to bytes for any height and width, so nobody has to copy our
arithmetic. Each is opened again and compared with the picture that GAN Studio itself makes before it gets its name.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram
from torch.fx.experimental import _config

from ganstudio.engine import modelfile
from ganstudio.engine.painting import Imagining, Painting, Telling
from ganstudio.engine.routing import choose
from ganstudio.game import Method
from ganstudio.runs.model import model_file
from ganstudio.runs.writing import write_atomically
from ganstudio.words.captions import LONGEST
from ganstudio.words.events import Command, Event, Progress, Stop
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Inventory, Route

SUFFIXES = (".onnx", ".safetensors", ".pth", ".pt2")
OPSET = 20
LARGEST_DIFFERENCE = 1  # Of 255.
TOLERANCE = 1e-3  # What counts as no difference, of 255.
ODD = (67, 101)  # Height and width in pixels of the picture that a file is checked with …
TINY = (16, 16)  # … and of a second one.


@dataclass(frozen=True, slots=True)
class Exported:
    """One exported file.

    Attributes:
        path: Where it lies.
        difference: Largest difference of any pixel from GAN Studio's own picture, of 255; 0 where weights are copied.
        checked_size: Width and height in pixels of the picture that was compared; (0, 0) where weights are copied.
    """

    path: Path
    difference: int
    checked_size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A model and the route that is exported."""

    method: Method
    recipe: Recipe
    inventory: Inventory
    step: int
    route: Route

    def whole(self) -> Painting | Imagining | Telling:
        """The route from bytes or noise to bytes or probabilities."""
        kind: type[Painting | Imagining | Telling] = Telling if self.route.answers else Painting
        return (Imagining if self.route.source is None else kind)(self.method, self.route).eval()

    def inputs(self) -> Mapping[str, dict[int, Dim]]:
        """Name of each input, and which of its sides are free."""
        pictures = Dim("pictures", min=1)
        if self.route.source is not None:
            return {"picture": {0: pictures, 1: Dim("height", min=1), 2: Dim("width", min=1)}}
        asked = {"label": {0: pictures}} if self.route.labels else {}
        return {"noise": {0: pictures}} | asked | ({"caption": {0: pictures}} if self.route.words else {})

    def output(self) -> str:
        """Name of the output."""
        if self.route.answers:
            return "probabilities"
        return "picture" if self.route.source is None else "translation"

    def examples(self, size: tuple[int, int], count: int) -> tuple[Tensor, ...]:
        """Inputs to trace and to check with, always the same ones; `size` is (height, width) in pixels."""
        random = torch.Generator().manual_seed(0)
        if self.route.source is None:
            noise = torch.randn(count, self.method.noise_width(self.route), generator=random)
            if self.route.words:
                words = torch.randint(1, len(self.route.words) + 1, (count, LONGEST), generator=random)
                return noise, words * (torch.arange(LONGEST) < LONGEST // 4)
            return (noise, torch.arange(count) % len(self.route.labels)) if self.route.labels else (noise,)
        return (_scene(size, count, random),)

    def facts(self) -> dict[str, str]:
        """What an exported file says of itself."""
        return {
            "method": self.recipe.method,
            "domains": json.dumps([domain.name for domain in self.inventory.domains]),
            "route": self.route.title,
            "labels": json.dumps(self.route.labels),
            "words": json.dumps(self.route.words),
            "answers": json.dumps(self.route.answers),
            "size": str(self.recipe.size),
            "step": str(self.step),
        }


def export(
    model: Path,
    file: Path,
    *,
    to: str | None = None,
    floating: bool = False,  # noqa: ARG001  These three come next.
    leaflet: bool = True,  # noqa: ARG001
    replace: bool = False,  # noqa: ARG001
) -> Generator[Event | None, Command | None, Exported]:
    """Write `model` as `file`, in the format of its suffix: .onnx, .safetensors, .pth or .pt2.

    .onnx and .pt2 take `picture` (N, H, W, 3) uint8 RGB of any height and width from 16 pixels up and give
    `translation` of the same shape or enlarged; classifiers give `probabilities` (N, classes) float32 instead;
    generators take `noise` (N, Z) float32 and, where they have labels, `label` (N,) int64, or `caption` (N, 32) int64
    where they know words, and give `picture`. .pth is the plain state of the route's network under its published
    names. .safetensors is our own model file, with all routes.

    Args:
        model: A run folder or a model file.
        file: The file to write; replaced when it exists and the new one is good.
        to: Domain that comes out, by name or letter; None for the model's main route.
        floating: Numbers from -1 to 1 in and out instead of bytes.
        leaflet: Lay the model's card beside it.
        replace: Whether a file that is there may be replaced.

    Yields:
        Progress.

    Raises:
        ValueError: Another suffix; not a model; no such route; the new file does not make the same pictures; stopped.
        OSError: The disk is full or the folder cannot be written.
    """
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"{file.name} has a suffix that is not known. Choose {', '.join(SUFFIXES[:-1])} or .pt2.")
    if suffix == ".safetensors":
        yield from _turn(0, 1)
        modelfile.open_method(model)  # A damaged model is named here, not copied.
        write_atomically(file, model_file(model).read_bytes())
        yield from _turn(1, 1)
        return Exported(file, 0, (0, 0))
    yield from _turn(0, 4)
    opened = _open(model, to)
    if suffix == ".pth":
        write_atomically(file, _state(opened))
        yield from _turn(4, 4)
        return Exported(file, 0, (0, 0))
    yield from _turn(1, 4)
    program = _trace(opened)
    yield from _turn(2, 4)
    data, made = _as_onnx(opened, program) if suffix == ".onnx" else _as_program(opened, program)
    yield from _turn(3, 4)
    difference = max(compare(opened, made, size) for size in (ODD, TINY))
    if difference > LARGEST_DIFFERENCE:
        raise ValueError(
            f"{file.name} was not written: its pictures differ from GAN Studio's by up to {difference} of 255. "
            f"Export the model as .safetensors or .pth instead."
        )
    write_atomically(file, data)
    yield from _turn(4, 4)
    height, width = ODD if opened.route.source is not None else (opened.recipe.size, opened.recipe.size)
    return Exported(file, difference, (width, height))


def compare(opened: _Opened, made: Callable[..., NDArray[Any]], size: tuple[int, int]) -> int:
    """Largest difference, of 255, between our pictures and those of `made`; two of them, `size` (height, width).

    Probabilities count as shares of 255.
    """
    inputs = opened.examples(size, 2)
    with torch.inference_mode():
        ours = opened.whole()(*inputs).numpy()
    theirs = made(*(value.numpy() for value in inputs))
    if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
        return 255
    whole = 1 if ours.dtype == np.uint8 else 255
    return int(np.ceil(np.abs(ours.astype(np.float64) - theirs.astype(np.float64)).max() * whole - TOLERANCE))


def _turn(done: int, total: int) -> Generator[Event | None, Command | None, None]:
    if (yield Progress(done, total, what="exporting")) == Stop():
        raise ValueError("The export was stopped. No file was written.")


def _open(model: Path, to: str | None) -> _Opened:
    method, recipe, inventory, step = modelfile.open_method(model)
    return _Opened(method, recipe, inventory, step, choose(method.routes(), inventory, to))


def _scene(size: tuple[int, int], count: int, random: torch.Generator) -> Tensor:
    """Pictures with smooth colour, hard edges and grain; (count, height, width, 3) uint8."""
    height, width = size
    down = torch.linspace(0, 1, height)[None, :, None, None]
    right = torch.linspace(0, 1, width)[None, None, :, None]
    colour = torch.rand(count, 1, 1, 3, generator=random)
    bars = ((right * 5).floor() % 2) * 0.3
    grain = torch.rand(count, height, width, 3, generator=random) * 0.3
    return ((down * colour + bars + grain).clamp(0, 1) * 255).to(torch.uint8)


def _state(opened: _Opened) -> bytes:
    """A state_dict: of the one network under its published names, or of several with their names in front."""
    networks = dict(opened.whole().artists.named_children())
    states = {name: network.state_dict() for name, network in networks.items()}
    if len(states) == 1:
        (state,) = states.values()
    else:
        state = {f"{name}.{key}": value for name, part in states.items() for key, value in part.items()}
    stream = io.BytesIO()
    torch.save(dict(state), stream)
    return stream.getvalue()


def _trace(opened: _Opened) -> ExportedProgram:
    """The route as a graph with free sides.

    Raises:
        ValueError: torch cannot trace these networks.
    """
    whole = opened.whole()
    # Without it torch ties the side of a picture to the 1×1 middle of a U-Net that some size has.
    with _quietly(), _config.patch(backed_size_oblivious=True):  # type: ignore[attr-defined]
        try:
            program = torch.export.export(
                whole, opened.examples(ODD, 2), dynamic_shapes=tuple(opened.inputs().values()), strict=False
            )
        except Exception as error:  # torch raises many kinds here, none of them documented.
            raise ValueError(f"This model cannot be written as a graph: {_first_line(error)}") from error
    for node in program.graph.nodes:  # Where our code lies on this machine is nobody's business.
        node.meta.pop("stack_trace", None)
        node.meta.pop("nn_module_stack", None)
    return program


def _as_onnx(opened: _Opened, program: ExportedProgram) -> tuple[bytes, Callable[..., NDArray[Any]]]:
    names = list(opened.inputs())
    with _quietly():
        exported = torch.onnx.export(
            program,
            dynamo=True,
            input_names=names,
            output_names=[opened.output()],
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    assert exported is not None
    proto = exported.model_proto
    proto.producer_name, proto.producer_version = "GAN Studio", ""
    proto.doc_string = f"{opened.recipe.method}: {opened.route.title}"
    del proto.metadata_props[:]
    onnx.helper.set_model_props(proto, opened.facts())
    for node in proto.graph.node:
        del node.metadata_props[:]
    _name_sides(proto, opened)
    data = proto.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])

    def made(*inputs: NDArray[Any]) -> NDArray[Any]:
        picture: NDArray[Any] = session.run(None, dict(zip(names, inputs, strict=True)))[0]
        return picture

    return data, made


def _name_sides(proto: onnx.ModelProto, opened: _Opened) -> None:
    """Call the free sides "pictures", "height" and "width" instead of what the tracer made up."""
    names: dict[str, str] = {}
    for value, sides in zip(proto.graph.input, opened.inputs().values(), strict=True):
        for axis, side in sides.items():
            names[value.type.tensor_type.shape.dim[axis].dim_param] = side.__name__
    for value in (*proto.graph.input, *proto.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in names:
                dim.dim_param = names[dim.dim_param]
    del proto.graph.value_info[:]  # Shapes of inner values, under the old names.


def _as_program(opened: _Opened, program: ExportedProgram) -> tuple[bytes, Callable[..., NDArray[Any]]]:
    stream = io.BytesIO()
    with _quietly():
        torch.export.save(program, stream, extra_files=opened.facts())
        reopened: nn.Module = torch.export.load(io.BytesIO(stream.getvalue())).module()

    def made(*inputs: NDArray[Any]) -> NDArray[Any]:
        with torch.inference_mode():
            picture: NDArray[Any] = reopened(*map(torch.from_numpy, inputs)).numpy()
        return picture

    return stream.getvalue(), made


def _quietly() -> warnings.catch_warnings[None]:
    """The exporter warns of its own insides; nothing there is for an artist."""
    return warnings.catch_warnings(action="ignore")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
