"""The Settings page: look, computer, training, notifications, places. Each counts at once.

There is one language, English, and so no choice of one; there will be when there is a second.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QVBoxLayout, QWidget

from ganstudio.window import jobs, theme, wishes
from ganstudio.window.after import Wish, wish_of
from ganstudio.window.pages.settings_places import PlacesSection
from ganstudio.window.pages.settings_rows import CONTROL, Section, check, choice
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.editors import QuietCheck, QuietSpin
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.studio import Studio
from ganstudio.words.limits import PICTURE_MEMORY_VARIABLE

if TYPE_CHECKING:  # It loads the engine.
    from ganstudio.engine.doctor import Finding

WIDEST = 880
LARGEST_GIGABYTES = 1024
TOLD = ("graphics", "processor", "memory", "disk")
"""What is told of the computer even when all is fine."""


class SettingsPage(QWidget):
    """Everything that is not about one project."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._examining: int | None = None
        self._findings: list[QWidget] = []
        self.places = PlacesSection(studio)
        self.theme = self._theme()
        self.device = choice({}, "")
        self.memory = self._memory()
        self.awake = check(wishes.keeps_awake(studio.settings), self.tr("Keep awake"))
        self.after = self._after()
        self._lay_out()
        self.device.activated.connect(lambda at: studio.set_device(str(self.device.itemData(at))))
        studio.catalogue_ready.connect(self._engine_ready)
        studio.device_changed.connect(self._fill_devices)
        studio.reader.ended.connect(self._ended)
        self._fill_devices()

    def shown(self, argument: object = None) -> None:
        """Look at the computer and the cache anew."""
        self.places.refresh()
        if self._studio.devices:
            self._examine()

    # Controls

    def _theme(self) -> QWidget:
        titles = {"system": self.tr("Like the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        made = choice(titles, wishes.theme(self._studio.settings))
        made.activated.connect(lambda at: self._choose_theme(str(made.itemData(at))))
        return made

    def _choose_theme(self, wish: str) -> None:
        self._studio.settings.setValue("theme", wish)
        app = QApplication.instance()
        if app is not None and (dress := app.findChild(theme.Theme)) is not None:
            dress.choose(wish)

    def _memory(self) -> QuietSpin:
        made = QuietSpin()
        made.setFixedSize(CONTROL, theme.ROW)
        made.setRange(0, LARGEST_GIGABYTES)
        made.setSpecialValueText(self.tr("Automatic"))
        made.setSuffix(self.tr(" GB"))
        made.setValue(wishes.picture_gigabytes(self._studio.settings))
        made.setEnabled(PICTURE_MEMORY_VARIABLE not in wishes.GIVEN)
        made.valueChanged.connect(lambda value: self._keep("picture_gigabytes", value))
        return made

    def _after(self) -> QWidget:
        titles: dict[Wish, str] = {
            "nothing": self.tr("Do nothing more"),
            "quit": self.tr("Quit GAN Studio"),
            "sleep": self.tr("Put the computer to sleep"),
        }
        made = choice({str(wish): title for wish, title in titles.items()}, wish_of(self._studio))
        made.activated.connect(lambda at: self._keep("after_training", made.itemData(at)))
        return made

    def _keep(self, name: str, value: object) -> None:
        self._studio.settings.setValue(name, value)
        wishes.apply(self._studio.settings)

    def _toggle(self, name: str, *, on: bool = True) -> QuietCheck:
        made = check(bool(self._studio.settings.value(name, on, type=bool)))
        made.toggled.connect(lambda checked: self._keep(name, checked))
        return made

    # Layout

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        inner.setMaximumWidth(WIDEST + 2 * theme.MARGIN)
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, theme.MARGIN)
        column.setSpacing(3 * theme.GRID)
        column.addWidget(theme.label(self.tr("Settings"), "title"))
        for section in (self._look(), self._computer(), self._training(), self._news(), self.places, self._help()):
            column.addWidget(section)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling(inner))

    def _look(self) -> Section:
        section = Section(self.tr("Look"))
        section.add(self.tr("Colours"), self.tr("Light or dark, at once."), self.theme)
        return section

    def _computer(self) -> Section:
        section = self._computer_section = Section(self.tr("This computer"))
        section.add(
            self.tr("Device"),
            self.tr("Where trainings and translations run. A change counts from the next one on."),
            self.device,
        )
        section.add(
            self.tr("Memory for pictures"),
            self.tr("For decoded pictures, from the next training on. What does not fit goes to the cache."),
            self.memory,
        )
        return section

    def _training(self) -> Section:
        section = Section(self.tr("Training"))
        self.awake.toggled.connect(lambda on: self._keep("keep_awake", on))
        section.add(
            self.tr("Sleep"),
            self.tr("Keep the computer from going to sleep while something trains. The screen may turn off."),
            self.awake,
        )
        section.add(
            self.tr("When a training ends"),
            self.tr("Can be chosen for a single one too, with the clock beside Stop. You have a minute to object."),
            self.after,
        )
        return section

    def _news(self) -> Section:
        section = Section(self.tr("Notifications"))
        where = self.tr("Shown while another program is in front.")
        if not QSystemTrayIcon.isSystemTrayAvailable():
            where = self.tr(
                "This desktop has no place for notifications: the window's entry asks for attention instead."
            )
        section.add(self.tr("A training has finished"), where, self._toggle("notify_finish"))
        section.add(self.tr("A training failed"), "", self._toggle("notify_failure"))
        section.add(
            self.tr("Sound"), self.tr("The system's own, with each of them."), self._toggle("notify_sound", on=False)
        )
        return section

    def _help(self) -> Section:
        section = Section(self.tr("Help"))
        window = self.window
        section.add(
            self.tr("Log"),
            self.tr("What happened, and what went wrong."),
            button(self.tr("Show log"), "info", lambda: window().open_log()),  # type: ignore[attr-defined]
        )
        section.add(
            self.tr("Support bundle"),
            self.tr("One file for whoever helps you, without pictures. You see what is in it first."),
            button(self.tr("Look and save…"), "save", lambda: window().save_bundle()),  # type: ignore[attr-defined]
        )
        section.add(self.tr("Version"), f"GAN Studio {metadata.version('ganstudio')}")
        return section

    # The computer

    @Slot()
    def _engine_ready(self) -> None:
        self._fill_devices()
        if self.isVisible():
            self._examine()

    @Slot()
    def _fill_devices(self) -> None:
        known = dict(self._studio.devices)
        best = next(iter(known.values()), "")
        entries = {"auto": self.tr("Automatic: {}").format(best) if best else self.tr("Automatic"), **known}
        self.device.clear()
        for key, title in entries.items():
            self.device.addItem(title, key)
        self.device.setCurrentIndex(max(0, self.device.findData(self._studio.device)))

    def _examine(self) -> None:
        if self._examining is None:
            self._examining = self._studio.reader.begin(jobs.examine)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._examining:
            self._examining = None
            if isinstance(result, tuple):
                self._tell(result)

    def _tell(self, findings: tuple[Finding, ...]) -> None:
        """One row: what was found, each with what to do about it."""
        for widget in self._findings:
            widget.deleteLater()
        self._findings = []
        for finding in findings:
            if finding.name in TOLD or (finding.verdict != "fine" and finding.name != "display"):
                mark = theme.label()
                theme.set_icon(mark, *("check", "good") if finding.verdict == "fine" else ("warning", "caution"), 16)
                said = f"{finding.value}. {finding.advice}" if finding.advice else finding.value
                row = self._computer_section.add(capital(finding.name), capital(said), mark)
                self._findings.append(row)


def capital(text: str) -> str:
    """The text with a capital first letter, and its other letters as they are."""
    return text[:1].upper() + text[1:]
