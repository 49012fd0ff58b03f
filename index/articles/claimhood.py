"""Claimhood: how much speaks for an article being about a disputed or unverified claim.

Plain news reports what people say as well. What makes an article one about a claim is the verb
(claims, alleges), the hedge, the answers, the headline, and that the text itself calls what was
said an allegation. Each signal adds its weight; together they must reach `MIN_EVIDENCE`. Weights
tuned on tests/articles with `python benchmarks/article_extraction.py --split dev`.
"""

import re
from collections.abc import Sequence

from index.articles.answers import Answer
from index.articles.attribution import Frame
from index.articles.document import Document
from index.articles.lexicon import STRENGTHS, Lexicon
from index.articles.similarity import Similarity

MIN_EVIDENCE = 1.5
RELATED = 0.34
LEAD_SENTENCES = 4

_TITLE_WORDS = ("hedge", "claim_noun", "deny_verb", "false_word", "claim_verb")
_QUOTE = re.compile('["\u201c\u201d]')
_IN_LEAD = 0.3
_IN_TITLE = 0.3
_TITLE_IS_OF_CLAIM = 0.5
_OFF_TITLE = -0.8
_REFERRED_TO = 0.6
_HAS_BASIS = 0.2
_SUSPECT = 0.4
_ANSWERED = 0.8
_ANSWERED_AS_ACCUSATION = 0.3
_OPINION = -0.5


def evidence_of(
    best: Frame,
    related: Sequence[Frame],
    lead: Sequence[Frame],
    answers: Sequence[Answer],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> float:
    """The sum of all signals; at least `MIN_EVIDENCE` for an article about a claim.

    Args:
        best: The most central frame.
        related: All frames of the same matter.
        lead: The strong frames of the article's beginning.
        answers: Answers that point to a claim, or contradict this one.
        document: The article.
        words: Its language.
        similarity: Compares wordings.
    """
    signals = (
        (_IN_LEAD, best.sentence.position < LEAD_SENTENCES),
        (_REFERRED_TO, _is_referred_to(best, document, words)),
        (_HAS_BASIS, any(pattern.search(best.sentence.text) for pattern in words.basis)),
        (_SUSPECT, any(words.has("suspicion", each.sentence.text) for each in (best, *lead))),
        (_OPINION, _is_opinion(document, words)),
    )
    return (
        best.strength
        + sum(weight for weight, holds in signals if holds)
        + _repeats(best, related)
        + _by_title(best, related, document, words, similarity)
        + _by_answers(best, answers, document, words, similarity)
    )


def _repeats(best: Frame, related: Sequence[Frame]) -> float:
    others = [each for each in related if each.sentence.position != best.sentence.position]
    repeats = {each.sentence.position for each in others}
    strong = {each.sentence.position for each in others if each.strength >= STRENGTHS["medium"]}
    return min(0.6, 0.3 * len(strong)) + min(0.1, 0.05 * len(repeats))


def _by_title(
    best: Frame,
    related: Sequence[Frame],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> float:
    title = document.title or ""
    evidence = _IN_TITLE if any(each.sentence.position < 0 for each in related) else 0.0
    if any(words.has(name, title) for name in _TITLE_WORDS):
        evidence += _TITLE_IS_OF_CLAIM
    late = best.sentence.position >= LEAD_SENTENCES
    if title and late and similarity(best.content, title) < 0.2:
        evidence += _OFF_TITLE
    return evidence


def _by_answers(
    best: Frame,
    answers: Sequence[Answer],
    document: Document,
    words: Lexicon,
    similarity: Similarity,
) -> float:
    """A sentence that denies something and is itself the only frame proves no claim."""
    title = document.title
    counts = any(
        answer.sentence != best.sentence
        or not best.denied
        or words.has("claim_noun", answer.sentence.text)
        or (title and similarity(best.content, title) >= RELATED)
        for answer in answers
    )
    named = any(words.has("accusation_noun", answer.sentence.text) for answer in answers)
    return _ANSWERED * counts + _ANSWERED_AS_ACCUSATION * named


def _is_referred_to(best: Frame, document: Document, words: Lexicon) -> bool:
    """Whether one of the next sentences speaks of "the allegation"."""
    first = best.sentence.position + 1
    return not best.denied and any(
        words.patterns["back_reference"].search(each.text)
        for each in document.sentences
        if first <= each.position <= first + 2
    )


def _is_opinion(document: Document, words: Lexicon) -> bool:
    own = [each.text for each in document.sentences if not _QUOTE.search(each.text)]
    return sum(words.has("opinion", text) for text in own) > 1
