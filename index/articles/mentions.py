"""Mentions: who a phrase of a sentence names, with pronouns and "the ministry" made explicit."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from index.articles.antecedents import Antecedents
from index.articles.document import Document, Sentence
from index.articles.lexicon import Lexicon
from index.articles.phrases import (
    CAPITAL,
    NAME,
    is_determined,
    noun_phrase,
    split_apposition,
    undetermined,
)

_BY = re.compile(r"\b(?:in|by|from|of|on)\s+(?:the\s+)?(?P<name>(?:[a-z]+\s+){0,4}?[A-Z].*)$")
_POSSESSOR = re.compile("^(?P<name>(?:[A-Z][\\w.&-]*\\s?)+)['\u2019]s?\\s")
# "Dairy company Milkmaid": the name says enough.
_DESCRIBED = re.compile(
    r"^(?:(?:the|an?)\s+)?(?:[\w-]+\s+){0,3}?(?:company|firm|manufacturer|maker|retailer|airline|club"
    r"|operator|group|watchdog|charity|chain|producer|supplier|brand|developer)\s+(?P<name>[A-Z].*)$"
)
_SMALL_POSSESSOR = re.compile("(?:[Tt]he|[Ii]ts|[Tt]heir)\\s+(?P<head>[a-z]+)['\u2019]s\\s")
_UNNAMED = re.compile(r"\b(?:unnamed|anonymous|unidentified)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"(?:the|that|this|these|those|its|such)\b", re.IGNORECASE)
_PRINTED_IN = re.compile(
    r"(?:an?|the)\s+(?:\w+\s+)?(?:article|report|story|piece|column|interview|item)\s+in\s"
)
_AFTER_NAME = re.compile(r"\s+(?:that|which|on|in|and|has|have)\s")
_AFTER_POST = re.compile(r"\s+(?:shared|posted|circulating|that|which|viewed)\b|,")
_POSTS = re.compile(r"\b(?:users|viral|posts?|messages?|videos?|tweets?|memes?)\b", re.IGNORECASE)
_TWO_PARTIES = re.compile(
    r",?\s+(?:and|as well as|along with)\s+(?=(?:the|by the)\s)|,\s+(?=the\s)"
)


class SourceKind(StrEnum):
    """What kind of source a phrase names."""

    OUTLET = "outlet"
    PARTY = "party"
    USERS = "users"
    ANONYMOUS = "anonymous"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Mention:
    """A source, as it is to be recorded.

    Attributes:
        name: Its name without article; "" for a text that names nobody.
        kind: What kind of source it is.
    """

    name: str
    kind: SourceKind


class Mentions:
    """Names the sources of one article; ask in the order of the text.

    Args:
        document: The article.
        words: Its language.
    """

    def __init__(self, document: Document, words: Lexicon) -> None:
        self._words = words
        self._last_party: str | None = None
        self._last_outlet: str | None = None
        self._raw = ""
        self._antecedents = Antecedents(document, words)

    def source(self, raw: str, sentence: Sentence) -> Mention | None:
        """Who reports a claim; None where the phrase names nobody.

        Args:
            raw: What stands where the source is expected, back to the sentence's start.
            sentence: Where it stands.
        """
        self._raw = raw
        phrase = noun_phrase(raw, self._words)
        if phrase is None:
            return None
        mention = self._classify(phrase, sentence)
        if mention is None or not mention.name:
            return mention
        if mention.kind is SourceKind.OUTLET:
            self._last_outlet = mention.name
        if mention.kind in {SourceKind.OUTLET, SourceKind.PARTY}:
            self._last_party = mention.name
        if mention.kind is SourceKind.PARTY:
            return replace(mention, name=self._bare_name(mention.name))
        return mention

    def parties(self, raw: str, sentence: Sentence) -> tuple[str, ...]:
        """Who answers a claim, each by the fuller name; none where the phrase names nobody."""
        self._raw = raw
        phrase = noun_phrase(raw, self._words)
        if phrase is None:
            return ()
        found: list[str] = []
        for part in _TWO_PARTIES.split(re.sub(r"^[Bb]oth\s+", "", phrase)):
            mention = self._classify(part, sentence, lenient=True)
            if mention is None or mention.kind not in {SourceKind.OUTLET, SourceKind.PARTY}:
                continue
            self._last_party = mention.name
            found.append(mention.name)
        return tuple(dict.fromkeys(found))

    def person_meant(self, pronoun: str, sentence: Sentence, start: int) -> str | None:
        """The person that "he" or "she" at the start of a content most likely means."""
        return self._antecedents.person_meant(pronoun, sentence, start)

    def _classify(
        self, phrase: str, sentence: Sentence, *, lenient: bool = False
    ) -> Mention | None:
        """What a phrase names: the first reading that fits; None where it names nobody.

        Args:
            phrase: A noun phrase.
            sentence: Where it stands.
            lenient: Whether any definite noun will do ("the organisers").
        """
        folded = phrase.casefold()
        if self._words.is_in("pronoun", folded):
            return self._pronoun(folded, sentence)
        main, rest = split_apposition(phrase)
        first = folded.split()[0]
        if self._words.is_in("pronoun", first) or self._words.patterns["claim_ref"].fullmatch(main):
            return self._text_source(main, sentence) if self._is_text(main) else None
        return (
            self._anonymous(phrase)
            or self._platform(main, rest)
            or (self._text_source(main, sentence) if self._is_text(main) else None)
            or self._short_name(main, sentence)
            or self._spokesperson(main, rest, sentence)
            or self._described(main)
            or self._named(main, rest, lenient=lenient)
        )

    def _pronoun(self, pronoun: str, sentence: Sentence) -> Mention | None:
        if pronoun in {"he", "she"}:
            name = self._antecedents.person_before(sentence)
        else:
            name = self._last_party or self._antecedents.subject_before(sentence)
        return Mention(name, self._kind(name)) if name else None

    def _anonymous(self, phrase: str) -> Mention | None:
        if self._words.has("generic_source", phrase) or _UNNAMED.search(phrase):
            return Mention(undetermined(phrase), SourceKind.ANONYMOUS)
        return None

    def _platform(self, main: str, rest: str) -> Mention | None:
        words = main.split()
        if self._words.is_in("platform", words[-1]) and len(words) <= 3 and not rest:
            return Mention(undetermined(main), SourceKind.USERS)
        return None

    def _short_name(self, main: str, sentence: Sentence) -> Mention | None:
        found = self._words.patterns["anaphor"].match(main)
        if found is None or not found.group("head").islower():
            return None
        full = self._fuller(main, found.group("head"), sentence)
        return Mention(full, self._kind(full))

    def _spokesperson(self, main: str, rest: str, sentence: Sentence) -> Mention | None:
        if self._words.has("spokes", main) or self._words.has("spokes", rest):
            return Mention(self._spoken_for(main, rest, sentence), SourceKind.PARTY)
        return None

    def _described(self, main: str) -> Mention | None:
        if company := _DESCRIBED.match(main):
            return Mention(company.group("name"), SourceKind.PARTY)
        if self._words.has("outlet_noun", main) and (outlet := self._outlet_name(main)):
            return Mention(outlet, SourceKind.OUTLET)
        return None

    def _named(self, main: str, rest: str, *, lenient: bool) -> Mention | None:
        words = self._words
        name = undetermined(main)
        known = any(words.has(each, name) for each in ("org_noun", "person_noun"))
        definite = lenient and is_determined(main)
        if not (CAPITAL.search(name) or known or name.endswith("s") or definite):
            return None
        kind = SourceKind.OUTLET if words.has("outlet_noun", rest) else self._kind(main)
        if rest and kind is SourceKind.PARTY and words.has("person_noun", rest):
            return Mention(f"{name}, {rest}" if len(rest.split()) <= 8 else name, kind)
        return Mention(name, kind)

    def _is_text(self, main: str) -> bool:
        """Whether the phrase is headed by "post", "article", "claims" and the like."""
        head = re.split(
            r"\s+(?:in|by|from|of|on|shared|posted|published|circulating|that|which|and|has|have)\b",
            main,
            maxsplit=1,
        )[0]
        last = head.split()[-1].strip(",") if head.split() else ""
        two = " ".join(head.split()[-2:])
        return (
            any(
                self._words.is_in(name, each)
                for name in ("text_noun", "claim_noun")
                for each in (last, two)
            )
            or last == "users"
        )

    def _text_source(self, main: str, sentence: Sentence) -> Mention:
        """Who stands behind "an article in The Bugle", "Sputnik's report", "these claims"."""
        definite = _DEFINITE.match(main) is not None
        mention = self._author(main) or self._possessor(main, sentence) or self._posts(main)
        if mention is not None:
            return mention
        if definite and self._last_outlet:
            return Mention(self._last_outlet, SourceKind.OUTLET)
        if re.match(r"[Aa]n?\s", main) and not self._words.has("claim_noun", main):
            return Mention(undetermined(main), SourceKind.USERS)
        return Mention("", SourceKind.TEXT)

    def _author(self, main: str) -> Mention | None:
        """The author in "an article in The Bugle", "a video posted by Abu Salim"."""
        if (found := _BY.search(main)) is None:
            return None
        name = self._outlet_name(found.group("name")) or found.group("name")
        name = _AFTER_NAME.split(undetermined(name), maxsplit=1)[0].strip(" ,")
        if self._words.is_in("platform", name):
            return Mention(f"{name} posts", SourceKind.USERS)
        kind = self._kind(name)
        by = re.search(r"\b(?:by|from)\b", main) is not None
        if _PRINTED_IN.match(main) and not self._words.is_in("not_place", name):
            return Mention(name, SourceKind.OUTLET)
        if (by or kind is SourceKind.OUTLET) and not self._words.is_in("not_place", name):
            return Mention(name, kind)
        return None

    def _possessor(self, main: str, sentence: Sentence) -> Mention | None:
        if found := _POSSESSOR.search(main):
            return Mention(undetermined(found.group("name").strip()), SourceKind.OUTLET)
        if found := _SMALL_POSSESSOR.match(main):
            full = self._fuller(f"the {found.group('head')}", found.group("head"), sentence)
            return Mention(full, self._kind(full)) if CAPITAL.search(full) else None
        return None

    def _posts(self, main: str) -> Mention | None:
        """Posts of nobody in particular: "a viral Facebook post", "messages on WhatsApp"."""
        platforms = self._words.alternations["platform"]
        platform = platforms.search(main) or platforms.search(self._raw)
        if platform is None and not _POSTS.search(main):
            return None
        head = undetermined(_AFTER_POST.split(main, maxsplit=1)[0])
        if platform and platform.group() not in head and len(head.split()) == 1:
            head = f"{platform.group()} {head.casefold()}"
        return Mention(head, SourceKind.USERS)

    def _kind(self, name: str) -> SourceKind:
        words = self._words
        outlet = words.has("outlet_cue", name) or words.has("outlet_noun", name)
        domain = re.search(r"\.(?:com|org|net|ru|info|tv|co\.\w\w|news|[a-z]{2})\b", name)
        known = self._last_outlet is not None and name == self._last_outlet
        if (outlet and not words.has("org_noun", name.split(maxsplit=1)[0])) or domain or known:
            return SourceKind.OUTLET
        return SourceKind.PARTY

    def _outlet_name(self, phrase: str) -> str | None:
        """The name in "A Russian news agency Sputnik" and "the Sputnik news agency"."""
        noun = self._words.alternations["outlet_noun"].pattern
        after = re.search(rf"(?i:{noun})\s+(?P<name>(?:{NAME}\s*)+)$", phrase)
        if after:
            return after.group("name").strip()
        before = re.search(
            rf"(?:^|(?<=[a-z-]\s))(?P<name>{NAME}(?:\s{NAME})*)(?:\snews)?\s+{noun}$",
            undetermined(phrase),
        )
        return before.group("name") if before else None

    def _bare_name(self, name: str) -> str:
        """The name in "Opposition lawmaker Ana Silva, a former mayor"."""
        main = name.split(", ", maxsplit=1)[0]
        noun = self._words.alternations["person_noun"].pattern
        found = re.search(
            rf"{noun}(?:\s+for\s+[\w\s]+?)?\s+(?P<name>{NAME}(?:\s(?:{NAME}|de|van|von|al|bin))+)$",
            main,
            re.IGNORECASE,
        )
        return found.group("name") if found and found.group("name")[0].isupper() else main

    def _spoken_for(self, main: str, rest: str, sentence: Sentence) -> str:
        """The party that a spokesperson speaks for, or the spokesperson where it is not said."""
        spokes = self._words.alternations["spokes"].pattern
        for text in (main, rest):
            found = re.search(
                rf"{spokes}\s+(?:for|of|from|at)\s+(?P<party>(?:the\s+)?[^,]+)",
                text,
                re.IGNORECASE,
            )
            if found:
                party = found.group("party").strip()
                anaphor = self._words.patterns["anaphor"].match(party)
                full = self._fuller(party, anaphor.group("head"), sentence) if anaphor else party
                return undetermined(full)
        if re.match(rf"(?:the|a|an|its|his|her|their)\s+{spokes}$", main, re.IGNORECASE):
            return (
                self._last_party or self._antecedents.subject_before(sentence) or undetermined(main)
            )
        return undetermined(main)

    def _fuller(self, phrase: str, head: str, sentence: Sentence) -> str:
        """The fuller name of "the ministry"; without one, the phrase without its article."""
        if (name := self._antecedents.fuller(phrase, head, sentence)) is not None:
            return name
        tail = undetermined(phrase)
        if tail == head and self._words.is_in("outlet_noun", head) and self._last_outlet:
            return self._last_outlet
        return tail
