"""Progress on the window's icon in the dock or task bar, by the message that Ubuntu's and KDE's listen to.

Windows and macOS have calls of their own for it, which Qt does not reach; there the title and the tray say it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Slot

PATH = "/com/canonical/unity/launcherentry/ganstudio"
INTERFACE = "com.canonical.Unity.LauncherEntry"
DESKTOP_FILE = "application://ganstudio.desktop"


class Launcher(QObject):
    """Says how far the training is to whoever draws the icon; where nobody listens nothing happens.

    Args:
        send: Sends the properties; None takes the session's message bus.
        parent: Its owner.
    """

    def __init__(
        self, send: Callable[[Mapping[str, object]], object] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._send = send or (to_bus if sys.platform == "linux" else None)

    @Slot(int)
    def show_share(self, share: int) -> None:
        """From 0 to 100; -1 for none."""
        if self._send is not None:
            self._send({"progress": max(0, share) / 100, "progress-visible": share >= 0})


def to_bus(properties: Mapping[str, object]) -> bool:
    """Tell the session's bus; whether there is one."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    message = QDBusMessage.createSignal(PATH, INTERFACE, "Update")
    message.setArguments([DESKTOP_FILE, dict(properties)])
    return bus.send(message)
