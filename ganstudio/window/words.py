"""How numbers and names are said in the window: times, sizes, counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from ganstudio.words.cards import Lightness
from ganstudio.words.events import Skipped
from ganstudio.words.packed import Packed

NAMED = 4
"""More folders than these are counted in a line, not named."""


def count(number: int) -> str:
    """11000 → "11,000", as the system writes numbers."""
    return QLocale().toString(number)


def pictures(number: int) -> str:
    """Say "1 picture" or "2,000 pictures"."""
    if number == 1:
        return QCoreApplication.translate("words", "1 picture")
    return QCoreApplication.translate("words", "{} pictures").format(count(number))


def about(said: str) -> str:
    """Say "about 1,000 pictures" where "1,000 pictures" is not exact."""
    return QCoreApplication.translate("words", "about {}").format(said)


def in_shards(packed: Packed) -> list[str]:
    """How much lies in shards, in parts of a line: "about 1,000 pictures", "3 shards"."""
    found, say = pictures(packed.pictures), QCoreApplication.translate
    shards = say("words", "1 shard") if packed.shards == 1 else say("words", "{} shards")
    return [found if packed.exact else about(found), shards.format(count(packed.shards))]


def left_out(skipped: Sequence[Skipped]) -> str:
    """Say which file was left out and why, and how many others were."""
    first = skipped[0]
    name = Path(first.path).name
    if len(skipped) == 1:
        return QCoreApplication.translate("words", "{name} was left out. {reason}").format(
            name=name, reason=first.reason
        )
    told = QCoreApplication.translate("words", "{count} files were left out, such as {name}. {reason}")
    return told.format(count=count(len(skipped)), name=name, reason=first.reason)


def listed(names: Sequence[str]) -> str:
    """Say "spring, summer and winter"."""
    if len(names) < 2:
        return "".join(names)
    return QCoreApplication.translate("words", "{} and {}").format(", ".join(names[:-1]), names[-1])


def folders(names: Sequence[str]) -> str:
    """Their names, or how many there are where all names would be a list to read."""
    if len(names) > NAMED:
        return QCoreApplication.translate("words", "{} folders").format(count(len(names)))
    return listed(names)


def side_by_side(names: Sequence[str]) -> str:
    """Folders of a project: "spring ↔ summer", "spring · summer · winter", "30 folders"."""
    return folders(names) if len(names) > NAMED else (" ↔ " if len(names) == 2 else " · ").join(names)


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


def left(seconds: float | None) -> str:
    """Time to go: "about 9 h 40 min left"; what is being done about it while it is not known."""
    if seconds is None:
        return QCoreApplication.translate("words", "measuring the speed")
    if seconds < 1:
        return QCoreApplication.translate("words", "nearly done")
    return QCoreApplication.translate("words", "about {} left").format(duration(seconds))


def speed(per_second: float) -> str:
    """Say "310 steps a second", "3.2 steps a second" or "4.0 seconds a step"; nothing of no speed."""
    if per_second <= 0:
        return ""
    digits = 0 if per_second >= 10 or per_second <= 0.1 else 1
    number = QLocale().toString(per_second if per_second >= 1 else 1 / per_second, "f", digits)
    if per_second >= 1:
        return QCoreApplication.translate("words", "{} steps a second").format(number)
    return QCoreApplication.translate("words", "{} seconds a step").format(number)


def step_of(done: int, total: int) -> str:
    """Say "step 250 of 1,000"."""
    return QCoreApplication.translate("words", "step {done} of {total}").format(done=count(done), total=count(total))


def sharpness(side: int) -> str:
    """What to expect of pictures that were trained at this side: "soft", "clear"."""
    if side < 64:
        return QCoreApplication.translate("words", "tiny")
    if side < 96:
        return QCoreApplication.translate("words", "very soft")
    if side <= 160:
        return QCoreApplication.translate("words", "soft")
    return QCoreApplication.translate("words", "clear") if side < 384 else QCoreApplication.translate("words", "sharp")


def lightness(light: Lightness) -> str:
    """What a light model gains and loses beside the full one."""
    return QCoreApplication.translate(
        "words",
        "{faster} × as fast as {full}, with {fewer} × fewer multiply-adds ({device}). On {pictures} it had not seen it "
        "comes within {psnr} dB, {apart} of 255 apart on average.",
    ).format(
        faster=f"{light.faster:.2g}",
        full=light.full,
        fewer=f"{light.fewer:.2g}",
        device=light.device,
        pictures=pictures(light.pictures),
        psnr=f"{light.psnr:.1f}",
        apart=f"{light.difference:.1f}",
    )


def finished(steps: int, seconds: float) -> str:
    """Say "Finished: 1,000 steps in 12 min"; without the time where it is not known."""
    said = QCoreApplication.translate("words", "1 step") if steps == 1 else ""
    said = said or QCoreApplication.translate("words", "{} steps").format(count(steps))
    if seconds < 1:
        return QCoreApplication.translate("words", "Finished: {}").format(said)
    return QCoreApplication.translate("words", "Finished: {} in {}").format(said, duration(seconds))


def file_size(size: int) -> str:
    """Say "45.5 MB"."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def date(seconds: float) -> str:
    """A day and time as the system writes them, short."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), QLocale.FormatType.ShortFormat)


def memory(used: int, total: int) -> str:
    """Say "memory 6.1 of 12.0 GB", in the gigabytes that memory is sold in."""
    numbers = (QLocale().toString(size / (1 << 30), "f", 1) for size in (used, total))
    return QCoreApplication.translate("words", "memory {} of {} GB").format(*numbers)
