"""The README's lines are the command line's: no verb or option there that is not here, none here that is missing."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from ganstudio.cli.app import VERBS, app

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [path for path in (ROOT, ROOT / "ganstudio" / "methods") for path in path.glob("*.md")]
COMMANDS = typer.main.get_command(app).commands
SHELL = re.compile(r"```\n(.*?)```", re.DOTALL)


def options_of(verb):
    return {
        name for option in COMMANDS[verb].params for name in (*option.opts, *option.secondary_opts) if name[0] == "-"
    }


def synopsis():
    """Verb and text of each line of the table of all commands, with the lines that go on below it."""
    table = next(block for block in SHELL.findall(README) if "ganstudio doctor --bundle" in block)
    for entry in re.split(r"\n(?=ganstudio)", table):
        words = entry.replace("[open PROJECT]", "open PROJECT").split()
        yield words[1], entry


def test_the_table_names_every_verb_with_its_options():
    told = {}
    for verb, text in synopsis():
        told.setdefault(verb, set()).update(re.findall(r"--[a-z-]+", text))
    assert set(told) == {name for name, _ in VERBS}
    for verb, options in told.items():
        assert options <= options_of(verb), verb
        left_out = options_of(verb) - options - {"--card"}  # Said as --no-card.
        assert not {name for name in left_out if name.startswith("--")}, verb


def examples():
    for block in SHELL.findall(README):
        for text in block.replace("\\\n", " ").splitlines():
            if (
                re.match(r"(ganstudio|torchrun) ", text)
                and "[" not in text
                and "  " not in text.partition("#")[0].strip()
            ):
                yield text.partition("#")[0].strip()


@pytest.mark.parametrize("text", [*examples()])
def test_an_example_is_a_line_that_can_be_typed(text):
    words = shlex.split(text)
    words = words[words.index("ganstudio") + 1 :]
    command = COMMANDS[words[0]]
    command.make_context(words[0], words[1:])  # Wrong usage is an exception.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = page.read_text("utf-8")
    heads = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in re.findall(r"(?m)^#+ (.*)$", text)}
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith("#"):
            assert link[1:] in heads, link
        elif "://" not in link:
            assert (page.parent / link).exists(), link
