"""Names: the countries, places, organisations, people and persons that a text mentions.

The same thing has one id however it is written: "US", "American", "США" and "EE. UU." are all
"united-states". Two texts that name different things ("Raqqa", "Deir ez-Zor") can so be told
apart. Names that the table lacks are found by their capital letter, where the script has one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path

from index.names.table import CaseRule, Entry, Guard, NameKind, NameTable, Node, read_table
from index.names.tokens import Token, keys, tokens, word_set
from index.resources import data_path

__all__ = ["Mention", "NameKind", "Names"]

_PARTICLES = word_set("de da do dos del della di du la von van der den bin ibn al el of")
# Endings of English words that open a sentence without being names ("Scientists", "Reportedly").
_ORDINARY_ENDINGS = tuple(
    word_set(
        "ing ists ers ors tion tions ments ment ly ness ies ians ees ants ents ives ial ical ous"
        " ful"
    )
)
_MIN_GERMAN_WORDS = 2
_REMEMBERED = 512  # texts
_MIN_SHOUTED = 12  # letters; fewer may be a row of abbreviations
_SMALL_IN_TITLES = word_set(
    "a an and as at but by de for from in into is not of off on or out over s t the to up via vs"
    " with"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text.

    Attributes:
        name: Canonical id ("united-states"); for a name that the table lacks, its folded words.
        kind: What it is; `NameKind.OTHER` for names of no other kind or not in the table.
        surface: As written.
        start: Offset of its first character in the text.
        end: Offset behind its last character.
    """

    name: str
    kind: NameKind
    surface: str
    start: int
    end: int


class _Capitals(Enum):
    """What capital letters tell in a sentence."""

    NAMES = auto()
    TITLE = auto()  # Most Words Have One: They Tell Nothing
    ALL = auto()  # EVERYTHING IS IN CAPITALS


class Names:
    """Finds names by the table and by their capital letters."""

    def __init__(self, table: NameTable) -> None:
        self._table = table
        # A question is read again for each of its candidates.
        self._found = lru_cache(_REMEMBERED)(lambda text: tuple(_Search(table, text).mentions()))

    @classmethod
    def load(cls, path: Path | None = None) -> "Names":
        """Read the table: some tenths of a second, so once a process.

        Args:
            path: A names file in the notation of docs/names.md; None means the one that ships.

        Raises:
            SettingsError: The table is missing or an entry of it is malformed.
        """
        return cls(read_table(path or data_path("names.toml"), data_path("territories.json")))

    def find(self, text: str) -> tuple[Mention, ...]:
        """All names in `text`, left to right, the longest wherever several begin, none overlapping.

        Args:
            text: A sentence or a whole message; offsets count its characters.
        """
        return self._found(text)

    def part_of(self, name: str) -> frozenset[str]:
        """Ids of what `name` lies in or belongs to, all the way up: "raqqa" gives {"syria"}."""
        return self._table.broader.get(name, frozenset())

    def related(self, a: str, b: str) -> bool:
        """Whether two ids are the same or one is part of the other.

        Of two names that the table lacks, one may also be the shorter form of the other
        ("john smith", "smith").
        """
        if a == b or a in self.part_of(b) or b in self.part_of(a):
            return True
        if a in self._table.kinds or b in self._table.kinds:
            return False
        words_a, words_b = set(a.split()), set(b.split())
        return words_a <= words_b or words_b <= words_a


class _Search:
    """One text and what has been found in it."""

    def __init__(self, table: NameTable, text: str) -> None:
        self.table = table
        self.text = text
        self.tokens = tokens(text)
        self.keys = [keys(token.folded) for token in self.tokens]
        self.capitals = _capitals(self.tokens, table.common)
        self.german = sum(t.folded in table.german for t in self.tokens) >= _MIN_GERMAN_WORDS
        self.inner = {t.folded for t in self.tokens if t.capital and not t.initial}
        self.found: list[tuple[int, int, Entry] | None] = [
            self._at(i) for i in range(len(self.tokens))
        ]

    def mentions(self) -> Iterator[Mention]:
        at = 0
        while at < len(self.tokens):
            known = self._known(at)
            if known is not None:
                first, last, entry = known
                yield self._mention(first, last, entry.name, entry.kind)
                at = last + 1
                continue
            last_unknown = self._unknown(at)
            if last_unknown is not None:
                words = " ".join(t.folded for t in self.tokens[at : last_unknown + 1])
                yield self._mention(at, last_unknown, words, NameKind.OTHER)
                at = last_unknown + 1
                continue
            at += 1

    def _mention(self, first: int, last: int, name: str, kind: NameKind) -> Mention:
        start, end = self.tokens[first].start, self.tokens[last].end
        return Mention(name=name, kind=kind, surface=self.text[start:end], start=start, end=end)

    # Names in the table.

    def _at(self, first: int) -> tuple[int, int, Entry] | None:
        """The longest table name that begins at a token, by spelling and case alone."""
        best: tuple[int, int, Entry] | None = None
        nodes: list[Node] = [self.table.root]
        for at in range(first, len(self.tokens)):
            if at > first and not self.tokens[at].joined:
                break
            nodes = [n.following[k] for n in nodes for k in self.keys[at] if k in n.following]
            if not nodes:
                break
            for entry in (entry for node in nodes for entry in node.entries):
                if self._case_fits(first, at, entry):
                    best = (first, at, entry)
                    break
        guard = self.table.guards.get(self.tokens[first].folded)
        if best is None and guard is not None and self._guard_opens(first, guard):
            best = (first, first, Entry(guard.name, guard.kind, CaseRule.ANY, ""))
        return best

    def _case_fits(self, first: int, last: int, entry: Entry) -> bool:
        token = self.tokens[first]
        match entry.rule:
            case CaseRule.ANY:
                return True
            case CaseRule.EXACT:
                written = "".join(t.text for t in self.tokens[first : last + 1])
                shouted = self.capitals[first] is _Capitals.ALL
                return written == entry.letters and not (
                    shouted and token.folded in self.table.common
                )
            case CaseRule.INNER:
                return (
                    token.capital and not token.initial and self.capitals[first] is _Capitals.NAMES
                )
            case _:
                return token.capital

    def _guard_opens(self, at: int, guard: Guard) -> bool:
        before = self.tokens[at - 1].folded if at and self.tokens[at].joined else ""
        after = ""
        if at + 1 < len(self.tokens) and self.tokens[at + 1].joined:
            after = self.tokens[at + 1].folded
        if guard.unless_after or guard.unless_before:
            return before not in guard.unless_after and after not in guard.unless_before
        return before in guard.after or after in guard.before or (guard.first and at == 0)

    def _known(self, at: int) -> tuple[int, int, Entry] | None:
        """The table name at a token, unless its neighbours make it somebody else's."""
        found = self.found[at]
        if found is None or found[0] != found[1] or self.capitals[at] is not _Capitals.NAMES:
            return found
        entry = found[2]
        if entry.kind is NameKind.PERSON and self._is_given_name(at - 1, beside=at):
            return None  # Melania Trump
        if entry.rule is CaseRule.GIVEN and (
            self._is_given_name(at - 1, beside=at) or self._is_surname(at + 1)
        ):
            return None  # Michael Jordan, Chad Wolf
        return found

    def _is_given_name(self, at: int, *, beside: int) -> bool:
        if at < 0 or self.german or not self.tokens[beside].joined:
            return False
        token = self.tokens[at]
        gap = self.text[token.end : self.tokens[beside].start]
        return gap == " " and self._may_be_person(at)

    def _is_surname(self, at: int) -> bool:
        if at >= len(self.tokens) or not self.tokens[at].joined or self.german:
            return False
        gap = self.text[self.tokens[at - 1].end : self.tokens[at].start]
        return gap == " " and self._may_be_person(at)

    def _may_be_person(self, at: int) -> bool:
        token = self.tokens[at]
        return (
            token.capital
            and len(token.text) > 2
            and not token.text.isupper()
            and self.found[at] is None
            and not self._is_ordinary(at)
        )

    # Names that the table lacks.

    def _unknown(self, first: int) -> int | None:
        """The last token of the unknown name that begins at `first`; None if none does."""
        if not self._can_begin(first):
            return None
        last = first
        n_words = 1
        at = first + 1
        while at < len(self.tokens) and self.tokens[at].joined:
            if self._is_name_word(at):
                last, n_words = at, n_words + 1
            elif self.text[self.tokens[at].start - 1] == "-" and self.tokens[at].text.isdigit():
                last = at
            elif self.tokens[at].folded not in _PARTICLES or not self._is_name_word(at + 1):
                break
            at += 1
        return None if self.german and n_words == 1 else last

    def _can_begin(self, at: int) -> bool:
        if not self._is_name_word(at):
            return False
        token = self.tokens[at]
        if not token.initial or token.text.isupper():
            return True
        follows = at + 1 < len(self.tokens) and self.tokens[at + 1].joined
        in_a_row = follows and self._is_name_word(at + 1)
        return token.folded in self.inner or in_a_row or not self._is_ordinary(at)

    def _is_name_word(self, at: int) -> bool:
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        return (
            token.capital
            and len(token.text) > 1
            and self.capitals[at] is _Capitals.NAMES
            and token.folded not in self.table.common
            and self._known(at) is None
        )

    def _is_ordinary(self, at: int) -> bool:
        token = self.tokens[at]
        if token.folded in self.table.common:
            return True
        return token.initial and token.folded.endswith(_ORDINARY_ENDINGS)


def _capitals(words: list[Token], common: frozenset[str]) -> list[_Capitals]:
    """What capitals tell, sentence by sentence, for each token."""
    found: list[_Capitals] = []
    sentence: list[Token] = []
    for word in words:
        if word.breaks and sentence:
            found += [_of_sentence(sentence, common)] * len(sentence)
            sentence = []
        sentence.append(word)
    return found + [_of_sentence(sentence, common)] * len(sentence)


def _of_sentence(words: list[Token], common: frozenset[str]) -> _Capitals:
    cased = [word for word in words if word.text.lower() != word.text.upper()]
    n_letters = sum(len(word.text) for word in cased)
    if n_letters >= _MIN_SHOUTED and all(word.text.isupper() for word in cased):
        return _Capitals.ALL
    inner = [word for word in cased if not word.initial]
    has_small = any(not w.capital and w.folded not in _SMALL_IN_TITLES for w in inner)
    n_capital = sum(word.capital for word in inner)
    has_ordinary = any(w.capital and not w.text.isupper() and w.folded in common for w in inner)
    if n_capital >= 3 and has_ordinary and not has_small:
        return _Capitals.TITLE
    return _Capitals.NAMES
