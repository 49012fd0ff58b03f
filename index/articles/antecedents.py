"""Antecedents: the fuller names that "the ministry", "he" and "it" point back to."""

import re

from index.articles.document import Document, Sentence
from index.articles.lexicon import Lexicon
from index.articles.phrases import CAPITAL, NAME, undetermined


class Antecedents:
    """Looks names up in the text before a sentence.

    Args:
        document: The article.
        words: Its language.
    """

    def __init__(self, document: Document, words: Lexicon) -> None:
        self._words = words
        headline = document.headline
        self._sentences = ((headline,) if headline else ()) + document.sentences

    def person_meant(self, pronoun: str, sentence: Sentence, start: int) -> str | None:
        """The person that "he" or "she" at the start of a content most likely means."""
        if pronoun not in {"he", "she", "his", "her"}:
            return None
        names = [
            undetermined(name)
            for name in re.findall(rf"\b{NAME}(?:\s+{NAME})+", sentence.text[:start])
        ]
        people = [name for name in names if " " in name and not self._words.has("org_noun", name)]
        return people[0] if people else self.person_before(sentence)

    def fuller(self, phrase: str, head: str, sentence: Sentence) -> str | None:
        """The fullest earlier name that ends in, or begins with, the head of a short one."""
        before = " \n ".join(
            each.text for each in self._sentences if each.position < sentence.position
        )
        tail = undetermined(phrase)
        escaped = re.escape(tail)
        ends_in_it = (
            rf"(?P<name>(?:(?:{NAME}|[\w]+-(?:led|backed|based|run|owned))\s+)"
            rf"(?:(?!(?:of|in|for|and|to|by)\b)[\w'\u2019-]+\s+){{0,2}}?(?i:{escaped}))\b"
        )
        begins_with_it = (
            rf"(?P<name>{head.capitalize()}\s+(?:of|for)\s+(?:the\s+)?"
            rf"{NAME}(?:\s+(?:and\s+|of\s+|the\s+)?{NAME})*)"
        )
        is_called_it = (
            rf"(?P<name>{NAME}(?:\s+(?:of\s+)?{NAME})*),\s+(?:an?|the|one of)\s+"
            rf"(?:[\w'\u2019-]+\s+){{0,6}}?{re.escape(head)}\b"
        )
        follows_it = rf"\b{re.escape(head)}\s+(?P<name>{NAME}(?:\s+{NAME})*)"
        describes_it = (
            rf"\b(?i:the|a|an|its|their)\s+(?P<name>(?:(?!(?:the|a|an|of|by|to)\b)"
            rf"[\w'\u2019-]+\s+){{1,3}}?{escaped})\b"
        )
        tries = (ends_in_it, begins_with_it, is_called_it, follows_it, describes_it)
        for place, attempt in enumerate(tries):
            found = [
                match.group("name")
                for match in re.finditer(attempt, before)
                if self._is_plain(undetermined(match.group("name")))
                and (place > 0 or CAPITAL.match(undetermined(match.group("name"))))
            ]
            if found:
                return undetermined(found[-1])
        return None

    def _is_plain(self, name: str) -> bool:
        """Whether a name found by its shape holds no verb: "Mayor accuses army" is none."""
        small = [word for word in name.split() if word[:1].islower()]
        return bool(name) and not any(
            any(
                self._words.is_in(each, word) for each in ("say_verb", "deny_verb", "aux", "finite")
            )
            or re.search(r"(?:ed|es)$", word)
            for word in small
        )

    def person_before(self, sentence: Sentence) -> str | None:
        """The last name of two capitalised words in the three sentences before."""
        for each in reversed(self._sentences):
            if sentence.position - 3 <= each.position < sentence.position:
                names = re.findall(rf"\b{NAME}(?:\s+{NAME})+", each.text)
                for name in names:
                    plain = undetermined(name)
                    if " " in plain and not self._words.has("org_noun", plain):
                        return plain.removesuffix("'s").removesuffix("\u2019s")
        return None

    def subject_before(self, sentence: Sentence) -> str | None:
        """The capitalised phrase with which the sentence before begins."""
        for each in self._sentences:
            if each.position == sentence.position - 1:
                found = re.match(rf"(?:The\s+)?(?P<name>{NAME}(?:\s+{NAME})*)", each.text)
                if found and not self._words.is_in("stopwords", found.group("name")):
                    return found.group("name")
        return None
