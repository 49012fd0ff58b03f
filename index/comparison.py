"""Comparison: names, numbers, dates and negation of a question against those of a claim."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.answers import Aspect, Difference
from index.claims import Claim
from index.names import Mention, NameKind, Names
from index.numbers import Quantity, QuantityKind, find_numbers
from index.opposites import find_opposite
from index.words import content_terms

_LOCATIVE = re.compile(
    r"\b(?:in|at|from|near|to|into|of|over|off|outside|inside|around|across|toward|towards|within"
    r"|city of|town of|\u0432|\u0432\u043e|\u0438\u0437|\u043d\u0430|\u043f\u0456\u0434|\u0437"
    r"|en|de|desde|hacia|dans|\u00e0|depuis|vers|aus|nach|bei|nahe)"
    r"\s+(?:the\s+|la\s+|el\s+|der\s+)?(?:[\w-]+\s+){0,1}$",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n[\u2019']t"
    r"|refus(?:e|es|ed|ing|al)|reject(?:s|ed|ing)?|den(?:y|ies|ied|ying)|turn(?:s|ed|ing)? down"
    r"|declin(?:es?|ed|ing) to|fail(?:s|ed|ing)? to|unable|impossible|zero|lack(?:s|ed|ing)?"
    r"|\u043d\u0435|\u043d\u0438\u043a\u043e\u0433\u0434\u0430|\u043d\u0435\u0442|\u043d\u0456|\u043d\u0456\u043a\u043e\u043b\u0438|\u0431\u0435\u0437"
    r"|nunca|jamas|sin|jamais|sans|nicht|kein\w*|nie|ohne|\u0644\u0627|\u0644\u0645|\u0644\u0646|\u0644\u064a\u0633)\b",
    re.IGNORECASE,
)
_ASKING_NOT = re.compile(
    r"\bor (?:not|no|nothing)\b|\b(?:isn|aren|wasn|weren|don|doesn|didn)[\u2019']t (?:it|that|this"
    r"|he|she|they|we|you)\s*\?"
    r"|\bnot (?:real|true),? is (?:it|that)\b"
    r"|\b(?:why not|not sure|no idea|do(?:es)?n[\u2019']t (?:know|add up))\b",
    re.IGNORECASE,
)
_ANSWERING = re.compile(r"no, ", re.IGNORECASE)
# What a negation reaches: to the end of its clause, so many words of content at most.
_CLAUSE_END = re.compile(
    r"[,.;:!?()\u2013\u2014]|\b(?:and|but|when|while|who|which|because|so|if)\b", re.IGNORECASE
)
_REACH = 3
# Behind these a noun is negated, behind others a verb, whose denial may be told in other words.
_BEFORE_NOUNS = frozenset(("no", "without", "kein", "keine", "sin", "sans", "ohne"))
# Letters and digits in one word. Four letters at most: "Covid-19" has no rivals.
_CODE = re.compile(r"\b([^\W\d_]{1,4})-?(\d{1,4})\b")
_TIMES = {QuantityKind.YEAR, QuantityKind.DATE}
# How the currencies that `numbers` knows are written; others are told apart by nothing.
_CURRENCIES = {
    "usd": ("$", "dollar", "usd", "d\u00f3lar"),
    "eur": ("\u20ac", "eur"),
    "gbp": ("\u00a3", "pound", "gbp"),
    "rub": ("\u20bd", "ruble", "rouble", "rub"),
    "uah": ("\u20b4", "hryvnia", "uah"),
}
_SETTLED = {NameKind.CITY, NameKind.REGION}
_PARTIES = {NameKind.COUNTRY, NameKind.ORGANISATION, NameKind.PERSON, NameKind.PEOPLE}
_MAX_CLAIM_CHARS = 3_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the facts that a question names agree with a claim's.

    Attributes:
        n_names: Names in the question.
        n_agreeing: Those of them that the claim has too, under any spelling.
        n_conflicting: Those that the claim lacks where it names another of the same kind.
        n_missing: Those that the claim lacks otherwise.
        n_numbers_agreeing: Numbers and dates in both.
        n_numbers_conflicting: Numbers, dates and codes ("MH17") of the question that the claim has
            otherwise.
        n_foreign: Names of the matched wording that the question lacks.
        is_negated: Whether one of the two is negated and the other is not.
        is_denied: Whether only the question is.
        is_opposed: Whether a word of the one turns the other round: "banned", "allowed".
        differences: What conflicts, in words, the surest first.
    """

    n_names: int
    n_agreeing: int
    n_conflicting: int
    n_missing: int
    n_numbers_agreeing: int
    n_numbers_conflicting: int
    n_foreign: int
    is_negated: bool
    is_denied: bool
    is_opposed: bool
    differences: tuple[Difference, ...]


def claim_wording(claim: Claim) -> str:
    """All that a claim's short texts say, as one text."""
    parts = (claim.text, claim.title, *claim.alternatives, claim.summary, ", ".join(claim.places))
    return "\n".join(part for part in parts if part)[:_MAX_CLAIM_CHARS]


def compare(names: Names, asked: str, claim: Claim, matched_text: str) -> Comparison:
    """Compare what is asked with a claim.

    Args:
        names: The table of name variants.
        asked: The segment of the question that is nearest to the claim.
        claim: The claim.
        matched_text: The claim's wording that is nearest to the question.
    """
    wording = claim_wording(claim)
    asked_names = _distinct(names.find(asked))
    matched_names = _distinct(names.find(matched_text))
    claim_names = _distinct([*matched_names, *names.find(wording)])
    agreeing, conflicts, missing = _compare_names(
        names, asked, asked_names, matched_names, claim_names, wording
    )
    numbers = _compare_numbers(
        find_numbers(asked), find_numbers(matched_text), find_numbers(wording)
    )
    codes = _compare_codes(asked, matched_text, wording)
    said, filed = _negations(asked), _negations(matched_text)
    if not said:
        filed = [each for each in filed if _reaches(each, asked)]
    is_negated = bool(said) != bool(filed)
    opposite = find_opposite(asked, matched_text)
    if is_negated and opposite:  # "not allowed" is "banned"
        is_negated, opposite = False, None
    differences = [*conflicts, *codes, *numbers[1]]
    if is_negated:
        ours, theirs = (found[0].group() if found else "" for found in (said, filed))
        differences.append(Difference(Aspect.NEGATION, ours, theirs))
    if opposite:
        differences.append(Difference(Aspect.ACTION, *opposite))
    differences += [
        Difference(_aspect(asked, each), each.surface, "") for each in missing if _is_sure(each)
    ]
    return Comparison(
        n_names=len(asked_names),
        n_agreeing=agreeing,
        n_conflicting=len(conflicts),
        n_missing=len(missing),
        n_numbers_agreeing=numbers[0],
        n_numbers_conflicting=len(numbers[1]) + len(codes),
        n_foreign=sum(
            not any(names.related(each.name, one.name) for one in asked_names)
            and not _is_written(each, asked.casefold())
            for each in matched_names
        ),
        is_negated=is_negated,
        is_denied=is_negated and bool(said),
        is_opposed=opposite is not None,
        differences=tuple(differences),
    )


def aligned(names: Names, asked: str, archived: str) -> str:
    """What is asked, with the names and amounts that both tell written as the claim writes them.

    So a model that reads letters sees that "Daesh" is "ISIS", that "350m" is "350 million", and
    that "Kyiv's plan" is Ukraine's: a capital that acts stands for its country. Where something
    happens stays as it was written.
    """
    theirs = [each for each in names.find(archived) if each.kind is not NameKind.OTHER]
    told = {each.name: each for each in reversed(theirs)}
    written = {each.surface.casefold() for each in theirs}
    amounts = {_amount(each): each.surface for each in find_numbers(archived)}
    shown = [
        (each.start, each.end, amounts[_amount(each)])
        for each in find_numbers(asked)
        if _amount(each) in amounts and each.kind not in _TIMES
    ]
    for mention in names.find(asked):
        same = told.get(mention.name)
        if same is None and not _is_locative(asked, mention):
            same = next((e for e in theirs if _stands_for(names, mention, e, archived)), None)
        if same is not None and mention.surface.casefold() not in written:
            shown.append((mention.start, mention.end, same.surface))
    parts, at = [], 0
    for start, end, surface in sorted(shown):
        if start >= at:
            parts += [asked[at:start], surface]
            at = end
    return "".join([*parts, asked[at:]])


def _amount(quantity: Quantity) -> tuple[QuantityKind, float, str | None]:
    """What a quantity amounts to: 350 pounds are neither 350 euros nor 350 per cent."""
    surface = quantity.surface.casefold()
    currencies = (code for code, forms in _CURRENCIES.items() if any(f in surface for f in forms))
    return quantity.kind, quantity.value, next(currencies, None)


def _stands_for(names: Names, one: Mention, other: Mention, text: str) -> bool:
    """Whether of two names one is the country of the other, a city that acts for it."""
    kinds = {one.kind, other.kind}
    return (
        kinds == {NameKind.CITY, NameKind.COUNTRY}
        and names.related(one.name, other.name)
        and not _is_locative(text, other)
    )


def _is_locative(text: str, mention: Mention) -> bool:
    return _LOCATIVE.search(text[: mention.start]) is not None


def _compare_names(
    names: Names,
    asked: str,
    asked_names: Sequence[Mention],
    matched_names: Sequence[Mention],
    claim_names: Sequence[Mention],
    wording: str,
) -> tuple[int, list[Difference], list[Mention]]:
    """Names that agree (how many), names that conflict (as differences), names that are missing.

    The wording that matched is heard first: a name that stands only in the summary ("a Russian
    agency reports that US helicopters ...") does not agree where the wording has a rival of it.
    """
    have = {each.name for each in claim_names}
    matched = {each.name for each in matched_names}
    folded = wording.casefold()
    asked_ids = {each.name for each in asked_names}
    n_agreeing = 0
    conflicts: list[Difference] = []
    missing: list[Mention] = []
    taken: set[str] = set()
    for mention in asked_names:
        is_known = mention.name in have or _is_written(mention, folded)
        rivals = [
            each
            for each in (matched_names if is_known else claim_names)
            if each.name not in asked_ids | taken and _is_rival(names, mention, each)
        ]
        if mention.name in matched or (is_known and not rivals):
            n_agreeing += 1
        elif rivals:
            # A city is best held against a city, where the claim has one.
            rival = min(rivals, key=lambda each: each.kind is not mention.kind)
            taken.add(rival.name)
            conflicts.append(Difference(_aspect(asked, mention), mention.surface, rival.surface))
        elif not any(names.related(mention.name, each) for each in have):
            missing.append(mention)
    return n_agreeing, conflicts, missing


def _is_rival(names: Names, asked: Mention, archived: Mention) -> bool:
    """Whether two different names stand for the same kind of thing, so that one excludes the other.

    A city and its country do not exclude each other; two cities do.
    """
    if asked.kind in _SETTLED:
        return archived.kind in _SETTLED and not names.related(asked.name, archived.name)
    if asked.kind in _PARTIES:
        same_kind = archived.kind is asked.kind
        return same_kind and not names.related(asked.name, archived.name)
    return False


def _compare_numbers(
    asked: Sequence[Quantity], matched: Sequence[Quantity], archived: Sequence[Quantity]
) -> tuple[int, list[Difference]]:
    """Numbers that agree (how many) and conflict; a rival is looked for in what matched first."""
    have = {(each.kind, each.value) for each in archived}
    values = {value for _, value in have}
    known = [each for each in asked if each.value in values or _is_dated(each, archived)]
    said = {each.value for each in asked}
    differences = []
    for quantity in asked:
        if quantity in known:
            continue
        others = (
            [each for each in said_there if each.kind == quantity.kind and each.value not in said]
            for said_there in (matched, archived)
        )
        if rivals := next(filter(None, others), None):
            nearest = min(rivals, key=lambda each: abs(each.value - quantity.value))
            aspect = Aspect.DATE if quantity.kind in {"year", "date"} else Aspect.NUMBER
            differences.append(Difference(aspect, quantity.surface, nearest.surface))
    return len(known), differences


def _is_dated(asked: Quantity, archived: Sequence[Quantity]) -> bool:
    """Whether a claim has that date, told more or less exactly: "22 July" and "22 July 2019"."""
    if asked.kind is not QuantityKind.DATE:
        return False
    parts = (asked.year, asked.month, asked.day)
    for each in archived:
        if each.kind is QuantityKind.DATE:
            pairs = zip(parts, (each.year, each.month, each.day), strict=True)
            told = [(one, other) for one, other in pairs if one and other]
            if len(told) > 1 and all(one == other for one, other in told):
                return True
    return False


def _compare_codes(asked: str, matched_text: str, wording: str) -> list[Difference]:
    """Flights, models and the like that exclude each other: the same letters, another number."""
    ours, matched, all_theirs = map(_codes, (asked, matched_text, wording))
    differences = []
    for code, surface in ours.items():
        if code in all_theirs:
            continue
        others = (
            [shown for other, shown in theirs.items() if other[0] == code[0] and other not in ours]
            for theirs in (matched, all_theirs)
        )
        if rivals := next(filter(None, others), None):
            differences.append(Difference(Aspect.OBJECT, surface, rivals[0]))
    return differences


def _codes(text: str) -> dict[tuple[str, int], str]:
    """Codes such as "MH17" or "F-16" in a text: letters and number, with how it is written."""
    found = _CODE.finditer(text)
    return {(each[1].casefold(), int(each[2])): each.group() for each in found}


def _negations(text: str) -> list[re.Match[str]]:
    """Where a text is negated. "True or not?" asks, and "No, X is not Y" answers the claim."""
    if _ANSWERING.match(text):
        return []
    return list(_NEGATION.finditer(_ASKING_NOT.sub(" ", text)))


def _reaches(negation: re.Match[str], asked: str) -> bool:
    """Whether what a claim negates is asked at all: "let them eat cake, when they had no bread"."""
    before = _CLAUSE_END.split(negation.string[: negation.start()])[-1]
    behind = _CLAUSE_END.split(negation.string[negation.end() :], maxsplit=1)[0]
    negated = content_terms(behind)[:_REACH]
    is_certain = len(negated) > (negation.group().casefold() not in _BEFORE_NOUNS)
    told = negated if is_certain else content_terms(before + behind)
    return not set(told).isdisjoint(content_terms(asked))


def _aspect(text: str, mention: Mention) -> Aspect:
    if mention.kind in _SETTLED:
        return Aspect.PLACE
    is_placed = mention.kind in {NameKind.COUNTRY, NameKind.OTHER}
    if is_placed and _is_locative(text, mention):
        return Aspect.PLACE
    return Aspect.ACTOR


def _is_written(mention: Mention, folded: str) -> bool:
    return mention.kind is NameKind.OTHER and mention.surface.casefold() in folded


def _is_sure(mention: Mention) -> bool:
    return mention.kind is not NameKind.OTHER


def _distinct(mentions: Iterable[Mention]) -> list[Mention]:
    """Each name once, where it comes first."""
    found: dict[str, Mention] = {}
    for each in mentions:
        found.setdefault(each.name, each)
    return list(found.values())
