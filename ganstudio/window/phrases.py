"""Numbers in words: durations, ages and sizes as people say them. No Qt."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


def duration(seconds: float) -> str:
    """How long something takes: "8 seconds", "4 minutes", "2 hours 10 minutes", "3 days"."""
    if seconds < 90:
        return _many(max(1, round(seconds)), "second")
    if seconds < 90 * _MINUTE:
        return _many(round(seconds / _MINUTE), "minute")
    if seconds < 10 * _HOUR:
        hours, rest = divmod(round(seconds / _MINUTE / 5) * 5, 60)
        return f"{_many(hours, 'hour')} {_many(rest, 'minute')}" if rest else _many(hours, "hour")
    if seconds < 48 * _HOUR:
        return _many(round(seconds / _HOUR), "hour")
    return _many(round(seconds / _DAY), "day")


def ago(seconds: float) -> str:
    """How long ago: "just now", "12 min ago", "3 h ago", "2 days ago"."""
    if seconds < 45:
        return "just now"
    if seconds < 90 * _MINUTE:
        return f"{max(1, round(seconds / _MINUTE))} min ago"
    if seconds < 36 * _HOUR:
        return f"{round(seconds / _HOUR)} h ago"
    return f"{_many(round(seconds / _DAY), 'day')} ago"


def speed(per_second: float) -> str:
    """Steps in time: "3.2 steps a second", "4 seconds a step"."""
    if per_second >= 1:
        return f"{per_second:.1f} steps a second" if per_second < 10 else f"{per_second:,.0f} steps a second"
    return f"{1 / per_second:.1f} seconds a step" if per_second > 0 else ""


def memory(count: float) -> str:
    """Bytes: "640 MB", "2.4 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
