"""`ganstudio translate`, `generate` and `classify`: what trained models make of pictures, labels and captions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ganstudio.cli.driving import drive
from ganstudio.cli.printing import one_line, reporter, say, show_json
from ganstudio.words.events import Event, Finished, Made, Skipped, Told
from ganstudio.words.films import FilmFormat, is_video_name
from ganstudio.words.look import Blend, Look, Quality
from ganstudio.words.making import Format
from ganstudio.words.ranks import rank
from ganstudio.words.recipe import Device, Precision
from ganstudio.words.works import Work

ModelArgument = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A run folder, a model file, or RUN@STEP.", show_default=False)
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pictures go.", show_default=False)]
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
BINARY_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def translate(
    model: ModelArgument,
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT", help="Pictures, videos, animations, folders of them, .tar shards.", show_default=False
        ),
    ],
    out: OutOption,
    to: Annotated[
        str | None,
        typer.Option(metavar="B", help="Domain that comes out, by name or letter.", show_default="the model's first"),
    ] = None,
    quality: Annotated[
        Quality,
        typer.Option(
            help="Of pictures too large for the memory: exact as if at once, or fast, some 3 to 14 of 255 off."
        ),
    ] = "exact",
    memory: Annotated[
        str | None,
        typer.Option(metavar="2GB", help="Memory to stay within.", show_default="a share of what is free"),
    ] = None,
    strength: Annotated[float, typer.Option(min=0, max=1, help="1 is the translation, 0 the picture as it was.")] = 1.0,
    blend: Annotated[
        Blend,
        typer.Option(help="What of the picture comes back below full strength: all of it, its light, its colours."),
    ] = "light",
    keep_colours: Annotated[
        bool, typer.Option("--keep-colours", help="Keep the picture's own colours; take light and shade alone.")
    ] = False,
    mask: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A picture: white where the translation shows.", show_default=False),
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Names of the files, of {stem} {number} {model} {to} {date}.")
    ] = "{stem}",
    kind: Annotated[Format, typer.Option("--format", help="What is written; same keeps each picture's own.")] = "png",
    file_quality: Annotated[
        int | None,
        typer.Option(min=1, max=100, metavar="1-100", help="For JPEG, AVIF and WebP.", show_default="95, WebP 100"),
    ] = None,
    video: Annotated[
        FilmFormat,
        typer.Option(
            help="How videos are written: mp4 plays everywhere, mov is for editing, mkv without loss; auto is mp4, and "
            "animations as they came."
        ),
    ] = "auto",
    smooth: Annotated[
        float, typer.Option(min=0, max=1, help="Calm the flicker of videos and animations; costs some sharpness.")
    ] = 0.0,
    again: Annotated[bool, typer.Option("--again", help="Make all anew, also what is there already.")] = False,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    precision: Annotated[Precision, typer.Option(help="Arithmetic; auto is fp32.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Translate pictures and videos with a trained model. Each keeps its size, name, colours, depth and sound.

    Asked again, it goes on where it was: what was made in the same way is kept, what was made otherwise is replaced.
    """
    amount = None if memory is None else memory_bytes(memory)
    look = Look(strength, blend, keep_colours, "" if mask is None else str(mask))
    from ganstudio.engine.models.routing import able
    from ganstudio.pictures.order import Order
    from ganstudio.pictures.writing.naming import Naming
    from ganstudio.runs.model import card

    order = Order(look, Naming(name, kind), file_quality or 0, again, video, smooth)
    able(card(model).routes, "translate")  # What cannot be is said before torch is loaded.
    check_any_there(inputs)
    from ganstudio.engine.translating.files import tidied
    from ganstudio.engine.translating.sets import translate_sets
    from ganstudio.engine.translating.translator import Translator

    me = rank()
    if me.count > 1:
        from ganstudio.engine import ranks

        ranks.take_card(me)
    translator = Translator.open(model, device=device, precision=spelled(precision), memory=amount, quality=quality)
    route = translator.route(to, "translate")
    job = translate_sets(translator, route, inputs, out, order, rank=me)
    if me.count > 1:
        try:
            with tidied(out, me), ranks.until_all_are_done(me):
                if as_json:  # Each its own.
                    show_files_as_json(job, "Translated")
                    return
                made = show_files(job, "Translated", quiet=not me.leads)
        except ranks.Lost as error:
            if me.speaks:
                raise
            raise typer.Exit(1) from error
        if me.leads:
            say(one_line(f"{made} picture{'' if made == 1 else 's'} in {out}; the other {me.count - 1} did the rest."))
        return
    if as_json:
        show_files_as_json(job, "Translated")
        return
    say(f"Translating {route.title}.")
    if quality == "fast":
        say(
            "Note: fast takes the statistics of a very large picture from a small copy. Colours are 3 to 14 of 255 "
            "off, in places 60 to 170; on a processor exact is as quick."
        )
    made = show_files(job, "Translated")
    noun = "file" if any(is_video_name(path.name) for path in inputs) else "picture"
    say(one_line(f"{made} {noun}{'' if made == 1 else 's'} in {out}."))


def generate(
    model: ModelArgument,
    out: OutOption,
    count: Annotated[int, typer.Option(min=1, metavar="N", help="Pictures to make.")] = 16,
    label: Annotated[
        str | None, typer.Option(metavar="L", help="The class to make.", show_default="each in turn")
    ] = None,
    text: Annotated[str | None, typer.Option(metavar="T", help="A caption, for a model that learnt captions.")] = None,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Another number, other pictures.")] = 0,
    towards: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Another seed: the pictures are then the way from the one to the other."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="B", help="Domain that comes out, by name or letter.", show_default="the model's first"),
    ] = None,
) -> None:
    """Make new pictures with a trained generator. A picture depends on the model, the seed and what is asked only."""
    from ganstudio.engine.models.routing import able
    from ganstudio.runs.model import card

    routes = able(card(model).routes, "generate")
    if to is None:
        routes[0].check(label, text)  # Torch takes seconds to load.
    from ganstudio.engine.translating.generating import generate_files
    from ganstudio.engine.translating.translator import Translator

    translator = Translator.open(model)
    route = translator.route(to, "generate")
    job = generate_files(translator, route, out, count=count, label=label, text=text, seed=seed, towards=towards)
    made = show_files(job, "Made")
    say(one_line(f"{made} picture{'' if made == 1 else 's'} in {out}."))


def classify(
    model: ModelArgument,
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Pictures, folders of pictures, .tar shards.", show_default=False),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Copy each picture into a folder of its class there.")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to compute.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Tell which class each picture belongs to, with a trained classifier."""
    from ganstudio.engine.models.routing import able
    from ganstudio.runs.model import card

    able(card(model).routes, "classify")
    check_any_there(inputs)
    from ganstudio.engine.translating.sets import classify_sets
    from ganstudio.engine.translating.translator import Translator

    translator = Translator.open(model, device=device)
    route = translator.route(None, "classify")
    job = classify_sets(translator, route, inputs, out)
    if as_json:
        show_files_as_json(job, "Classified")
        return
    say(f"Classifying as {', '.join(route.answers)}.")
    told = show_files(job, "Classified")
    say(one_line(f"{told} picture{'' if told == 1 else 's'} classified{f', copies in {out}' if out else ''}."))


def check_any_there(inputs: Sequence[Path]) -> None:
    """Whether any input is there, or a pattern that may mean some; where only some are, the others are listed.

    Raises:
        ValueError: None is.
    """
    if not any(place.exists() or "{" in place.name for place in inputs):
        raise ValueError(f"There is no {' and no '.join(map(str, inputs))}.")


def show_files(job: Work[object], done: str, *, names: bool = True, quiet: bool = False) -> int:
    """Drive a job that makes files, list at the end what could not be read, and count what was made.

    Args:
        job: Yields Made, Told and Skipped.
        done: What it does, for the sentence of a fault: "Translated".
        names: Whether to print the path of each file made.
        quiet: Whether to print nothing but what could not be read.

    Raises:
        ValueError: Some file was left out, or the job failed.
    """
    made, skipped = 0, list[Skipped]()

    def count(event: Event) -> bool:
        nonlocal made
        if isinstance(event, (Made, Told)):
            made += 1
        if isinstance(event, Skipped):
            skipped.append(event)
        # A stopped batch is told in the words of its verb below.
        return isinstance(event, (Skipped, Finished)) or (isinstance(event, Made) and not names)

    try:
        with silence(count) if quiet else reporter(quiet=count) as show:
            drive(job, show, stoppable=True)
    except KeyboardInterrupt:
        if not quiet:
            say(f"{done} {made} until it was stopped.")
        raise
    finally:
        for file in skipped:
            say(one_line(f"Skipped {file.path}: {file.reason}"))
    _check_all_made(made + len(skipped), len(skipped), done)
    return made


@contextmanager
def silence(listen: Callable[[Event], object]) -> Iterator[Callable[[Event], None]]:
    """Instead of a reporter: listen, and show nothing."""

    def show(event: Event) -> None:
        listen(event)

    yield show


def show_files_as_json(job: Work[object], done: str) -> None:
    """Drive a job that makes files, and print what became of each as JSON.

    Raises:
        ValueError: Some file was left out, or the job failed.
    """
    found: list[Made | Told | Skipped] = []

    def keep(event: Event) -> None:
        if isinstance(event, (Made, Told, Skipped)):
            found.append(event)

    try:
        drive(job, keep, stoppable=True)
    finally:
        show_json([asdict(event) for event in found])
    _check_all_made(len(found), sum(isinstance(event, Skipped) for event in found), done)


def _check_all_made(count: int, skipped: int, done: str) -> None:
    if skipped:
        raise ValueError(f"{done} {count - skipped} of {count}; the others are listed with their reasons.")


def spelled(precision: Precision) -> Precision:
    """Translation's "auto" is fp32 everywhere: bf16 moves single pixels, so it is a choice and never a default."""
    return "fp32" if precision == "auto" else precision


def memory_bytes(text: str) -> int:
    """Bytes of "2GB", "512 MiB" or "1.5g"; anything else is wrong usage."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text.strip().lower())
    if match is None or (match[3] and not match[2]) or float(match[1]) <= 0:
        raise typer.BadParameter(f"{text!r} is not an amount of memory, such as 2GB.", param_hint="--memory")
    return round(float(match[1]) * (BINARY_UNITS if match[3] else UNITS)[match[2]])
