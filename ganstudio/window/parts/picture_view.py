"""Looking at one picture: fit, zoom with the wheel, drag to pan; and the dialog that shows a picture large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

MOST_ZOOM = 32.0
SETTLE_MS = 120
SMALL_WINDOW = 200_000  # Pixels that are always painted finely.
_SMALLEST_LEVEL = 512


def to_qimage(picture: Image.Image) -> QImage:
    """A Qt copy of a picture, which owns its pixels."""
    rgb = picture.convert("RGB")
    data = rgb.tobytes()
    return QImage(data, rgb.width, rgb.height, rgb.width * 3, QImage.Format.Format_RGB888).copy()


@dataclass(frozen=True, slots=True)
class Levels:
    """One picture at its own size, then halved again and again, so that large ones are painted quickly.

    Building it takes a while for large pictures; QImage allows that in any thread.
    """

    images: tuple[QImage, ...]

    @classmethod
    def of(cls, picture: Image.Image | QImage) -> Levels:
        """The levels of a picture, down to 512 pixels."""
        image = picture if isinstance(picture, QImage) else to_qimage(picture)
        images = [image.convertToFormat(QImage.Format.Format_RGB32)]  # Which is painted twice as quickly as RGB888.
        while max(images[-1].width(), images[-1].height()) > 2 * _SMALLEST_LEVEL:
            half = QSize(max(1, images[-1].width() // 2), max(1, images[-1].height() // 2))
            images.append(
                images[-1]
                .scaled(half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
                .convertToFormat(QImage.Format.Format_RGB32)
            )
        return cls(tuple(images))

    @property
    def size(self) -> QSize:
        """Size of the picture in pixels."""
        return self.images[0].size()

    def seen(self, scale: float, corner: QPointF, window: QSize, *, smooth: bool = True) -> QImage:
        """What a window of `window` device pixels shows, with the picture's pixels `scale` device pixels wide.

        Args:
            scale: Device pixels for one pixel of the picture.
            corner: The picture's top left corner in the window, device pixels.
            window: Size of the window.
            smooth: Mean what lies between pixels; without it, it is four times as quick.
        """
        image = next((level for level in reversed(self.images) if level.width() >= self.size.width() * scale), None)
        image = image or self.images[0]
        view = QImage(window, QImage.Format.Format_RGB32)
        view.fill(QColor(0, 0, 0))
        painter = QPainter(view)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth and scale < 2)
        painter.drawImage(QRectF(corner, QSizeF(self.size) * scale), image)
        painter.end()
        return view


@dataclass(frozen=True, slots=True)
class View:
    """What part of a picture is looked at; the same for a picture of another size.

    Attributes:
        width: Device pixels for the whole width of the picture; None where it follows the window's size.
        middle: The place in the middle of the window, as shares of the picture's width and height.
    """

    width: float | None
    middle: QPointF


class Canvas(QWidget):
    """A picture with zoom and pan. 100 % shows each pixel of the picture on one pixel of the screen.

    Signals:
        zoomed: It has this scale now.
        viewed: The hand or the keyboard went to this `View`, for another canvas to follow.
        clicked: The picture was clicked.
    """

    zoomed = Signal(float)
    viewed = Signal(object)
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)
        self._levels: Levels | None = None
        self._zoom: float | None = None
        self._middle = QPointF(0.5, 0.5)
        self._grabbed: QPointF | None = None
        self._rough = False
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._settle)

    @property
    def levels(self) -> Levels | None:
        """The picture shown."""
        return self._levels

    def show_picture(self, levels: Levels | None) -> None:
        """Show a picture, or none; another size goes back to fit."""
        if levels is None or self._levels is None or levels.size != self._levels.size:
            self._zoom, self._middle = None, QPointF(0.5, 0.5)
        self._levels = levels
        self.changed()
        self.zoomed.emit(self.scale())

    def changed(self) -> None:
        """What is seen has changed; subclasses forget what they prepared for painting."""
        self.update()

    def fit(self) -> None:
        """Show the whole picture."""
        self._set_zoom(None)

    def actual_size(self) -> None:
        """Show one pixel of the picture on one pixel of the screen."""
        self._set_zoom(1.0)

    def view(self) -> View:
        """What is looked at now."""
        if self._zoom is None or self._levels is None:
            return View(None, self._middle)
        return View(self._zoom * self._levels.size.width(), self._middle)

    def look_at(self, view: View) -> None:
        """Show the part that another canvas shows; `viewed` is not told of that."""
        self.blockSignals(True)
        self._middle = view.middle
        self._set_zoom(None if view.width is None or self._levels is None else view.width / self._levels.size.width())
        self.blockSignals(False)
        self.zoomed.emit(self.scale())

    def is_fitting(self) -> bool:
        """Whether the whole picture follows the window's size."""
        return self._zoom is None

    def scale(self) -> float:
        """Device pixels for one pixel of the picture."""
        return self._zoom if self._zoom is not None else self._fitting_scale()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out, keeping the place under `at` (widget coordinates) where it is."""
        if self._levels is None:
            return
        before = self._place(at) if at is not None else None
        low = min(self._fitting_scale(), 1.0)
        zoom = min(MOST_ZOOM, self.scale() * factor)
        self._set_zoom(None if zoom <= low else zoom)
        if before is not None and at is not None:
            after = self._place(at)
            self._move_middle(before - after)

    def corner(self) -> QPointF:
        """The picture's top left corner in the widget, device pixels."""
        ratio = self.devicePixelRatioF()
        window = QSizeF(self.size()) * ratio
        assert self._levels is not None
        size = QSizeF(self._levels.size) * self.scale()
        x, y = (
            window.width() / 2 - size.width() * self._middle.x(),
            window.height() / 2 - size.height() * self._middle.y(),
        )
        return QPointF(round(x), round(y))

    def frame(self) -> QRectF:
        """Where the picture lies in the widget, in its coordinates."""
        ratio = self.devicePixelRatioF()
        assert self._levels is not None
        return QRectF(self.corner() / ratio, QSizeF(self._levels.size) * self.scale() / ratio)

    def prepared(self, levels: Levels) -> QImage:
        """What the widget shows of `levels` in the place of its picture, at the screen's resolution."""
        ratio = self.devicePixelRatioF()
        window = (QSizeF(self.size()) * ratio).toSize()
        assert self._levels is not None
        larger = levels.size.width() / self._levels.size.width()  # An enlarged picture lies over the one it was.
        view = levels.seen(self.scale() / larger, self.corner(), window, smooth=not self._rough)
        view.setDevicePixelRatio(ratio)
        return view

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and a ring when the keyboard is here."""
        painter = QPainter(self)
        if self._levels is not None:
            painter.setClipRect(self.frame())
            painter.drawImage(QPoint(0, 0), self.prepared(self._levels))
            painter.setClipping(False)
        self.paint_ring(painter)

    def paint_ring(self, painter: QPainter) -> None:
        """A ring around the widget when it has the keyboard."""
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the fit."""
        super().resizeEvent(event)
        self.changed()
        self.zoomed.emit(self.scale())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan."""
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            self._grabbed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan."""
        if self._grabbed is None or self._levels is None:
            return
        moved, self._grabbed = event.position() - self._grabbed, event.position()
        size = self.frame().size()
        self._move_middle(QPointF(-moved.x() / size.width(), -moved.y() / size.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan."""
        self._grabbed = None
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Switch between the whole picture and its own size."""
        if self.is_fitting():
            self.actual_size()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+, − and 0 zoom; 1 shows the picture's own size."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_by(1.25)
            case Qt.Key.Key_Minus:
                self.zoom_by(0.8)
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.actual_size()
            case _:
                super().keyPressEvent(event)

    @Slot()
    def _settle(self) -> None:
        self._rough = False
        self.changed()

    def _fitting_scale(self) -> float:
        if self._levels is None:
            return 1.0
        ratio, size = self.devicePixelRatioF(), self._levels.size
        return max(1e-3, min(self.width() * ratio / size.width(), self.height() * ratio / size.height()))

    def _set_zoom(self, zoom: float | None) -> None:
        self._zoom = zoom
        self._move_middle(QPointF(0, 0))
        self.zoomed.emit(self.scale())

    def _place(self, at: QPointF) -> QPointF:
        frame = self.frame()
        return QPointF((at.x() - frame.x()) / frame.width(), (at.y() - frame.y()) / frame.height())

    def _move_middle(self, by: QPointF) -> None:
        if self._levels is None:
            return
        # A picture smaller than the window stays in its middle; a larger one never leaves a gap at its edges.
        size = self.frame().size()
        shares = (self.width() / size.width() / 2, self.height() / size.height() / 2)
        middle = self._middle + by
        kept = [
            0.5 if share >= 0.5 else min(1 - share, max(share, at))
            for at, share in zip((middle.x(), middle.y()), shares, strict=True)
        ]
        self._middle = QPointF(*kept)
        if self.width() * self.height() > SMALL_WINDOW:  # Rough while it moves, fine once it stands still.
            self._rough = True
            self._settling.start()
        self.changed()
        self.viewed.emit(self.view())


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a large view and what it shows."""

    caption: str
    image: QImage


class LargeView(QDialog):
    """Pictures one at a time, as large as fits; arrow keys go on, Escape closes."""

    def __init__(self, pictures: Sequence[Shown], at: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._pictures, self._at = tuple(pictures), at
        self.canvas = Canvas()
        self.caption = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        bar = QHBoxLayout()
        for arrow, name, by in (("Left", self.tr("Previous picture"), -1), ("Right", self.tr("Next picture"), 1)):
            button = QToolButton()
            button.setAutoRaise(True)
            button.setEnabled(len(self._pictures) > 1)
            button.setArrowType(Qt.ArrowType[f"{arrow}Arrow"])
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _=False, by=by: self.turn(by))
            bar.addWidget(button)
            if by < 0:
                bar.addWidget(self.caption, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(bar)
        if parent is not None:
            self.resize(parent.window().size() * 0.8)
        self._show()

    def turn(self, by: int) -> None:
        """Go on by so many pictures, around the end."""
        self._at = (self._at + by) % len(self._pictures)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on; the rest is the dialog's."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.turn(by)

    def _show(self) -> None:
        shown = self._pictures[self._at]
        self.setWindowTitle(shown.caption)
        self.caption.setText(shown.caption)
        self.canvas.setAccessibleName(shown.caption)
        self.canvas.show_picture(Levels.of(shown.image))
