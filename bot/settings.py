"""Settings of the bot; the only module of `bot` that reads the environment."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.functional_validators import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index import SettingsError

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_MAX_TOKEN_FILE_BYTES = 4096


def _named(variable: str) -> AliasChoices:
    return AliasChoices(variable)


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

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

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
            self.token = _read_token(self.token_file)
        if self.token and not _TOKEN.fullmatch(self.token.get_secret_value()):
            raise ValueError(
                "the token does not look like one: expected digits, a colon, then letters and "
                "digits, exactly as @BotFather wrote it"
            )
        return self

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


def _read_token(path: Path) -> SecretStr:
    try:
        with path.expanduser().open(encoding="utf-8") as file:
            token = file.read(_MAX_TOKEN_FILE_BYTES).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"TELEGRAM_BOT_TOKEN_FILE names {path}, which cannot be read ({type(error).__name__})"
        ) from None
    if not token:
        raise ValueError(f"TELEGRAM_BOT_TOKEN_FILE names {path}, which is empty")
    return SecretStr(token)
