"""One card of the models' gallery: what the model makes of a picture, its name, two lines and its stars."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ganstudio.window import theme
from ganstudio.window.parts.card import RADIUS, cover
from ganstudio.window.parts.stars import MOST, SIDE, paint_stars

SPACE = 8
"""Pixels around a card; two neighbours are twice that apart."""

WORDS = 84
"""Height of what is said under the picture."""

PAD = 14
FACE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Face:
    """What a card shows.

    Attributes:
        title: The model's name.
        lines: Two lines under it.
        stars: How many it has.
        tag: A word in the corner of the picture, such as "imported"; empty for none.
        picture: What stands for the model, or what it makes of the artist's picture; None shows an icon.
        before: The artist's picture, where `picture` is made of it, or is being made.
        waits: `picture` is still being made.
        fault: Why it could not be made.
    """

    title: str
    lines: tuple[str, str]
    stars: int = 0
    tag: str = ""
    picture: QPixmap | None = None
    before: QPixmap | None = None
    waits: bool = False
    fault: str = ""


class ModelCells(QStyledItemDelegate):
    """Paints cards. `pointed` is where the hand is: the row, and the share of the picture's width; none is -1."""

    def __init__(self) -> None:
        super().__init__()
        self.pointed: tuple[int, float] = (-1, 0.0)
        self.only_before = False
        self.columns_width = 240

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All cards are alike."""
        return QSize(self.columns_width, picture_height(self.columns_width) + WORDS + 2 * SPACE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one."""
        face: Face = index.data(FACE)
        frame = card_of(QRectF(option.rect))
        state = option.state
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outline, theme.colour("surface"))
        painter.save()
        painter.setClipPath(outline)
        self._paint_face(painter, picture_of(QRectF(option.rect)), face, index.row())
        painter.restore()
        _paint_words(painter, frame, face, option.font)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        here = bool(state & QStyle.StateFlag.State_HasFocus)
        lively = chosen or here or self.pointed[0] == index.row()
        ink = theme.colour("accent") if chosen or here else theme.colour("muted" if lively else "line")
        pen = QPen(ink, 3 if chosen and here else 2 if chosen or here else 1)
        if here and not chosen:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawPath(outline)
        painter.restore()

    def _paint_face(self, painter: QPainter, area: QRectF, face: Face, row: int) -> None:
        painter.fillRect(area, theme.colour("rail"))
        shown = face.before if self.only_before and face.before is not None else face.picture
        if shown is None and face.before is not None:
            painter.setOpacity(0.35)
            cover(painter, area, face.before)
            painter.setOpacity(1)
        elif shown is not None and not shown.isNull():
            cover(painter, area, shown)
        else:
            mark = theme.pixmap("models", 40, theme.colour("muted"), painter.device().devicePixelRatioF())
            painter.drawPixmap(area.center() - QPointF(20, 20), mark)
        at, share = self.pointed
        if at == row and face.before is not None and face.picture is not None and not self.only_before:
            _paint_before(painter, area, face.before, share)
        if face.tag:
            _paint_pill(painter, area.topLeft() + QPointF(8, 8), face.tag)
        if face.waits or face.fault:
            name, ink = ("warning", theme.colour("caution")) if face.fault else ("clock", theme.colour("text"))
            spot = QRectF(area.center().x() - 18, area.center().y() - 18, 36, 36)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(spot)
            sign = theme.pixmap(name, 20, ink, painter.device().devicePixelRatioF())
            painter.drawPixmap(spot.topLeft() + QPointF(8, 8), sign)


def picture_height(width: int) -> int:
    """Height of the picture on a card in a cell so wide."""
    return round((width - 2 * SPACE) * 0.68)


def card_of(cell: QRectF) -> QRectF:
    """The card in a cell."""
    return cell.adjusted(SPACE, SPACE, -SPACE, -SPACE)


def picture_of(cell: QRectF) -> QRectF:
    """The picture in a cell."""
    card = card_of(cell)
    return QRectF(card.x(), card.y(), card.width(), picture_height(round(cell.width())))


def stars_of(cell: QRectF) -> QRectF:
    """The stars in a cell."""
    card = card_of(cell)
    return QRectF(card.x() + PAD - 2, card.bottom() - SIDE - 9, MOST * SIDE, SIDE)


def _paint_words(painter: QPainter, frame: QRectF, face: Face, given: QFont) -> None:
    left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine
    stars = QRectF(frame.x() + PAD - 2, frame.bottom() - SIDE - 9, MOST * SIDE, SIDE)
    name = QRectF(frame.x() + PAD, frame.bottom() - WORDS + 9, frame.width() - 2 * PAD, 20)
    beside = QRectF(stars.right() + 6, stars.y(), frame.right() - PAD - stars.right() - 6, SIDE)
    for line, area, side in (
        (face.title, name, left),
        (face.lines[0], name.translated(0, 20), left),
        (face.lines[1], beside, right),
    ):
        font = QFont(given)
        if area is name:
            font.setWeight(QFont.Weight.DemiBold)
        else:
            font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if area is name else "muted"))
        words = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, side, words)
    paint_stars(painter, stars.topLeft(), face.stars)


def _paint_before(painter: QPainter, area: QRectF, before: QPixmap, share: float) -> None:
    x = area.x() + area.width() * share
    painter.save()
    painter.setClipRect(QRectF(area.x(), area.y(), x - area.x(), area.height()), Qt.ClipOperation.IntersectClip)
    cover(painter, area, before)
    painter.restore()
    for ink, width in ((QColor(0, 0, 0, 110), 4), (QColor(255, 255, 255), 2)):
        painter.setPen(QPen(ink, width))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def _paint_pill(painter: QPainter, corner: QPointF, text: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    box = QRectF(corner.x(), corner.y(), metrics.horizontalAdvance(text) + 14, metrics.height() + 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 165))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
