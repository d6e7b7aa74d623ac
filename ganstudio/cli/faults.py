"""What becomes of a fault of a command line: one plain line, and an exit code."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from ganstudio.cli.printing import complain, one_line
from ganstudio.runs.writing import Unwritten

FAILED, INTERRUPTED = 1, 130


def answered(deed: Callable[[], int], *, debug: bool = False) -> int:
    """Do it; its exit code, or that of what went wrong, which is told."""
    if not debug and not sys.warnoptions:
        warnings.simplefilter("ignore")  # Libraries' warnings are for us; a fault is one line.
    try:
        code = deed()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - nobody should meet a traceback without asking for it.
        if debug:
            traceback.print_exception(error)
        complain(f"ganstudio: {one_line(explain(error))}")
        return FAILED
    if code == INTERRUPTED:
        complain("ganstudio: Interrupted.")
    return code


def explain(error: Exception) -> str:
    """One sentence for a fault. ValueErrors are written for people; the rest names what the system said."""
    match error:
        case ValueError():
            return str(error) or "Something was not as it should be. Run it again with --debug to see where."
        case Unwritten():
            return str(error)
        case OSError(strerror=str(said)):
            where = f": {Path(error.filename)}" if isinstance(error.filename, str) else ""
            return f"{said}{where}."
        case MemoryError():
            return "Not enough memory. Choose a smaller --size or --batch, or close other programs."
        case _:
            first = (str(error).splitlines() or [""])[0]
            return f"A fault of GAN Studio ({type(error).__name__}: {first}). Run it again with --debug to see where."
