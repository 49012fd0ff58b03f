"""Drafting: chooses the central claim of an article and writes the record around it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.articles.answers import Answer, answers_of, self_rating
from index.articles.attribution import Frame, frames_of, maker_of
from index.articles.central import Central, choose_central
from index.articles.dates import Calendar
from index.articles.document import Document, Sentence, read_document
from index.articles.lexicon import Lexicon, language_of, languages, lexicon
from index.articles.mentions import Mentions
from index.articles.places import Places
from index.articles.responses import Asked, FoundResponse, responses_to
from index.articles.similarity import Similarity
from index.articles.sourcing import Sourcing, sourcing_of
from index.records import Evidence, ImportedClaim, Rejected
from index.text import clean, shorten, text_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEED = "article"
_MAX_SUMMARY_CHARS = 1200
# The patterns take time that grows with the square of a sentence, and what is longer is no prose;
# what stands beyond so many sentences is not what an article is about.
_MAX_SENTENCE_CHARS = 700
_MAX_SENTENCES = 400


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was found in an article, sentence by sentence."""

    frames: tuple[Frame, ...]
    answers: tuple[Answer, ...]
    makers: tuple[Frame, ...]


def draft(
    text: str,
    *,
    today: date,
    encode: "Callable[[Sequence[str]], NDArray[np.float32]] | None" = None,
) -> ImportedClaim | Rejected:
    """Draft the claim that an article reports.

    Args:
        text: The whole file, plain text or HTML.
        today: Dates after it are not believed to be the article's.
        encode: Gives unit vectors (n, dim) for n texts; None compares wordings by words only.

    Returns:
        The drafted record, or why there is none.
    """
    document = read_document(text, today=today)
    code = language_of(document.body)
    if not document.sentences:
        return Rejected(1, "", "no reported claim found: the file holds no article text")
    if code is None:
        known = ", ".join(languages())
        return Rejected(1, "", f"no reported claim found: not in a language on file ({known})")
    words = lexicon(code)
    reading = _read(document, words)
    similarity = Similarity(words.words["stopwords"], encode)
    central = choose_central(document, reading.frames, reading.answers, words, similarity)
    if isinstance(central, str):
        return Rejected(1, "", f"no reported claim found: {central}")
    return _record(document, words, reading, central, similarity)


def _read(document: Document, words: Lexicon) -> _Reading:
    mentions = Mentions(document, words)
    frames: list[Frame] = []
    answers: list[Answer] = []
    makers: list[Frame] = []
    for sentence in document.sentences[:_MAX_SENTENCES]:
        if len(sentence.text) > _MAX_SENTENCE_CHARS:
            continue
        reported = frames_of(sentence, words, mentions)
        answered = answers_of(sentence, words, mentions)
        # What a party says in its answer is not the claim.
        rebuttal = min((len(each.head) for each in answered if not each.strict), default=None)
        frames.extend(
            frame
            for frame in reported
            if frame.denied or rebuttal is None or frame.start < rebuttal
        )
        answers.extend(answered)
        if (maker := maker_of(sentence, words, mentions)) is not None:
            makers.append(maker)
    if (title := document.headline) is not None:
        # Last, when the names that a headline shortens are known; kept apart by their position.
        frames = [*frames_of(title, words, mentions, is_title=True), *frames]
        answers.extend(answers_of(title, words, mentions))
    if (rated := self_rating(document, words)) is not None:
        answers.append(rated)
    return _Reading(tuple(frames), tuple(answers), tuple(makers))


def _record(
    document: Document,
    words: Lexicon,
    reading: _Reading,
    central: Central,
    similarity: Similarity,
) -> ImportedClaim:
    calendar = Calendar(document, words.code)
    own = tuple(frame for frame in reading.frames if central.is_own(frame, similarity))
    sourcing = sourcing_of(
        document,
        central,
        words,
        calendar,
        makers=reading.makers,
        own=own,
        answers={each.sentence.position for each in reading.answers if not each.strict},
    )
    asked = Asked(
        text=central.text,
        reported=tuple(
            frame
            for frame in own
            if not frame.denied and not words.patterns["negation"].search(frame.content)
        ),
        claimants=sourcing.claimants,
        is_meant=lambda sentence: central.is_meant(sentence, reading.frames, similarity),
    )
    responses = responses_to(
        asked, reading.answers, similarity=similarity, calendar=calendar, words=words
    )
    contents = tuple(frame.raw for frame in central.frames)
    named = (*sourcing.claimants, *(each.response.by for each in responses))
    places = Places(document.body, words, named).find((central.text, *contents))
    events = _events(central, calendar, words)
    summary_sentences = _summary(central)
    summary = shorten(clean(" ".join(each.text for each in summary_sentences)), _MAX_SUMMARY_CHARS)
    return ImportedClaim(
        record_id=hashlib.sha256(text_key(document.body).encode()).hexdigest()[:16],
        line=1,
        text=central.text,
        feed=FEED,
        title=document.title,
        summary=summary or None,
        body=document.body,
        language=words.code,
        claimants=sourcing.claimants,
        appearances=sourcing.appearances,
        responses=tuple(each.response for each in responses),
        places=places,
        event_dates=tuple(day for day, _ in events),
        evidence=_evidence(document, central, sourcing, responses, places, events),
    )


def _events(
    central: Central, calendar: Calendar, words: Lexicon
) -> tuple[tuple[date, Sentence], ...]:
    """Days inside the reported content, each with its sentence, oldest first."""
    found: dict[date, Sentence] = {}
    for frame in central.frames:
        for named in calendar.days(frame.content, ahead=words.has("future", frame.content)):
            if named.day is not None:
                found.setdefault(named.day, frame.sentence)
    return tuple(sorted(found.items(), key=lambda each: each[0]))


def _summary(central: Central) -> tuple[Sentence, ...]:
    """The sentences that report the claim, in order, the title left out."""
    found = {each.sentence.position: each.sentence for each in central.frames}
    found.pop(-1, None)
    return tuple(found[position] for position in sorted(found))


def _evidence(
    document: Document,
    central: Central,
    sourcing: Sourcing,
    responses: Sequence[FoundResponse],
    places: Sequence[str],
    events: Sequence[tuple[date, Sentence]],
) -> tuple[Evidence, ...]:
    found = [Evidence("text", central.text, central.frame.sentence.text)]
    if document.title:
        found.append(Evidence("title", document.title, document.title))
    found.extend(sourcing.evidence)
    for place, each in enumerate(responses):
        response, sentence = each.response, each.sentence.text
        found.append(Evidence(f"responses[{place}].by", response.by, sentence))
        found.append(Evidence(f"responses[{place}].kind", response.kind, sentence))
        if response.published_on:
            day = response.published_on.isoformat()
            found.append(Evidence(f"responses[{place}].published_on", day, sentence))
        if response.rating:
            found.append(Evidence(f"responses[{place}].rating", response.rating, sentence))
    reported = (central.frame.sentence, *(each.sentence for each in central.frames))
    for place, name in enumerate(places):
        sentence = next((each.text for each in reported if name in each.text), "")
        found.append(Evidence(f"places[{place}]", name, sentence))
    for place, (event, told_in) in enumerate(events):
        found.append(Evidence(f"event_dates[{place}]", event.isoformat(), told_in.text))
    return tuple(found)
