"""Settings of the archive and the lookup; the only module of `index` that reads the environment."""

from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.errors import SettingsError

DEFAULT_ENCODERS = ("minilm", "use-multilingual")


class Settings(BaseSettings):
    """Everything an operator can set for `hearsay`; `.env.example` documents each variable.

    Attributes:
        home: Where all run-time state lives (`HEARSAY_HOME`).
        encoders: Names or paths of the embedding models, the first one decides
            (`HEARSAY_ENCODERS`, separated by commas).
        keep_snapshots: How many built snapshots to keep (`HEARSAY_KEEP_SNAPSHOTS`).
        threads: CPU threads for embedding; 0 takes what the machine has (`HEARSAY_THREADS`).
    """

    model_config = SettingsConfigDict(
        env_prefix="HEARSAY_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
    )

    home: Path = Field(default_factory=lambda: user_data_path("hearsay", appauthor=False))
    encoders: Annotated[tuple[str, ...], NoDecode] = DEFAULT_ENCODERS
    keep_snapshots: int = Field(default=5, ge=2, le=1000)
    threads: int = Field(default=0, ge=0, le=256)

    @field_validator("encoders", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("encoders")
    @classmethod
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or len(set(value)) != len(value):
            raise ValueError("name at least one encoder, and none twice")
        return value

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def archive_path(self) -> Path:
        """The archive: the truth."""
        return self.home / "archive.db"

    @property
    def snapshots_path(self) -> Path:
        """Built snapshots and the pointer to the published one."""
        return self.home / "snapshots"

    @property
    def calibration_path(self) -> Path:
        """The operator's own calibration, if there is one."""
        return self.home / "calibration.json"

    @property
    def sample_path(self) -> Path:
        """Home of the bundled sample archive, used until a snapshot of one's own is published."""
        return self.home / "sample"


def load_settings(**overrides: Any) -> Settings:
    """Read settings from the environment and `.env`.

    Raises:
        SettingsError: A value is unusable; the message names every one of them.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError(describe(error, prefix="HEARSAY_")) from None


def describe(error: ValidationError, *, prefix: str) -> str:
    """All problems of a settings object as one text, a line each, without the values."""
    lines = [
        f"{prefix}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False)
    ]
    return "Unusable settings:\n  " + "\n  ".join(lines) + "\nSee .env.example for what each means."
