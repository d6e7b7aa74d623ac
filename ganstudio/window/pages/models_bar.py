"""The head of the Models page: what there is, search, kinds and order, and the picture that models are tried on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.model_order import KINDS, SORTS, Sought
from ganstudio.window.pages.models_work import Trial
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.card import cover
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.elided import Elided
from ganstudio.window.words import count

THUMBNAIL = 44


class SearchRow(QWidget):
    """Search, kind and order.

    Signals:
        wished: The artist wants to see something else.
        left: Down or Enter in the search line: the keyboard goes to what was found.
    """

    wished = Signal()
    left = Signal()

    def __init__(self, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("Search names, methods, notes…"))
        self.text.setAccessibleName(self.tr("Search models"))
        self.text.setToolTip(self.tr("Search ({})").format(QKeySequence(QKeySequence.StandardKey.Find).toString()))
        self.text.setClearButtonEnabled(True)
        self.text.installEventFilter(self)
        self.kind, self.sort = QuietChoice(), QuietChoice()
        kinds = (
            self.tr("All kinds"),
            self.tr("Trained here"),
            self.tr("Imported"),
            self.tr("Mixed"),
            self.tr("Translate"),
            self.tr("Generate"),
            self.tr("Classify"),
        )
        sorts = (self.tr("Newest first"), self.tr("Most stars"), self.tr("By name"), self.tr("Largest first"))
        for box, name, keys, titles in (
            (self.kind, self.tr("Kind"), KINDS, kinds),
            (self.sort, self.tr("Order"), SORTS, sorts),
        ):
            box.setAccessibleName(name)
            box.setFixedHeight(theme.ROW)
            for key, title in zip(keys, titles, strict=True):
                box.addItem(title, key)
        self.sort.setCurrentIndex(max(0, self.sort.findData(str(settings.value("models_sort", "newest")))))
        self._rest = QTimer(self, interval=120, singleShot=True)
        self._rest.timeout.connect(self.wished)
        self.text.textChanged.connect(self._rest.start)
        self.kind.currentIndexChanged.connect(self.wished)
        self.sort.currentIndexChanged.connect(self._sorted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.text, 1)
        row.addWidget(self.kind)
        row.addWidget(self.sort)

    @property
    def sought(self) -> Sought:
        """What is wanted."""
        return Sought(self.text.text(), self.kind.currentData(), self.sort.currentData())

    def clear(self) -> None:
        """Show all."""
        self.text.clear()
        self.kind.setCurrentIndex(0)
        self._rest.stop()
        self.wished.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line, Down and Enter go to what was found, Escape takes the search away."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._rest.stop()
                self.wished.emit()
                self.left.emit()
                return True
            if key == Qt.Key.Key_Escape and self.text.text():
                self.text.clear()
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _sorted(self) -> None:
        self._settings.setValue("models_sort", self.sort.currentData())
        self.wished.emit()


class ChosenModels(QWidget):
    """What can be done with several chosen models; hidden while there is one.

    Signals:
        wanted: One of the deeds of the page.
    """

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words = theme.label("", "strong")
        self.compare = button(self.tr("Compare"), "swap", lambda: self.wanted.emit("compare"))
        self.mix = button(self.tr("Mix…"), "sliders", lambda: self.wanted.emit("mix"))
        self.delete = button(self.tr("Move to trash…"), "trash", lambda: self.wanted.emit("delete"))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID, 0, 20, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.words, 1)
        for each in (self.compare, self.mix, self.delete):
            row.addWidget(each)
        self.hide()

    def show_number(self, number: int) -> None:
        """So many are chosen."""
        self.words.setText(self.tr("{} models chosen").format(count(number)))
        self.compare.setVisible(number == 2)
        self.mix.setVisible(number == 2)
        self.setVisible(number > 1)


class TrialBar(QFrame):
    """The picture that every model is tried on, or an invitation to choose one.

    Signals:
        asked: Choose a picture.
        cleared: Try models on nothing.
    """

    asked = Signal()
    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._mark = QLabel()
        self._mark.setFixedSize(THUMBNAIL, THUMBNAIL)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = Elided("strong")
        self.hint = Elided("small")
        self.choose = button(self.tr("Choose a picture…"), "image-plus", self.asked.emit)
        self.close_button = icon_button(self.tr("Show the models' own samples"), "close", self.cleared.emit, 16)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self.text)
        words.addWidget(self.hint)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.choose)
        row.addWidget(self.close_button)
        self.show_trial(None, QPixmap())

    def show_trial(self, trial: Trial | None, small: QPixmap) -> None:
        """Show this picture, or ask for one."""
        self.close_button.setVisible(trial is not None)
        if trial is None:
            theme.set_icon(self._mark, "image", "muted", 24)
            self.text.setText(self.tr("Try your own picture"))
            self.hint.setText(self.tr("Drop one here, or paste it: each model shows what it makes of it."))
            self.choose.setText(self.tr("Choose a picture…"))
            return
        self._mark.setProperty("icon_name", "")
        self._mark.setPixmap(_square(small, self.devicePixelRatioF()))
        self.text.setText(trial.name or self.tr("Pasted picture"))
        self.hint.setText(self.tr("Point at a card for before and after."))
        self.choose.setText(self.tr("Another one…"))


def _square(picture: QPixmap, ratio: float) -> QPixmap:
    side = round(THUMBNAIL * ratio)
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, side, side), 6 * ratio, 6 * ratio)
    painter.setClipPath(outline)
    cover(painter, QRectF(0, 0, side, side), picture)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
