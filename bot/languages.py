"""Languages: offers a person the languages of the bot, and does what they choose."""

from datetime import UTC, datetime

from telegram import Update

from bot.callbacks import Action, Tap
from bot.context import Context
from bot.messages import Catalogue, Catalogues
from bot.reply import Button, Reply
from bot.state.languages import Languages

# In place of a language's code: as the person's Telegram is set.
AS_IN_TELEGRAM = "auto"
_IN_A_ROW = 2


def languages_reply(words: Catalogue, catalogues: Catalogues) -> Reply:
    """The question which language it shall be, with a button for each, named in itself."""
    buttons = [
        Button(own_name(catalogues.of(code)), Tap(Action.LANGUAGE, (code,)))
        for code in catalogues.languages
    ]
    rows = [tuple(buttons[at : at + _IN_A_ROW]) for at in range(0, len(buttons), _IN_A_ROW)]
    follow = Button(words.label("language.as_in_telegram"), Tap(Action.LANGUAGE, (AS_IN_TELEGRAM,)))
    return Reply(words("language.choose"), (*rows, (follow,)))


def choose_language(update: Update, context: Context, code: str) -> Reply | None:
    """Keep the language that somebody has chosen, and say so in it.

    Args:
        update: What they did.
        context: Its context.
        code: A language of the catalogues, or `AS_IN_TELEGRAM` to drop the choice.

    Returns:
        The confirmation; None where there is no such language, or nobody who chose it.
    """
    user, catalogues = update.effective_user, context.deps.catalogues
    chosen = Languages(context.deps.state)
    if user is None:
        return None
    if code == AS_IN_TELEGRAM:
        chosen.forget_person(user.id)
        words, key = catalogues.of(user.language_code), "language.follows"
    elif code in catalogues.languages:
        chosen.choose_for_person(user.id, code, datetime.now(UTC))
        words, key = catalogues.of(code), "language.chosen"
    else:
        return None
    return Reply(words(key, language=words.language_name(words.language)))


def own_name(words: Catalogue) -> str:
    """A language's name in itself, as a label: "Українська"."""
    name = words.language_name(words.language)
    return name[:1].upper() + name[1:]
