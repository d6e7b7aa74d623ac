"""Usage: how to use an exported file, in three lines that run as they stand."""

from __future__ import annotations

from pathlib import Path

from ganstudio.engine.exchange import published
from ganstudio.engine.exchange.outgoing import Outgoing
from ganstudio.runs.leaflet import Usage
from ganstudio.words.captions import LONGEST

_IMPORTS = "import numpy as np, {}; from PIL import Image"
_BYTES = 'np.array(Image.open("picture.jpg").convert("RGB"))[None]'
_NUMBERS = 'np.array(Image.open("picture.jpg").convert("RGB"), np.float32).transpose(2, 0, 1)[None] / 127.5 - 1'


def usage(going: Outgoing, file: Path) -> Usage:
    """How to use `file`, to which this route, or the whole model, was written."""
    match file.suffix.lower():
        case ".safetensors":
            return Usage("sh", _ours(going, file.name))
        case ".pth":
            return _published(going, file.name)
        case ".onnx":
            run = f'onnxruntime.InferenceSession("{file.name}").run(None, inputs)[0]'
            return Usage("python", (_IMPORTS.format("onnxruntime"), f"inputs = {_inputs(going)}", _result(going, run)))
        case _:
            run = f'torch.export.load("{file.name}").module()(*(torch.from_numpy(value) for value in inputs.values()))'
            run = f"{run}.detach().numpy()"
            return Usage("python", (_IMPORTS.format("torch"), f"inputs = {_inputs(going)}", _result(going, run)))


def _inputs(going: Outgoing) -> str:
    route = going.route
    if route.source is not None:
        return f'{{"picture": {_NUMBERS if going.floating else _BYTES}}}'
    noise = f"np.random.randn(1, {going.method.noise_width(route)}).astype(np.float32)"
    if route.words:
        return f'{{"noise": {noise}, "caption": np.array([[1, 2] + [0] * {LONGEST - 2}])}}  # Words by number, from 1.'
    asked = f', "label": np.array([0])}}  # {route.labels[0]}' if route.labels else "}"
    return f'{{"noise": {noise}{asked}'


def _result(going: Outgoing, run: str) -> str:
    if going.route.answers:
        return f"print(dict(zip({list(going.route.answers)}, {run}[0])))"
    if going.floating:
        run = f"(({run}.transpose(0, 2, 3, 1) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)"
    return f'Image.fromarray({run}[0]).save("made.png")'


def _ours(going: Outgoing, name: str) -> tuple[str, ...]:
    lines = []
    if any(letter.isspace() for letter in name):
        name = f'"{name}"'  # As every shell takes it.
    for route in going.card.routes:
        if route.source is None:
            asked = f' --label "{route.labels[0]}"' if route.labels else ' --text "…"' if route.words else ""
            lines.append(f'ganstudio generate {name} --out made/ --to "{route.target}"{asked}')
        elif route.answers:
            lines.append(f"ganstudio classify {name} pictures/ --out sorted/")
        else:
            lines.append(f'ganstudio translate {name} pictures/ --out made/ --to "{route.target}"')
    return tuple(lines[:3])


def _published(going: Outgoing, name: str) -> Usage:
    options = published.options(going)
    if not options:
        read = f'weights = torch.load("{name}", weights_only=True)  # Name → weight.'
        return Usage(
            "python", ("import torch", read, "print(*weights, sep='\\n')  # The published code has no such network.")
        )
    cut = published.is_cut(options)
    code = "contrastive-unpaired-translation" if cut else "pytorch-CycleGAN-and-pix2pix"
    model = "" if cut else " --model test"
    return Usage(
        "sh",
        (
            f"# In the published code, {code}:",
            f"mkdir -p checkpoints/mine && cp {name} checkpoints/mine/latest_net_G.pth",
            f"python test.py{model} --name mine --dataroot pictures --preprocess none {' '.join(options)}",
        ),
    )
