"""The main window: actions, pages, keys, the job bar, and closing while something trains."""

from importlib.metadata import version
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import closing, jobs, main_window
from ganstudio.window.main_window import MainWindow
from ganstudio.window.parts.about_sheet import AboutSheet
from ganstudio.window.parts.shortcut_sheet import ShortcutSheet
from ganstudio.window.parts.toast import reading_time
from ganstudio.window.studio import Studio
from ganstudio.words.events import Finished, Progress, Started, Stop

KEYS = (
    "new", "open", "open_run", "sample", "folder", "settings", "quit", "page_home", "page_data", "page_train",
    "page_translate", "page_models", "page_playground", "page_settings", "full_screen", "pause", "stop", "keys", "log",
    "bundle", "about",
)  # fmt: skip


class Page(QWidget):
    """Stands for the pages that have tests of their own."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.arguments: list[object] = []

    def shown(self, argument: object = None) -> None:
        self.arguments.append(argument)


@pytest.fixture
def window(qtbot, studio: Studio, monkeypatch) -> MainWindow:
    """A window that is shown, with the real Home page and stand-ins for the others."""
    made = {key: Page for key in main_window.PAGES if key != "home"}
    real = MainWindow.page

    def page(self: MainWindow, key: str) -> QWidget:
        if key in made and key not in self._pages:
            self._pages[key] = made[key](self.studio)
            self.stack.addWidget(self._pages[key])
        return real(self, key)

    monkeypatch.setattr(MainWindow, "page", page)
    window = MainWindow(studio)
    qtbot.addWidget(window, before_close_func=ended)
    window.show()
    qtbot.waitExposed(window)
    return window


def ended(window: MainWindow) -> None:
    """Let it close without asking."""
    window.studio.shut()
    window.studio.training = None


def training(steps: int = 1000):
    """A training that says where it is, and obeys Stop."""

    def job(run: Path):
        yield Started(0, steps, "cyclegan", "cpu", "fp32", {"summer": 3})
        step = 0
        while True:
            step = min(step + 1, steps // 4)
            command = yield Progress(step, steps, eta_seconds=3600 * 9 + 2400, per_second=1.9)
            if isinstance(command, Stop):
                yield Finished(step, "stopped")
                return

    return job


@pytest.fixture
def trained(window: MainWindow, monkeypatch, qtbot, tmp_path: Path) -> MainWindow:
    """A window in which something trains."""
    monkeypatch.setattr(jobs, "train", training())
    window.studio.begin_training(tmp_path / "007-cyclegan")
    qtbot.waitUntil(lambda: "25 %" in window.job_bar.details.text())
    return window


@pytest.mark.parametrize("name", KEYS)
def test_every_action_is_in_its_menu_with_its_keys_and_calls_its_handler(window, name, monkeypatch):
    action = window.actions_by_name[name]
    made = window.findChild(QAction, name)
    assert made is not None
    menu = next(entry.menu() for entry in window.menuBar().actions() if entry.text() == action.menu)
    assert made in menu.actions()
    if not action.bare:
        assert made.shortcut() == QKeySequence(action.shortcut)
    called = []
    replaced = type(action)(
        action.name, action.menu, action.title, action.shortcut, action.icon, lambda: called.append(1)
    )
    window.menuBar().clear()
    made.setParent(None)
    window.actions_by_name = {name: replaced}
    window._fill_menus()
    window.findChild(QAction, name).trigger()
    assert called == [1]


def test_menus_offer_what_can_be_done_now(window, monkeypatch, qtbot, tmp_path):
    def offered() -> set[str]:
        return {name for name in ("pause", "stop", "folder") if window.findChild(QAction, name).isEnabled()}

    assert offered() == set()
    window.studio.new_project(tmp_path / "projects" / "mine")
    assert offered() == {"folder"}
    monkeypatch.setattr(jobs, "train", training())
    window.studio.begin_training(tmp_path / "007-cyclegan")
    assert offered() == {"pause", "stop", "folder"}
    window.studio.stop_training()
    qtbot.waitUntil(lambda: window.studio.training is None)
    assert offered() == {"folder"}


def test_the_list_of_actions_is_the_one_tested(window):
    assert tuple(window.actions_by_name) == KEYS
    keys = [action.shortcut for action in window.actions_by_name.values() if action.shortcut]
    assert len(keys) == len(set(keys))


def test_the_sheet_of_shortcuts_shows_every_key(window, qtbot):
    window.show_keys()
    sheet = window.findChild(ShortcutSheet)
    shown = " ".join(label.text() for label in sheet.findChildren(main_window.theme.QLabel))
    for action in window.actions_by_name.values():
        if action.shortcut:
            assert QKeySequence(action.shortcut).toString(QKeySequence.SequenceFormat.NativeText) in shown
    sheet.reject()


def test_about_says_which_program_this_is(window):
    window.show_about()
    sheet = window.findChild(AboutSheet)
    said = " ".join(label.text() for label in sheet.findChildren(main_window.theme.QLabel))
    assert f"GAN Studio {version('ganstudio')}" in said
    assert "MIT" in said
    sheet.copy.click()
    assert QGuiApplication.clipboard().text().startswith(f"GAN Studio {version('ganstudio')}  ·  Python")
    sheet.reject()


def test_the_menu_begins_a_project_where_home_does(window, tmp_path, monkeypatch):
    asked = []

    def name(parent, title, start=""):
        asked.append((title, start))
        assert Path(start).parent.is_dir(), "Or it is asked for wherever the program was started."
        return str(tmp_path / "mine"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", name)
    window.new_project()
    window.page("home").new.click()
    assert asked[0] == asked[1]
    assert asked[0][1].endswith("My project")
    assert window.studio.project.path == tmp_path / "mine"


@pytest.mark.parametrize(("key", "page"), list(zip("1234567", main_window.PAGES, strict=True)))
def test_control_and_a_number_bring_up_the_page(window, qtbot, key, page):
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.page(page)
    assert window._rail_buttons[page].isChecked()


def test_the_keyboard_goes_with_the_page_and_not_to_the_rail(window, qtbot):
    fields = []
    for key in ("data", "train"):
        fields.append(QLineEdit(window.page(key)))
        window.show_page(key)
        fields[-1].show()
        fields[-1].setFocus()
    window.show_page("data")
    assert window.focusWidget() is window.page("data")
    qtbot.keyClick(window.page("data"), Qt.Key.Key_Tab)
    assert window.focusWidget() is fields[0]
    window._rail_buttons["models"].setFocus()
    window.show_page("models")
    assert window.focusWidget() is window._rail_buttons["models"]


@pytest.mark.parametrize("lose", ["hide", "disable"])
def test_what_loses_the_keyboard_leaves_it_to_the_page(window, qtbot, lose):
    window.show_page("data")
    page = window.page("data")
    field = QLineEdit(page)
    field.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for other in page.findChildren(QWidget):
        if other is not field:
            other.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    field.hide() if lose == "hide" else field.setEnabled(False)
    assert page.hasFocus()


def test_a_page_gets_the_argument_it_is_wanted_with(window):
    window.studio.show("train", Path("run"))
    assert window.page("train").arguments == [Path("run")]


def test_every_control_of_the_frame_has_a_name(window):
    for button in [*window._rail_buttons.values(), window.job_bar.device, window.job_bar.stop]:
        assert button.accessibleName() or button.text()
    assert window.job_bar.bar.accessibleName()


def test_the_job_bar_rests(window):
    assert window.job_bar.state.text() == "No training is running"
    assert not window.job_bar.pause.isVisible()
    assert not window.job_bar.bar.isVisible()


def test_the_job_bar_says_where_the_training_is(trained):
    bar = trained.job_bar
    assert bar.state.text() == "Training  007-cyclegan"
    assert bar.details.text() == "25 %  ·  about 9 h 40 min left  ·  step 250 of 1,000  ·  1.9 steps a second"
    assert bar.bar.value() == 250
    assert trained.windowTitle() == "25 % – GAN Studio"


def test_pause_and_continue_by_button(trained, qtbot):
    qtbot.mouseClick(trained.job_bar.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: trained.studio.training_state == "paused")
    assert trained.job_bar.state.text() == "Paused  007-cyclegan"
    assert trained.job_bar.pause.text() == "Continue"
    qtbot.mouseClick(trained.job_bar.pause, Qt.MouseButton.LeftButton)
    assert trained.studio.training_state == "running"


def test_space_pauses_unless_a_text_field_has_the_focus(trained, qtbot):
    field = QLineEdit(trained)
    field.show()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert field.text() == " "
    assert trained.studio.training_state == "running"
    trained.stack.setFocus()
    qtbot.keyClick(trained, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: trained.studio.training_state == "paused")


def test_stop_saves_and_ends(trained, qtbot):
    qtbot.mouseClick(trained.job_bar.stop, Qt.MouseButton.LeftButton)
    assert trained.job_bar.state.text() == "Saving  007-cyclegan"
    qtbot.waitUntil(lambda: trained.studio.training is None)
    assert trained.job_bar.state.text() == "No training is running"


def test_a_second_training_is_refused_in_a_sentence(trained):
    assert trained.studio.begin_training(Path("other")) is None
    assert "007-cyclegan is training" in trained.toasts.messages()[-1]


def test_a_training_that_fails_says_why(window, qtbot, monkeypatch):
    def job(run: Path):
        yield None
        raise ValueError("The disk is full. Free some space and continue the run.")

    monkeypatch.setattr(jobs, "train", job)
    window.studio.begin_training(Path("run"))
    qtbot.waitUntil(lambda: bool(window.toasts.messages()))
    assert window.toasts.messages() == ["The disk is full. Free some space and continue the run."]
    assert window.studio.training is None


def question(window: MainWindow, answer: str) -> None:
    box = window.findChild(QMessageBox)
    next(button for button in box.buttons() if button.objectName() == answer).click()


def test_closing_while_training_asks_once_and_cancel_changes_nothing(trained):
    trained.close()
    trained.close()
    assert len(trained.findChildren(QMessageBox)) == 1
    question(trained, "cancel")
    assert trained.isVisible()
    assert not trained.isMinimized()
    assert trained.studio.training_state == "running"


def test_keep_training_puts_the_window_aside(trained):
    trained.close()
    question(trained, "keep")
    assert trained.isMinimized()
    assert trained.studio.training_state == "running"


def test_stop_and_save_closes_when_the_run_has_ended(trained, qtbot):
    trained.close()
    question(trained, "stop")
    qtbot.waitUntil(lambda: not trained.isVisible())
    assert trained.studio.training is None
    assert not trained.studio.worker.isRunning()


def test_a_paused_training_is_called_so_and_closing_is_the_way(trained, qtbot):
    trained.studio.toggle_training()
    qtbot.waitUntil(lambda: trained.studio.training_state == "paused")
    trained.close()
    box = trained.findChild(QMessageBox)
    assert box.text() == "A training is paused."
    assert [button.objectName() for button in box.buttons()] == ["stop", "cancel"]
    assert box.defaultButton().text() == "Close"
    question(trained, "stop")
    qtbot.waitUntil(lambda: not trained.isVisible())


def test_who_pressed_stop_is_not_asked_again_when_closing(trained, qtbot):
    trained.studio.stop_training()
    assert trained.studio.training_state == "stopping"
    trained.close()
    assert trained.findChild(QMessageBox) is None
    qtbot.waitUntil(lambda: not trained.isVisible())


def test_a_run_that_could_not_be_saved_keeps_the_window_open_and_is_told(window, qtbot, monkeypatch, tmp_path):
    def job(run: Path):
        command = yield Started(0, 9, "cyclegan", "cpu", "fp32", {})
        while command != Stop():
            command = yield Progress(1, 9)
        raise OSError("No space left on device")

    monkeypatch.setattr(jobs, "train", job)
    window.studio.begin_training(tmp_path / "run")
    window.closing.leave()
    qtbot.waitUntil(lambda: window.studio.training is None)
    assert window.isVisible()
    assert window.toasts.messages() == ["No space left on device"]


def test_closing_remembers_the_place_and_ends_the_worker(window, settings):
    window.resize(1100, 700)
    window.close()
    assert settings.value("geometry") is not None


def test_devices_are_shown_and_a_choice_is_remembered(window, settings):
    window.studio.devices = (("cuda", "NVIDIA & co"), ("cpu", "CPU, 2 cores"))
    window.studio.catalogue_ready.emit()
    bar = window.job_bar
    assert bar.device.text() == "NVIDIA && co"
    choices = bar.device.menu().actions()
    assert [action.data() for action in choices] == ["auto", "cuda", "cpu"]
    choices[2].trigger()
    assert bar.device.text() == "CPU, 2 cores"
    assert settings.value("device") == "cpu"


def test_an_unknown_project_is_named_not_fatal(window, tmp_path):
    assert not window.studio.open_project(tmp_path)
    assert "is not a GAN Studio project" in window.toasts.messages()[0]


def test_an_offer_goes_when_it_was_done_in_another_way(window):
    window.studio.offer("Left out 1 picture.", "Undo", lambda: None)
    window.studio.say("Copied.")
    window.studio.withdraw("Left out 1 picture.")
    assert window.toasts.messages() == ["Copied."]


def test_what_can_be_undone_or_went_wrong_stays_longer():
    said = "1.png taken out of the list."
    usual = reading_time(said)
    assert usual >= 5000
    assert reading_time(said, deed=True) == 2 * usual
    assert reading_time(said, fault=True) >= 20_000
    assert reading_time(30 * said) > usual


def test_the_same_sentence_is_up_once_and_three_at_most(window, qtbot):
    for message in ("a", "a", "b", "c", "d"):
        window.studio.say(message)
    qtbot.waitUntil(lambda: window.toasts.messages() == ["b", "c", "d"])


def test_a_sentence_with_a_button_does_its_deed_once_and_goes(window, studio, qtbot):
    done: list[str] = []
    studio.offer("3 pictures are left out.", "Undo", lambda: done.append("undone"))
    toast = window.toasts.seen
    (undo,) = [button for button in toast.findChildren(QPushButton) if button.text() == "Undo"]
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert done == ["undone"]
    assert window.toasts.messages() == []


def meets(window: MainWindow, toast: QWidget) -> list[str]:
    """What can be pressed in the window, the sentence's own aside, and lies under the sentence."""

    def place(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(window, QPoint()), widget.size())

    buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisible() and not toast.isAncestorOf(one)]
    assert buttons
    return [one.text() for one in buttons if place(toast).intersects(place(one))]


@pytest.mark.parametrize("size", [(960, 640), (1280, 800), (1600, 1000)])
def test_a_sentence_never_lies_over_what_one_can_press_next(trained, size):
    trained.studio.show("translate")
    column = QVBoxLayout(trained.stack.currentWidget())  # As all pages are: buttons down to its margin.
    column.setContentsMargins(0, 0, 0, 24)
    column.addWidget(QPushButton("Save", sizePolicy=QSizePolicy(*2 * [QSizePolicy.Policy.Expanding])))
    trained.resize(*size)
    trained.studio.say("Copied.")
    longest = "The picture could not be written: " + 7 * "/a folder of the disk " + "cannot be written"
    for say in (
        lambda: trained.studio.offer("Copies of 1,200 pictures are sorted. The originals stay.", "Show", lambda: None),
        lambda: trained.studio.say(longest, fault=True),
    ):
        say()
        QApplication.processEvents()
        toast = trained.toasts.seen
        assert toast.isVisible()
        assert toast.height() >= toast.heightForWidth(toast.width())
        assert meets(trained, toast) == []
        over = QRect(toast.mapTo(trained, QPoint()), toast.size())
        for line in (trained.job_bar.state, trained.job_bar.facts):
            top = line.mapTo(trained, QPoint()).y()
            assert over.top() <= top  # Of no line the half looks out.
            assert top + line.height() <= over.bottom() + 1


def test_a_sentence_that_another_lies_over_waits_with_its_time(window):
    window.studio.offer("1.png taken out of the list.", "Undo", lambda: None)
    under = window.toasts.seen
    assert under._timer.isActive()
    window.studio.say("Copied.")
    over = window.toasts.seen
    assert over.message == "Copied."
    assert over.isVisible()
    assert not under.isVisible()
    assert not under._timer.isActive()
    over.leave()
    assert window.toasts.seen is under
    assert under.isVisible()
    assert 0 < under._timer.remainingTime() < 1.1 * reading_time(under.message, deed=True)  # Qt's timers are coarse.


def test_the_end_of_the_session_waits_until_the_run_is_saved(trained):
    trained.closing.leave_session()
    assert trained.studio.training is None
    assert not trained.isVisible()


def test_the_end_of_the_session_waits_only_so_long(window, monkeypatch, qtbot, tmp_path):
    def job(run: Path):
        command = yield Started(0, 9, "cyclegan", "cpu", "fp32", {})
        while command != Stop():
            command = yield Progress(1, 9)
        while not released:
            yield None

    released: list[bool] = []
    monkeypatch.setattr(jobs, "train", job)
    monkeypatch.setattr(closing, "SESSION_MS", 50)
    window.studio.begin_training(tmp_path / "run")
    window.closing.leave_session()
    assert window.studio.training_state == "stopping"
    released.append(True)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_leaving_takes_back_what_was_being_asked(trained, qtbot):
    trained.close()
    trained.closing.leave()
    qtbot.waitUntil(lambda: not trained.isVisible())
    assert trained.studio.training is None


def test_a_training_in_the_tray_is_not_ended_by_a_dialog_that_closes(trained, monkeypatch):
    put_away = []
    monkeypatch.setattr(trained.closing, "_aside", lambda: put_away.append(1))
    trained.close()
    question(trained, "keep")
    assert put_away == [1]
    assert trained.studio.training_state == "running"
