"""Connection: does Telegram answer, is the token good, how are @BotFather's switches."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from telegram import User, WebhookInfo
from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.checking.findings import Finding, fail, ok, warn
from bot.errors import described
from bot.outgoing.bot import OutgoingBot
from bot.outgoing.dates import date_at
from bot.settings import BotSettings

# More would make messages look old that have just been sent, and quiet hours begin at a wrong time.
MAX_SKEW_S = 30.0
_MANY_UPDATES = 500


async def connection_findings(
    settings: BotSettings,
    *,
    now: Callable[[], float] = time.time,
) -> tuple[Finding, ...]:
    """Ask Telegram about the bot; sets nothing, and takes no update from a bot that runs.

    Args:
        settings: The bot's settings.
        now: Unix time in seconds.
    """
    if settings.token is None:
        step = "Set TELEGRAM_BOT_TOKEN or TELEGRAM_BOT_TOKEN_FILE, or check with --offline."
        return (fail("token", "There is none.", step, is_setting=True),)
    bot = OutgoingBot(settings.require_token(), settings.api_url)
    try:
        await bot.initialize()
        findings = (
            ok("telegram", f"{urlsplit(settings.api_url).hostname} answers."),
            ok("token", f"Accepted; the bot is @{bot.username}."),
            *switches(bot.bot),
            *webhook(await bot.get_webhook_info(), settings.webhook_url),
        )
    except InvalidToken:
        return (_bad_token(),)
    except TelegramError as error:
        return (_unreachable(settings, error),)
    finally:
        await bot.shutdown()
    return (*findings, *await _clock_findings(settings.api_url, now))


def switches(me: User) -> tuple[Finding, ...]:
    """What @BotFather has switched on or off for the bot."""
    return (
        warn(
            "privacy",
            "Privacy mode is off: Telegram sends the bot every message of its groups.",
            "@BotFather: /setprivacy, your bot, Enable; then remove it from its groups and add it "
            "again.",
        )
        if me.can_read_all_group_messages
        else ok("privacy", "Privacy mode is on: in groups it sees only what is meant for it."),
        ok("groups", "It may be added to groups.")
        if me.can_join_groups
        else warn(
            "groups",
            "It cannot be added to groups.",
            "@BotFather: /setjoingroups, your bot, Enable; or leave it, for private chats only.",
        ),
        ok("inline", "Inline mode is on.")
        if me.supports_inline_queries
        else warn(
            "inline",
            "Inline mode is off: @its_name TEXT does nothing in other chats.",
            "@BotFather: /setinline, your bot, and a placeholder; or leave it.",
        ),
        ok("guest", "Guest mode is on.")
        if me.supports_guest_queries
        else warn(
            "guest",
            "Guest mode is off: it cannot be asked in chats that it is no member of.",
            "@BotFather: your bot, Bot Settings, Guest Mode; or leave it.",
        ),
    )


def webhook(info: WebhookInfo, wanted: str | None) -> tuple[Finding, ...]:
    """Whether updates come the way that the settings say. An address is shown by its host only.

    Args:
        info: What Telegram knows.
        wanted: Where updates are to be posted; None if the bot polls.
    """
    findings = []
    host = urlsplit(info.url).hostname if info.url else None
    if wanted is None and info.url:
        message = f"A webhook at {host} is set, and the bot is to poll."
        step = "The start removes it. If another server uses this token, give one of them another."
        findings.append(warn("webhook", message, step))
    elif wanted is None:
        findings.append(ok("webhook", "None is set; the bot polls."))
    elif info.url != wanted:
        message = f"Telegram posts to {host}." if host else "None is set yet."
        step = "The start sets it. If another server uses this token, give one of them another."
        findings.append(warn("webhook", message, step))
    else:
        findings.append(ok("webhook", f"Telegram posts to {host}."))
    if wanted and info.url and info.last_error_message and info.last_error_date:
        message = f"At {info.last_error_date:%Y-%m-%d %H:%M} UTC: {info.last_error_message}."
        findings.append(warn("webhook", message, "Check the proxy and its certificate."))
    if info.pending_update_count >= _MANY_UPDATES:
        message = f"{info.pending_update_count} updates wait to be fetched."
        findings.append(warn("updates", message, "The bot will work them off; that takes a while."))
    return tuple(findings)


def clock_finding(skew_s: float) -> Finding:
    """How far the clock of this machine is ahead, in seconds; behind if negative."""
    if abs(skew_s) <= MAX_SKEW_S:
        return ok("clock", "It agrees with Telegram's.")
    direction = "ahead of" if skew_s > 0 else "behind"
    return warn(
        "clock",
        f"It is {abs(skew_s):.0f} s {direction} Telegram's.",
        "Switch on time synchronisation: `timedatectl set-ntp true`.",
    )


async def _clock_findings(api_url: str, now: Callable[[], float]) -> tuple[Finding, ...]:
    theirs = await date_at(api_url)
    # Where there is none: it answers its own methods, which is what counts.
    return () if theirs is None else (clock_finding(now() - theirs),)


def _bad_token() -> Finding:
    return fail(
        "token",
        "Telegram does not accept this token.",
        "Compare it with what @BotFather shows for your bot, and make sure that TELEGRAM_API_URL "
        "leads to a Bot API.",
        is_setting=True,
    )


def _unreachable(settings: BotSettings, error: TelegramError) -> Finding:
    host = urlsplit(settings.api_url).hostname
    if isinstance(error, NetworkError):
        step = "Check network, firewall, proxy and TELEGRAM_API_URL."
        return fail("telegram", f"{host} cannot be reached ({described(error)}).", step)
    step = "Try again; if it stays so, see what the message says."
    return fail("telegram", f"{host} answers with an error ({described(error)}).", step)
