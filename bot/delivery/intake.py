"""Intake: how updates come in, fetched or posted."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.context import App, deps_of
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.polling import Poller
from bot.delivery.subscription import Subscription
from bot.delivery.webhook import WebhookServer
from bot.settings import BotSettings, Listen, SocketFile
from bot.state.inbox import Inbox

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Webhook:
    """That updates are posted, and how.

    Attributes:
        url: Where Telegram posts them.
        listen: Where the bot takes them from the proxy.
        secret: What Telegram proves itself with.
    """

    url: str
    listen: Listen | SocketFile
    secret: str = field(repr=False)


def webhook_of(settings: BotSettings) -> Webhook | None:
    """The webhook as it is set, with a new secret where none is; None where the bot polls."""
    if settings.webhook_url is None:
        return None
    given = settings.webhook_secret
    secret = given.get_secret_value() if given else secrets.token_urlsafe(_SECRET_BYTES)
    return Webhook(settings.webhook_url, settings.webhook_listen, secret)


@asynccontextmanager
async def taking_in(
    application: App,
    inbox: Inbox,
    dispatcher: Dispatcher,
    kinds: Sequence[str],
    webhook: Webhook | None,
) -> AsyncIterator[None]:
    """Take updates in while the context is open.

    Args:
        application: Whose updates.
        inbox: Where they are kept.
        dispatcher: Told of new ones.
        kinds: Kinds of updates that Telegram shall send.
        webhook: How they are posted; None: they are fetched.

    Raises:
        SettingsError: The webhook's address cannot be had.
    """
    if webhook is None:
        async with Poller(application, inbox, dispatcher, kinds).running():
            yield
        return
    now = deps_of(application).now
    async with (
        WebhookServer(inbox, dispatcher, webhook.secret, now).listening(webhook.listen),
        Subscription(application, webhook.url, webhook.secret, kinds).running(),
    ):
        yield
