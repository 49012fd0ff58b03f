"""Central: which of the reported statements the article is about, and whether it is about one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.attribution import Frame
from index.articles.claim_sentence import has_finite_verb, is_clause
from index.articles.document import Document, Sentence
from index.articles.lexicon import STRENGTHS, Lexicon
from index.articles.mentions import SourceKind
from index.articles.responses import Answer
from index.articles.similarity import Similarity

# Tuned on tests/articles with benchmarks/article_extraction.py --split dev.
_MIN_EVIDENCE = 1.5
_RELATED = 0.34
_LEAD_SENTENCES = 4
_WORDS = range(5, 41)
_MIN_TITLE_WORDS = 5


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

    def is_nearest_before(self, sentence: Sentence, frames: Sequence[Frame]) -> bool:
        """Whether "the claims" in a sentence means this claim: no other stands in between."""
        before = [
            frame
            for frame in frames
            if frame.sentence.position <= sentence.position
            and frame.strength >= STRENGTHS["medium"]
        ]
        if not before or sentence.position < 0:
            return True
        nearest = max(frame.sentence.position for frame in before)
        return (
            any(frame.sentence.position == nearest and frame in self.frames for frame in before)
            or nearest < sentence.position - 4
        )


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
    best = max(
        frames, key=lambda frame: _score(frame, frames, pointing, document, words, similarity)
    )
    related = tuple(
        frame
        for frame in frames
        if frame is best or similarity(best.content, frame.content) >= _RELATED
    )
    evidence = _evidence(best, related, pointing, document, words, similarity)
    if evidence < _MIN_EVIDENCE:
        return (
            f"statements are reported, but none as a disputed or unverified claim "
            f"(evidence {evidence:.2f}, {_MIN_EVIDENCE} needed)"
        )
    frame, text = _wording(best, related, document, words, similarity)
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
    if words.is_in("pronoun", first):
        score -= 0.5
    if len(frame.content.split()) not in _WORDS:
        score -= 0.4
    if any(0 < answer.sentence.position - frame.sentence.position <= 2 for answer in answers):
        score += 0.3
    return score


def _lead(sentence: Sentence) -> float:
    """How much a sentence's place makes it central, in [0, 0.6]; the title's words count apart."""
    return max(0.0, 0.6 - 0.1 * max(0, sentence.position))


def _evidence(
    best: Frame,
    related: Sequence[Frame],
    answers: Sequence[Answer],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> float:
    """How much speaks for an article about a claim, by its frame, headline, repeats and answers."""
    evidence = best.strength
    if best.sentence.position < _LEAD_SENTENCES:
        evidence += 0.3
    title = document.title or ""
    if any(
        words.has(name, title)
        for name in ("hedge", "claim_noun", "deny_verb", "false_word", "claim_verb")
    ):
        evidence += 0.5
    repeats = {frame.sentence.position for frame in related} - {best.sentence.position}
    strong = {
        frame.sentence.position for frame in related if frame.strength >= STRENGTHS["medium"]
    } - {best.sentence.position}
    evidence += min(0.6, 0.3 * len(strong)) + min(0.1, 0.05 * len(repeats))
    if answers:
        evidence += 0.8
    if words.has("opinion", document.body):
        evidence -= 0.5
    if (
        title
        and best.sentence.position >= _LEAD_SENTENCES
        and similarity(best.content, title) < 0.2
    ):
        evidence -= 0.8
    return evidence


def _wording(
    best: Frame,
    related: Sequence[Frame],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> tuple[Frame, str]:
    """The headline's wording where it states the claim itself, or else the best frame's."""
    titled = next((frame for frame in related if frame.sentence.position < 0), None)
    if titled is not None and _states(titled.content, words):
        return titled, titled.content
    if words.is_in("pronoun", best.content.split()[0]):
        better = [
            frame
            for frame in related
            if not words.is_in("pronoun", frame.content.split()[0])
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
        and not words.is_in("pronoun", text.split()[0])
        and has_finite_verb(text, words)
    )


def _with_subject(frame: Frame) -> str:
    """ "It had sold the port", said by a ministry of itself, with the ministry's name."""
    first, _, rest = frame.content.partition(" ")
    if (
        frame.source is None
        or frame.source.kind in {SourceKind.TEXT, SourceKind.ANONYMOUS, SourceKind.USERS}
        or first.casefold() not in {"it", "he", "she"}
    ):
        return frame.content
    return re.sub(r"\s+", " ", f"{frame.source.name} {rest}")
