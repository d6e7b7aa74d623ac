"""The command line: its verbs, and what becomes of a fault.

Exit codes: 0 fine, 1 failed with one plain line on stderr, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli import check, demo, evaluate, export, importing, look, made, mix, opening, past, train, translate
from ganstudio.cli.faults import FAILED, INTERRUPTED, answered
from ganstudio.cli.printing import complain, one_line, prepare, say
from ganstudio.words.ranks import rank

WRONG_USAGE = 2
DEBUG = "--debug"

app = typer.Typer(
    name="ganstudio",
    help="Train GANs on your own pictures and use them. Without a verb it opens the window.",
    epilog="Every verb has its own --help.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.command("open")
def open_project(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A project's folder.", show_default=False)],
) -> None:
    """Open a project in the window."""
    raise typer.Exit(opening.open_project(project))


app.command()(demo.demo)
app.command()(look.methods)
app.command()(check.check)
app.command()(train.train)
app.command()(translate.translate)
app.command()(translate.generate)
app.command()(translate.classify)
app.command()(made.made)
app.command()(evaluate.evaluate)
app.command()(export.export)
app.command("import")(importing.import_weights)
app.command()(mix.mix)
app.command()(past.timelapse)
app.command()(past.curves)
app.command()(look.models)
app.command()(look.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # It loads what reads mail, and the window waits for this module.

        say(version("ganstudio"))
        raise typer.Exit


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    _debug: Annotated[
        bool, typer.Option(DEBUG, help="Show where in the program a fault happened. May stand anywhere.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Train GANs on your own pictures and use them. Without a verb it opens the window."""
    if context.invoked_subcommand is None:
        raise typer.Exit(opening.open_window(None))


def main(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    prepare()
    arguments = list(arguments)
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = DEBUG in ours
    rest = [word for word in ours if word != DEBUG] + arguments[len(ours) :]
    return answered(lambda: _verb(rest), debug=debug)


def _verb(arguments: list[str]) -> int:
    try:
        code = app(arguments, prog_name="ganstudio", standalone_mode=False)
    except typer.TyperException as error:
        return _usage(error)
    except typer.Abort:
        code = INTERRUPTED
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException) -> int:
    if not rank().leads:
        return WRONG_USAGE
    context = getattr(error, "ctx", None)
    if context is not None:
        complain(context.get_usage())
        complain(f"Try '{context.command_path} --help'.")
    # Half of it is pydantic's, in words for those who write programs.
    said = error.format_message().replace("Value error, ", "").replace("Input should be", "It should be")
    complain(f"ganstudio: {one_line(said)}")
    return WRONG_USAGE if error.exit_code == WRONG_USAGE else FAILED
