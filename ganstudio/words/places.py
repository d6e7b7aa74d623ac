"""Where GAN Studio's own files lie."""

from __future__ import annotations

from pathlib import Path


def resources() -> Path:
    """The folder of icons, themes and the like: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
