"""Query: what is asked, without how it is asked; evidence is never lost."""

import pytest

from index.query import prepare, strip_asking


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Is it true that the moon is hollow?", "the moon is hollow"),
        ("hey, did you hear that the moon is hollow", "the moon is hollow"),
        ("Can you please check if the moon is hollow", "the moon is hollow"),
        ("I\u2019ve heard the moon is hollow", "the moon is hollow"),
        ("they say the moon is hollow", "the moon is hollow"),
        ("the moon is hollow, is this true?", "the moon is hollow"),
        ("the moon is hollow - fake or real??", "the moon is hollow"),
        (
            "правда ли, что луна пустая",
            "луна пустая",
        ),
        ("\u00bfes cierto que la luna es hueca", "la luna es hueca"),
        ("the moon is hollow", "the moon is hollow"),
        ("Is the moon really hollow?", "Is the moon hollow"),
        ("did they actually hollow out the moon", "did they hollow out the moon"),
        ("the moon really is hollow", "the moon really is hollow"),
        ("Did Love Actually win an Oscar?", "Did Love Actually win an Oscar"),
        ("is this socialist moon hollow", "is this socialist moon hollow"),
    ],
)
def test_strip_asking(question: str, expected: str) -> None:
    assert strip_asking(question) == expected


@pytest.mark.parametrize("question", ["is it true?", "true or false", "hello"])
def test_asking_alone_is_left_as_it_is(question: str) -> None:
    assert strip_asking(question) == question


def test_a_word_that_only_begins_like_a_greeting_stays() -> None:
    assert strip_asking("Hillary is ill") == "Hillary is ill"
    assert strip_asking("Android phones listen") == "Android phones listen"


def test_right_is_only_a_question_behind_a_comma() -> None:
    assert strip_asking("the moon is hollow, right?") == "the moon is hollow"
    assert strip_asking("he is funded by the far right") == "he is funded by the far right"


def test_the_original_is_kept_word_for_word() -> None:
    question = "  Is it TRUE that\u200b the moon is hollow?? \U0001f602"
    assert prepare(question).original == question


def test_addresses_are_taken_out_of_the_text_and_kept_aside() -> None:
    query = prepare("the moon is hollow https://a.example/1 https://a.example/1, see")
    assert query.urls == ("https://a.example/1",)
    assert "example" not in query.text


def test_emoji_go_and_hashtags_become_words() -> None:
    query = prepare(
        "\U0001f6a8 #HollowMoon discovered in #Moscow2017 by @space_club \U0001f44d\U0001f3fd"
    )
    assert query.text == "Hollow Moon discovered in Moscow 2017 by space club"


def test_a_long_forward_is_tried_sentence_by_sentence() -> None:
    first = "A club of astronomers measured lunar gravity again."
    second = "The moon is a hollow metal sphere."
    query = prepare(f"FWD: {first}\n\nShare it! {second}")
    assert query.segments[0] == f"{first} Share it! {second}"
    assert query.segments[1:] == (first, second)


def test_a_signed_post_is_also_looked_up_without_its_signature() -> None:
    first = "The Rhine froze over in July 1540."
    second = "Boats stood still for a week"
    signed = "\u2014 Anna Weber (@annaweber) May 20, 2016"
    query = prepare(f"{first} {second} {signed}")
    assert query.segments[0].endswith("Anna Weber (annaweber) May 20, 2016")
    assert query.segments[1:] == (f"{first} {second}", first, second)


def test_whom_a_message_calls_is_not_looked_up_by_itself() -> None:
    told = "Boats stood still for a week on the frozen river!"
    query = prepare(f"{told} @AnnaWeber @RhineNews @CityOfCologne")
    assert query.segments == (f"{told} Anna Weber Rhine News City Of Cologne", told)
    assert prepare(f"{told} #Rhine #FrozenRiver").segments[1:] == (told,)


def test_a_sentence_whose_topic_is_tagged_is_looked_up() -> None:
    told = "Boats stood still for a week on the frozen Rhine."
    query = prepare(f"{told} Share this before they take it down tonight. #boats #frozen #Rhine")
    assert query.segments[1] == told


@pytest.mark.parametrize(
    "said",
    [
        "The Rhine \u2014 says Anna Weber (@annaweber) \u2014 froze over in July 1540",
        "The Rhine froze over in 1540 - for the first time, says Anna Weber (@annaweber)",
        "Flood \u2014 Anna Weber (@annaweber) May 20, 2016",
    ],
)
def test_what_is_no_signature_or_leaves_nothing_is_looked_up_whole(said: str) -> None:
    assert len(prepare(said).segments) == 1


@pytest.mark.parametrize(
    "signature",
    [
        "\u2014 Anna C. Weber (@annaweber) May 20, 2016 https://paper.example/1",
        "- Anna Weber (@annaweber), 20 May 2016 \u00b7 3:02 PM",
        "\u2014 Anna Weber! (@annaweber)",
    ],
)
def test_signatures(signature: str) -> None:
    told = "Boats stood still for a week on the frozen river"
    assert prepare(f"{told} {signature}").segments[1:] == (told,)


def test_one_sentence_is_one_segment() -> None:
    assert prepare("Is it true that the moon is hollow?").segments == ("the moon is hollow",)


def test_repeated_sentences_are_looked_up_once() -> None:
    line = "The moon is a hollow metal sphere"
    assert prepare(f"{line}.\n{line}!").segments[1:] == (f"{line}.",)


@pytest.mark.parametrize(
    "question", ["", "   ", "\U0001f602\U0001f602", "?!", "https://a.example/1"]
)
def test_without_words_there_is_nothing_to_look_up(question: str) -> None:
    assert prepare(question).segments == ()


def test_an_endless_message_is_bounded() -> None:
    query = prepare(
        "\n".join(f"Sentence number {n} tells another story entirely" for n in range(9999))
    )
    assert len(query.segments) == 16
    assert len(query.text) <= 4_000


def test_a_negation_that_only_asks_is_no_negation() -> None:
    assert prepare("Isn't it true that the moon is hollow?").segments == ("the moon is hollow",)
    assert prepare("didn't the sun go out?").segments == ("the sun go out",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("check this pls", False),
        ("is this fake news??", False),
        ("moon", False),
        ("moon hollow", True),
        ("drake dead?", True),
        ("правда ли, что луна полая", True),
    ],
)
def test_what_only_asks_names_nothing(text: str, expected: bool) -> None:
    assert prepare(text).names_something is expected
