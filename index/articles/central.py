"""Central: which of the reported statements the article is about, and whether it is about one."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.answers import Answer
from index.articles.attribution import Frame
from index.articles.claim_sentence import has_finite_verb, is_clause
from index.articles.claimhood import LEAD_SENTENCES, MIN_EVIDENCE, RELATED, evidence_of
from index.articles.document import Document, Sentence
from index.articles.lexicon import STRENGTHS, Lexicon
from index.articles.mentions import SourceKind
from index.articles.similarity import Similarity

# Meaning alone joins "the jets were shot down" with "the jets returned": some words must agree.
_MIN_OVERLAP = 0.2
_WORDS = range(5, 41)
_MIN_TITLE_WORDS = 5
_STRICT = 0.45
_POSSESSIVES = {"its", "his", "her"}


@dataclass(frozen=True, slots=True)
class Central:
    """The claim that an article is about.

    Attributes:
        text: The claim as one declarative sentence.
        frame: The frame that it was taken from.
        frames: All frames that report it, in the order of the text, title first.
    """

    text: str
    frame: Frame
    frames: tuple[Frame, ...]

    def is_meant(self, sentence: Sentence, frames: Sequence[Frame], similarity: Similarity) -> bool:
        """Whether "the claims" in a sentence means this claim: no other stands in between."""
        before = [
            frame
            for frame in frames
            if 0 <= frame.sentence.position <= sentence.position
            and frame.strength >= STRENGTHS["medium"]
            and not frame.denied
        ]
        if not before:
            return True
        nearest = max(frame.sentence.position for frame in before)
        return any(
            self.is_own(frame, similarity) for frame in before if frame.sentence.position == nearest
        )

    def is_own(self, frame: Frame, similarity: Similarity) -> bool:
        """Whether a frame tells of this claim: in its words, or by the same or no other source."""
        source = frame.source
        if frame in self.frames or similarity(self.text, frame.content) >= RELATED:
            return True
        if source is None or source.kind is SourceKind.TEXT:
            return True
        if source.kind is SourceKind.USERS:
            return len(source.name.split()) == 1
        if source.name.islower():
            return True
        sources = {each.source.name for each in self.frames if each.source and not each.denied}
        return not sources or source.name in sources


def choose_central(
    document: Document,
    frames: Sequence[Frame],
    answers: Sequence[Answer],
    words: Lexicon,
    similarity: Similarity,
) -> Central | str:
    """Choose the central claim.

    Returns:
        The claim, or why there is none, as a sentence part.
    """
    if not frames:
        return "no sentence reports that somebody claims something"
    similarity.prepare(
        [frame.content for frame in frames] + ([document.title] if document.title else [])
    )
    pointing = [answer for answer in answers if not answer.strict]
    strong = [
        frame
        for frame in frames
        if frame.strength >= STRENGTHS["medium"] and frame.sentence.position <= LEAD_SENTENCES + 2
    ]
    best = max(
        strong or frames,
        key=lambda frame: _score(frame, frames, pointing, document, words, similarity),
    )
    related = tuple(
        frame
        for frame in frames
        if frame is best
        or (
            similarity(best.content, frame.content) >= RELATED
            and similarity.overlap(best.content, frame.content) >= _MIN_OVERLAP
            and _negated(best, words) == _negated(frame, words)
        )
        or _same_source(best, frame)
    )
    pointing.extend(
        answer
        for answer in answers
        if answer.strict and similarity(best.content, answer.content or "") >= _STRICT
    )
    evidence = evidence_of(best, related, strong, pointing, document, words, similarity)
    if evidence < MIN_EVIDENCE:
        return (
            f"statements are reported, but none as a disputed or unverified claim "
            f"(evidence {evidence:.2f}, {MIN_EVIDENCE} needed)"
        )
    frame, text = _wording(best, related, words, similarity)
    return Central(text=text, frame=frame, frames=related)


def _score(
    frame: Frame,
    frames: Sequence[Frame],
    answers: Sequence[Answer],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> float:
    score = frame.strength
    score += _lead(frame.sentence)
    if document.title and frame.sentence.position >= 0:
        score += 0.8 * similarity(frame.content, document.title)
    others = sorted(
        (
            other.strength * similarity(frame.content, other.content)
            for other in frames
            if other.sentence.position != frame.sentence.position
        ),
        reverse=True,
    )
    score += 0.4 * sum(others[:2])
    if frame.source is not None and frame.source.kind is not SourceKind.TEXT:
        score += 0.2
    first = frame.content.split()[0]
    if frame.denied:
        score -= 0.2
    # "The shaft was closed": a thing that an earlier sentence has told of.
    if first in {"The", "This", "These"} and frame.sentence.position > 0:
        score -= 0.15
    named = frame.source is not None and frame.source.kind in {SourceKind.OUTLET, SourceKind.PARTY}
    known = named and (frame.denied or first.casefold() in _POSSESSIVES)
    if not known and (words.is_in("pronoun", first) or first.casefold() in _POSSESSIVES):
        score -= 0.5
    if len(frame.content.split()) not in _WORDS:
        score -= 0.4
    if any(0 < answer.sentence.position - frame.sentence.position <= 2 for answer in answers):
        score += 0.3
    return score


def _lead(sentence: Sentence) -> float:
    """How much a sentence's place makes it central, in [0, 0.6]; the title's words count apart."""
    return max(0.0, 0.6 - 0.1 * max(0, sentence.position))


def _negated(frame: Frame, words: Lexicon) -> bool:
    return words.patterns["negation"].search(frame.content) is not None


def _same_source(one: Frame, other: Frame) -> bool:
    return (
        one.source is not None
        and other.source is not None
        and not other.denied
        and one.source.name == other.source.name != ""
        and other.strength >= STRENGTHS["medium"]
    )


def _wording(
    best: Frame,
    related: Sequence[Frame],
    words: Lexicon,
    similarity: Similarity,
) -> tuple[Frame, str]:
    """The headline's wording where it states the claim itself, or else the best frame's."""
    titled = next((frame for frame in related if frame.sentence.position < 0), None)
    whole = titled is not None and (
        similarity.covered(titled.content, best.content) == 1.0
        and len(best.content.split()) in _WORDS
        and best.sentence.position >= 0
    )
    if titled is not None and _states(titled.content, words) and not whole:
        return titled, titled.content
    if words.is_in("pronoun", best.content.split()[0]) or _is_possessive(best):
        better = [
            frame
            for frame in related
            if not words.is_in("pronoun", frame.content.split()[0])
            and not _is_possessive(frame)
            and frame.strength >= STRENGTHS["medium"]
        ]
        if better:
            return better[0], better[0].content
        return best, _with_subject(best)
    return best, best.content


def _states(text: str, words: Lexicon) -> bool:
    return (
        len(text.split()) >= _MIN_TITLE_WORDS
        and is_clause(text, words)
        and not words.patterns["check_title"].search(text)
        and not words.is_in("pronoun", text.split(maxsplit=1)[0])
        and has_finite_verb(text, words)
        and (words.has("aux", text) or not words.patterns["headline_passive"].search(text))
    )


def _is_possessive(frame: Frame) -> bool:
    return frame.content.split()[0].casefold() in _POSSESSIVES


def _with_subject(frame: Frame) -> str:
    """The content of "It had sold the port" with the name of whom "it" means."""
    first, _, rest = frame.content.partition(" ")
    name = frame.subject
    if frame.source is not None and frame.source.kind in {SourceKind.OUTLET, SourceKind.PARTY}:
        name = frame.source.name
    if name is None:
        return frame.content
    name = name[:1].upper() + name[1:]
    if first.casefold() in {"it", "he", "she"}:
        return f"{name} {rest}"
    return f"{name}'s {rest}" if first.casefold() in _POSSESSIVES else frame.content
