"""`ganstudio` and `python -m ganstudio`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from ganstudio.cli import opening

    code = opening.straight(sys.argv[1:])
    if code is None:
        from ganstudio.cli.app import main as run

        code = run(sys.argv[1:])
    sys.exit(code)


if __name__ == "__main__":
    main()
