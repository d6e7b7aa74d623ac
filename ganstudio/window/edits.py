"""What an artist changes of a domain without touching its files; pure: a domain goes in, another comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from ganstudio.window.contents import Contents, Listing, lines
from ganstudio.words.recipe import Domain


def leave_out(domain: Domain, paths: Iterable[Path]) -> Domain:
    """The domain without these pictures."""
    return replace(domain, excluded=tuple(dict.fromkeys([*domain.excluded, *map(str, paths)])))


def take_back(domain: Domain, paths: Iterable[Path]) -> Domain:
    """The domain with these pictures, which were left out."""
    back = frozenset(map(str, paths))
    return replace(domain, excluded=tuple(path for path in domain.excluded if path not in back))


def move_to_class(domain: Domain, paths: Iterable[Path], name: str, listing: Listing) -> Domain:
    """The domain with these pictures in the class `name`; empty takes them out of theirs."""
    beside = {str(path): folder for path, folder in listing.folders.items()}
    return replace(domain, labels=_changed(domain.labels, paths, name.strip(), beside))


def rename_class(domain: Domain, old: str, new: str, listing: Listing) -> Domain:
    """The domain with every picture of the class `old` in the class `new`, also those left out."""
    contents = Contents.of(listing, replace(domain, excluded=()))
    inside = [path for path, name in contents.classes.items() if name == old]
    return move_to_class(domain, inside, new, listing)


def describe(domain: Domain, paths: Iterable[Path], text: str, listing: Listing) -> Domain:
    """The domain with these pictures described by `text`, one caption a line."""
    written = "\n".join(lines(text))
    beside = {str(path): "\n".join(texts) for path, texts in listing.beside.items()}
    return replace(domain, captions=_changed(domain.captions, paths, written, beside))


def move_source(domain: Domain, before: Path, now: Path) -> Domain:
    """The domain with a source that lies elsewhere now; what was edited of its pictures stays edited."""

    def at(path: str) -> str:
        here = Path(path)
        return str(now / here.relative_to(before)) if here.is_relative_to(before) else path

    return replace(
        domain,
        sources=tuple(dict.fromkeys(map(at, domain.sources))),
        excluded=tuple(map(at, domain.excluded)),
        labels={at(path): label for path, label in domain.labels.items()},
        captions={at(path): caption for path, caption in domain.captions.items()},
    )


def _changed(given: Mapping[str, str], paths: Iterable[Path], value: str, beside: Mapping[str, str]) -> dict[str, str]:
    """What was given, with `value` for these paths; what the files say themselves needs not be given."""
    made = dict(given)
    for path in map(str, paths):
        if beside.get(path, "") == value:
            made.pop(path, None)
        else:
            made[path] = value
    return made
