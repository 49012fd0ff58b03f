"""Phrases: the noun phrase that names a source, cut out of the words before a verb."""

import re

from index.articles.lexicon import Lexicon

NAME = "[A-Z0-9\u00c0-\u00de][\\w.&'\u2019-]*"
CAPITAL = re.compile("[A-Z\u00c0-\u00de\u0410-\u042f]")

_MAX_NAME_WORDS = 14
_EDGES = " ,\"'\u201c\u201d\u2018\u2019"
_CLAUSE = re.compile(
    r"(?:,\s+|\s+)(?:but|while|although|though|whereas|even as)\s+|;\s+"
    r"|,\s+and\s+(?=(?:the|it|he|she|they|a|an)\b)|\s+after\s+(?=\w)"
    r"|[.!?][\"\u201d]?\s+(?=[A-Z])|[\"\u201d]\s*[,.]?\s+"
)
_DETERMINER = re.compile(
    r"^(?:(?:both\s+)?(?:the|a|an|this|that|these|those)|its|his|her|their)\s+", re.IGNORECASE
)
_APPOSITION = re.compile(
    r"^(?P<name>[^,]+?),\s+(?P<rest>(?:an?|the|its|his|her|who|which|whose|[a-z]\w*)\b.*)$"
)
_QUOTED_AS = re.compile(r"^(?P<outlet>.*?)\s+(?:quot|cit)(?:ed|es|ing)\s+(?P<speaker>.+?)\s+as$")
_COORDINATED = re.compile(r"^(?P<first>.+?),?\s+(?:and|but|then)$")
_VERB_LISTS = ("finite", "say_verb", "report_verb", "deny_verb", "check_verb", "aux")


def noun_phrase(raw: str, words: Lexicon) -> str | None:
    """The noun phrase right before a verb; None where there is no plausible one.

    Args:
        raw: Everything from the sentence's start to the verb.
        words: The language.
    """
    text = _subject_of_first(_CLAUSE.split(raw.strip())[-1].strip(), words)
    if quoted := _QUOTED_AS.match(text):
        # An anonymous speaker is what the outlet rests on, a named one says it in person.
        anonymous = words.has("generic_source", quoted.group("speaker"))
        text = quoted.group("outlet" if anonymous else "speaker")
    lead, tail = words.patterns["source_lead"], words.patterns["source_tail"]
    for _ in range(6):
        shorter = tail.sub("", lead.sub("", text, count=1)).strip(_EDGES)
        if shorter == text:
            break
        text = shorter
    if text.endswith(".") and not re.search(r"\b[A-Z]\.$", text):
        text = text[:-1]
    text = re.sub(r"^[Ii]n\s+(?=an?\s)", "", text)
    parts = text.split()
    if not parts or len(parts) > _MAX_NAME_WORDS or text.casefold().startswith("accord"):
        return None
    if len(parts) == 1 and words.is_in("determiner", text):
        return None
    holds_verb = any(words.is_in(name, word) for word in parts[1:-1] for name in ("aux", "finite"))
    return None if holds_verb and len(parts) > 4 else text


def undetermined(phrase: str) -> str:
    """A noun phrase without its leading articles and possessives."""
    found = _DETERMINER.match(phrase)
    return phrase[found.end() :].strip() if found else phrase.strip()


def is_determined(phrase: str) -> bool:
    """Whether a phrase begins with an article or the like."""
    return _DETERMINER.match(phrase) is not None


def split_apposition(phrase: str) -> tuple[str, str]:
    """Two parts of "Ana Silva, a former mayor"; the second is "" where there is none."""
    if found := _APPOSITION.match(phrase):
        return found.group("name").strip(), found.group("rest").strip(" ,")
    return phrase.strip(" ,"), ""


def _subject_of_first(text: str, words: Lexicon) -> str:
    """From "The ministry echoed her words and" (described ...) takes "The ministry"."""
    found = _COORDINATED.match(text)
    if found is None:
        return text
    parts = found.group("first").split()
    for place, word in enumerate(parts[1:], start=1):
        plain = word.strip(",").casefold()
        if re.search(r"[a-z]{2}ed$", plain) or any(
            words.is_in(name, plain) for name in _VERB_LISTS
        ):
            return " ".join(parts[:place])
    return text
