"""Survey: which examples lie in the folders of a recipe, by file names and captions alone, no picture decoded."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ganstudio.pictures.examples import Example, captions_of, pairs
from ganstudio.pictures.folders import class_of, listed, natural, sources_of, split
from ganstudio.pictures.reading import Unreadable, size_of
from ganstudio.pictures.shards.finding import Found, look
from ganstudio.pictures.shards.naming import holds_shards
from ganstudio.words.captions import encode, vocabulary
from ganstudio.words.events import Skipped
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import DomainFound, Inventory, Needs

LISTED = 10_000  # Files looked at to say what lies in a folder without pictures.
LEAST_OF_A_CLASS = 2
LOOKED_AT = 20  # Pictures whose shape tells whether they are pairs.
SIDE_BY_SIDE = 1.2  # Times as wide as high.


@dataclass(frozen=True, slots=True)
class Side:
    """What one stock of examples is made of.

    Attributes:
        names: Its domains: one, or the two of a pair.
        train: Examples to train on.
        held_out: Examples never trained on.
        classes: Class folders; empty without classes.
        words: Words of its captions, the most frequent first; empty without captions.
        shards: What lies in the shards that are trained on in the stead of `train`; None for pictures in folders.
    """

    names: tuple[str, ...]
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shards: Found | None = None

    def found(self) -> tuple[DomainFound, ...]:
        """The same in words and counts."""
        train, test = self.shards.count if self.shards else len(self.train), len(self.held_out)
        return tuple(DomainFound(name, train, test, self.classes, self.words) for name in self.names)


def survey(
    domains: Sequence[Domain], needs: Needs, words: Sequence[str] = ()
) -> Generator[Skipped, None, tuple[Side, ...]]:
    """What lies in `domains` for a method with these needs; what is left out is yielded with its reason.

    Args:
        domains: As many as `needs` takes.
        needs: What to look for.
        words: The words that captions are told by; empty to take them from the captions.

    Raises:
        ValueError: A folder is not there or holds nothing of what is needed; the message says what to do.
        Away: A folder went away in the middle; once it is back, the survey can be made again.
    """
    if needs is Needs.PAIRS:
        _check_no_shards(domains)
        return ((yield from _paired(domains)),)
    sides = []
    for index, domain in enumerate(domains):
        classified = needs is Needs.CLASSES or (needs is Needs.FEW_LABELS and not index)
        if holds_shards(domain):
            found = yield from look(domain, classes=classified, captions=needs is Needs.CAPTIONS, words=words)
            sides.append(Side((domain.name,), (), found.held_out, found.classes, found.words, found))
            continue
        paths = yield from _listed(domain)
        if classified:
            side = yield from _classified(domain, paths)
        elif needs is Needs.CAPTIONS:
            side = yield from _captioned(domain, paths, words)
        else:
            train, test = split(paths)
            side = Side((domain.name,), tuple(map(Example, train)), tuple(map(Example, test)))
        sides.append(side)
    return tuple(sides)


def inventory(sides: Iterable[Side]) -> Inventory:
    """What was found, in words and counts."""
    return Inventory(tuple(found for side in sides for found in side.found()), {})


def nothing(sources: Sequence[Path]) -> str:
    """The sentence for sources without pictures, with what lies there instead."""
    where = " and ".join(f"{source.name}/" if source.is_dir() else source.name for source in sources)
    kinds: Counter[str] = Counter()
    for source in sources:
        for path in islice(source.rglob("*"), LISTED) if source.is_dir() else [source]:
            if path.is_file() and not path.name.startswith("."):
                kinds[path.suffix.lower() or "without suffix"] += 1
    found = ", ".join(f"{count} {suffix}" for suffix, count in kinds.most_common(3)) or "nothing"
    return f"No readable pictures in {where} (found {found}). Choose a folder of .png, .jpg or .webp."


def check_there(domain: Domain) -> None:
    """Whether all places of the domain are there.

    Raises:
        ValueError: One is not; the message names it.
    """
    for source in sources_of(domain):
        if not source.exists():
            raise ValueError(f"There is no folder {source}. Check its name, or whether its drive is there.")


def _listed(domain: Domain) -> Generator[Skipped, None, list[Path]]:
    """The picture files of a domain that the artist did not leave out, at least one."""
    sources, paths = sources_of(domain), []
    check_there(domain)
    for entry in listed(domain):
        if isinstance(entry, Skipped):
            yield entry
        else:
            paths.append(entry)
    if not paths:
        if domain.excluded:
            raise ValueError(f"Every picture of {domain.name} is left out. Take some of them back on the Data page.")
        raise ValueError(nothing(sources))
    return paths


def _classified(domain: Domain, paths: list[Path]) -> Generator[Skipped, None, Side]:
    """Examples with the class of the folder they lie in, or the one they were given."""
    sources = sources_of(domain)
    labels = {path: class_of(path, domain) for path in paths}
    classes = tuple(sorted({label for label in labels.values() if label is not None}, key=natural))
    _check_classes(domain, sources, Counter(label for label in labels.values() if label is not None))
    for path, label in labels.items():
        if label is None:
            yield Skipped(str(path), "It lies in no class folder.")
    inside = [path for path in paths if labels[path] is not None]
    train, test = split(inside)
    # A small class would lose all it has to the test.
    taught = {labels[path] for path in train}
    back = {path for path in test if labels[path] not in taught}
    held = set(test) - back
    examples = [Example(path, classes.index(labels[path] or "")) for path in inside]
    return Side(
        (domain.name,),
        tuple(example for example in examples if example.path not in held),
        tuple(example for example in examples if example.path in held),
        classes,
    )


def _check_classes(domain: Domain, sources: Sequence[Path], counts: Counter[str]) -> None:
    if len(counts) < 2:
        where = " and ".join(f"{source}/" for source in sources)
        has = f"one subfolder with pictures, {next(iter(counts))}" if counts else "no subfolders with pictures"
        raise ValueError(
            f"{where} has {has}. Put the pictures of each class in a subfolder with its name: "
            f"{domain.name}/cats, {domain.name}/dogs."
        )
    for name, count in counts.items():
        if count < LEAST_OF_A_CLASS:
            raise ValueError(
                f"The class {name!r} of {domain.name} has only one picture. Add some, or take its folder out."
            )


def _captioned(domain: Domain, paths: list[Path], words: Sequence[str]) -> Generator[Skipped, None, Side]:
    """Examples with the captions beside them, or those they were given."""
    texts: dict[Path, tuple[str, ...]] = {}
    for path in paths:
        reason = f"It has no caption. Write one into {path.stem}.txt beside it."
        try:
            captions = captions_of(path, domain)
        except Unreadable as error:
            captions, reason = (), str(error)
        if captions:
            texts[path] = captions
        else:
            yield Skipped(str(path), reason)
    if not texts:
        where = " and ".join(f"{source}/" for source in domain.sources)
        raise ValueError(
            f"No picture in {where} has a caption. Write what each shows into a text file of its name beside it: "
            f"{paths[0].stem}.txt beside {paths[0].name}."
        )
    known = tuple(words) or vocabulary(caption for captions in texts.values() for caption in captions)
    train, test = (
        tuple(Example(path, captions=tuple(tuple(encode(text, known)) for text in texts[path])) for path in part)
        for part in split(list(texts))
    )
    return Side((domain.name,), train, test, words=known)


def check_side_by_side(domain: Domain, paths: Sequence[Path]) -> None:
    """Two pictures side by side are wider than high, unless both are very narrow.

    Raises:
        ValueError: Most of the first pictures are not; the message says what to choose instead.
    """
    sizes = []
    for path in paths[:LOOKED_AT]:
        with contextlib.suppress(Unreadable):
            sizes.append(size_of(path))
    if sizes and sum(width > SIDE_BY_SIDE * height for width, height in sizes) * 2 < len(sizes):
        width, height = sizes[0]
        raise ValueError(
            f"The pictures of {domain.name} are not two side by side ({width}×{height} pixels). Choose two folders "
            "with pictures of the same names, or pictures that show before and after beside each other."
        )


def _check_no_shards(domains: Sequence[Domain]) -> None:
    """Pairs lie in folders.

    Raises:
        ValueError: They do not.
    """
    for domain in domains:
        if holds_shards(domain):
            raise ValueError(
                f"{domain.name} is in .tar shards, and pairs are found in folders only. Unpack them, and choose the "
                "folders."
            )


def _paired(domains: Sequence[Domain]) -> Generator[Skipped, None, Side]:
    """Pairs: of two folders by name, or side by side in each picture of one."""
    if len(domains) == 1:
        (domain,) = domains
        paths = yield from _listed(domain)
        check_side_by_side(domain, paths)
        names = (f"{domain.name} left", f"{domain.name} right")
        examples = [Example(path, partner=path) for path in paths]
    else:
        first, second = domains
        names, examples = (first.name, second.name), []
        left = yield from _listed(first)
        right = yield from _listed(second)
        for entry in pairs(left, right, (sources_of(first), sources_of(second))):
            if isinstance(entry, Skipped):
                yield entry
            else:
                examples.append(entry)
        if not examples:
            raise ValueError(
                f"No picture of {first.name} has a partner of the same name in {second.name}. Give both pictures of "
                f"a pair the same name: {first.name}/1.png and {second.name}/1.png."
            )
    train, test = split([example.path for example in examples])
    by_path = {example.path: example for example in examples}
    return Side(names, tuple(by_path[path] for path in train), tuple(by_path[path] for path in test))
