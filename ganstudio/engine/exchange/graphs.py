"""Graphs: a route as ONNX or as torch's own program, with any height, width and number of pictures.

A graph holds the whole way from bytes to bytes, or from numbers to numbers, so nobody has to copy our arithmetic.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import onnx
import torch
from numpy.typing import NDArray
from torch import nn
from torch.export import ExportedProgram
from torch.fx.experimental import _config

from ganstudio.engine.exchange.outgoing import Made, Outgoing, made_by
from ganstudio.engine.exchange.sessions import session

OPSET = 20
TRACED = (67, 101)  # Height and width in pixels of the pictures that a graph is traced with.


def trace(going: Outgoing) -> ExportedProgram:
    """The route as a graph with free sides.

    Raises:
        ValueError: torch cannot trace these networks.
    """
    whole = going.whole()
    # Without it torch ties the side of a picture to the 1×1 middle of a U-Net that some size has.
    with _quietly(), _config.patch(backed_size_oblivious=True):  # type: ignore[attr-defined]
        try:
            program = torch.export.export(
                whole, going.examples(TRACED, 2), dynamic_shapes=tuple(going.inputs().values()), strict=False
            )
        except Exception as error:  # torch raises many kinds here, none of them documented.
            raise ValueError(f"This model cannot be written as a graph: {_first_line(error)}") from error
    for node in program.graph.nodes:  # Where our code lies on this machine is nobody's business.
        node.meta.pop("stack_trace", None)
        node.meta.pop("nn_module_stack", None)
    return program


def as_onnx(going: Outgoing, program: ExportedProgram) -> bytes:
    """The graph as a file of ONNX."""
    with _quietly():
        exported = torch.onnx.export(
            program,
            dynamo=True,
            input_names=list(going.inputs()),
            output_names=[going.output()],
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    assert exported is not None
    proto = exported.model_proto
    proto.producer_name, proto.producer_version = "GAN Studio", ""
    proto.doc_string = f"{going.recipe.method}: {going.route.title}"
    del proto.metadata_props[:]
    onnx.helper.set_model_props(proto, going.facts())
    for node in proto.graph.node:
        del node.metadata_props[:]
    _name_sides(proto, going)
    data: bytes = proto.SerializeToString()
    return data


def open_onnx(going: Outgoing, data: bytes) -> Made:
    """A file of ONNX as another program runs it."""
    opened = session(data)

    def made(*inputs: NDArray[Any]) -> NDArray[Any]:
        picture: NDArray[Any] = opened.run(None, dict(zip(going.inputs(), inputs, strict=True)))[0]
        return picture

    return made


def as_program(going: Outgoing, program: ExportedProgram) -> bytes:
    """The graph as a file of torch.export."""
    stream = io.BytesIO()
    with _quietly():
        torch.export.save(program, stream, extra_files=going.facts())
    return stream.getvalue()


def open_program(data: bytes) -> Made:
    """A file of torch.export as another program runs it."""
    with _quietly():
        reopened: nn.Module = torch.export.load(io.BytesIO(data)).module()
    return made_by(reopened)


def _name_sides(proto: onnx.ModelProto, going: Outgoing) -> None:
    """Call the free sides "pictures", "height" and "width" instead of what the tracer made up."""
    names: dict[str, str] = {}
    for value, sides in zip(proto.graph.input, going.inputs().values(), strict=True):
        for axis, side in sides.items():
            names[value.type.tensor_type.shape.dim[axis].dim_param] = side.__name__
    for value in (*proto.graph.input, *proto.graph.output):
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in names:
                dim.dim_param = names[dim.dim_param]
    del proto.graph.value_info[:]  # Shapes of inner values, under the old names.


def _quietly() -> warnings.catch_warnings[None]:
    """The exporter warns of its own insides; nothing there is for an artist."""
    return warnings.catch_warnings(action="ignore")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
