"""The documents: complete, true where a test can tell, and without what must not be published."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic_settings import BaseSettings

from bot.__main__ import app as bot_app
from bot.commands import all_commands
from bot.settings import BotSettings
from index.answers import Aspect, HeldBack, Outcome, Route
from index.claims import ClaimState, RebuttalStatus, ResponseKind, Verdict
from index.cli.app import app as index_app
from index.importers import importers
from index.importers.csv_table import ALIASES
from index.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "data").rglob("*.md")])
COMMITTED = ("bot", "index", "data", "tests", "benchmarks", "docs", ".github", ".ci")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands_of(app: typer.Typer, program: str) -> Mapping[str, Any]:
    return dict(_commands_of(typer.main.get_command(app), program))


def _commands_of(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command under a group, those of groups within it by their full name."""
    for part, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands_of(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


CLI = {**commands_of(index_app, "hearsay"), **commands_of(bot_app, "hearsay-bot")}


def sections() -> dict[str, str]:
    """The text of docs/commands.md under each command, by "hearsay import"."""
    parts = re.split(r"^##+ (.*)$", COMMANDS, flags=re.MULTILINE)
    titles = (re.match(r"`?((?:[a-z-]+ ?)*)", title) for title in parts[1::2])
    named = (title[1].partition(" --")[0].strip() if title else "" for title in titles)
    return dict(zip(named, parts[2::2], strict=True))


def test_every_command_has_its_section_and_no_other_is_described() -> None:
    described = {title for title in sections() if title.startswith(("hearsay ", "hearsay-bot "))}
    assert described == set(CLI)


@pytest.mark.parametrize("name", sorted(CLI))
def test_every_option_of_a_command_is_described(name: str) -> None:
    options = {
        option
        for parameter in CLI[name].params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }
    described = set(re.findall(r"`(--[a-z-]+)", sections()[name]))
    assert described == options


@pytest.mark.parametrize("name", sorted(CLI))
def test_a_command_has_an_example_here_and_in_its_help(name: str) -> None:
    assert re.search(rf"^    .*\b{re.escape(name)}\b", sections()[name], re.MULTILINE)
    assert name in (CLI[name].help or "").partition("Example: ")[2]


def test_defaults_of_options_are_right() -> None:
    for name, command in CLI.items():
        for parameter in command.params:
            if isinstance(parameter.default, int) and not isinstance(parameter.default, bool):
                (row,) = (
                    line
                    for line in sections()[name].splitlines()
                    if line.startswith(f"| `{parameter.opts[0]}")
                )
                assert f"{parameter.default} by default" in row


def test_every_format_and_csv_field_is_described() -> None:
    text = sections()["hearsay import"]
    assert {f"`{name}`" for name in (*importers(), *ALIASES)} <= set(re.findall(r"`\w+`", text))


def test_the_bots_commands_are_described() -> None:
    described = set(re.findall(r"^\| `/(\w+)", COMMANDS, re.MULTILINE))
    assert described == {command.name for command in all_commands()}


def variables() -> Iterator[tuple[str, str]]:
    """Every variable that the settings read, with its default as it is written."""
    for settings in (Settings, BotSettings):
        for name, field in settings.model_fields.items():
            alias: Any = field.validation_alias
            prefix = settings.model_config.get("env_prefix", "")
            variable = str(alias.choices[0]) if alias else f"{prefix}{name}".upper()
            yield variable, written(field.get_default(call_default_factory=True))


def written(default: object) -> str:
    match default:
        case None:
            return ""
        case tuple():
            return ",".join(default)
        case float():
            return f"{default:g}"
        case Path():
            return str(default).replace(str(Path.home()), "~")
        case _:
            return str(default)


@pytest.fixture
def plain_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


@pytest.mark.usefixtures("plain_home")
def test_the_table_of_settings_is_complete_and_right() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? *\| .+ \|$", OPERATIONS, re.MULTILINE)
    assert dict(table) == dict(variables())


@pytest.mark.usefixtures("plain_home")
def test_the_example_of_env_is_complete_and_right() -> None:
    example = re.findall(r"^#([A-Z_]+)=(.*)$", ENV_EXAMPLE, re.MULTILINE)
    assert dict(example) == dict(variables())


def test_the_example_of_env_is_all_comments() -> None:
    assert {line[:1] for line in ENV_EXAMPLE.splitlines()} == {"#", ""}


@pytest.mark.usefixtures("plain_home")
@pytest.mark.parametrize("settings", [Settings, BotSettings])
def test_uncommenting_the_example_of_env_changes_nothing(
    settings: type[BaseSettings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, _ in variables():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    defaults = settings()
    (tmp_path / ".env").write_text(re.sub(r"(?m)^#(?=[A-Z_]+=)", "", ENV_EXAMPLE), "utf-8")
    assert settings() == defaults


def phrases_of_the_code() -> set[str]:
    """Every text in the code, with … for what is filled in, in lower case."""
    found = set()
    for package in ("bot", "index"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    parts = [
                        str(each.value) if isinstance(each, ast.Constant) else "…"
                        for each in node.values
                    ]
                    found.add("".join(parts).lower())
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value.replace("%s", "…").replace("%d", "…").lower())
    return found


def test_the_messages_in_the_table_of_troubles_exist() -> None:
    table = OPERATIONS.partition("## When something is wrong")[2]
    messages = re.findall(r"^\| (`+) ?(.+?) ?\1 \|", table, re.MULTILINE)
    phrases = phrases_of_the_code()
    pieces = [
        piece.strip().lower()
        for _, message in messages
        for piece in message.split("…")
        if len(piece.split()) > 1
    ]
    assert len(pieces) > 15
    missing = [piece for piece in pieces if not any(piece in phrase for phrase in phrases)]
    assert missing == []


@pytest.mark.parametrize("words", [RebuttalStatus, ResponseKind, Outcome, ClaimState])
def test_the_words_of_the_domain_are_explained(words: type[StrEnum]) -> None:
    for word in words:
        assert re.search(rf"(`|\*\*){word}(`|\*\*)|\b{word}\b.*\bstates of a claim", ARCHITECTURE)


@pytest.mark.parametrize("words", [Outcome, RebuttalStatus, Aspect, Route, HeldBack])
def test_the_json_of_ask_is_described_with_all_its_values(words: type[StrEnum]) -> None:
    assert {f"`{word}`" for word in words} <= set(re.findall(r"`\w+`", sections()["hearsay ask"]))


def test_every_verdict_is_described() -> None:
    interchange = (DOCS / "interchange.md").read_text(encoding="utf-8")
    assert {f"`{verdict}`" for verdict in Verdict} <= set(re.findall(r"`\w+`", interchange))


def test_the_table_of_words_says_each_word_once() -> None:
    table = ARCHITECTURE.partition("## Words")[2].partition("\n## ")[0]
    said = [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("| ")]
    assert len(said) == len(set(said)) > 20


def test_every_module_stands_in_the_layout() -> None:
    listed = set(re.findall(r"`((?:index|bot)/\w+(?:\.py|/))`", ARCHITECTURE))
    there = {
        relative(path) if path.is_file() else f"{relative(path)}/"
        for package in ("index", "bot")
        for path in (ROOT / package).iterdir()
        if not path.name.startswith("_")
        and (path.suffix == ".py" or (path / "__init__.py").exists())
    }
    assert listed == there


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|^    .*?$|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(without_code(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {ROOT / "README.md"}
    while new:
        page = new.pop()
        reached.add(page)
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            linked = (page.parent / target.partition("#")[0]).resolve()
            if linked.suffix == ".md" and linked.exists() and linked not in reached:
                new.add(linked)
    assert set(PAGES) - reached == set()


def committed_texts() -> Iterator[tuple[Path, str]]:
    inside = (path for folder in COMMITTED for path in (ROOT / folder).rglob("*"))
    for path in sorted(
        [
            *inside,
            *ROOT.glob("*.*"),
            *(ROOT / name for name in ("Makefile", "LICENSE", "Dockerfile")),
        ]
    ):
        if path.is_file() and "__pycache__" not in path.parts and path.name not in {".env", ".git"}:
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


# Paths of one machine, and hosts or options of one registry. Written so as not to find themselves.
MACHINE_PATH = re.compile(r"(?<![\w.:/~*-])/(?:work|root|home|Users|opt/py" + r"pi)/")
REGISTRY = re.compile(
    r"python" + r"hosted|arti" + r"factory|(?:extra-|--)index" + r"-url|trusted" + r"-host|pypi"
    r"\.org",
    re.IGNORECASE,
)


def test_the_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATH.search("cd " + "/home".ljust(6, "/") + "anna")
    assert not MACHINE_PATH.search("https://example.org/home/news")
    assert REGISTRY.search("pip install --index" + "-url x")


def test_no_machine_path_and_no_registry_in_any_text() -> None:
    found = [
        (relative(path), match.group())
        for path, text in committed_texts()
        for pattern in (MACHINE_PATH, REGISTRY)
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_the_changelog_knows_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(
        r"^## \[(.+?)\] - (?:Unreleased|\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE
    )
    assert versions[0] == project["version"]
