"""The tray: a small icon while something trains or the window is put away, where the system has a place for one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QMainWindow, QMenu, QSystemTrayIcon

from ganstudio.runs.title import title
from ganstudio.window import theme
from ganstudio.window.studio import Studio

LINGER_MS = 20_000
"""A notification goes when its icon does."""


class Tray(QObject):
    """Shows how far the training is, brings the window back, and carries notifications."""

    def __init__(self, window: QMainWindow, studio: Studio) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._share = -1
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._linger = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._linger.timeout.connect(self._settle)
        studio.training_changed.connect(self._settle)
        studio.closing.connect(self._go)

    def put_away(self) -> None:
        """Hide the window behind its icon, or minimise it where there is no tray."""
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._window.showMinimized()
            return
        self._window.hide()
        self._settle()

    @Slot()
    def bring_back(self) -> None:
        """Show the window again, in front."""
        minimised = self._window.isMinimized()
        self._window.showNormal() if minimised else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._settle()

    @Slot(int)
    def show_share(self, share: int) -> None:
        """How far the training is, from 0 to 100; -1 for none."""
        self._share = share
        self._describe()

    def notify(self, title: str, message: str, *, fault: bool = False) -> bool:
        """Say something outside the window; whether there is a tray to say it."""
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return False
        kind = QSystemTrayIcon.MessageIcon.Warning if fault else QSystemTrayIcon.MessageIcon.Information
        self._linger.start()
        self._settle()
        assert self._icon is not None
        self._icon.showMessage(title, message, kind)
        return True

    @property
    def shown(self) -> bool:
        """Whether the icon is in the tray."""
        return self._icon is not None and self._icon.isVisible()

    @Slot()
    def _settle(self) -> None:
        """There while it is needed: a training, a window put away, or a notification."""
        wanted = self._studio.training is not None or self._window.isHidden() or self._linger.isActive()
        if wanted and self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._make()
        if self._icon is not None:
            self._icon.setVisible(wanted)
            self._describe()

    def _make(self) -> None:
        self._icon = QSystemTrayIcon(theme.icon("mark", "accent"), self)
        self._menu = QMenu(self._window)
        self._show = self._menu.addAction(self.tr("Show GAN Studio"), self.bring_back)
        self._menu.addSeparator()
        self._pause = self._menu.addAction("", self._studio.toggle_training)
        self._stop = self._menu.addAction(self.tr("Stop and save"), self._studio.stop_training)
        self._menu.addSeparator()
        self._menu.addAction(self.tr("Quit"), self._quit)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.bring_back)

    def _describe(self) -> None:
        if self._icon is None:
            return
        training, state = self._studio.training, self._studio.training_state
        waiting = state in {"paused", "pausing"}
        self._pause.setText(self.tr("Continue") if waiting else self.tr("Pause"))
        self._pause.setEnabled(state in {"running", "paused"})
        self._stop.setEnabled(training is not None and state != "stopping")
        said = self.tr("No training is running")
        if training is not None:
            said = f"{title(training.run)}: {max(0, self._share)} %"
        self._icon.setToolTip(f"GAN Studio – {said}")

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in {QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick}:
            self.bring_back()

    @Slot()
    def _quit(self) -> None:
        """Close the window; with a training it comes back to ask."""
        if self._studio.training is not None:
            self.bring_back()
        self._window.close()

    @Slot()
    def _go(self) -> None:
        if self._icon is not None:
            self._icon.hide()
