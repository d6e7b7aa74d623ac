"""About: what this program is, which version, under which licence."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import button


class AboutSheet(QDialog):
    """Name, version, licence, and what a question about it should come with."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About GAN Studio"))
        mark = theme.label()
        theme.set_icon(mark, "mark", "accent", 48)
        self.versions = theme.label(
            f"Python {platform.python_version()}  ·  Qt {qVersion()}  ·  {platform.system()} {platform.machine()}",
            "small",
        )
        words = QVBoxLayout()
        words.setSpacing(theme.GRID)
        words.addWidget(theme.label(self.tr("GAN Studio {}").format(_version()), "heading"))
        words.addWidget(theme.label(self.tr("Teaches your computer to paint from your own pictures."), wrap=True))
        words.addWidget(
            theme.label(
                self.tr("Pictures, trainings and models stay on this computer. MIT licence."), "muted", wrap=True
            )
        )
        words.addWidget(self.versions)
        top = QHBoxLayout()
        top.setSpacing(3 * theme.GRID)
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        self.copy = button(self.tr("Copy"), "copy", self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addLayout(top)
        column.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"GAN Studio {_version()}  ·  {self.versions.text()}")


def _version() -> str:
    try:
        return version("ganstudio")
    except PackageNotFoundError:  # Run from a folder that nobody installed.
        return ""
