"""Updates: counts an update, times its handling, and says which one a log line belongs to."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from telegram import Update

from bot.logs import about
from bot.operations.metrics import Metrics

_UNKNOWN = "other"


@contextmanager
def counted(
    update: object,
    metrics: Metrics,
    *,
    now: Callable[[], float] = time.time,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[None]:
    """Count an update while the context handles it; log lines inside carry its id and chat type.

    Args:
        update: What the application handles.
        metrics: What to count into.
        now: Unix time in seconds.
        clock: Seconds, never going back.
    """
    if not isinstance(update, Update):
        yield
        return
    kind, chat = kind_of(update), chat_of(update)
    metrics.update(kind, chat, _age_s(update, now()))
    begun = clock()
    try:
        with about(update.update_id, chat):
            yield
    finally:
        metrics.handled(kind, clock() - begun)


def kind_of(update: Update) -> str:
    """The kind of an update, as the Bot API calls it; "other" for one that is too new for us."""
    kinds = (str(kind) for kind in Update.ALL_TYPES)
    return next((kind for kind in kinds if getattr(update, kind) is not None), _UNKNOWN)


def chat_of(update: Update) -> str:
    """The type of an update's chat; "none" without one."""
    return str(update.effective_chat.type) if update.effective_chat else "none"


def _age_s(update: Update, now: float) -> float | None:
    message = update.message or update.channel_post
    if message is not None:
        return now - message.date.timestamp()
    edited = update.edited_message or update.edited_channel_post
    if edited is not None and edited.edit_date is not None:
        return now - edited.edit_date.timestamp()
    return None
