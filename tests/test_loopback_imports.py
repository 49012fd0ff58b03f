"""The local Bot API is no friend of the bot's: it shares no code with what it tests."""

import ast
import sys
from pathlib import Path

import pytest

import bot.loopback

FOLDER = Path(bot.loopback.__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_it_imports_only_aiohttp_and_itself(path: Path) -> None:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            modules.add(node.module or "")
    foreign = {
        module
        for module in modules
        if module.partition(".")[0] not in sys.stdlib_module_names | {"aiohttp"}
        and module.split(".")[:2] != ["bot", "loopback"]
    }
    assert foreign == set()
