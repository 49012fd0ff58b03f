"""Attribution: the reported-speech frames of an article: who is reported to say what."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.articles.claim_sentence import declare, is_clause, past_of, perfect
from index.articles.document import Sentence
from index.articles.lexicon import STRENGTHS, FramePattern, Lexicon
from index.articles.mentions import Mention, Mentions, SourceKind

_GENERIC = {SourceKind.USERS, SourceKind.TEXT}


@dataclass(frozen=True, slots=True)
class Frame:
    """One statement that a sentence reports.

    Attributes:
        sentence: Where it stands.
        name: The pattern that found it.
        content: The statement, as one declarative sentence.
        raw: The content word for word.
        source: Who says it; None where nobody is named.
        strength: How much it makes the text an article about a claim, in [0, 1].
        denied: It stands inside a denial; the source is then who denies it.
        subject: Whom a pronoun at the content's start means, where it is known.
        start: Where the content starts in the sentence.
    """

    sentence: Sentence
    name: str
    content: str
    raw: str
    source: Mention | None
    strength: float
    denied: bool = False
    subject: str | None = None
    start: int = 0


def frames_of(
    sentence: Sentence, words: Lexicon, mentions: Mentions, *, is_title: bool = False
) -> tuple[Frame, ...]:
    """The frames of one sentence, at most two, strongest first; ask in the order of the text.

    Statements that only rebut another ("the claims are false") are left out.
    """
    frames: list[Frame] = []
    patterns = (*words.frames, *words.titles) if is_title else words.frames
    for pattern in patterns:
        for match in _matches(pattern.pattern, sentence.text):
            if (frame := _frame(sentence, pattern, match, words, mentions)) is not None:
                frames.append(frame)
                break
    frames.sort(key=lambda frame: (-frame.strength, not (frame.source and frame.source.name)))
    kept: list[Frame] = []
    for frame in frames:
        if not any(_same(frame, other) for other in kept):
            kept.append(frame)
    return tuple(kept[:2])


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches at every place where a source could end; long sentences report more than once."""
    start = 0
    while start < len(text) and (match := pattern.search(text, start)) is not None:
        yield match
        start = match.end() if match.end() > start else start + 1


def _same(one: Frame, other: Frame) -> bool:
    first, second = one.content.casefold(), other.content.casefold()
    return first in second or second in first


def _frame(
    sentence: Sentence,
    pattern: FramePattern,
    match: re.Match[str],
    words: Lexicon,
    mentions: Mentions,
) -> Frame | None:
    groups = match.groupdict()
    raw = groups.get("content") or groups.get("rest") or ""
    built = _build(pattern, groups, words)
    content = declare(built if built is not None else raw, words)
    if not is_clause(content, words) or _rebuts(content, words):
        return None
    if words.is_in("clause_break", content.split()[-1]):
        return None
    source: Mention | None = None
    if pattern.denied:
        parties = mentions.parties(groups.get("by") or "", sentence)
        source = Mention(parties[0], SourceKind.PARTY) if parties else None
    elif not pattern.hedged:
        phrase = groups.get("src") or groups.get("outlet")
        source = mentions.source(phrase, sentence) if phrase else None
        if source is None and pattern.strength in {"verb", "source"}:
            return None
    start = max(0, sentence.text.find(raw))
    first = content.split()[0].casefold()
    return Frame(
        sentence=sentence,
        name=pattern.name,
        content=content,
        raw=raw,
        source=source,
        strength=_strength(pattern, groups, source, words),
        denied=pattern.denied,
        subject=mentions.person_meant(first, sentence, start),
        start=start,
    )


def maker_of(sentence: Sentence, words: Lexicon, mentions: Mentions) -> Frame | None:
    """A sentence that names who made the claim without repeating it: a frame without content."""
    patterns = (words.patterns["maker"], words.patterns["maker_active"])
    match = next((found for each in patterns if (found := each.search(sentence.text))), None)
    if match is None:
        return None
    source = mentions.source(re.split(r",\s", match.group("src"))[0], sentence)
    return Frame(sentence, "maker", "", "", source, 0.0) if source is not None else None


def _build(pattern: FramePattern, groups: dict[str, str | None], words: Lexicon) -> str | None:
    if pattern.build is None:
        return None
    rest = groups.get("rest") or ""
    subject = (groups.get("subj") or groups.get("src") or "").strip(" ,")
    if groups.get("inf"):
        return perfect(subject, groups["be"] or "", groups["inf"] or "", rest)
    if ing := groups.get("ing"):
        return f"{subject} {past_of(ing, words)} {rest}"
    return pattern.build.format(src=subject.casefold(), rest=rest)


def _rebuts(content: str, words: Lexicon) -> bool:
    """Whether a statement only calls other statements false."""
    reference = words.patterns["claim_ref"].match(
        re.sub(r"(?i)^(?:the|these|such|any)\s+", "", content)
    )
    short = len(content.split()) <= 14
    if words.has("no_truth", content) and short:
        return True
    return bool(reference) and short and words.has("false_word", content)


def _strength(
    pattern: FramePattern, groups: dict[str, str | None], source: Mention | None, words: Lexicon
) -> float:
    if pattern.strength in STRENGTHS:
        return STRENGTHS[pattern.strength]
    if words.has("claim_noun", groups.get("src") or "") and pattern.strength == "source":
        return STRENGTHS["strong"]
    if source is not None and source.kind in _GENERIC:
        return STRENGTHS["strong"]
    verb = (groups.get("verb") or "").split(maxsplit=1)[:1]
    if verb and words.is_in("claim_verb", verb[0]):
        return STRENGTHS["strong"]
    outlet = source is not None and source.kind is SourceKind.OUTLET
    reports = pattern.strength == "source" or bool(verb)
    return STRENGTHS["medium" if outlet and reports else "weak"]
