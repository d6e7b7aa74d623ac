"""How numbers are said in the window: times, sizes, counts."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale


def count(number: int) -> str:
    """11000 → "11,000", as the system writes numbers."""
    return QLocale().toString(number)


def pictures(number: int) -> str:
    """Say "1 picture" or "2,000 pictures"."""
    if number == 1:
        return QCoreApplication.translate("words", "1 picture")
    return QCoreApplication.translate("words", "{} pictures").format(count(number))


def duration(seconds: float) -> str:
    """Two units at most, rounded as one would say it: "45 s", "12 min", "9 h 40 min", "2 d 4 h"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def file_size(size: int) -> str:
    """Say "45.5 MB"."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def date(seconds: float) -> str:
    """A day and time as the system writes them, short."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), QLocale.FormatType.ShortFormat)
