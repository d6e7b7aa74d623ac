"""What is seen of a picture and its translation: both as they lie on the screen, mixed, and mended under a brush.

Mixing that takes colours apart takes a microsecond for each pixel, too long for what is under a moving brush. What the
look makes of the whole view is therefore kept beside the mixture: a brush only lays it over the picture as light mixes.
That is right within one level of 255; when the brush has rested, the view is mixed again to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from ganstudio.window.parts.mixing import mixed
from ganstudio.words.look import Look

_LAID_OVER = Look()


@dataclass(slots=True)
class Seen:
    """What was prepared for painting, in device pixels of the widget.

    Attributes:
        before: The picture.
        after: Its translation as the model made it.
        mixture: As the look asks for it; None while it is being mixed.
        whole: What a look that takes colours apart makes everywhere, with that look; None until a mask needs it.
    """

    before: QImage
    after: QImage | None
    mixture: QImage | None
    whole: tuple[Look, QImage] | None = None

    def mix(self, look: Look, mask: QImage | None) -> QImage:
        """The mixture to the bit; may be called from another thread."""
        assert self.after is not None
        if mask is not None and takes_apart(look) and (self.whole is None or self.whole[0] != look):
            self.whole = look, mixed(self.before, self.after, look)
        return mixed(self.before, self.after, look, mask)

    def mend(self, place: QRect, look: Look, mask: QImage) -> bool:
        """Mix one place of the mixture anew; whether that is right within one level only."""
        if self.mixture is None or self.after is None:
            return False
        quick = self.whole is not None and self.whole[0] == look
        made = self.whole[1] if self.whole is not None and quick else self.after
        fresh = mixed(self.before.copy(place), made.copy(place), _LAID_OVER if quick else look, mask)
        fresh.setDevicePixelRatio(1)
        ratio = self.mixture.devicePixelRatio()
        if self.mixture is self.after:
            self.mixture = self.after.copy()
        self.mixture.setDevicePixelRatio(1)
        painter = QPainter(self.mixture)
        painter.drawImage(place.topLeft(), fresh)
        painter.end()
        self.mixture.setDevicePixelRatio(ratio)
        return quick


def takes_apart(look: Look) -> bool:
    """Whether lightness and colours are mixed each for itself."""
    return look.keep_colours or (look.blend != "light" and look.strength < 1)


def gathered(parts: Sequence[QRectF]) -> list[QRectF]:
    """The same places in fewer rectangles, where one around two is hardly larger than both."""
    found: list[QRectF] = []
    for part in parts:
        if found and _area(found[-1].united(part)) <= _area(found[-1]) + _area(part):
            found[-1] = found[-1].united(part)
        else:
            found.append(part)
    return found


def _area(part: QRectF) -> float:
    return part.width() * part.height()
