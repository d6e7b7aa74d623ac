"""The main window: the rail of pages, the page, the job bar."""

from __future__ import annotations

import importlib
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ganstudio.window import theme
from ganstudio.window.actions import actions
from ganstudio.window.after import AfterTraining
from ganstudio.window.closing import Closing
from ganstudio.window.job_bar import JobBar
from ganstudio.window.launcher import Launcher
from ganstudio.window.parts.banner import Banners
from ganstudio.window.parts.shortcut_sheet import ShortcutSheet
from ganstudio.window.parts.toast import Toasts
from ganstudio.window.studio import Studio
from ganstudio.window.tray import Tray
from ganstudio.window.vigil import Vigil

PAGES = {
    "home": "HomePage",
    "data": "DataPage",
    "train": "TrainPage",
    "translate": "TranslatePage",
    "models": "ModelsPage",
    "playground": "PlaygroundPage",
    "settings": "SettingsPage",
}


class MainWindow(QMainWindow):
    """Rail, pages, job bar. A page is made when it is first shown or nobody waits, so that the window is there at once.

    Signals:
        closed: The window closed for good.
    """

    closed = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self._pages: dict[str, QWidget] = {}
        self.tray = Tray(self, studio)
        self.closing = Closing(self, studio, self.tray.put_away)
        self.after = AfterTraining(self, studio, self.tray)
        self.launcher = Launcher(parent=self)
        self.setWindowIcon(theme.icon("mark", "accent"))
        self.setMinimumSize(960, 640)
        self.resize(1280, 840)
        self._build()
        self.vigil = Vigil(studio, self.banners)
        self.actions_by_name = {action.name: action for action in actions(self)}
        self._fill_menus()
        studio.page_wanted.connect(self.show_page)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._keep_in_page)
        studio.project_changed.connect(self._title)
        studio.training_changed.connect(self._title)
        studio.project_changed.connect(self._able)
        studio.training_changed.connect(self._able)
        studio.said.connect(self.toasts.say)
        studio.offered.connect(self.toasts.offer)
        studio.withdrawn.connect(self.toasts.withdraw)
        for follow in (self._title, self.tray.show_share, self.launcher.show_share):
            self.job_bar.share_changed.connect(follow)
        geometry = studio.settings.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self._title()
        self._able()
        self.show_page("home")
        self.page("home").setFocus()

    @staticmethod
    def rail_entries() -> tuple[tuple[str, str, str], ...]:
        """Key, title and icon of every page, from top to bottom."""
        say = QCoreApplication.translate
        return (
            ("home", say("rail", "Home"), "home"),
            ("data", say("rail", "Data"), "data"),
            ("train", say("rail", "Train"), "train"),
            ("translate", say("rail", "Translate"), "translate"),
            ("models", say("rail", "Models"), "models"),
            ("playground", say("rail", "Playground"), "playground"),
            ("settings", say("rail", "Settings"), "settings"),
        )

    def _build(self) -> None:
        rail = QFrame()
        rail.setProperty("role", "rail")
        rail.setFixedWidth(104)
        column = QVBoxLayout(rail)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        self._rail = QButtonGroup(self)
        self._rail_buttons: dict[str, QToolButton] = {}
        for at, (key, title, icon) in enumerate(self.rail_entries(), start=1):
            button = QToolButton()
            button.setProperty("role", "rail")
            button.setText(title)
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(title)
            button.setToolTip(
                f"{title} ({QKeySequence(f'Ctrl+{at}').toString(QKeySequence.SequenceFormat.NativeText)})"
            )
            theme.set_icon(button, icon, side=24)
            button.clicked.connect(lambda _=False, key=key: self.studio.show(key))
            self._rail.addButton(button)
            self._rail_buttons[key] = button
            if key == "settings":
                column.addStretch()
            column.addWidget(button)
        self.stack = QStackedWidget()
        self.banners = Banners()
        self.job_bar = JobBar(self.studio, self.after)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(rail)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.banners)
        right.addWidget(self.stack, 1)
        top.addLayout(right, 1)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top, 1)
        rows.addWidget(self.job_bar)
        self.setCentralWidget(whole)
        self.toasts = Toasts(self.job_bar.telling, whole)

    def _fill_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for action in self.actions_by_name.values():
            if action.menu not in menus:
                menus[action.menu] = self.menuBar().addMenu(action.menu)
            made = QAction(action.title, self)
            made.setObjectName(action.name)
            if action.shortcut and action.bare:
                made.setText(f"{action.title}\t{QKeySequence(action.shortcut).toString()}")
            elif action.shortcut:
                made.setShortcut(QKeySequence(action.shortcut))
            made.triggered.connect(lambda _=False, handler=action.handler: handler())
            menus[action.menu].addAction(made)

    @Slot()
    def _able(self) -> None:
        """What there is nothing for is faint in the menus."""
        trains, opened = self.studio.training is not None, self.studio.project is not None
        for name, able in (("pause", trains), ("stop", trains), ("folder", opened)):
            if (made := self.findChild(QAction, name)) is not None:
                made.setEnabled(able)

    # Pages

    @Slot(str, object)
    def show_page(self, key: str, argument: object = None) -> None:
        """Bring up a page, and tell it what it was brought up for."""
        page = self.page(key)
        before, focus = self.stack.currentWidget(), self.focusWidget()
        goes_along = page is not before and (focus is None or self.stack.isAncestorOf(focus))
        self.stack.setCurrentWidget(page)
        if goes_along:
            page.setFocus()  # Or Qt takes the keyboard to the rail's first button, as if that were meant.
        self._rail_buttons[key].setChecked(True)
        page.shown(argument)  # type: ignore[attr-defined]

    def has(self, key: str) -> bool:
        """Whether the page is made already."""
        return key in self._pages

    def page(self, key: str) -> QWidget:
        """The page, made when it is first asked for."""
        if key not in self._pages:
            module = importlib.import_module(f"ganstudio.window.pages.{key}")
            page: QWidget = getattr(module, PAGES[key])(self.studio)
            self._pages[key] = page
            self.stack.addWidget(page)
        return self._pages[key]

    @Slot(QWidget, QWidget)
    def _keep_in_page(self, before: QWidget | None, now: QWidget | None) -> None:
        """What had the keyboard was hidden or disabled: the page has it then, and not the rail's first button."""
        page = self.stack.currentWidget()
        if before is None or now is None or page is None or not isValid(before):
            return
        lost = not before.isVisible() or not before.isEnabled()
        if lost and page.isAncestorOf(before) and now in self._rail_buttons.values():
            page.setFocus()

    # Actions

    def new_project(self) -> None:
        """Ask where, and create a project there."""
        self.page("home").new_project()  # type: ignore[attr-defined]

    def open_project(self) -> None:
        """Ask which, and open it."""
        self.page("home").open_project()  # type: ignore[attr-defined]

    def open_run(self) -> None:
        """Ask which training, of any place, and show it, live when another program or machine trains it."""
        if name := QFileDialog.getExistingDirectory(self, self.tr("Choose the folder of a training")):
            self.studio.open_run(Path(name))

    def open_sample(self) -> None:
        """Draw the sample project, or open it when it is there."""
        self.studio.show("home", "sample")

    def show_project_folder(self) -> None:
        """Show the open project's folder in the system's file browser."""
        if self.studio.project is None:
            self.studio.say(self.tr("Open a project first."))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.studio.project.path)))

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def open_log(self) -> None:
        """Show the log."""
        from ganstudio.window.parts.log_sheet import LogSheet

        LogSheet(self, self.save_bundle).open()

    def save_bundle(self, run: Path | None = None) -> None:
        """Show what a support bundle would say, about this run or another, and save it."""
        from ganstudio.window.parts.bundle_sheet import BundleSheet

        BundleSheet(self, self.studio, run).open()

    def show_keys(self) -> None:
        """Show every shortcut, those that only this page has last."""
        keys = [(action.title, action.shortcut) for action in self.actions_by_name.values() if action.shortcut]
        keys += getattr(self.stack.currentWidget(), "keys", list)()
        sheet = ShortcutSheet(keys, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def show_about(self) -> None:
        """Show what this program is and which one."""
        from ganstudio.window.parts.about_sheet import AboutSheet

        AboutSheet(self).open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plain keys that neither a button nor a text field took."""
        pressed = QKeySequence(QKeyCombination(event.modifiers(), Qt.Key(event.key())))
        for action in self.actions_by_name.values():
            if action.bare and QKeySequence(action.shortcut) == pressed:
                action.handler()
                event.accept()
                return
        super().keyPressEvent(event)

    # Title and closing

    @Slot()
    def _title(self) -> None:
        share = self.job_bar.bar.value() // 10 if self.studio.training is not None else -1
        parts = [f"{share} %"] if share >= 0 else []
        if self.studio.project is not None:
            parts.append(self.studio.project.name)
        self.setWindowTitle(" – ".join([*parts, "GAN Studio"]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while something trains; otherwise remember the window's place and close."""
        if not self.closing.may_close():
            event.ignore()
            return
        self.studio.settings.setValue("geometry", self.saveGeometry())
        self.hide()  # The worker may need a moment for the step in hand.
        self.studio.shut()
        event.accept()
        self.closed.emit()
