"""History: when a claim was seen and answered, as far as the record dates it."""

from bot.markup import Html
from bot.messages import Catalogue
from index import Claim

_MAX_STEPS = 4


def history_line(claim: Claim, words: Catalogue) -> Html:
    """One line such as "seen 2 Mar 2021, unanswered until 4 Mar 2021, then denied".

    It is "" where it could not be said honestly: a response without a date may have come before all
    others, and without an earlier appearance there was no time in which the claim stood alone.
    """
    answered = [response.published_on for response in claim.responses]
    seen = [each.published_on for each in claim.appearances if each.published_on is not None]
    dated = [day for day in answered if day is not None]
    if not dated or len(dated) < len(answered) or not seen or min(seen) >= min(dated):
        return Html("")
    steps: list[str] = []
    for response in sorted(claim.responses, key=lambda each: str(each.published_on)):
        if not steps or steps[-1] != response.kind.name.lower():
            steps.append(response.kind.name.lower())
    told = words(f"history.{steps[0]}")
    for step in steps[1:_MAX_STEPS]:
        told = words("history.then", steps=told, step=words(f"history.{step}"))
    return words(
        "history.line",
        seen=words.short_date(min(seen)),
        until=words.short_date(min(dated)),
        steps=told,
    )
