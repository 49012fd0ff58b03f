"""Settings: read from the environment, refused with a sentence that shows no secret."""

from pathlib import Path

import pytest

from bot.settings import Listen, SocketFile, load_bot_settings
from index import SettingsError

SECRET = "123456789:SECRETSECRETSECRETSECRETSECRETSECRET"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "TELEGRAM_API_URL",
                 "HEARSAY_LOOKUP_WORKERS", "HEARSAY_LOOKUP_QUEUE", "HEARSAY_LOOKUP_TIMEOUT_S",
                 "HEARSAY_LOG_LEVEL", "HEARSAY_LOG_FORMAT", "HEARSAY_METRICS_LISTEN",
                 "HEARSAY_ADMINS", "HEARSAY_WEBHOOK_URL", "HEARSAY_WEBHOOK_LISTEN",
                 "HEARSAY_WEBHOOK_SECRET", "HEARSAY_WEBHOOK_SECRET_FILE"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def test_without_anything_there_is_no_token_and_telegram_itself() -> None:
    settings = load_bot_settings()
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org/bot"
    assert (settings.lookup_workers, settings.lookup_queue) == (2, 32)
    assert settings.lookup_timeout_s == 20.0
    assert settings.log_level == "INFO"


def test_the_token_is_read_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", SECRET)
    settings = load_bot_settings()
    assert settings.require_token() == SECRET
    assert "SECRET" not in repr(settings)


def test_an_empty_token_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
    assert load_bot_settings().token is None


def test_a_token_file_is_read_without_its_line_break(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", str(tmp_path / "token"))
    assert load_bot_settings().require_token() == SECRET


def test_dot_env_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HEARSAY_LOOKUP_WORKERS=5\nHEARSAY_HOME=/somewhere\n")
    assert load_bot_settings().lookup_workers == 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081/bot"),
        ("http://127.0.0.1:8081/bot/", "http://127.0.0.1:8081/bot"),
    ],
)
def test_the_api_address_ends_in_bot(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: str
) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", given)
    assert load_bot_settings().api_url == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "not a SECRET"),
        ("TELEGRAM_BOT_TOKEN_FILE", "/nowhere/SECRET"),
        ("TELEGRAM_API_URL", "telegram.org"),
        ("HEARSAY_LOOKUP_WORKERS", "0"),
        ("HEARSAY_LOOKUP_QUEUE", "-1"),
        ("HEARSAY_LOOKUP_TIMEOUT_S", "never"),
        ("HEARSAY_LOG_LEVEL", "LOUD"),
        ("HEARSAY_LOG_FORMAT", "xml"),
        ("HEARSAY_METRICS_LISTEN", "9321"),
        ("HEARSAY_METRICS_LISTEN", "127.0.0.1:70000"),
        ("HEARSAY_METRICS_LISTEN", "http://127.0.0.1:9321"),
    ],
)
def test_an_unusable_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_bot_settings()
    assert name in str(refused.value) or "does not look like a token" in str(refused.value)
    assert "not a SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("127.0.0.1:9400", Listen("127.0.0.1", 9400)),
        ("[::1]:9400", Listen("::1", 9400)),
        ("localhost:0", Listen("localhost", 0)),
        ("OFF", None),
    ],
)
def test_where_metrics_are_served(
    monkeypatch: pytest.MonkeyPatch, written: str, read: Listen | None
) -> None:
    monkeypatch.setenv("HEARSAY_METRICS_LISTEN", written)
    assert load_bot_settings().metrics_listen == read
    assert read is None or str(read) == written


def test_two_tokens_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", SECRET)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", "/nowhere")
    with pytest.raises(SettingsError, match="keep one of them"):
        load_bot_settings()


def test_no_token_says_what_to_do() -> None:
    with pytest.raises(SettingsError, match="hearsay-bot chat"):
        load_bot_settings().require_token()


def test_admins_are_numbers_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARSAY_ADMINS", " 123, 456,123,")
    assert load_bot_settings().admins == (123, 456)


@pytest.mark.parametrize("value", ["@erin", "123,erin", "-100123", "١٢", "0"])
def test_an_admin_that_is_no_id_of_an_account_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HEARSAY_ADMINS", value)
    with pytest.raises(SettingsError, match="HEARSAY_ADMINS"):
        load_bot_settings()


# --- The webhook ---


def test_without_an_address_there_is_no_webhook() -> None:
    found = load_bot_settings()
    assert found.webhook_url is None
    assert found.webhook_secret is None
    assert found.webhook_listen == Listen("127.0.0.1", 9322)


@pytest.mark.parametrize(
    "url", ["https://bot.example.org/hearsay", "https://bot.example.org:8443", "http://127.0.0.1:9"]
)
def test_an_address_of_a_webhook_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARSAY_WEBHOOK_URL", url)
    assert load_bot_settings().webhook_url == url


@pytest.mark.parametrize(
    "url",
    [
        "bot.example.org",
        "http://bot.example.org/",
        "https://",
        "ftp://x/",
        "https://a:b@x.example/",
    ],
)
def test_an_address_that_telegram_cannot_post_to_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARSAY_WEBHOOK_URL", url)
    with pytest.raises(SettingsError, match=r"HEARSAY_WEBHOOK_URL.*https"):
        load_bot_settings()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("127.0.0.1:8080", Listen("127.0.0.1", 8080)),
        ("[::1]:8080", Listen("::1", 8080)),
        ("unix:/run/hearsay/hook.sock", SocketFile(Path("/run/hearsay/hook.sock"))),
        ("/run/hearsay/hook.sock", SocketFile(Path("/run/hearsay/hook.sock"))),
    ],
)
def test_the_webhook_listens_at_an_address_or_a_socket(
    given: str, expected: Listen | SocketFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARSAY_WEBHOOK_LISTEN", given)
    assert load_bot_settings().webhook_listen == expected


@pytest.mark.parametrize("given", ["off", "8080", "here", "unix:hook.sock"])
def test_where_nobody_can_listen_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARSAY_WEBHOOK_LISTEN", given)
    with pytest.raises(SettingsError, match="HEARSAY_WEBHOOK_LISTEN"):
        load_bot_settings()


def test_the_secret_of_the_webhook_is_read_from_a_file_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("a-long-secret-indeed\n")
    monkeypatch.setenv("HEARSAY_WEBHOOK_SECRET_FILE", str(tmp_path / "secret"))
    found = load_bot_settings()
    assert found.webhook_secret is not None
    assert found.webhook_secret.get_secret_value() == "a-long-secret-indeed"
    assert "a-long-secret-indeed" not in repr(found)
    monkeypatch.setenv("HEARSAY_WEBHOOK_SECRET", "another-long-secret")
    with pytest.raises(SettingsError, match="keep one"):
        load_bot_settings()


@pytest.mark.parametrize("secret", ["short", "with spaces in the middle", "ä" * 20, "x" * 257])
def test_a_secret_that_telegram_or_we_do_not_take_is_refused(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARSAY_WEBHOOK_SECRET", secret)
    with pytest.raises(SettingsError, match="secret cannot be used") as refused:
        load_bot_settings()
    assert secret not in str(refused.value)
