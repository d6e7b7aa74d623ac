"""The command line: its verbs, and what becomes of a fault.

Exit codes: 0 fine, 1 failed with one plain line on stderr, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli import check, demo, evaluate, export, importing, look, made, mix, opening, past, train, translate
from ganstudio.cli.faults import FAILED, INTERRUPTED, answered
from ganstudio.cli.home import placed
from ganstudio.cli.printing import complain, one_line, prepare, say
from ganstudio.words.ranks import rank

WRONG_USAGE = 2
DEBUG = "--debug"
TEXTS = ("--text", "--label", "--licence", "--to", "--from", "--route")
"""What these say may be nothing."""

PLAIN = {
    "Value error, ": "",
    "Input should be": "It should be",
    "a valid integer, unable to parse string as an integer": "a whole number",
    "a valid number, unable to parse string as a number": "a number",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}
"""Half of what is said of wrong values is pydantic's, in words for those who write programs."""

app = typer.Typer(
    name="ganstudio",
    help="Train GANs on your own pictures and use them. Without a verb it opens the window.",
    epilog="Every verb has its own --help.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Boxes cut words in narrow terminals, and take as long to load as all else.
    context_settings={"help_option_names": ["--help", "-h"]},
)


def open_project(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A project's folder.", show_default=False)],
) -> None:
    """Open a project in the window."""
    raise typer.Exit(opening.open_project(project))


def _first_sentence(verb: Callable[..., None]) -> str:
    """For the table of all verbs, which would cut it anywhere."""
    return (verb.__doc__ or "").partition("\n")[0].partition(". ")[0].rstrip(".") + "."


VERBS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("open", open_project),
    ("demo", demo.demo),
    ("methods", look.methods),
    ("check", check.check),
    ("train", train.train),
    ("translate", translate.translate),
    ("generate", translate.generate),
    ("classify", translate.classify),
    ("made", made.made),
    ("evaluate", evaluate.evaluate),
    ("export", export.export),
    ("import", importing.import_weights),
    ("mix", mix.mix),
    ("timelapse", past.timelapse),
    ("curves", past.curves),
    ("models", look.models),
    ("doctor", look.doctor),
)
for _name, _verb_of in VERBS:
    app.command(_name, short_help=_first_sentence(_verb_of))(_verb_of)


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
        check_none_empty(arguments)
        code = app([placed(word) for word in arguments], prog_name="ganstudio", standalone_mode=False)
    except typer.TyperException as error:
        return _usage(error)
    except typer.Abort:
        code = INTERRUPTED
    return code if isinstance(code, int) else 0


def check_none_empty(arguments: Sequence[str]) -> None:
    """A place without a name would be the folder one is in, such as where a variable of the shell was not set.

    Raises:
        BadParameter: There is one.
    """
    for before, word in zip(("", *arguments), arguments, strict=False):
        option, value = word.split("=", 1) if word.startswith("--") and "=" in word else (before, word)
        if not value and option not in TEXTS:
            raise typer.BadParameter("The name of a file or folder is empty.")


def _usage(error: typer.TyperException) -> int:
    if not rank().leads:
        return WRONG_USAGE
    context = getattr(error, "ctx", None)
    if context is not None:
        complain(context.get_usage())
        complain(f"Try '{context.command_path} --help'.")
    said = error.format_message()
    for technical, plain in PLAIN.items():
        said = said.replace(technical, plain)
    complain(f"ganstudio: {one_line(said)}{'' if said.endswith(('.', '?', ')')) else '.'}")
    return WRONG_USAGE if error.exit_code == WRONG_USAGE else FAILED
