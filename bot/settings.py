"""Settings of the bot; the only module of `bot` that reads the environment."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.functional_validators import model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.budgets import Rates, Scope, parse_rates
from bot.quiet import OFF, QuietHours, parse_quiet_hours
from index import SettingsError

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
# https://core.telegram.org/bots/api#setwebhook allows shorter ones, which could be guessed.
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}", re.ASCII)
_MAX_SECRET_FILE_BYTES = 4096
_UNIX = "unix:"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# A group is told once an hour that only its admins may ask.
_NOTICE_BUDGET = "1/3600"


def _named(variable: str) -> AliasChoices:
    return AliasChoices(variable)


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to listen at.

    Attributes:
        host: A name or an IP address, without brackets.
        port: 0 to 65535; 0 takes a free one.
    """

    host: str
    port: int

    def __str__(self) -> str:
        """The address as it is written: `127.0.0.1:9321`, `[::1]:9321`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SocketFile:
    """A Unix socket to listen at.

    Attributes:
        path: Its file.
    """

    path: Path

    def __str__(self) -> str:
        """The address as it is written: `unix:/run/hearsay/webhook.sock`."""
        return f"{_UNIX}{self.path}"


class BotSettings(BaseSettings):
    """Everything an operator can set for `hearsay-bot`; `.env.example` documents each variable.

    Attributes:
        token: The bot's token from @BotFather (`TELEGRAM_BOT_TOKEN`); None without one.
        token_file: A file that holds the token instead (`TELEGRAM_BOT_TOKEN_FILE`).
        api_url: Where the Bot API is, up to and with "/bot" (`TELEGRAM_API_URL`).
        lookup_workers: Threads that look questions up (`HEARSAY_LOOKUP_WORKERS`).
        lookup_queue: Questions that may wait for a thread (`HEARSAY_LOOKUP_QUEUE`).
        lookup_timeout_s: Seconds after which a question is given up, waiting included
            (`HEARSAY_LOOKUP_TIMEOUT_S`).
        log_level: Lowest level that is logged (`HEARSAY_LOG_LEVEL`).
        person_budget: How much one person may ask, as rates (`HEARSAY_PERSON_BUDGET`).
        group_budget: How much may be asked in one group (`HEARSAY_GROUP_BUDGET`).
        taps_budget: How many buttons one person may tap (`HEARSAY_TAPS_BUDGET`).
        inline_budget: How many inline queries one person may type (`HEARSAY_INLINE_BUDGET`).
        late_s: Seconds after which a message that waited through an outage counts as old; 0: never
            (`HEARSAY_LATE_S`).
        admins: Ids of the Telegram accounts that work on the editors' queue (`HEARSAY_ADMINS`).
        questions_days: Days after which a question that was passed on is deleted
            (`HEARSAY_QUESTIONS_DAYS`).
        time_zone: By whose clock the quiet hours go (`HEARSAY_TIMEZONE`).
        quiet_hours: When nobody is notified, or "off" (`HEARSAY_QUIET_HOURS`).
        log_format: "text", or "json" for a JSON object a line (`HEARSAY_LOG_FORMAT`).
        metrics_listen: Where metrics and health are served (`HEARSAY_METRICS_LISTEN`); None
            ("off") for nowhere.
        webhook_url: Where Telegram posts updates (`HEARSAY_WEBHOOK_URL`); None: they are fetched.
        webhook_listen: Where the bot takes them from the proxy (`HEARSAY_WEBHOOK_LISTEN`).
        webhook_secret: What Telegram proves itself with (`HEARSAY_WEBHOOK_SECRET`); None: a new one
            at every start.
        webhook_secret_file: A file that holds it instead (`HEARSAY_WEBHOOK_SECRET_FILE`).
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    token: Annotated[SecretStr | None, Field(validation_alias=_named("TELEGRAM_BOT_TOKEN"))] = None
    token_file: Annotated[
        Path | None, Field(validation_alias=_named("TELEGRAM_BOT_TOKEN_FILE"))
    ] = None
    api_url: Annotated[str, Field(validation_alias=_named("TELEGRAM_API_URL"))] = (
        "https://api.telegram.org/bot"
    )
    lookup_workers: Annotated[
        int, Field(validation_alias=_named("HEARSAY_LOOKUP_WORKERS"), ge=1, le=64)
    ] = 2
    lookup_queue: Annotated[
        int, Field(validation_alias=_named("HEARSAY_LOOKUP_QUEUE"), ge=0, le=10_000)
    ] = 32
    lookup_timeout_s: Annotated[
        float, Field(validation_alias=_named("HEARSAY_LOOKUP_TIMEOUT_S"), gt=0, le=600)
    ] = 20.0
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(validation_alias=_named("HEARSAY_LOG_LEVEL")),
    ] = "INFO"
    person_budget: Annotated[str, Field(validation_alias=_named("HEARSAY_PERSON_BUDGET"))] = (
        "5/10,60/3600"
    )
    group_budget: Annotated[str, Field(validation_alias=_named("HEARSAY_GROUP_BUDGET"))] = "20/60"
    taps_budget: Annotated[str, Field(validation_alias=_named("HEARSAY_TAPS_BUDGET"))] = (
        "10/10,120/3600"
    )
    inline_budget: Annotated[str, Field(validation_alias=_named("HEARSAY_INLINE_BUDGET"))] = (
        "10/10,240/3600"
    )
    late_s: Annotated[float, Field(validation_alias=_named("HEARSAY_LATE_S"), ge=0, le=86_400)] = (
        3600.0
    )
    admins: Annotated[
        tuple[int, ...], NoDecode, Field(validation_alias=_named("HEARSAY_ADMINS"))
    ] = ()
    questions_days: Annotated[
        int, Field(validation_alias=_named("HEARSAY_QUESTIONS_DAYS"), ge=1, le=3650)
    ] = 90
    time_zone: Annotated[str, Field(validation_alias=_named("HEARSAY_TIMEZONE"))] = "UTC"
    quiet_hours: Annotated[str, Field(validation_alias=_named("HEARSAY_QUIET_HOURS"))] = (
        "22:00-08:00"
    )
    log_format: Annotated[
        Literal["text", "json"], Field(validation_alias=_named("HEARSAY_LOG_FORMAT"))
    ] = "text"
    metrics_listen: Annotated[
        Listen | None, NoDecode, Field(validation_alias=_named("HEARSAY_METRICS_LISTEN"))
    ] = Listen("127.0.0.1", 9321)
    webhook_url: Annotated[str | None, Field(validation_alias=_named("HEARSAY_WEBHOOK_URL"))] = None
    webhook_listen: Annotated[
        Listen | SocketFile, NoDecode, Field(validation_alias=_named("HEARSAY_WEBHOOK_LISTEN"))
    ] = Listen("127.0.0.1", 9322)
    webhook_secret: Annotated[
        SecretStr | None, Field(validation_alias=_named("HEARSAY_WEBHOOK_SECRET"))
    ] = None
    webhook_secret_file: Annotated[
        Path | None, Field(validation_alias=_named("HEARSAY_WEBHOOK_SECRET_FILE"))
    ] = None

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("person_budget", "group_budget", "taps_budget", "inline_budget")
    @classmethod
    def _rates(cls, value: str) -> str:
        parse_rates(value)
        return value

    @field_validator("admins", mode="before")
    @classmethod
    def _ids(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isascii() and part.isdecimal() and int(part) > 0 for part in parts):
            raise ValueError(
                "expected ids of accounts, separated by commas, such as 123456789,987654321; "
                "names do not count, because anybody can take one that is free"
            )
        return tuple(dict.fromkeys(int(part) for part in parts))

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        parse_quiet_hours(OFF, value)
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        parse_quiet_hours(value, "UTC")
        return value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("metrics_listen", mode="before")
    @classmethod
    def _parted(cls, value: Any) -> Any:
        return _read_listen(value) if isinstance(value, str) else value

    @field_validator("webhook_listen", mode="before")
    @classmethod
    def _webhook_parted(cls, value: Any) -> Any:
        return _read_webhook_listen(value) if isinstance(value, str) else value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_reachable(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        here = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or here) or parts.username:
            raise ValueError("expected an https address such as https://bot.example.org/hearsay")
        return value

    @field_validator("api_url")
    @classmethod
    def _with_bot(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("expected an http(s) address such as https://api.telegram.org/bot")
        address = value.rstrip("/")
        return address if address.endswith("/bot") else f"{address}/bot"

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.token and self.token_file:
            raise ValueError(
                "TELEGRAM_BOT_TOKEN and TELEGRAM_BOT_TOKEN_FILE are both set; keep one of them"
            )
        if self.token_file:
            self.token = _read_secret(self.token_file, "TELEGRAM_BOT_TOKEN_FILE")
        if self.token and not _TOKEN.fullmatch(self.token.get_secret_value()):
            raise ValueError(
                "TELEGRAM_BOT_TOKEN, or what TELEGRAM_BOT_TOKEN_FILE holds, does not look like a "
                "token: expected digits, a colon, then letters and digits, as @BotFather wrote it"
            )
        return self

    @model_validator(mode="after")
    def _one_webhook_secret(self) -> Self:
        if self.webhook_secret and self.webhook_secret_file:
            raise ValueError(
                "HEARSAY_WEBHOOK_SECRET and HEARSAY_WEBHOOK_SECRET_FILE are both set; keep one"
            )
        if self.webhook_secret_file:
            self.webhook_secret = _read_secret(
                self.webhook_secret_file, "HEARSAY_WEBHOOK_SECRET_FILE"
            )
        if self.webhook_secret and not _SECRET.fullmatch(self.webhook_secret.get_secret_value()):
            raise ValueError(
                "the webhook's secret cannot be used: Telegram takes letters, digits, _ and -; at "
                "least 16, at most 256 of them. Without one, the bot makes a new one at each start"
            )
        return self

    @property
    def rates(self) -> Rates:
        """All budgets."""
        return {
            Scope.PERSON: parse_rates(self.person_budget),
            Scope.GROUP: parse_rates(self.group_budget),
            Scope.TAPS: parse_rates(self.taps_budget),
            Scope.INLINE: parse_rates(self.inline_budget),
            Scope.NOTICE: parse_rates(_NOTICE_BUDGET),
        }

    @property
    def quiet(self) -> QuietHours:
        """The quiet hours."""
        return parse_quiet_hours(self.quiet_hours, self.time_zone)

    def require_token(self) -> str:
        """The token.

        Raises:
            SettingsError: There is none.
        """
        if self.token is None:
            raise SettingsError(
                "No token: set TELEGRAM_BOT_TOKEN to what @BotFather gave you, "
                "or try the bot without one: hearsay-bot chat"
            )
        return self.token.get_secret_value()


def load_bot_settings(**overrides: Any) -> BotSettings:
    """Read settings from the environment and `.env`.

    Args:
        **overrides: Values by variable name (`TELEGRAM_BOT_TOKEN="..."`), before the environment.

    Raises:
        SettingsError: A value is unusable; the message names every one of them, without values.
    """
    try:
        return BotSettings(**overrides)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        lines = [
            ": ".join((*(str(part) for part in problem["loc"]), problem["msg"]))
            for problem in problems
        ]
        raise SettingsError(
            "Unusable settings:\n  "
            + "\n  ".join(lines)
            + "\nSee .env.example for what each means."
        ) from None


def notify_socket() -> str | None:
    """Where systemd wants to hear from this process; set by systemd, never by an operator."""
    return os.environ.get("NOTIFY_SOCKET")


def _read_listen(value: str) -> Listen | None:
    if value.strip().lower() == "off":
        return None
    parts = urlsplit(f"//{value.strip()}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.netloc != value.strip() or "@" in value:
        raise ValueError("expected an address and a port such as 127.0.0.1:9321, or off")
    return Listen(host, port)


def _read_webhook_listen(value: str) -> Listen | SocketFile:
    path = value.strip().removeprefix(_UNIX)
    if path.startswith("/"):
        return SocketFile(Path(path))
    listen = _read_listen(value)
    if listen is None:
        raise ValueError("expected an address and a port, or unix: and the path of a socket")
    return listen


def _read_secret(path: Path, variable: str) -> SecretStr:
    try:
        with path.expanduser().open(encoding="utf-8") as file:
            secret = file.read(_MAX_SECRET_FILE_BYTES).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{variable} names {path}, which cannot be read ({type(error).__name__})"
        ) from None
    if not secret:
        raise ValueError(f"{variable} names {path}, which is empty")
    return SecretStr(secret)
