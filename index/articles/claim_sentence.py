"""Claim sentence: puts the content of a reported-speech frame as one declarative sentence."""

import re

from index.articles.lexicon import Lexicon

_DOUBLE_QUOTES = re.compile('["\u201c\u201d\u201e\u00ab\u00bb]')
# Single quotes around words, never an apostrophe inside or after one.
_QUOTED = re.compile(
    "(?<!\\w)['\u2018](?P<inside>\\w[^'\u2018\u2019]*(?:['\u2019]\\w[^'\u2018\u2019]*)*)['\u2019](?!\\w)"
)
_SINGLE_QUOTES = re.compile("(?<!\\w)['\u2018](?=\\w)|(?<=[\\w.,!?])['\u2019](?!\\w)")
_PLURAL_POSSESSIVE = re.compile("(\\w+s)['\u2019](?= \\w)")
_ALLEGED = re.compile(r"\b(?:(an)\s+)?(?:alleged|supposed|purported|rumou?red)\s+", re.IGNORECASE)
_EDGES = " \t,;:\u2013\u2014-.!?\u2026\"'\u201c\u201d\u2018\u2019"
# "A photograph that shows the mayor": the noun phrase as a statement.
_SHOWING = re.compile(
    r"^(?P<picture>(?:an?|the)\s+(?:\w+\s+){1,3}?)(?:that|which)\s+(?P<shows>shows?|depicts?)\b",
    re.IGNORECASE,
)
_ENDING_ED = re.compile(r"^[a-z]{2,}ed$|^[a-z]{3,}(?<!ou)(?<!s)(?<!i)s$")
_MIN_WORDS = 4
# The content begins after its first words: a stop before them would leave nothing.
_MIN_CONTENT_CHARS = 18


def declare(content: str, words: Lexicon) -> str:
    """The content without hedges, attribution, quotation marks and final stop, first letter up.

    Args:
        content: As a frame gave it; what follows the content in its sentence is cut off here.
        words: The language of the content.
    """
    text = content.strip()
    if (stop := words.patterns["content_stop"].search(text, _MIN_CONTENT_CHARS)) is not None:
        text = text[: stop.start()]
    text = _DOUBLE_QUOTES.sub("", text)
    text = _QUOTED.sub("\\g<inside>", text)
    text = _PLURAL_POSSESSIVE.sub("\\1\u2032", text)
    text = _SINGLE_QUOTES.sub("", text).replace("\u2032", "\u2019")
    text = re.sub(rf",?\s*{words.alternations['hedge'].pattern},?", "", text, flags=re.IGNORECASE)
    text = _ALLEGED.sub(lambda found: "a " if found.group(1) else "", text)
    text = re.sub(r"^\s*(?:that|how)\s+", "", text, flags=re.IGNORECASE)
    text = _SHOWING.sub(r"\g<picture>\g<shows>", text)
    text = re.sub(r"\s+([,.;:])", r"\1", re.sub(r"\s+", " ", text)).strip(_EDGES)
    # Letters with points ("the U.S.") keep their last one.
    if re.search(r"\b[A-Z]\.[A-Z]$", text):
        text += "."
    return text[:1].upper() + text[1:]


def has_finite_verb(text: str, words: Lexicon) -> bool:
    """Whether some word after the first can be a finite verb; errs towards yes."""
    return any(
        # "may" is a verb, "May" a month.
        word in words.words["finite"] or _ENDING_ED.match(word)
        for word in re.findall("[\\w'\u2019]+", text)[1:]
    )


def is_clause(text: str, words: Lexicon) -> bool:
    """Whether the text can stand as a statement: long enough, with a verb, no question."""
    return (
        len(text.split()) >= _MIN_WORDS
        and has_finite_verb(text, words)
        and not words.patterns["question"].search(text)
    )


def past_of(participle: str, words: Lexicon) -> str:
    """Simple past of a present participle: "shelling" gives "shelled"."""
    if participle in words.past:
        return words.past[participle]
    stem = participle.removesuffix("ing")
    if stem.endswith("y") and not re.search(r"[aeiou]y$", stem):
        return f"{stem[:-1]}ied"
    return f"{stem}ed"


def perfect(subject: str, be: str, infinitive: str, rest: str) -> str:
    """A statement from "is said to have done" and "claims to be": subject, verb, rest.

    Args:
        subject: Who it is about.
        be: The finite verb of the frame, which tells the number.
        infinitive: "have" or "be".
        rest: What follows it.
    """
    plural = be.split(maxsplit=1)[0].casefold() in {"are", "were", "have", "claim"}
    forms = {"have": ("has", "have"), "be": ("is", "are")}
    return f"{subject} {forms[infinitive][plural]} {rest}"
