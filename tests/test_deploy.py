"""What deploys the bot: unit, image, compose file and alerts agree with the code."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.operations.metrics import Metrics
from bot.operations.supervision import BEAT_S
from bot.operations.vitals import Backlog, Vitals, exposed
from bot.settings import BotSettings
from index.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
UNIT = (ROOT / "docs/deploy/hearsay-bot.service").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
SETTING = re.compile(r"\b((?:HEARSAY|TELEGRAM)_[A-Z_]+)\b")


def yaml_of(path: str) -> Any:
    return YAML(typ="safe").load(ROOT / path)


def variables() -> set[str]:
    ours = {str(field.validation_alias.choices[0]) for field in BotSettings.model_fields.values()}  # type: ignore[union-attr]
    return ours | {f"HEARSAY_{name}".upper() for name in Settings.model_fields}


def unit(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


@pytest.mark.parametrize("path", ["docs/deploy/hearsay-bot.service", "Dockerfile", "compose.yaml"])
def test_only_settings_that_exist_are_set(path: str) -> None:
    named = set(SETTING.findall((ROOT / path).read_text(encoding="utf-8")))
    assert named
    assert named <= variables()


def test_the_watchdog_is_fed_at_least_three_times_as_often() -> None:
    assert int(unit("WatchdogSec")[0]) >= 3 * BEAT_S
    assert unit("Type") == ["notify"]


def test_the_unit_gives_the_bot_time_to_stop_and_does_not_repeat_a_usage_error() -> None:
    assert unit("TimeoutStopSec") == ["60"]
    assert unit("RestartPreventExitStatus") == ["2"]


def test_the_unit_runs_as_nobody_special() -> None:
    assert unit("User") == ["hearsay"]
    assert unit("NoNewPrivileges") == ["yes"]
    assert unit("ProtectSystem") == ["strict"]
    assert unit("CapabilityBoundingSet") == [""]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    there = UNIT.replace("/opt/hearsay/bin/hearsay-bot run", "/bin/true")
    path = tmp_path / "hearsay-bot.service"
    path.write_text(there.replace("=hearsay\n", "=daemon\n", 2), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", path],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "hearsay-bot.service" not in done.stderr


def test_the_container_is_confined_and_may_finish() -> None:
    bot = yaml_of("compose.yaml")["services"]["bot"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["stop_grace_period"] == "60s"
    assert "ports" not in bot


def test_the_image_runs_as_a_user_without_rights() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last


def test_the_image_pins_torch_as_the_project_does() -> None:
    pin = re.search(r'"(torch==[\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pin is not None
    assert f'pip install "{pin[1]}"' in DOCKERFILE
    assert f'pip install "{pin[1]}"' in DEPLOY


def test_nothing_secret_goes_into_the_image() -> None:
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in kept
    assert not {"!.env", "!token.txt", "!.git"} & set(kept)


def served() -> set[str]:
    """The names of all series that the bot may serve."""
    metrics = Metrics()
    metrics.update("message", "private", 1.0)
    metrics.handled("message", 0.1)
    metrics.failed(None)
    metrics.looked_up("match", 0.1)
    metrics.requested("sendMessage", "ok", 0.1)
    from botworld import SNAPSHOT

    full = Vitals(1.0, SNAPSHOT, n_underway=0, inbox=Backlog(0), outbox=Backlog(0))
    registries = (metrics.registry, exposed(full))
    return {
        sample.name
        for registry in registries
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_the_alerts_use_metrics_that_exist() -> None:
    rules = yaml_of("docs/deploy/alerts.yml")["groups"][0]["rules"]
    assert len(rules) == 4
    for rule in rules:
        named = set(re.findall(r"\bhearsay_\w+", rule["expr"]))
        assert named
        assert named <= served(), rule["alert"]


def test_the_table_of_metrics_is_complete_and_right() -> None:
    listed = {
        name
        for row in re.findall(r"^\| (`(?:hearsay|process)_.*?) \|", DEPLOY, re.MULTILINE)
        for name in re.findall(r"`(\w+)", row)
    }
    ours = {
        re.sub(r"_(?:bucket|sum|count)$", "", name)
        for name in served()
        if name.startswith("hearsay_")
    }
    shown = {name for name in listed if name.startswith("hearsay_")}
    assert shown == ours
