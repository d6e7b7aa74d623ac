"""Curves that stay small however long a run gets: neighbouring values share a bucket that keeps their extremes.

No Qt here. Curves are folded from events, up to hundreds of times a second and hundreds of thousands of times in a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

POINTS = 2000
_BUCKETS = POINTS // 2


class Point(NamedTuple):
    """One value of a curve."""

    step: int
    value: float


class Bucket(NamedTuple):
    """Neighbouring values of a curve in one: the extremes stay visible however long the run gets."""

    low: Point
    high: Point
    total: float
    size: int

    @property
    def mean(self) -> Point:
        """The mean value, in the middle of the two extremes."""
        return Point((self.low.step + self.high.step) // 2, self.total / self.size)

    @property
    def last(self) -> int:
        """The latest step known of it."""
        return max(self.low.step, self.high.step)

    def joined(self, other: Bucket) -> Bucket:
        """This bucket and a later one as one."""
        low = other.low if other.low.value < self.low.value else self.low
        high = other.high if other.high.value > self.high.value else self.high
        return Bucket(low, high, self.total + other.total, self.size + other.size)


@dataclass(frozen=True, slots=True)
class Curve:
    """One loss term over the steps, in at most `POINTS` points.

    Attributes:
        buckets: Closed buckets of `width` values each, oldest first.
        open: The bucket being filled; None when the last one has just been closed.
        width: Values in a closed bucket; doubles whenever there are too many buckets.
    """

    buckets: tuple[Bucket, ...] = ()
    open: Bucket | None = None
    width: int = 1

    def plus(self, step: int, value: float) -> Curve:
        """The curve with one more value; amortised over a run this copies little."""
        point = Point(step, value)
        bucket = Bucket(point, point, value, 1)
        if self.open is not None:
            bucket = self.open.joined(bucket)
        if bucket.size < self.width:
            return Curve(self.buckets, bucket, self.width)
        buckets = (*self.buckets, bucket)
        if len(buckets) < _BUCKETS:
            return Curve(buckets, None, self.width)
        pairs = zip(buckets[::2], buckets[1::2], strict=True)
        return Curve(tuple(first.joined(second) for first, second in pairs), None, self.width * 2)

    def until(self, step: int) -> Curve:
        """The curve without what came after `step`, for a run that went back to a checkpoint."""
        kept = tuple(bucket for bucket in self.all() if bucket.last <= step)
        return Curve(kept, None, self.width)

    def all(self) -> tuple[Bucket, ...]:
        """All buckets, the open one last."""
        return self.buckets if self.open is None else (*self.buckets, self.open)

    def points(self) -> list[Point]:
        """Lowest and highest value of each bucket in the order they happened, at most `POINTS`."""
        points: list[Point] = []
        for bucket in self.all():
            points.extend(sorted({bucket.low, bucket.high}))
        return points

    def means(self) -> list[Point]:
        """The mean of each bucket, for smoothing."""
        return [bucket.mean for bucket in self.all()]


EMPTY = Curve()
