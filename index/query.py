"""Query: prepares a question for search: what is asked, without how people ask it."""

import re
from dataclasses import dataclass

from index.text import clean_lines, sentences, text_key
from index.urls import find_urls, without_urls
from index.words import content_terms

_MAX_CHARS = 4_000
_MAX_SEGMENTS = 16
# A sentence with fewer content words than this says too little to be matched by itself.
_MIN_SEGMENT_TERMS = 4
# Whoever writes fewer content words than this, apart from those that only ask, names no claim.
_MIN_TERMS = 2
_ONLY_ASKING = frozenset(
    content_terms(
        "check verify confirm debunk please pls plz thanks true false fake real legit hoax rumour "
        "rumor source sources proof info news fact facts claim story thing message"
    )
)

_EMOJI = re.compile(
    "[\u2600-\u27bf\u2b00-\u2bff\u3030\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U0001f1e6-\U0001f1ff]+"
)
_TAGGED = re.compile(r"(?<!\w)[#@](\w+)")
_CAMEL = re.compile(r"(?<=[a-z\u0430-\u044f])(?=[A-Z\u0410-\u042f])|(?<=[A-Za-z])(?=\d{2})|_+")
# How a forward is marked. Case-folded.
_MARK = re.compile(r"^(?:fwd?|forwarded(?: message| as received)?|psa)\s*[:\-]+\s*", re.IGNORECASE)
# How people ask, at the start or the end of what they ask. Case-folded; straight apostrophes.
_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|please|guys|um|so|and|but|ok|wait|psa|fwd|fw|forwarded|forwarding"
    r"(?: this)?)\b[\s,!:.\-]*)*"
    r"(?:(?:is|was|are) (?:it|this|that) (?:really |actually |even )?(?:true|real|so|a fact|right|"
    r"correct)\b(?: or (?:false|fake|not))?(?: that)?[\s,:]*"
    r"|(?:did|do|have|has) (?:you|anyone|anybody|someone)(?: guys)? (?:hear|heard|see|seen|know)"
    r"(?: about| of| if| whether| that)?[\s,:]*"
    r"|(?:can|could) (?:you|someone|anyone) (?:please )?(?:check|verify|confirm|tell me)"
    r"(?: if| whether| that| this)?[\s,:]*"
    r"|(?:is|are|was|were|did|do|does|has|have|had|wo|ca)n't (?=\w+ )"
    r"(?:it (?:true |so |a fact )?(?:that )?)?"
    r"|(?:i|we)(?:'ve| have)? (?:just )?(?:heard|read|saw|seen)(?: somewhere)?(?: that)?[\s,:]*"
    r"|(?:they|people|some) (?:say|said|claim|are saying)(?: that)?[\s,:]*"
    r"|\u043f\u0440\u0430\u0432\u0434\u0430 \u043b\u0438(?:,? \u0447\u0442\u043e)?[\s,:]*"
    r"|(?:\u044d\u0442\u043e )?\u043f\u0440\u0430\u0432\u0434\u0430,? \u0447\u0442\u043e[\s,:]*"
    r"|\u0447\u0438 \u043f\u0440\u0430\u0432\u0434\u0430,? \u0449\u043e[\s,:]*"
    r"|\u00bf?es (?:cierto|verdad) que[\s,:]*|est-ce (?:vrai )?que?[\s,:]*"
    r"|stimmt es,? dass[\s,:]*)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,.;:!?\-]*(?:\b(?:is (?:this|that|it) (?:true|real|so|right|correct|fake)"
    r"|true or (?:false|fake|not)|true|fake or real|real or fake|fact or fiction"
    r"|any truth(?: to (?:this|it|that))?)|(?<=,)\s*right)[\s?!.]*$",  # "the far right" stays
    re.IGNORECASE,
)

# Under a quoted post stands who posted it, and when: "— Anna Weber (@annaweber) May 20, 2016". A
# hyphen may stand for anything, unless a date follows.
_WHO = r"\s*(?:(?!\s-)[^\n\u2013\u2014]){1,60}?\(@\w+\)"
_WHEN = r"[\s,][\w\s,.:\u00b7-]{0,30}\d{2}(?:\s?[AP]M)?[.?]?"
_SIGNATURE = re.compile(
    rf"(?:[\u2013\u2014]{_WHO}(?:{_WHEN})?|(?<=\s)-{_WHO}{_WHEN})(?:\s+https?://\S+)*\s*$"
)

# "Did they really go" asks what "did they go" asks; the film is "Love Actually".
_REALLY = re.compile(
    r"^((?i:is|are|was|were|did|do|does|has|have|had|can|could|will|would)\b[^?]*?)"
    r"\s+(?:really|actually)\b(?=\s+\w)"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, prepared.

    Attributes:
        original: As it was asked.
        text: What is asked: without addresses, emoji and the usual ways of asking.
        segments: What to look up: the whole text first, then the same without the signature of a
            quoted post, then the sentences of a long message.
        urls: Addresses in the question.
    """

    original: str
    text: str
    segments: tuple[str, ...]
    urls: tuple[str, ...]

    @property
    def has_statement(self) -> bool:
        """Whether its words say enough to be a claim by themselves, beside any address."""
        return any(map(_says_enough, self.segments))

    @property
    def names_something(self) -> bool:
        """Whether it has words beside those that only ask, as "check this pls" has not."""
        return len(set(content_terms(self.text)) - _ONLY_ASKING) >= _MIN_TERMS


def prepare(question: str) -> Query:
    """Prepare a question. Evidence stays: names, numbers, dates, hashtags as words."""
    original = clean_lines(question[:_MAX_CHARS])
    pieces = _pieces(original)
    text = " ".join(pieces)
    segments = [text]
    unsigned = _pieces(_SIGNATURE.sub("", original))
    if unsigned != pieces and _says_enough(" ".join(unsigned)):
        pieces = unsigned
        segments.append(" ".join(pieces))
    if len(pieces) > 1:
        tags = " ".join(map(_as_words, _TAGGED.finditer(original)))
        segments += [each for each in pieces if _says_enough(each, beside=tags)]
    distinct = {text_key(each): each for each in reversed(segments) if text_key(each)}
    return Query(
        original=question,
        text=text,
        segments=tuple(reversed(distinct.values()))[:_MAX_SEGMENTS],
        urls=tuple(dict.fromkeys(find_urls(original))),
    )


def _pieces(message: str) -> list[str]:
    """The sentences of a message, each without addresses, emoji and ways of asking."""
    plain = _TAGGED.sub(_as_words, _EMOJI.sub(" ", without_urls(message)))
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    return [piece for each in sentences("\n".join(lines)) if (piece := strip_asking(each))]


def _says_enough(piece: str, beside: str = "") -> bool:
    """Whether a part of a message may be matched by itself: in words, not all of them tags."""
    terms = content_terms(piece)
    return len(terms) >= _MIN_SEGMENT_TERMS and not {*terms} <= {*content_terms(beside)}


def _as_words(tag: re.Match[str]) -> str:
    return " ".join(_CAMEL.split(tag.group(1)))


def strip_asking(sentence: str) -> str:
    """A sentence without "is it true that" and the like; itself, if nothing else would be left."""
    straight = sentence.replace("\u2019", "'")
    rest = _TAIL.sub("", _LEAD.sub("", _MARK.sub("", straight))).strip(" ,;:-").rstrip(" ?\u061f")
    rest = _REALLY.sub(r"\1", rest)
    return rest if content_terms(rest) else straight.strip()
