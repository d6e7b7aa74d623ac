"""Cards to choose one of several things: a method with its picture, a preset with its time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.window import theme


class ChoiceCard(QAbstractButton):
    """A card that is chosen by a click, Space or the arrow keys of its group.

    Args:
        title: In bold.
        sentence: What choosing it means.
        picture: Stands on the left.
        detail_lines: Room that is kept for the detail, so that nothing moves when it becomes known.
        parent: Qt's parent.
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        picture: QWidget | None = None,
        *,
        detail_lines: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(title)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._picture = picture
        self._title, self._sentence = theme.label(title, "strong"), theme.label(sentence, "muted")
        self._detail, self._reason = theme.label(), theme.label()
        self._tag = theme.label("", "changed")
        self._detail_lines = detail_lines
        self._detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        kept = self._tag.sizePolicy()
        kept.setRetainSizeWhenHidden(detail_lines > 0)  # Or the details of its neighbours would stand lower.
        self._tag.setSizePolicy(kept)
        words = QVBoxLayout()
        words.setSpacing(4)
        for line in (self._title, self._sentence, self._reason, self._detail, self._tag):
            line.setWordWrap(True)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            if line is self._detail:
                words.addStretch(1)  # Cards side by side have their details at one height, however long the sentences.
            words.addWidget(line)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        if picture is not None:
            picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self._keep_room()
        self.set_tag("")
        self.set_detail("")
        self.set_reason("")

    @property
    def detail(self) -> str:
        """What it takes."""
        return self._detail.text()

    @property
    def reason(self) -> str:
        """Why it cannot be chosen; empty when it can."""
        return self._reason.text()

    def set_detail(self, text: str) -> None:
        """What it takes, such as size, steps and time."""
        self._detail.setText(text)
        self._detail.setVisible(bool(text) or self._detail_lines > 0)
        self._describe()

    def set_tag(self, text: str) -> None:
        """A word below all, such as that it is suggested; an empty text takes it away."""
        self._tag.setText(text)
        self._tag.setVisible(bool(text))
        self._describe()

    def set_sentence(self, sentence: str) -> None:
        """Replace the sentence."""
        self._sentence.setText(sentence)
        self._describe()

    def set_reason(self, reason: str) -> None:
        """Why it cannot be chosen; an empty text lets it be chosen. The keyboard reaches it, so that it can be read."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        theme.set_role(self._title, "muted_strong" if reason else "strong")
        self.setCursor(Qt.CursorShape.ArrowCursor if reason else Qt.CursorShape.PointingHandCursor)
        if self._picture is not None:
            self._picture.setEnabled(not reason)
        if reason:
            self.setChecked(False)
        self._describe()
        self.update()

    def nextCheckState(self) -> None:
        """A click chooses it, if it can be chosen."""
        if not self.reason:
            super().nextCheckState()

    def changeEvent(self, event: QEvent) -> None:
        """The room for the detail is as large as its letters."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._keep_room()

    def _keep_room(self) -> None:
        self._detail.ensurePolished()
        self._detail.setMinimumHeight(self._detail_lines * self._detail.fontMetrics().lineSpacing())

    def sizeHint(self) -> QSize:
        """As its words need."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As its wrapped words need."""
        layout = self.layout()
        assert layout is not None
        return layout.heightForWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, its border and the ring of the keyboard."""
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, accent = palette.base().color(), palette.highlight().color()
        if self.isChecked():
            ground = _mixed(ground, accent, 0.10)
        elif self.underMouse() and self.isEnabled() and not self.reason:
            ground = _mixed(ground, palette.text().color(), 0.04)
        painter.setBrush(ground)
        painter.setPen(QPen(accent, 2) if self.isChecked() else QPen(palette.mid().color(), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5), 6, 6)

    def _describe(self) -> None:
        self.updateGeometry()
        said = (self._sentence.text(), self._detail.text(), self._reason.text(), self._tag.text())
        self.setAccessibleDescription(" ".join(filter(None, said)))


def _mixed(ground: QColor, other: QColor, share: float) -> QColor:
    red, green, blue = (
        round(a + (b - a) * share)
        for a, b in (
            (ground.red(), other.red()),
            (ground.green(), other.green()),
            (ground.blue(), other.blue()),
        )
    )
    return QColor(red, green, blue)
