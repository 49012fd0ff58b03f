"""What ratings are read as: whole labels, curated openings, and nothing by guess."""

import math

import pytest

from index.claims import Verdict
from index.ratings import classify


@pytest.mark.parametrize(
    ("rating", "publisher", "verdict"),
    [
        ("True", "PolitiFact", Verdict.TRUE),
        ("Barely True", "PolitiFact", Verdict.MOSTLY_FALSE),
        ("Pants on Fire!", "PolitiFact", Verdict.FALSE),
        ("pants-on-fire", None, Verdict.FALSE),
        ("Full Flop", "PolitiFact", Verdict.UNCLASSIFIED),
        ("Mixture", "Snopes", Verdict.MIXED),
        ("Miscaptioned", "Snopes", Verdict.MISLEADING),
        ("Correct Attribution", "Snopes", Verdict.TRUE),
        ("Lost Legend", "Snopes", Verdict.UNPROVEN),
        ("Labeled Satire", "Snopes", Verdict.SATIRE),
        ("Originated as Satire", "Snopes", Verdict.SATIRE),
        ("Research In Progress", "Snopes", Verdict.UNCLASSIFIED),
        ("Outdated", "Snopes", Verdict.OUTDATED),
        ("Four Pinocchios", "Washington Post", Verdict.FALSE),
        ("Two Pinocchios", "washingtonpost.com", Verdict.MIXED),
        ("Geppetto Checkmark", "Washington Post", Verdict.TRUE),
        ("Mostly-correct", "Africa Check", Verdict.MOSTLY_TRUE),
        ("Checked", "Africa Check", Verdict.UNCLASSIFIED),
        ("RUMOR", "Cofacts", Verdict.FALSE),
        ("NOT_RUMOR", "Cofacts", Verdict.TRUE),
        ("NOT_ARTICLE", "Cofacts", Verdict.UNCLASSIFIED),
        ("Disinfo", "EUvsDisinfo", Verdict.FALSE),
        ("FALSE", None, Verdict.FALSE),
        ("  misleading. ", None, Verdict.MISLEADING),
        ("Altered video", "AFP", Verdict.MISLEADING),
        ("Plutôt faux", None, Verdict.MOSTLY_FALSE),
        ("Infondé", "AFP Factuel", Verdict.UNPROVEN),
        ("Größtenteils richtig", "Correctiv", Verdict.MOSTLY_TRUE),
        ("Fehlender Kontext", None, Verdict.MISLEADING),
        ("Engañoso", None, Verdict.MISLEADING),
        ("Verdad a medias", None, Verdict.MIXED),
        ("C\u2019eri quasi", "Pagella Politica", Verdict.MOSTLY_TRUE),
        ("Panzana pazzesca", None, Verdict.FALSE),
        ("زائف", None, Verdict.FALSE),
        ("مضلل", None, Verdict.MISLEADING),
        ("скорее правда", None, Verdict.MOSTLY_TRUE),
        ("сомнительно", None, Verdict.UNPROVEN),
        ("YANLIŞ", "Teyit", Verdict.FALSE),
        ("karma", "Teyit", Verdict.MIXED),
        ("Tidak terbukti", "Tempo", Verdict.UNPROVEN),
        ("sesat", "Tempo", Verdict.MISLEADING),
    ],
)
def test_a_whole_label_has_its_verdict(
    rating: str, publisher: str | None, verdict: Verdict
) -> None:
    assert classify(rating, publisher) is verdict


@pytest.mark.parametrize(
    "rating",
    [
        "true but misleading",
        "true, misleading",
        "True. But the photo is from another year",
        "True or false?",
        "True. False.",
        "False advertising is at issue",
        "falsehoods",
        "Not quite what it seems",
        "",
        None,
    ],
)
def test_a_bare_prefix_or_a_turn_decides_nothing(rating: str | None) -> None:
    assert classify(rating) is Verdict.UNCLASSIFIED


@pytest.mark.parametrize(
    ("rating", "publisher", "verdict"),
    [
        ("This is false. The photo was taken in 2014.", "Full Fact", Verdict.FALSE),
        ("Incorrect. The figure is for the whole decade.", "Full Fact", Verdict.FALSE),
        ("Correct. The law says so.", "Full Fact", Verdict.TRUE),
        ("Not far off. It was 41%.", "Full Fact", Verdict.MOSTLY_TRUE),
        ("There's no evidence that the post is by her", None, Verdict.UNPROVEN),
        ("Falsch. Das Bild zeigt ein anderes Land.", "dpa", Verdict.FALSE),
    ],
)
def test_a_curated_opening_decides_a_sentence(
    rating: str, publisher: str | None, verdict: Verdict
) -> None:
    assert classify(rating, publisher) is verdict


def test_the_same_word_can_mean_another_thing_at_a_publisher() -> None:
    assert classify("Exaggerated") is Verdict.MOSTLY_FALSE
    assert classify("Exaggerated", "Africa Check") is Verdict.MISLEADING


def test_a_number_counts_on_a_known_scale_only() -> None:
    assert classify(None, "PolitiFact", value=3, best=6, worst=1) is Verdict.MOSTLY_FALSE
    assert classify(None, "Some Site", value=1, best=5, worst=1) is Verdict.UNCLASSIFIED
    assert classify(None, "PolitiFact", value=3, best=5, worst=1) is Verdict.UNCLASSIFIED


def test_words_go_before_a_number() -> None:
    assert classify("True", "PolitiFact", value=1, best=6, worst=1) is Verdict.TRUE


@pytest.mark.parametrize("value", [-1, 0, 7, 3.5, math.nan, math.inf])
def test_a_number_off_the_scale_or_between_its_steps_decides_nothing(value: float) -> None:
    assert classify("?", "PolitiFact", value=value, best=6, worst=1) is Verdict.UNCLASSIFIED
