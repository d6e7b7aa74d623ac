"""Before any test imports Qt: draw offscreen, so that the tests need no display."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
