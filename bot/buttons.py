"""Buttons: what happens when one is tapped. The query is always answered."""

from collections.abc import Awaitable, Callable, Mapping

from telegram import CallbackQuery, Message, Update

from bot.admission import may_tap
from bot.budgets import Admission
from bot.callbacks import Action, parse_tap
from bot.context import Context
from bot.group_taps import on_setting
from bot.keeping import on_keep, on_watch
from bot.languages import choose_language
from bot.messages import Catalogue
from bot.own_data import on_forget
from bot.seals import unverified
from bot.sender import send
from bot.taps import Tapped, notify, opened
from bot.views import on_page, on_picture, on_view
from bot.watching.taps import on_watch_tap
from bot.workers import BusyError


async def on_button(update: Update, context: Context) -> None:
    """Do what a button says, or tell why not in a notice."""
    if (query := update.callback_query) is None:
        return
    words = context.words_for(update)
    if (admission := may_tap(query, context)) is not Admission.TAKEN:
        told = admission is Admission.REFUSED
        await notify(query, words.label("budget.taps") if told else None)
        return
    tap = parse_tap(opened(query))
    # A message that Telegram no longer shows comes without its content; its chat is enough here.
    message = query.message if isinstance(query.message, Message) else None
    if tap is None:
        await notify(query, _why_not(query, words))
        return
    tapped = Tapped(update, context, query, tap, words)
    try:
        if (anywhere := _ANYWHERE.get(tap.action)) is not None:
            await anywhere(tapped)
        elif message is None:
            await tapped.answer("button.too_old")
        else:
            await _UNDER_A_MESSAGE[tap.action](tapped, message)
    except BusyError:
        await tapped.answer("button.busy")


def _why_not(query: CallbackQuery, words: Catalogue) -> str:
    claimed = parse_tap(unverified(query.data))
    is_personal = claimed is not None and claimed.is_personal
    return words.label("offer.not_yours" if is_personal else "button.too_old")


async def _on_watches(tapped: Tapped) -> None:
    await notify(
        tapped.query,
        await on_watch_tap(tapped.update, tapped.context, tapped.query, tapped.tap),
    )


async def _on_language(tapped: Tapped, message: Message) -> None:
    confirmation = choose_language(tapped.update, tapped.context, tapped.tap.claim_ids[0])
    await tapped.answer(None if confirmation else "button.too_old")
    if confirmation:
        await send(message, confirmation)


async def _on_setting(tapped: Tapped, message: Message) -> None:
    choice, words = tapped.tap.claim_ids, tapped.words
    notice = await on_setting(tapped.query, message, choice, tapped.context, words)
    await notify(tapped.query, notice)


async def _on_forget(tapped: Tapped, message: Message) -> None:
    notice = await on_forget(tapped.query, message, tapped.context, tapped.words)
    await notify(tapped.query, notice)


# What needs no message, so that it works under one that Telegram no longer shows.
_ANYWHERE: Mapping[Action, Callable[[Tapped], Awaitable[None]]] = {
    Action.WATCH: on_watch,
    Action.UNWATCH: _on_watches,
    Action.WATCHES: _on_watches,
    Action.DROP: _on_watches,
}
_UNDER_A_MESSAGE: Mapping[Action, Callable[[Tapped, Message], Awaitable[None]]] = {
    Action.SOURCING: on_view,
    Action.OTHERS: on_view,
    Action.CARD: on_view,
    Action.MORE: on_page,
    Action.PICTURE: on_picture,
    Action.NOT_IT: on_keep,
    Action.WATCH_QUESTION: on_keep,
    Action.PASS_ON: on_keep,
    Action.LANGUAGE: _on_language,
    Action.SETTING: _on_setting,
    Action.FORGET: _on_forget,
}
