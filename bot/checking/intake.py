"""Intake: can the bot listen where a proxy is to hand updates on to it."""

import os
from collections.abc import Iterator

from bot.checking.findings import Finding, fail, ok, warn
from bot.settings import BotSettings, SocketFile

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def intake_findings(settings: BotSettings) -> Iterator[Finding]:
    """Look at where the webhook listens; opens nothing, since a bot that runs may be there.

    Args:
        settings: The bot's settings.
    """
    if settings.webhook_url is None:
        if settings.webhook_secret is not None:
            step = "Set HEARSAY_WEBHOOK_URL, or remove the secret."
            yield warn("webhook", "There is a secret for it and no address.", step)
        return
    listen = settings.webhook_listen
    if isinstance(listen, SocketFile):
        folder = listen.path.parent
        if not os.access(folder, os.W_OK | os.X_OK):
            step = "Make the folder, writable for this user; systemd does by RuntimeDirectory=."
            message = f"{folder} is no folder in which a socket can be made."
            yield fail("webhook", message, step, is_setting=True)
            return
    elif listen.host not in _LOOPBACK:
        step = "Let it listen at 127.0.0.1, with a proxy before it that speaks HTTPS."
        yield warn("webhook", f"It listens at {listen}, which others may reach.", step)
        return
    yield ok("webhook", f"The bot listens at {listen}.")
