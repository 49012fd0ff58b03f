"""Calibrating: what a fit learns from questions whose answer is known by hand."""

import random

import numpy as np
import pytest

from index.calibrating import Figures
from index.calibrating.examples import Example, LabelledQuestion
from index.calibrating.fit import figures, teaches
from index.calibrating.fitting import Choice, fit_decision, fit_ranking, kind_weights
from index.calibrating.questions import (
    as_linked,
    edited,
    is_for_training,
    keywords,
    repeated_claims,
    written_questions,
)
from index.decision import Logistic
from index.evaluation import Question

NAMES = ("good", "idle", "bad")
FREE = dict.fromkeys(NAMES, 0)


def choice(*rows: tuple[float, float, float], gold: int = 0, kind: str = "q") -> Choice:
    is_gold = np.arange(len(rows)) == gold
    return Choice(kind, np.array(rows, dtype=np.float64), is_gold)


# The right candidate has more of "good" and less of "bad"; "idle" is the same for all.
CHOICES = [
    choice((0.9, 1.0, 0.1), (0.5, 1.0, 0.6)),
    choice((0.2, 1.0, 0.8), (0.7, 1.0, 0.2), gold=1),
    choice((0.6, 1.0, 0.3), (0.4, 1.0, 0.4), (0.1, 1.0, 0.9)),
]


def test_the_ranking_learns_what_tells_the_right_candidate():
    weights = fit_ranking(CHOICES, NAMES, FREE)
    assert weights["good"] > 0 > weights["bad"]
    assert weights["idle"] == pytest.approx(0, abs=1e-6)
    order = np.array([weights[name] for name in NAMES])
    assert all(each.is_gold[np.argmax(each.table @ order)] for each in CHOICES)


def test_a_bound_keeps_a_direction_from_turning_round():
    weights = fit_ranking(CHOICES, NAMES, {"good": -1, "idle": 0, "bad": 2})
    assert weights["good"] == 0
    assert weights["bad"] == 0


def test_questions_without_a_right_candidate_leave_the_ranking_as_it_was():
    nothing = [Choice("q", np.ones((2, 3)), np.zeros(2, dtype=bool))]
    start = {"good": 0.5, "idle": 0.0, "bad": -2.0}
    assert fit_ranking(nothing, NAMES, FREE, start=start) == start


def test_the_decision_gives_more_to_what_is_right():
    table = np.array([[0.9, 1, 0.1], [0.8, 1, 0.3], [0.3, 1, 0.7], [0.2, 1, 0.6]])
    right = np.array([True, True, False, False])
    (model,) = fit_decision(table, right, ["q"] * 4, NAMES, FREE, [NAMES])
    logits = table @ np.array([model.weights[name] for name in NAMES]) + model.intercept
    assert (logits[:2] > 0).all()
    assert (logits[2:] < 0).all()


def test_each_part_of_the_decision_has_to_hold():
    # Right only where both "good" and "idle" say so; each part sees one of the two.
    table = np.array([[1, 1, 0.0], [1, 0, 0.0], [0, 1, 0.0], [0, 0, 0.0]])
    right = np.array([True, False, False, False])
    found = fit_decision(table, right, ["q"] * 4, NAMES, FREE, [["good"], ["idle"]])
    assert [[*model.weights] for model in found] == [["good"], ["idle"]]
    for model in found:
        (weight,) = model.weights.values()
        assert model.intercept < 0 < model.intercept + weight


def test_a_strong_pull_keeps_a_fit_near_its_start():
    table = np.array([[0.9, 1, 0.1], [0.2, 1, 0.6]])
    start = Logistic({"good": 1.0, "idle": 0.0, "bad": 3.0}, -0.5)
    (model,) = fit_decision(
        table,
        np.array([True, False]),
        ["q", "q"],
        NAMES,
        FREE,
        [NAMES],
        strength=1e6,
        start=[start],
    )
    assert model.weights["good"] == pytest.approx(1.0, abs=1e-3)
    assert model.weights["bad"] == pytest.approx(3.0, abs=1e-3)
    assert model.intercept == pytest.approx(-0.5, abs=1e-2)


def test_kinds_count_the_same_whatever_their_number():
    weights = kind_weights(["tweet", "tweet", "tweet", "repeat"], {})
    assert weights[:3].sum() == pytest.approx(weights[3])
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("kind", "is_english", "taught"),
    [
        ("question", True, ["english"]),
        ("cross_lingual, claim removed", False, ["foreign"]),
        ("cross_lingual", True, []),  # passes for English
        ("near_miss, foreign", True, []),
        ("near_miss", False, ["foreign"]),  # names only, say
    ],
)
def test_what_passes_for_english_does_not_teach_it(kind: str, is_english: bool, taught: list[str]):
    example = Example(LabelledQuestion(kind, "?"), is_english, CHOICES[0])
    both = {"english": True, "foreign": False}
    assert [name for name, each in both.items() if teaches(example, is_english=each)] == taught


def test_a_kind_may_count_more():
    weights = kind_weights(["tweet", "tweet", "question"], {"question": 4.0})
    assert weights[2] == pytest.approx(4 * weights[:2].sum())
    weights = kind_weights(
        ["tweet", "linked, snopes", "linked, snopes, gone", "linked, x"],
        {"linked": 3.0, "linked, gone": 4.0, "linked, x": 2.0},
    )
    assert weights / weights[0] == pytest.approx([1, 3, 4, 2])


# Questions.


def test_a_written_question_is_also_asked_without_its_claim():
    question = Question("q", "moon hollow?", frozenset({"m"}), is_fresh=False)
    asked, removed = written_questions([question], lambda each: f"id-{each}")
    assert (asked.gold, asked.hidden, asked.is_fresh) == (frozenset({"id-m"}), frozenset(), False)
    assert (removed.gold, removed.hidden) == (frozenset(), frozenset({"id-m"}))
    assert removed.kind == "question, claim removed"
    assert removed.group == asked.group


def test_a_near_miss_is_asked_once():
    near_miss = Question("q", "moon solid?", frozenset(), "near_miss", "de", frozenset({"m"}))
    (only,) = written_questions([near_miss])
    assert (only.kind, only.gold, only.group) == ("near_miss, foreign", frozenset(), "m")


def test_linked_questions_are_fresh_unless_a_model_learned_from_them():
    questions = [Question(str(n), "moon", frozenset({"m"})) for n in range(40)]
    found = list(as_linked([*questions, Question("x", "?", frozenset(), "unrelated")], "tweet"))
    fresh = [each.qid for each in found[:-1] if each.is_fresh]
    assert fresh == [each.qid for each in questions if not is_for_training(each.qid)]
    assert 0 < len(fresh) < len(questions)
    assert {each.kind for each in found[:-1]} == {"tweet"}
    assert found[-1].kind == "unrelated"


def test_all_questions_about_a_claim_are_one_group():
    gold, none = frozenset({"m"}), frozenset()
    near_miss = Question("b", "moon solid?", none, "near_miss", near=gold)
    (linked,) = as_linked([Question("a", "moon", gold)], "tweet")
    repeats = repeated_claims([("id-m", "The hollow moon hides machines.")], random.Random(3))
    asked = [*written_questions([linked, near_miss], lambda each: f"id-{each}"), *repeats]
    assert len(asked) > 4
    assert {each.group for each in asked} == {"id-m"}


def test_a_kind_without_claims_has_no_share_of_right_ones():
    found = {"question": [(True, True), (False, True)], "unrelated": [(False, True)] * 2}
    assert figures(found, {"question"}) == {
        "question": Figures(n=2, right_first=0.5, match_right=0.5, match_wrong=0.5),
        "unrelated": Figures(n=2, right_first=None, match_right=None, match_wrong=1.0),
    }


def test_claims_are_repeated_and_searched_for_by_their_own_words():
    rng = random.Random(3)
    text = "The hollow moon hides machines behind craters."
    found = list(repeated_claims([("m", text), ("short", "Too short")], rng))
    assert [each.kind for each in found] == ["repeat", "keywords", "keywords, claim removed"]
    assert set(found[1].text.split()) <= set(text.replace(".", "").split())


def test_an_edited_text_keeps_its_long_words():
    for seed in range(20):
        said = edited("The hollow moon hides machines.", random.Random(seed)).lower()
        assert all(word in said for word in ("hollow", "moon", "hides", "machines"))


def test_few_long_words_make_no_search():
    assert keywords("It is so", random.Random(1)) is None
