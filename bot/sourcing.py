"""Sourcing: who said a claim, where, when and based on what; repeats of one source as one chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.markup import Html, host, join, link, text
from bot.messages import Catalogue
from index import Appearance, Claim

_MAX_NAME_CHARS = 80
_MAX_BASIS_CHARS = 160
_MAX_CLAIMANTS = 5


@dataclass(frozen=True, slots=True)
class Repeat:
    """An appearance that repeats another one.

    Attributes:
        appearance: The one that repeats.
        original: The one it names as its source; the chain's first or another repeat.
    """

    appearance: Appearance
    original: Appearance


@dataclass(frozen=True, slots=True)
class Chain:
    """One source and everything on record that repeats it, directly or through others.

    Attributes:
        first: The source. Where repeats name one that has no appearance of its own on record,
            it is an appearance that has nothing but that name or address.
        repeats: Its repeats, in the order of the record.
    """

    first: Appearance
    repeats: tuple[Repeat, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a sourcing chain.

    Attributes:
        source: Who, when and based on what.
        is_repeat: Whether it repeats the source of its chain.
    """

    source: Html
    is_repeat: bool


def chains(appearances: Sequence[Appearance]) -> tuple[Chain, ...]:
    """Group appearances by the source they go back to, in the order of the record.

    An appearance names what it repeats by address or by outlet. Circles are broken at the
    appearance that closes them.
    """
    nodes = list(appearances)
    parents: dict[int, int] = {}
    for number, appearance in enumerate(appearances):
        if appearance.repeats is None:
            continue
        parent = _find(appearance.repeats, nodes, without=number)
        if parent is None:
            parent = len(nodes)
            nodes.append(_named(appearance.repeats))
        if number not in _upwards(parent, parents):
            parents[number] = parent
    members: dict[int, list[int]] = {}
    for number in range(len(nodes)):
        members.setdefault(_upwards(number, parents)[-1], []).append(number)
    return tuple(
        Chain(
            nodes[root],
            tuple(
                Repeat(nodes[number], nodes[parents[number]])
                for number in members[root]
                if number != root
            ),
        )
        for root in sorted(members, key=lambda root: min(members[root]))
    )


def source_lines(claim: Claim, words: Catalogue, *, full: bool) -> tuple[Html, ...]:
    """One line for each appearance, chain by chain.

    Args:
        claim: Whose appearances.
        words: The reader's language.
        full: Also say what is left out for brevity: the reader's own language, the site and the
            archived copy.
    """
    return tuple(
        words("source.repeat" if entry.is_repeat else "source.first", source=entry.source)
        for entry in source_entries(claim, words, full=full)
    )


def source_entries(claim: Claim, words: Catalogue, *, full: bool) -> tuple[Entry, ...]:
    """What `source_lines` lists, without the marks that stand before each line."""
    entries: list[Entry] = []
    for chain in chains(claim.appearances):
        entries.append(Entry(_source(chain.first, words, full=full), is_repeat=False))
        for repeat in chain.repeats:
            source = _source(repeat.appearance, words, full=full)
            if repeat.original is not chain.first:
                source = words("source.via", source=source, outlet=_name(repeat.original, words))
            entries.append(Entry(source, is_repeat=True))
    return tuple(entries)


def claimant_lines(claim: Claim, words: Catalogue) -> tuple[Html, ...]:
    """Who is recorded as saying it, where that is not just the outlets' names again."""
    outlets = {(appearance.outlet or "").casefold() for appearance in claim.appearances}
    names = [name for name in claim.claimants if name.casefold() not in outlets]
    if not names:
        return ()
    listed = names_line(names[:_MAX_CLAIMANTS])
    if len(names) > _MAX_CLAIMANTS:
        listed = join((listed, words("source.more", n=len(names) - _MAX_CLAIMANTS)), " ")
    return (words("source.claimants", claimants=listed),)


def names_line(names: Iterable[str]) -> Html:
    """Names, separated by commas."""
    return join((text(name, _MAX_NAME_CHARS) for name in names), ", ")


def _find(name: str, nodes: Sequence[Appearance], *, without: int) -> int | None:
    others = [(number, node) for number, node in enumerate(nodes) if number != without]
    for number, node in others:
        if name in {node.url, node.archive_url}:
            return number
    folded = name.casefold()
    for number, node in others:
        if node.outlet and node.outlet.casefold() == folded:
            return number
    return None


def _named(name: str) -> Appearance:
    return Appearance(url=name) if host(name) else Appearance(outlet=name)


def _upwards(number: int, parents: dict[int, int]) -> list[int]:
    path = [number]
    while path[-1] in parents:
        path.append(parents[path[-1]])
    return path


def _name(appearance: Appearance, words: Catalogue) -> Html:
    site = host(appearance.url) or host(appearance.archive_url)
    name = text(appearance.outlet or site or "", _MAX_NAME_CHARS)
    return name or words("source.unknown")


def _source(appearance: Appearance, words: Catalogue, *, full: bool) -> Html:
    address = appearance.url if host(appearance.url) else appearance.archive_url
    source = link(_name(appearance, words), address)
    details: list[Html] = []
    if appearance.published_on:
        details.append(words.short_date(appearance.published_on))
    if appearance.language and (full or not _is_of(appearance.language, words)):
        name = words.language_name(appearance.language)
        details.append(words("source.language", language=name))
    site = host(appearance.url)
    if full and site and appearance.outlet:
        details.append(text(site, _MAX_NAME_CHARS))
    if details:
        source = words("source.details", outlet=source, details=join(details, ", "))
    if appearance.based_on:
        basis = text(appearance.based_on, _MAX_BASIS_CHARS)
        source = words("source.based_on", source=source, basis=basis)
    if full and host(appearance.archive_url) and address != appearance.archive_url:
        copy = link(words("source.copy"), appearance.archive_url)
        source = words("source.archived", source=source, copy=copy)
    return source


def _is_of(language: str, words: Catalogue) -> bool:
    return language.replace("_", "-").split("-")[0].lower() == words.language
