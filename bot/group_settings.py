"""Group settings: what a group's admins can choose, as a message with buttons. Pure.

A choice is what a button carries: the name of a setting and its value, such as ("length", "short").
A name alone opens the view in which it is chosen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from babel import Locale

from bot.callbacks import Action, Tap
from bot.markup import Html, join, text
from bot.messages import Catalogue
from bot.reply import Button, Reply
from bot.state.chats import Asking, GroupSettings

MAIN = ("main",)
DONE = ("done",)
LEAVE = ("leave", "yes")
_CAPS = (1, 3, 5, 10, 20)
_HOURS_A_ROW = 6
_QUIET_HOURS = 8
Choice = Sequence[str]
Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the views of the settings are drawn from.

    Attributes:
        settings: The group's.
        languages: Codes of the languages on offer.
        now: For the time of day (UTC).
        words: The reader's language.
    """

    settings: GroupSettings
    languages: Sequence[str]
    now: datetime
    words: Catalogue


def settings_reply(view: View, choice: Choice = MAIN) -> Reply:
    """The view that a choice opens; what is chosen in a view keeps it open."""
    return _VIEWS.get(choice[0], _main)(view)


def chosen(settings: GroupSettings, choice: Choice, languages: Sequence[str]) -> GroupSettings:
    """The settings after a choice; the same where it only opens a view, or makes no sense.

    Args:
        settings: The settings before.
        choice: The choice, which any client may have forged.
        languages: Codes of the languages on offer.
    """
    match tuple(choice):
        case ("language", "auto"):
            settings = replace(settings, language=None)
        case ("language", code) if code in languages:
            settings = replace(settings, language=code)
        case ("length", "short" | "full" as length):
            settings = replace(settings, is_short=length == "short")
        case ("asking", who) if who in set(Asking):
            settings = replace(settings, asking=Asking(who))
        case ("auto", "on" | "off" as state):
            settings = replace(settings, auto_answer=state == "on")
        case ("cap", number) if number in map(str, _CAPS):
            settings = replace(settings, max_auto_a_day=int(number))
        case ("quiet", "off"):
            settings = replace(settings, quiet_from=None)
        case ("quiet", hour) if hour in map(str, range(24)):
            settings = replace(settings, quiet_from=int(hour))
    return settings


def is_quiet(settings: GroupSettings, now: datetime) -> bool:
    """Whether the quiet hours are on."""
    start = settings.quiet_from
    return start is not None and (now.hour - start) % 24 < _QUIET_HOURS


def _main(view: View) -> Reply:
    settings, words = view.settings, view.words
    is_short, auto = settings.is_short, settings.auto_answer
    asking = settings.asking
    length = "short" if is_short else "full"
    language = _language(settings.language, words)
    html = join(
        (
            words("settings.title"),
            words("settings.language", value=language),
            words(f"settings.length_{length}"),
            words(f"settings.asking_{asking}"),
            words(f"settings.auto_{'on' if auto else 'off'}"),
        )
    )
    other = "full" if is_short else "short"
    others = Asking.EVERYBODY if asking is Asking.ADMINS else Asking.ADMINS
    rows = (
        (_button(words.label("settings.button_language"), "language"),),
        (_button(words.label(f"settings.button_length_{other}"), "length", other),),
        (_button(words.label(f"settings.button_asking_{others}"), "asking", others.value),),
        (_button(words.label("settings.button_auto"), "auto"),),
        (
            _button(words.label("settings.button_leave"), "leave"),
            _button(words.label("settings.button_done"), *DONE),
        ),
    )
    return Reply(html, rows)


def _language_view(view: View) -> Reply:
    words, current = view.words, view.settings.language
    automatic = _mark(words.label("settings.language_auto"), is_on=current is None)
    buttons = [
        _button(_mark(_endonym(code), is_on=code == current), "language", code)
        for code in view.languages
    ]
    rows = ((_button(automatic, "language", "auto"),), *_in_rows(buttons, 2), _back(words))
    return Reply(words("settings.choose_language"), rows)


def _auto_view(view: View) -> Reply:
    settings, words = view.settings, view.words
    is_on = settings.auto_answer
    lines = [words("settings.auto_text")]
    if is_on:
        lines.append(words("settings.auto_cap", n=settings.max_auto_a_day))
        lines.append(_quiet_line(view))
    other = "off" if is_on else "on"
    switch = (_button(words.label(f"settings.button_auto_{other}"), "auto", other),)
    caps = tuple(
        _button(_mark(words.label("button.number", n=n), is_on=n == settings.max_auto_a_day),
                "cap", str(n))
        for n in _CAPS
    )  # fmt: skip
    quiet = (_button(words.label("settings.button_quiet"), "quiet"),)
    rows = (switch, caps, quiet, _back(words)) if is_on else (switch, _back(words))
    return Reply(join(lines, "\n\n"), rows)


def _quiet_view(view: View) -> Reply:
    words, current = view.words, view.settings.quiet_from
    clock = text(f"{view.now:%H:%M}")
    html = join((words("settings.choose_quiet", time=clock), _quiet_line(view)), "\n\n")
    hours = [
        _button(_mark(f"{hour}:00", is_on=hour == current), "quiet", str(hour))
        for hour in range(24)
    ]
    off = _mark(words.label("settings.button_quiet_off"), is_on=current is None)
    back = _button(words.label("settings.button_back"), "auto")
    rows = (*_in_rows(hours, _HOURS_A_ROW), (_button(off, "quiet", "off"), back))
    return Reply(html, rows)


def _leave_view(view: View) -> Reply:
    words = view.words
    yes = _button(words.label("settings.button_leave_yes"), *LEAVE)
    return Reply(words("settings.leave_text"), ((yes,), _back(words)))


def _done_view(view: View) -> Reply:
    return Reply(_main(view).html)


_VIEWS: Mapping[str, Callable[[View], Reply]] = {
    "main": _main,
    "language": _language_view,
    "auto": _auto_view,
    "cap": _auto_view,
    "quiet": _quiet_view,
    "leave": _leave_view,
    "done": _done_view,
}


def _quiet_line(view: View) -> Html:
    start = view.settings.quiet_from
    if start is None:
        return view.words("settings.quiet_none")
    end = (start + _QUIET_HOURS) % 24
    return view.words("settings.quiet", start=text(f"{start}:00"), end=text(f"{end}:00"))


def _language(code: str | None, words: Catalogue) -> Html:
    return text(_endonym(code)) if code else words("settings.language_auto")


def _endonym(code: str) -> str:
    """A language's name in itself, as whoever wants it looks for it."""
    name = Locale.parse(code, sep="-").get_display_name() or code
    return name[:1].upper() + name[1:]


def _mark(label: str, *, is_on: bool) -> str:
    return f"✓ {label}" if is_on else label


def _button(label: str, *choice: str) -> Button:
    return Button(label, Tap(Action.SETTING, choice))


def _back(words: Catalogue) -> tuple[Button, ...]:
    return (_button(words.label("settings.button_back"), *MAIN),)


def _in_rows(buttons: Sequence[Button], n: int) -> Rows:
    return tuple(tuple(buttons[start : start + n]) for start in range(0, len(buttons), n))
