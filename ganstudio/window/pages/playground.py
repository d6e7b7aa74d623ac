"""The Playground page: the first GAN on points, watched while it plays, beside what its theory says."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.window import jobs, theme
from ganstudio.window.lesson import Lesson, lesson
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.editors import QuietChoice, QuietSpin
from ganstudio.window.parts.ground_plots import LinePlot, PlanePlot, StepsPlot
from ganstudio.window.parts.legend import ink, picture_of
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.studio import Studio
from ganstudio.window.words import count
from ganstudio.words.events import Failed, Sample
from ganstudio.words.playground import DATA, EQUILIBRIUM, FORMS, Ground

if TYPE_CHECKING:  # It comes from the engine, which loads torch.
    from ganstudio.engine.playground import Snapshot

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03)
SLOW_MS = 200
"""Between two steps when they are to be followed one by one."""
READING_SECONDS = 2.0
"""A sentence stays so long while the game plays."""
_PICTURE = QSize(32, 20)


class PlaygroundPage(QWidget):
    """Settings on the left; the game, what it teaches, and its curves on the right."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._job: int | None = None
        self._ground = Ground()
        self._playing = False  # What the student wants; a hidden page stands still all the same.
        self._asked = False  # A single step is on its way.
        self._latest: Snapshot | None = None
        self._said_at = 0.0
        self.data, self.form, self.rate = QuietChoice(), QuietChoice(), QuietChoice()
        self.turns, self.seed = QuietSpin(), QuietSpin()
        self.descends = theme.label("", "small", wrap=True)
        self.dice = icon_button(self.tr("Roll another seed"), "dice", self._roll)
        self.slowly = QPushButton(self.tr("Slowly"))
        self.again = button(self.tr("Start again"), "refresh", self.restart)
        self.step = button(self.tr("Step"), "chevron-right", self._one_step)
        self.play = button(self.tr("Play"), "play", self.toggle, "primary")
        self.steps = theme.label("", "muted")
        self.title, self.text = theme.label("", "heading", wrap=True), theme.label("", "muted", wrap=True)
        self.line, self.plane = LinePlot(), PlanePlot()
        self.stack = QStackedWidget()
        self.value = StepsPlot(
            self.tr("Value of the game, V(D, G)"),
            (("discriminator", "V"),),
            (EQUILIBRIUM, self.tr("−2 log 2")),
            (-2.3, 0.25),
            (0, -1, -2),
        )
        self.means = StepsPlot(
            self.tr("What D says, mean D(x)"),
            (("data", self.tr("data")), ("made", self.tr("made"))),
            (0.5, "½"),
            (-0.06, 1.1),
            (0, 0.5, 1),
        )
        self._beat = QTimer(self, interval=SLOW_MS)
        self._painting = QTimer(self, interval=0, singleShot=True)
        self._fill()
        self._layout()
        self._connect()
        self._clear()

    def shown(self, argument: object = None) -> None:
        """The page comes up; the first time it makes a game and shows how it stands before the first step."""
        self.setFocus()
        if self._job is None:
            self.restart()

    @property
    def playing(self) -> bool:
        """Whether the game goes on by itself, as soon as it can be seen."""
        return self._playing

    # Playing

    @Slot()
    def restart(self) -> None:
        """A new game as the controls say; it plays if the one before did."""
        if self._job is not None:
            self._studio.worker.cancel(self._job)
        self._ground = Ground(
            data=self.data.currentData(),
            form=self.form.currentData(),
            discriminator_steps=self.turns.value(),
            learning_rate=self.rate.currentData(),
            seed=self.seed.value(),
        )
        self._clear()
        ground = self._ground
        self._job = self._studio.worker.begin(lambda: jobs.play(ground), paused=True)
        self._drive()

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        self._playing = not self._playing
        if self._job is None:
            self.restart()
        elif self._playing or self.slowly.isChecked():
            self._drive()
        else:
            self._one_step()  # The last picture is older than the last step; this one shows where it stands.
        self._dress_play()

    @Slot()
    def _one_step(self) -> None:
        """Play one step, show it, and stand still."""
        self._playing = False
        self._beat.stop()
        self._dress_play()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        if self._job is None:
            return
        if self._asked:
            self._studio.worker.pause(self._job)
        else:
            self._asked = True
            self._studio.worker.send(self._job, Sample(), paused=True)

    @Slot()
    def _drive(self) -> None:
        """Have the worker do what is wanted now: play on its own, play by the beat, or stand still."""
        if self._job is None:
            return
        goes = self._playing and self.isVisible()
        if goes and self.slowly.isChecked():
            self._beat.start()
        else:
            self._beat.stop()
        if goes and not self.slowly.isChecked():
            self._studio.worker.resume(self._job)
        else:
            self._studio.worker.pause(self._job)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where the game stood when the page was left."""
        super().showEvent(event)
        self._drive()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees costs nothing."""
        super().hideEvent(event)
        self._drive()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays and pauses, the right arrow makes a step, where no control has the keyboard."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle()
        elif event.key() == Qt.Key.Key_Right:
            self._one_step()
        else:
            super().keyPressEvent(event)

    @Slot(int, object)
    def _happened(self, job: int, snapshot: Snapshot) -> None:
        if job != self._job:
            return
        self._asked = False
        self._latest = snapshot
        self.value.add(snapshot.step, (snapshot.value,))
        self.means.add(snapshot.step, (snapshot.judged_real, snapshot.judged_fake))
        self._painting.start()  # Snapshots that come while the window is busy are drawn once, not one by one.

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._job:
            return
        self._job, self._playing = None, False
        self._beat.stop()
        self._dress_play()
        if isinstance(result, Failed):
            self._painting.stop()  # Its sentence would take the place of this one.
            self._teach(Lesson(self.tr("The game cannot be played."), result.message))

    @Slot()
    def _closing(self) -> None:
        if self._job is not None:
            self._studio.worker.cancel(self._job)

    # Showing

    @Slot()
    def _paint(self) -> None:
        if self._latest is None:
            return
        self._plot.show_snapshot(self._latest)
        self.value.draw()
        self.means.draw()
        self.steps.setText(self.tr("Step {}").format(count(self._latest.step)))
        now = time.monotonic()
        if not self._playing or now - self._said_at >= READING_SECONDS:
            self._teach(lesson(self._latest, self._ground))

    def _teach(self, said: Lesson) -> None:
        if said.title != self.title.text():
            self._said_at = time.monotonic()
        self.title.setText(said.title)
        self.text.setText(said.text)

    @property
    def _plot(self) -> LinePlot | PlanePlot:
        return self.line if DATA[self._ground.data].dimensions == 1 else self.plane

    def _clear(self) -> None:
        self._latest, self._asked, self._said_at = None, False, 0.0
        self.stack.setCurrentWidget(self._plot)
        self._plot.set_data(DATA[self._ground.data])
        self.value.clear()
        self.means.clear()
        self.steps.setText("")
        self._teach(Lesson(self.tr("Setting up the game…"), ""))
        self._dress_play()

    def _dress_play(self) -> None:
        self.play.setText(self.tr("Pause") if self._playing else self.tr("Play"))
        theme.set_icon(self.play, "pause" if self._playing else "play", "on_accent")

    # Controls

    @Slot()
    def _describe_form(self) -> None:
        rises = self.form.currentData() == FORMS[0]
        self.descends.setText(
            self.tr("The generator lowers −log D(G(z)).")
            if rises
            else self.tr("The generator lowers log(1 − D(G(z))).")
        )

    @Slot()
    def _roll(self) -> None:
        self.seed.setValue(secrets.randbelow(1000))

    def _fill(self) -> None:
        self.data.setIconSize(_PICTURE)
        for key, data in DATA.items():
            self.data.addItem(data.title, key)
        names = {"non-saturating": self.tr("Non-saturating"), "minimax": self.tr("Minimax")}
        for form in FORMS:
            self.form.addItem(names[form], form)
        for rate in RATES:
            self.rate.addItem(f"{rate:.4f}".rstrip("0"), rate)
        start = self._ground
        self.data.setCurrentIndex(self.data.findData(start.data))
        self.rate.setCurrentIndex(self.rate.findData(start.learning_rate))
        self.turns.setRange(1, 10)
        self.turns.setValue(start.discriminator_steps)
        self.seed.setRange(0, 999)
        self.seed.setValue(start.seed)
        self.slowly.setProperty("role", "chip")
        self.slowly.setCheckable(True)
        self._describe_form()
        self._draw_data()

    def _draw_data(self) -> None:
        for row, data in enumerate(DATA.values()):
            icon = QIcon()
            for mode, name in ((QIcon.Mode.Normal, "data"), (QIcon.Mode.Active, "on_accent")):
                icon.addPixmap(picture_of(data, _PICTURE, ink(name), self.devicePixelRatioF()), mode)
            self.data.setItemIcon(row, icon)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_painting"):
            self._draw_data()

    def _connect(self) -> None:
        worker = self._studio.worker
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)
        self._studio.closing.connect(self._closing)
        self.form.currentIndexChanged.connect(self._describe_form)
        for choice in (self.data, self.form, self.rate):
            choice.currentIndexChanged.connect(self.restart)
        for spin in (self.turns, self.seed):
            spin.valueChanged.connect(self.restart)
        self.slowly.toggled.connect(self._drive)
        self._beat.timeout.connect(self._ask)
        self._painting.timeout.connect(self._paint)

    def _layout(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.play.setToolTip(self.tr("Play or pause (Space)"))
        self.play.setMinimumWidth(104)
        self.step.setToolTip(self.tr("One step: D learns k times, G once (→). Hold to go on."))
        self.step.setAutoRepeat(True)
        self.step.setAutoRepeatInterval(100)
        self.again.setToolTip(self.tr("The same game from its beginning"))
        self.slowly.setToolTip(self.tr("Five steps a second, to follow each of them"))
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(theme.label(self.tr("Playground"), "title"))
        header.addStretch(1)
        header.addWidget(self.steps)
        header.addSpacing(8)
        for widget in (self.slowly, self.again, self.step, self.play):
            header.addWidget(widget)
        below = QHBoxLayout()
        below.setSpacing(24)
        side = scrolling(self._side())
        side.setFixedWidth(248)
        below.addWidget(side)
        below.addLayout(self._stage(), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        layout.setSpacing(16)
        layout.addLayout(header)
        layout.addLayout(below, 1)

    def _side(self) -> QWidget:
        seed = QHBoxLayout()
        seed.setSpacing(4)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.dice)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.setContentsMargins(0, 0, 0, 0)
        for words, tip, field in (
            (self.tr("Data"), self.tr("What the generator is to imitate; the first three lie on a line"), self.data),
            (self.tr("Generator's loss"), self.tr("What the generator makes smaller with every step"), self.form),
            (self.tr("Turns of D a step, k"), self.tr("How often D learns before the generator does"), self.turns),
            (self.tr("Learning rate"), self.tr("How far both move with every turn"), self.rate),
            (self.tr("Seed"), self.tr("Other numbers, other play; the same number plays the same game"), self.seed),
        ):
            caption = theme.label(words)
            caption.setBuddy(field)
            field.setAccessibleName(words)
            field.setToolTip(tip)
            field.setFixedHeight(theme.ROW)
            column.addWidget(caption)
            if field is self.seed:
                column.addLayout(seed)
            else:
                column.addWidget(field)
            if field is self.form:
                column.addWidget(self.descends)
            column.addSpacing(8)
        column.addWidget(theme.label(self.tr("Every change begins a new game."), "small", wrap=True))
        column.addStretch(1)
        side = QWidget()
        side.setProperty("role", "scrolled")
        side.setLayout(column)
        return side

    def _stage(self) -> QVBoxLayout:
        self.text.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack.addWidget(self.line)
        self.stack.addWidget(self.plane)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.text)
        self.value.setToolTip(self.tr("Where nobody can tell data from what is made, V is −2 log 2, about −1.386."))
        self.means.setToolTip(self.tr("Where nobody can tell data from what is made, D is one half on both."))
        curves = QHBoxLayout()
        curves.setSpacing(16)
        curves.addWidget(_card(self.value), 1)
        curves.addWidget(_card(self.means), 1)
        stage = QVBoxLayout()
        stage.setSpacing(16)
        stage.addLayout(words)
        stage.addWidget(_card(self.stack), 2)
        stage.addLayout(curves, 1)
        return stage


def _card(inner: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 12, 16, 12)
    layout.addWidget(inner)
    return card
