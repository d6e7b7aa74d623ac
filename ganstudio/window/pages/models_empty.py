"""The Models page without models: how to come by the first one; and a search that found none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.pages.models_known import KnownModels
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.studio import Studio


class EmptyModels(QWidget):
    """One large field and, below it, the other way.

    Signals:
        imported: The artist has a model already.
    """

    imported = Signal()

    def __init__(self, studio: Studio, known: KnownModels) -> None:
        super().__init__()
        self._studio, self._known = studio, known
        self.zone = DropZone("models", "", "", large=True)
        self.zone.setAcceptDrops(False)  # The page itself takes what is dropped.
        self.zone.clicked.connect(self._begin)
        self.bring = QPushButton(self.tr("Import a model from another program…"))
        self.bring.setProperty("role", "quiet")
        theme.set_icon(self.bring, "folder-plus")
        self.bring.clicked.connect(self.imported)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, 2 * theme.GRID)
        column.setSpacing(theme.GRID)
        column.addWidget(self.zone, 1)
        column.addWidget(self.bring, 0, Qt.AlignmentFlag.AlignHCenter)
        self.word()

    def word(self) -> None:
        """Say what is so now."""
        self.bring.setVisible(self._studio.project is not None)
        if self._studio.project is None:
            title, hint = self.tr("No project is open"), self.tr("Click to go Home and open one, or begin a new one.")
        elif self._studio.training is not None:
            title = self.tr("The first model is on its way")
            hint = self.tr("It appears here with the training's first save. Click to watch.")
        elif self._known.looking:
            title, hint = self.tr("Looking for models…"), ""
        else:
            title = self.tr("No models yet")
            hint = self.tr("Train one: it appears here by itself. Click to begin, or drop a .pth or .safetensors file.")
        self.zone.title.setText(title)
        self.zone.hint.setText(hint)
        self.zone.setAccessibleName(title)

    @Slot()
    def _begin(self) -> None:
        self._studio.show("home" if self._studio.project is None else "train")


class NothingFound(QWidget):
    """A search without a result.

    Signals:
        cleared: Show all again.
    """

    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.clear = QPushButton(self.tr("Show all models"))
        self.clear.clicked.connect(self.cleared)
        column = QVBoxLayout(self)
        column.setSpacing(2 * theme.GRID)
        column.addStretch()
        column.addWidget(theme.label(self.tr("No model is like that."), "heading"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
