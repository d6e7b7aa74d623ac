"""Before and after of one picture, with a line between them that the hand or the arrow keys move."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.mixing import Mixer, is_quick, mixed
from ganstudio.window.parts.picture_view import Canvas, Levels
from ganstudio.window.parts.seen import Seen, gathered
from ganstudio.words.look import Look

_GRIP = 16
_PLAIN = Look()


_REST_MS = 300
"""So long a brush rests before what it painted is mixed to the bit."""


class Compare(Canvas):
    """A canvas whose left part shows the picture before and its right part the picture after."""

    moved = Signal(float)
    pulled = Signal()
    """The picture is being dragged out of the widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Before and after"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right arrow keys move the line between before and after. "
                "The picture can be dragged into a folder or another program; hold Ctrl when it is zoomed in."
            )
        )
        self._after: Levels | None = None
        self._look = _PLAIN
        self._mask: Mask | None = None
        self._line = 0.5
        self._moving = False
        self._pull: QPointF | None = None
        self._seen: Seen | None = None
        self._earlier: tuple[QImage, QRectF] | None = None
        self._frame_then = QRectF()
        self._pending: object | None = None
        self._painted_since: list[QRectF] = []  # Where the mask became another while the mixing was under way.
        self._touched: list[QRectF] = []  # Where it did since the last frame.
        self._resting = QTimer(self, interval=_REST_MS, singleShot=True)
        self._resting.timeout.connect(self._remix)
        self._mixer = Mixer(self)
        self._mixer.mixed.connect(self._take_mixture)
        self._note = ""
        self._captions = (self.tr("Before"), self.tr("After"))
        self._message = ""

    @property
    def line(self) -> float:
        """Where the line stands, as a share of the picture's width."""
        return self._line

    def has_line(self) -> bool:
        """Whether there is a line between before and after."""
        return True

    @property
    def after(self) -> Levels | None:
        """The picture after; None while it is being made."""
        return self._after

    def show_pair(self, before: Levels | None, after: Levels | None) -> None:
        """Show a picture before and after; `after` is None while it is being made."""
        if after is not self._after or before is not self.levels:
            self._seen = self._earlier = self._pending = None
        self._after = after
        self.show_picture(before)

    def set_captions(self, before: str, after: str) -> None:
        """Name the two sides."""
        self._captions = (before, after)
        self.update()

    def set_message(self, message: str) -> None:
        """Say something in the middle, such as why there is no picture; an empty text says nothing."""
        self._message = message
        self.update()

    def set_note(self, note: str) -> None:
        """Say something small at the lower edge, such as that this is only a first look; an empty text says nothing."""
        if note != self._note:
            self._note = note
            self.update()

    def set_look(self, look: Look) -> None:
        """Show this much of the after, mixed in this way; the look's own mask does not count."""
        if look != self._look:
            self._look = look
            self._remix()

    def set_mask(self, mask: Mask | None) -> None:
        """Show the after only where this mask lets it, and follow the mask."""
        if mask is self._mask:
            return
        if self._mask is not None:
            self._mask.changed.disconnect(self._mask_changed)
        self._mask = mask
        if mask is not None:
            mask.changed.connect(self._mask_changed)
        self._remix()

    def set_line(self, share: float) -> None:
        """Move the line between before and after."""
        self._line = min(1.0, max(0.0, share))
        self.update()
        self.moved.emit(self._line)

    def changed(self) -> None:
        """Forget what was prepared for painting."""
        if self._seen is not None and self._seen.mixture is not None:
            self._earlier = (self._seen.mixture, self._frame_then)
        self._seen = self._pending = None
        super().changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the two sides, the line and its grip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.levels is not None:
            self._paint_sides(painter)
            painter.setClipping(False)
            if self._after is not None and self.has_line():
                self._paint_line(painter, self._line_x())
                self._paint_captions(painter, self._line_x())
        if self._message:
            self._paint_message(painter)
        elif self._note:
            self._paint_note(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.paint_ring(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the grip, or the picture itself, or begin to pan."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._moving = left and self._near(event.position())
        self._pull = event.position() if left and not self._moving and self._can_pull(event) else None
        if not self._moving and self._pull is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the line, drag the picture out, or pan."""
        if self._moving:
            frame = self.frame()
            self.set_line((event.position().x() - frame.x()) / frame.width())
            return
        if self._pull is not None:
            if (event.position() - self._pull).manhattanLength() >= QApplication.startDragDistance():
                self._pull = None  # The release goes to where the picture is dropped.
                self.pulled.emit()
            return
        near = self._near(event.position())
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._moving, self._pull = False, None
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the line, Home and End to the edges."""
        step = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0.02
        match event.key():
            case Qt.Key.Key_Left:
                self.set_line(self._line - step)
            case Qt.Key.Key_Right:
                self.set_line(self._line + step)
            case Qt.Key.Key_Home:
                self.set_line(0)
            case Qt.Key.Key_End:
                self.set_line(1)
            case _:
                super().keyPressEvent(event)

    # What is seen

    def _prepare(self) -> Seen:
        if self._seen is None:
            assert self.levels is not None
            before = self.prepared(self.levels)
            after = self.prepared(self._after) if self._after is not None else None
            self._frame_then = self.frame()
            self._seen = Seen(before, after, None)
            self._mix(self._seen)
        self._mend(self._seen)
        return self._seen

    def _remix(self) -> None:
        """The same view under another look or mask."""
        if self._seen is not None and self._seen.after is not None:
            self._mix(self._seen)
        self.update()

    def _mix(self, seen: Seen) -> None:
        """Mix at once what takes no time, the rest in the background while the last mixture stays."""
        after, look, mask = seen.after, self._look, self._seen_mask()
        self._mixer.forget()
        self._pending, self._painted_since, self._touched = None, [], []
        if after is None or (look.strength == 1 and not look.keep_colours and mask is None):
            seen.mixture = after
        elif is_quick(look, mask, after.width() * after.height()):
            seen.mixture = mixed(seen.before, after, look, mask)
        else:
            self._pending = object()
            self._mixer.ask(self._pending, lambda: seen.mix(look, mask))

    @Slot(object, QImage)
    def _take_mixture(self, key: object, mixture: QImage) -> None:
        if key is self._pending and self._seen is not None:
            self._seen.mixture, self._earlier, self._pending = mixture, None, None
            self._touched, self._painted_since = self._painted_since, []
            self.update()

    @Slot(QRectF)
    def _mask_changed(self, part: QRectF) -> None:
        seen = self._seen
        if seen is None or seen.after is None:
            return
        if part.isNull():
            if seen.mixture is not None:  # It stays where it is until the next one is there, and nothing is put on it.
                self._earlier, seen.mixture = (seen.mixture, self._frame_then), None
            self._remix()
            return
        if self._pending is not None:
            self._painted_since = gathered([*self._painted_since, part])
        # However often the hand says where it is, a place is mixed once a frame.
        self._touched.append(part)
        self.update()

    def _mend(self, seen: Seen) -> None:
        """Mix what a brush has touched since the last frame."""
        touched, self._touched = gathered(self._touched), []
        for part in touched:
            self._mend_part(seen, part)

    def _mend_part(self, seen: Seen, part: QRectF) -> None:
        ratio, frame = self.devicePixelRatioF(), self.frame()
        box = QRectF(
            (frame.x() + part.x() * frame.width()) * ratio,
            (frame.y() + part.y() * frame.height()) * ratio,
            part.width() * frame.width() * ratio,
            part.height() * frame.height() * ratio,
        )
        place = box.toAlignedRect().intersected(seen.before.rect())
        mask = self._seen_mask(place)
        if place.isEmpty() or mask is None:
            return
        if seen.mend(place, self._look, mask):
            self._resting.start()

    def _seen_mask(self, place: QRect | None = None) -> QImage | None:
        """The mask as it lies over the widget, or over a part of it in device pixels; None for everywhere."""
        image = self._mask.image() if self._mask is not None else None
        if image is None or self.levels is None:
            return None
        window = (QSizeF(self.size()) * self.devicePixelRatioF()).toSize()
        place = QRect(0, 0, window.width(), window.height()) if place is None else place
        view = QImage(QSize(max(1, place.width()), max(1, place.height())), QImage.Format.Format_Grayscale8)
        view.fill(0)
        painter = QPainter(view)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        corner = self.corner() - QPointF(place.topLeft())
        painter.drawImage(QRectF(corner, QSizeF(self.levels.size) * self.scale()), image)
        painter.end()
        return view

    def _paint_sides(self, painter: QPainter) -> None:
        """The picture, and over it what is after on the right of the line."""
        seen = self._prepare()
        painter.setClipRect(self.frame())
        painter.drawImage(0, 0, seen.before)
        if seen.after is not None:
            painter.setClipRect(self._right_side())
            self._paint_after(painter, seen)

    def _right_side(self) -> QRectF:
        """What of the picture is on the right of the line."""
        x = self._line_x()
        return self.frame().intersected(QRectF(x, 0, self.width() - x, self.height()))

    def _paint_after(self, painter: QPainter, seen: Seen) -> None:
        if seen.mixture is not None:
            painter.drawImage(0, 0, seen.mixture)
            return
        # Until the mixture is there: the last one, moved to where the picture lies now.
        assert seen.after is not None
        if self._earlier is None:
            painter.drawImage(0, 0, seen.after)
            return
        image, then = self._earlier
        now = self.frame()
        share = now.width() / max(1.0, then.width())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(0, 0, seen.after)
        painter.translate(now.topLeft())
        painter.scale(share, share)
        painter.translate(-then.topLeft())
        inside = then.intersected(QRectF(QPointF(), image.deviceIndependentSize()))
        ratio = image.devicePixelRatio()
        painter.drawImage(inside, image, QRectF(inside.topLeft() * ratio, inside.size() * ratio))
        painter.restore()

    def _paint_note(self, painter: QPainter) -> None:
        frame = self.frame().intersected(QRectF(self.rect())) if self.levels is not None else QRectF(self.rect())
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(self._note) + 24, metrics.height() + 10
        box = QRectF(frame.center().x() - width / 2, frame.bottom() - height - 12, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 165))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._note)

    def _line_x(self) -> float:
        frame = self.frame()
        return frame.x() + frame.width() * self.line

    def _near(self, at: QPointF) -> bool:
        return self.levels is not None and self._after is not None and abs(at.x() - self._line_x()) <= _GRIP

    def _can_pull(self, event: QMouseEvent) -> bool:
        """Whether this press takes the picture: where there is more of it than is seen, the hand pans."""
        if self.levels is None or self._after is None or not self.frame().contains(event.position()):
            return False
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return held or QRectF(self.rect()).adjusted(-1, -1, 1, 1).contains(self.frame())

    def _paint_line(self, painter: QPainter, x: float) -> None:
        top, bottom = max(0.0, self.frame().top()), min(float(self.height()), self.frame().bottom())
        middle = QPointF(x, (top + bottom) / 2)
        painter.setPen(QPen(QColor(0, 0, 0, 110), 4))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        painter.setPen(QPen(QColor(255, 255, 255), 2))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        ring = self.palette().highlight().color() if self.hasFocus() else QColor(0, 0, 0, 140)
        painter.setPen(QPen(ring, 2))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(QPen(QColor(40, 44, 52), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        for side in (-1, 1):
            tip = middle + QPointF(side * 9, 0)
            painter.drawPolyline([tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)])

    def _paint_message(self, painter: QPainter) -> None:
        wrap = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        room = QRectF(self.rect()).adjusted(48, 48, -48, -48)
        words = painter.boundingRect(room, wrap, self._message)
        if self.levels is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 165))
            painter.drawRoundedRect(words.adjusted(-16, -8, 16, 8), 8, 8)
            painter.setPen(QColor(255, 255, 255))
        else:
            painter.setPen(self.palette().text().color())
        painter.drawText(room, wrap, self._message)

    def _paint_captions(self, painter: QPainter, x: float) -> None:
        frame = self.frame().intersected(QRectF(self.rect()))
        metrics = painter.fontMetrics()
        for side, text in enumerate(self._captions):
            width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
            left = frame.left() + 8 if side == 0 else frame.right() - 8 - width
            covered = left + width > x - 4 if side == 0 else left < x + 4
            if covered:
                continue
            box = QRectF(left, frame.top() + 8, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 165))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(255, 255, 255))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
