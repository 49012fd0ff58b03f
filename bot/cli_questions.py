"""Questions: `hearsay-bot questions`, the queue of questions that people passed on, for editors."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.exits import reported

if TYPE_CHECKING:  # heavy: imported where they are used, so that --help is instant
    from collections.abc import Iterator, Sequence

    from bot.editors.groups import Group
    from bot.state.questions import PassedOn, PassedOnQuestions
    from index import Lookup

_MAX_CHARS = 160
_N_CANDIDATES = 5

app = typer.Typer(
    no_args_is_help=True,
    help="Work on the questions that people passed on.\n\nExample: hearsay-bot questions list",
)

_Id = Annotated[int, typer.Argument(metavar="ID", help="Number of a question.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Only = Annotated[
    bool, typer.Option("--only", help="Only this question, not the others that ask the same.")
]


@app.command("list")
def list_questions(as_json: _Json = False) -> None:
    """List the open questions, grouped by meaning, most people first.

    Example: hearsay-bot questions list
    """
    from rich.table import Table  # noqa: PLC0415

    with _questions() as questions, _lookup() as lookup:
        groups = _groups(questions, lookup)
    if as_json:
        _print_json([_group_json(group) for group in groups])
        return
    if not groups:
        _note("No question waits for an answer.")
        return
    table = Table(
        "ID", "people", "asked", "last", "languages", "question", box=None, pad_edge=False
    )
    for group in groups:
        languages = dict.fromkeys(each.language for each in group.questions if each.language)
        table.add_row(
            str(group.id),
            str(group.n_people),
            str(len(group.questions)),
            group.last_asked_at.date().isoformat(),
            ", ".join(languages),
            _line(group.questions[0].text),
        )
    _print(table)


@app.command()
def show(question_id: _Id, as_json: _Json = False) -> None:
    """Show a question, the others that ask the same, and the closest claims.

    Example: hearsay-bot questions show 17
    """
    with _questions() as questions, _lookup() as lookup:
        question = questions.question(question_id)
        group = _group_of(question, questions, lookup)
        candidates = lookup.ask(question.text, limit=_N_CANDIDATES).candidates
    if as_json:
        found = [
            {"id": each.id, "text": each.text, "probability": each.probability}
            for each in candidates
        ]
        shown = _group_json(group) | {"question": _question_json(question), "candidates": found}
        _print_json(shown)
        return
    _print(f"Question {question.id}: {_state(question)}")
    _print(f"{group.n_people} asking, last on {group.last_asked_at:%Y-%m-%d}")
    for each in group.questions:
        _print(f"  {each.id}  {each.text}{_reason(each)}")
    _print("Closest claims")
    for candidate in candidates:
        _print(f"  {candidate.id}  {candidate.probability:4.0%}  {_line(candidate.text)}")


@app.command()
def answer(
    question_id: _Id,
    claim_id: Annotated[str, typer.Argument(metavar="CLAIM_ID", help="Id of a published claim.")],
    only: _Only = False,
) -> None:
    """Answer a question, and all that ask the same, with a claim; those who asked are told.

    Example: hearsay-bot questions answer 17 4k2m9x0a7c
    """
    with _questions() as questions, _lookup() as lookup:
        group = _open_group(question_id, questions, lookup, only=only)
        claim = lookup.claim(claim_id)
        done = questions.answer(group.ids, claim.id)
    _report("Answered", done, f"with {claim.id}: {_line(claim.text)}")
    n_people = len({each.user_id for each in done})
    _note(f"{n_people} will be told as soon as the bot runs and its quiet hours are over.")


@app.command()
def dismiss(
    question_id: _Id,
    reason: Annotated[str, typer.Option(help="Why, for the record; nobody is told.")] = "",
    only: _Only = False,
) -> None:
    """Dismiss a question, and all that ask the same; nobody is told.

    Example: hearsay-bot questions dismiss 17 --reason "not a checkable claim"
    """
    with _questions() as questions:
        if only:
            group = _open_group(question_id, questions, None, only=True)
        else:
            with _lookup() as lookup:
                group = _open_group(question_id, questions, lookup, only=False)
        done = questions.dismiss(group.ids, reason)
    _report("Dismissed", done, f"({reason})" if reason else "")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    answered: Annotated[
        bool, typer.Option("--answered", help="The answered ones, with the claims they are about.")
    ] = False,
) -> None:
    """Write the open questions as JSON Lines, for `hearsay label`.

    Example: hearsay-bot questions export questions.jsonl
    """
    from index import SettingsError  # noqa: PLC0415

    with _questions() as questions:
        chosen = questions.answered() if answered else questions.open()
        lines = [json.dumps(_exported(each), ensure_ascii=False) for each in chosen]
        try:
            with file.open("x", encoding="utf-8") as out:
                out.writelines(f"{line}\n" for line in lines)
        except FileExistsError:
            raise SettingsError(f"{file} exists. Name a new file.") from None
        except OSError as error:
            raise SettingsError(f"{file} cannot be written ({error.strerror}).") from None
    _note(f"Wrote {len(lines)} questions to {file}. They are people's own words: keep them safe.")


@contextmanager
def _questions() -> "Iterator[PassedOnQuestions]":
    """The questions on file, beside a bot that may be running; errors end the command."""
    from bot.editors.notices import OutboxNotifier  # noqa: PLC0415
    from bot.settings import load_bot_settings  # noqa: PLC0415
    from bot.state import MIGRATIONS, StateDb  # noqa: PLC0415
    from bot.state.database import FILE_NAME  # noqa: PLC0415
    from bot.state.questions import PassedOnQuestions  # noqa: PLC0415
    from bot.state.stamps import utc_now  # noqa: PLC0415
    from index import load_settings  # noqa: PLC0415

    with reported():
        days = load_bot_settings().questions_days
        with StateDb(load_settings().home / FILE_NAME, MIGRATIONS) as state:
            yield PassedOnQuestions(state, OutboxNotifier(state, utc_now), utc_now, days)


@contextmanager
def _lookup() -> "Iterator[Lookup]":
    from index import load_settings, open_lookup  # noqa: PLC0415

    with open_lookup(load_settings(), on_progress=_note) as lookup:
        yield lookup


def _groups(questions: "PassedOnQuestions", lookup: "Lookup") -> "list[Group]":
    from bot.editors.groups import grouped  # noqa: PLC0415

    return grouped(questions.open(), lookup.group)


def _group_of(question: "PassedOn", questions: "PassedOnQuestions", lookup: "Lookup") -> "Group":
    """The group of a question; alone, once it is closed."""
    from bot.editors.groups import Group, holding  # noqa: PLC0415

    return holding(_groups(questions, lookup), question.id) or Group((question,))


def _open_group(
    question_id: int, questions: "PassedOnQuestions", lookup: "Lookup | None", *, only: bool
) -> "Group":
    """The questions that a command closes.

    Raises:
        UnknownQuestionError: There is no such question, or it is closed.
    """
    from bot.editors.groups import Group  # noqa: PLC0415
    from bot.state.questions import QuestionState, UnknownQuestionError  # noqa: PLC0415

    question = questions.question(question_id)
    if question.state is not QuestionState.OPEN:
        raise UnknownQuestionError(f"Question {question_id} is closed already: {_state(question)}.")
    if only or lookup is None:
        return Group((question,))
    return _group_of(question, questions, lookup)


def _state(question: "PassedOn") -> str:
    if question.closed_at is None:
        return "open"
    detail = question.answer_claim_id or question.why
    with_what = f" ({detail})" if detail else ""
    return f"{question.state} on {question.closed_at:%Y-%m-%d}{with_what}"


def _reason(question: "PassedOn") -> str:
    shown = question.shown_claim_id
    return f"  (not what was meant: {shown})" if shown else ""


def _group_json(group: "Group") -> dict[str, Any]:
    return {
        "id": group.id,
        "n_people": group.n_people,
        "last_asked_at": group.last_asked_at.isoformat(),
        "questions": [_question_json(each) for each in group.questions],
    }


def _question_json(question: "PassedOn") -> dict[str, Any]:
    """A question without who asked it."""
    return {
        "id": question.id,
        "text": question.text,
        "language": question.language or None,
        "reason": question.reason,
        "shown_claim_id": question.shown_claim_id or None,
        "asked_at": question.asked_at.isoformat(),
        "state": question.state,
        "answer_claim_id": question.answer_claim_id or None,
        "why": question.why or None,
    }


def _exported(question: "PassedOn") -> dict[str, Any]:
    row: dict[str, Any] = {
        "qid": f"passed-on-{question.id}",
        "text": question.text,
        "lang": question.language.replace("_", "-").split("-")[0] or None,
        "kind": question.reason,
    }
    if question.answer_claim_id:
        row["gold"] = [question.answer_claim_id]
    return row


def _report(done: str, closed: "Sequence[PassedOn]", detail: str) -> None:
    _print(f"{done} {len(closed)} {detail}".rstrip())
    for each in closed:
        _print(f"  {each.id}  {_line(each.text)}")


def _line(text: str) -> str:
    from index import clean, shorten  # noqa: PLC0415

    return shorten(clean(text), _MAX_CHARS)


def _print(what: Any) -> None:
    from rich.console import Console  # noqa: PLC0415

    # What people wrote is printed as it is: "[sic]" is no markup.
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=isinstance(what, str))
    console.print(what)


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _note(text: str) -> None:
    typer.echo(text, err=True)
