"""The main window: the rail of pages, the page, the job bar."""

from __future__ import annotations

import importlib
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QKeyCombination, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.window.actions import Action, actions
from ganstudio.window.job_bar import JobBar
from ganstudio.window.parts.toast import Toasts
from ganstudio.window.studio import Studio

PAGES = {
    "home": "HomePage",
    "data": "DataPage",
    "train": "TrainPage",
    "translate": "TranslatePage",
    "models": "ModelsPage",
    "playground": "PlaygroundPage",
}


class MainWindow(QMainWindow):
    """Rail, pages, job bar. A page is made when it is first shown, so that the window is there at once."""

    def __init__(self, studio: Studio, log_file: Path | None = None) -> None:
        super().__init__()
        self.studio = studio
        self._log_file = log_file
        self._pages: dict[str, QWidget] = {}
        self._leaving = False
        self._question: QMessageBox | None = None
        self.setWindowIcon(theme.icon("mark", "accent"))
        self.setMinimumSize(960, 640)
        self.resize(1280, 840)
        self._build()
        self.actions_by_name = {action.name: action for action in actions(self)}
        self._fill_menus()
        studio.page_wanted.connect(self.show_page)
        studio.project_changed.connect(self._title)
        studio.training_changed.connect(self._training_changed)
        studio.said.connect(self.toasts.say)
        studio.said.connect(self._stay)
        studio.offered.connect(self.toasts.offer)
        self.job_bar.share_changed.connect(self._title)
        geometry = studio.settings.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        self._title()
        self.show_page("home")
        self.stack.setFocus()

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
        )

    def _build(self) -> None:
        rail = QFrame()
        rail.setProperty("role", "rail")
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
            column.addWidget(button)
        column.addStretch()
        self.stack = QStackedWidget()
        self.job_bar = JobBar(self.studio)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(0)
        top.addWidget(rail)
        top.addWidget(self.stack, 1)
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top, 1)
        rows.addWidget(self.job_bar)
        self.setCentralWidget(whole)
        self.toasts = Toasts(self.stack)

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

    # Pages

    @Slot(str, object)
    def show_page(self, key: str, argument: object = None) -> None:
        """Bring up a page, and tell it what it was brought up for."""
        page = self.page(key)
        self.stack.setCurrentWidget(page)
        self._rail_buttons[key].setChecked(True)
        page.shown(argument)  # type: ignore[attr-defined]
        self.toasts.raise_()

    def page(self, key: str) -> QWidget:
        """The page, made when it is first asked for."""
        if key not in self._pages:
            module = importlib.import_module(f"ganstudio.window.pages.{key}")
            page: QWidget = getattr(module, PAGES[key])(self.studio)
            self._pages[key] = page
            self.stack.addWidget(page)
        return self._pages[key]

    # Actions

    def new_project(self) -> None:
        """Ask where, and create a project there."""
        start = str(Path.home())
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Name and place of the new project"), start)
        if name and self.studio.new_project(Path(name)):
            self.studio.show("data")

    def open_project(self) -> None:
        """Ask which, and open it."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a project folder"))
        if name and self.studio.open_project(Path(name)):
            self.studio.show("data")

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
        """Show the log in the system's editor."""
        if self._log_file is None or not self._log_file.is_file():
            self.studio.say(self.tr("There is no log: nothing has gone wrong yet."))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_file)))

    def show_keys(self) -> None:
        """Show every shortcut."""
        sheet = ShortcutSheet(tuple(self.actions_by_name.values()), self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

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

    @Slot()
    def _training_changed(self) -> None:
        self._title()
        if self._leaving and self.studio.training is None:
            self.close()

    @Slot(str, bool)
    def _stay(self, message: str, fault: bool) -> None:
        """A run that could not be saved is told, not closed over."""
        self._leaving = self._leaving and not fault

    def leave(self) -> None:
        """Stop and save what trains, then close; asks nothing."""
        self._leaving = True
        if self.studio.training is None:
            self.close()
        else:
            self.studio.stop_training()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while something trains; otherwise remember the window's place and close."""
        if self.studio.training is not None:
            event.ignore()
            if not self._leaving:
                self._ask()
            return
        self.studio.settings.setValue("geometry", self.saveGeometry())
        self.hide()  # The worker may need a moment for the step in hand.
        self.studio.shut()
        event.accept()

    def _ask(self) -> None:
        if self._question is not None:
            self._question.raise_()
            return
        box = QMessageBox(self)
        box.setWindowTitle("GAN Studio")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("A training is running."))
        box.setInformativeText(self.tr("Keep training puts the window aside. A stopped run can be continued later."))
        keep = box.addButton(self.tr("Keep training"), QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton(self.tr("Stop and save"), QMessageBox.ButtonRole.AcceptRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        keep.setObjectName("keep")
        stop.setObjectName("stop")
        cancel.setObjectName("cancel")
        box.setDefaultButton(keep)
        box.setEscapeButton(cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.buttonClicked.connect(self._answered)
        box.finished.connect(self._asked)
        self._question = box
        box.open()

    @Slot("QAbstractButton*")
    def _answered(self, button: QWidget) -> None:
        if button.objectName() == "keep":
            self.showMinimized()
        elif button.objectName() == "stop":
            self.leave()

    @Slot()
    def _asked(self) -> None:
        self._question = None


class ShortcutSheet(QDialog):
    """Every action that has keys, and the keys."""

    def __init__(self, shown: tuple[Action, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addWidget(theme.label(self.tr("Keyboard shortcuts"), "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(48)
        grid.setVerticalSpacing(theme.GRID)
        for row, action in enumerate(action for action in shown if action.shortcut):
            keys = QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            grid.addWidget(theme.label(action.title.replace("&", "").rstrip("…")), row, 0)
            grid.addWidget(theme.label(keys, "muted"), row, 1)
        column.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
