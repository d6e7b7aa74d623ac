"""`ganstudio` and `python -m ganstudio`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from ganstudio.cli import opening

        code = opening.straight(sys.argv[1:])
        if code is None:
            from ganstudio.cli.app import main as run

            code = run(sys.argv[1:])
    except KeyboardInterrupt:  # While all this was loading; later it is told where it is met.
        sys.stderr.write("ganstudio: Interrupted.\n")
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
