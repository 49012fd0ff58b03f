"""Sourcing: composes one claim out of the records that were filed under it.

Two records often tell of the same appearance, one with its URL, one with its basis. They are
folded here, at reading, so that the archive keeps each record as its feed gave it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TypeVar
from urllib.parse import urlsplit

from index.claims import Appearance, Claim, ClaimState, Response
from index.records import ImportedClaim
from index.text import text_key

_T = TypeVar("_T", Appearance, Response)
_HOST = re.compile(
    r"^(?:https?://)?(?:www\.)?([\w-]+(?:\.[\w-]+)*)\.[a-z]{2,}(?:/\S*)?$", re.IGNORECASE
)


def compose(claim_id: str, state: ClaimState, records: Sequence[ImportedClaim]) -> Claim:
    """Compose a claim of its records.

    Args:
        claim_id: The claim's id.
        state: The claim's state.
        records: At least one; the first one leads: its text is the claim's text.
    """
    lead = records[0]
    wordings = [
        wording
        for record in records
        for wording in (record.text, record.title, *record.alternatives)
        if wording
    ]
    shown = {text_key(text) for text in (lead.text, lead.title) if text}
    appearances = fold_appearances(record.appearances for record in records)
    outlets = _outlets(records, appearances)
    return Claim(
        id=claim_id,
        text=lead.text,
        state=state,
        title=lead.title,
        summary=_first(record.summary for record in records),
        body="\n\n".join(record.body for record in records if record.body) or None,
        language=lead.language,
        alternatives=_distinct(
            [
                *wordings,
                *(record.summary for record in records if record.summary),
            ],
            key=text_key,
            but=shown | {text_key(_first(record.summary for record in records) or "")},
        ),
        claimants=_fold_names(
            outlets.get(name, name) for record in records for name in record.claimants
        ),
        appearances=appearances,
        responses=fold_responses(record.responses for record in records),
        topics=_distinct((value for record in records for value in record.topics), key=text_key),
        places=_distinct((value for record in records for value in record.places), key=text_key),
        event_dates=tuple(sorted({day for record in records for day in record.event_dates})),
    )


def fold_appearances(records: Iterable[Iterable[Appearance]]) -> tuple[Appearance, ...]:
    """Fold what several records say of the same appearance, oldest first, undated ones last.

    Two are the same when their URLs are equal; or when one has no URL, one outlet's name contains
    the other's, and their dates, languages and bases do not contradict each other. What one record
    lists as two ("RT Arabic" and "RT Arabic - YouTube") stays two.

    Args:
        records: The appearances of each record.
    """
    folded = sorted(_fold(records, _same_appearance), key=_date_order)
    return tuple(replace(each, repeats=_repeated(each, folded)) for each in folded)


def fold_responses(records: Iterable[Iterable[Response]]) -> tuple[Response, ...]:
    """Fold what several records say of the same response, oldest first, undated ones last.

    Two are the same when kind and party agree and URL, date, rating and summary do not
    contradict each other.

    Args:
        records: The responses of each record.
    """
    return tuple(sorted(_fold(records, _same_response), key=_date_order))


def name_words(name: str) -> frozenset[str]:
    """The words that identify an outlet or party: "www.ria.ru" and "RIA" both give {"ria"}."""
    host = _HOST.match(name.strip())
    words = text_key(host.group(1).replace(".", " ") if host else name).split()
    return frozenset(words) - {"the"} or frozenset(words)


def _fold(records: Iterable[Iterable[_T]], same: Callable[[_T, _T], bool]) -> list[_T]:
    items = [(number, item) for number, record in enumerate(records) for item in record]
    # Those with a URL come first, so that those without one find the place they belong to.
    items.sort(key=lambda pair: pair[1].url is None)
    folded: list[_T] = []
    tellers: list[set[int]] = []  # which records each of them is from
    for number, item in items:
        places = [
            place
            for place, other in enumerate(folded)
            if same(other, item) and (number not in tellers[place] or _adds_nothing(item, other))
        ]
        if not places:
            folded.append(item)
            tellers.append({number})
            continue
        place = next((each for each in places if _names_equal(folded[each], item)), places[0])
        folded[place] = _fill(folded[place], item)
        tellers[place].add(number)
    return folded


def _adds_nothing(item: _T, other: _T) -> bool:
    if item.url and other.url:  # the same page
        return True
    return all(
        getattr(item, field.name) in (None, getattr(other, field.name)) for field in fields(item)
    )


def _names_equal(one: Appearance | Response, other: Appearance | Response) -> bool:
    names = [each.by if isinstance(each, Response) else each.outlet or "" for each in (one, other)]
    return name_words(names[0]) == name_words(names[1])


def _repeated(appearance: Appearance, folded: Sequence[Appearance]) -> str | None:
    """What an appearance repeats, as the folded record names it: "RIA" may be "ria.ru" there."""
    named = appearance.repeats
    others = [each for each in folded if each is not appearance]
    if named is None or any(named in {each.url, each.archive_url, each.outlet} for each in others):
        return named
    wanted = name_words(named)
    equal = [each for each in others if each.outlet and name_words(each.outlet) == wanted]
    alike = equal or [each for each in others if _contains(name_words(each.outlet or ""), wanted)]
    return (alike[0].url or alike[0].outlet) if len(alike) == 1 else named


def _fill(first: _T, second: _T) -> _T:
    missing = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if getattr(first, field.name) is None and getattr(second, field.name) is not None
    }
    return replace(first, **missing)


def _same_appearance(one: Appearance, other: Appearance) -> bool:
    if one.url and other.url:
        return _address(one.url) == _address(other.url)
    if not (one.outlet and other.outlet):
        return one == other
    return (
        _agree(one.published_on, other.published_on)
        and _agree(one.language, other.language)
        and _agree(one.based_on, other.based_on)
        and _contains(name_words(one.outlet), name_words(other.outlet))
    )


def _same_response(one: Response, other: Response) -> bool:
    if one.kind is not other.kind or name_words(one.by) != name_words(other.by):
        return False
    if one.url and other.url and _address(one.url) != _address(other.url):
        return False
    return (
        _agree(one.published_on, other.published_on)
        and _agree(one.verdict, other.verdict)
        and (bool(one.url and other.url) or _agree(one.summary, other.summary))
    )


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def _contains(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and (one <= other or other <= one)


def _outlets(records: Sequence[ImportedClaim], appearances: Sequence[Appearance]) -> dict[str, str]:
    """Outlets whose name folding has dropped, with the name that they have on record now."""
    kept = {each.outlet for each in appearances}
    dropped = (
        each
        for record in records
        for each in record.appearances
        if each.outlet and each.outlet not in kept
    )
    homes = (
        (each.outlet, next((other for other in appearances if _same_appearance(other, each)), None))
        for each in dropped
    )
    return {name: home.outlet for name, home in homes if name and home and home.outlet}


def _date_order(item: Appearance | Response) -> tuple[bool, date]:
    return item.published_on is None, item.published_on or date.max


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _distinct(
    values: Iterable[str], *, key: Callable[[str], str], but: Iterable[str] = ()
) -> tuple[str, ...]:
    seen = set(but)
    kept: list[str] = []
    for value in values:
        if (mark := key(value)) not in seen:
            seen.add(mark)
            kept.append(value)
    return tuple(kept)


def _fold_names(names: Iterable[str]) -> tuple[str, ...]:
    # Equal, not contained: "China" is not the Bank of China.
    return _distinct(names, key=lambda name: " ".join(sorted(name_words(name))))
