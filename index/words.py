"""Words: the terms of a text for full-text search and for comparing wordings."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_APOSTROPHE = re.compile(r"['\u2019](?:s\b)?")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CYRILLIC = re.compile("[\u0400-\u04ff]")

# Words that carry no content of a claim: they are searched for by nobody and weigh nothing.
# Closed word classes of the languages that the encoders know best, and how people ask a bot.
_ENGLISH = frozenset(
    """
    a about after all also am an and any are as at be been being but by can could did do does doing
    done for from had has have he her hers him his how i if in into is it its just me more most my
    no not now of on one only or other our out over own please really she should so some such than
    that the their them then there these they this those to too true truth real fake false claim
    claims said say says saying heard hear read seen saw tell told up us very was we were what when
    where which while who whom whose why will with would you your yes anyone someone somebody
    """.split()
)
_OTHERS = frozenset(
    """
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне
    было вот от меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас
    правда что это эта этот эти чтобы
    та це й або чи що як не на до про від для за у із зі правда
    el la los las un una unos unas y o de del al que en es por con para se su sus no si lo como mas
    es verdad cierto
    le les des et ou du au aux ce cette ces qui dans est sont pas ne pour par sur avec il elle vrai
    der die das den dem des ein eine einen einem und oder zu zum zur ist sind nicht mit von im auf
    fur es sie er wir stimmt dass wahr
        che di non una gli sono della anche piu questo vero
    nao uma os um isso esta foi
    nie jest ze sie czy na to prawda jak po od
    """.split()
)
_STOPWORDS = _ENGLISH | _OTHERS


def words(text: str) -> list[str]:
    """The words of a text in order: case-folded, without diacritics, possessive s dropped."""
    plain = text.lower() if text.isascii() else _plain(text)
    found = _WORD.findall(plain)
    return (
        found if plain.isascii() and "'" not in plain else [_APOSTROPHE.sub("", w) for w in found]
    )


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


def is_english(text: str) -> bool:
    """Whether a text may be English: mostly Latin letters, no more function words of others.

    A few key words without any function word may be English too.
    """
    letters = [char for char in text if char.isalpha()]
    if sum(char in _LATIN for char in letters) < len(letters) / 2:
        return False
    found = words(text)
    ours = sum(word in _ENGLISH and word not in _OTHERS for word in found)
    others = sum(word in _OTHERS and word not in _ENGLISH for word in found)
    return ours > others or not others


def terms(text: str) -> list[str]:
    """The stemmed words of a text in order, stopwords included."""
    return _stemmed(words(text))


def content_terms(text: str) -> list[str]:
    """The stemmed words of a text that carry content, each once, in order."""
    return list(dict.fromkeys(_stemmed(word for word in words(text) if word not in _STOPWORDS)))


def content_term(word: str) -> str | None:
    """The stem of one word, which is as `words` gives it; None if it carries no content."""
    return None if word in _STOPWORDS else _stem(word)


def stems_as_written(text: str) -> dict[str, str]:
    """The stems of all words of a text, stopwords included, each with its first word."""
    found = words(text)
    return dict(zip(reversed(_stemmed(found)), reversed(found), strict=True))


def _stemmed(found: Iterable[str]) -> list[str]:
    return [_stem(word) for word in found]


@cache
def _stemmers() -> tuple[Any, Any]:
    import Stemmer  # noqa: PLC0415

    return Stemmer.Stemmer("english"), Stemmer.Stemmer("russian")


def _stem(word: str) -> str:
    """By script: Snowball's Russian for Cyrillic, its English for everything else."""
    if word.isdecimal():
        return word
    english, russian = _stemmers()
    stemmer = russian if _CYRILLIC.search(word) else english
    return str(stemmer.stemWord(word))
