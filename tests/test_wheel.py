"""The wheel holds everything that runs: both packages, their data, the scripts and the licence."""

import subprocess
import sys
import tomllib
import zipfile
from configparser import ConfigParser
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    out = tmp_path_factory.mktemp("dist")
    # The build backend stands among the test requirements, so that no network is needed here.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.Path(built)


def files_of(wheel: zipfile.Path) -> set[str]:
    return {name for name in wheel.root.namelist() if not name.endswith("/")}


def dist_info(wheel: zipfile.Path, name: str) -> str:
    (path,) = (each for each in files_of(wheel) if each.endswith(f".dist-info/{name}"))
    return wheel.root.read(path).decode()


def sources(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".db"
    }


@pytest.mark.parametrize("package", ["bot", "index"])
def test_it_holds_the_whole_package(wheel: zipfile.Path, package: str) -> None:
    assert sources(package) - files_of(wheel) == set()


def test_it_holds_the_data_where_resources_looks_for_it(wheel: zipfile.Path) -> None:
    data = {name.replace("data/", "index/_data/", 1) for name in sources("data")}
    assert "index/_data/sample.jsonl" in data
    assert data - files_of(wheel) == set()


def test_it_holds_messages_and_calibrations(wheel: zipfile.Path) -> None:
    assert "bot/messages/en.toml" in files_of(wheel)
    assert "bot/messages/locales/ar/LC_MESSAGES/hearsay.po" in files_of(wheel)
    assert any(
        name.startswith("index/calibrations/") and name.endswith(".json")
        for name in files_of(wheel)
    )


def test_it_holds_nothing_else(wheel: zipfile.Path) -> None:
    tops = {name.partition("/")[0] for name in files_of(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "index"}


def test_it_installs_both_scripts(wheel: zipfile.Path) -> None:
    scripts = ConfigParser()
    scripts.read_string(dist_info(wheel, "entry_points.txt"))
    assert dict(scripts["console_scripts"]) == {
        "hearsay": "index.cli:main",
        "hearsay-bot": "bot.__main__:main",
    }


def test_it_carries_its_licence(wheel: zipfile.Path) -> None:
    assert "MIT" in dist_info(wheel, "licenses/LICENSE")


def test_it_says_what_it_is_and_needs(wheel: zipfile.Path) -> None:
    metadata = HeaderParser().parsestr(dist_info(wheel, "METADATA"))
    assert metadata["Name"] == "hearsay-bot"
    assert metadata["Version"] == PROJECT["version"]
    assert "torch==2.13.0" in metadata.get_all("Requires-Dist", [])


def test_it_runs_from_the_wheel_alone(wheel: zipfile.Path, tmp_path: Path) -> None:
    wheel.root.extractall(tmp_path)
    code = (
        "from index.resources import data_path\n"
        "from bot.messages import load_catalogues\n"
        "print(data_path('sample.jsonl'))\n"
        "print(*load_catalogues().languages)"
    )
    # The current folder comes first on the path, before the checkout.
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    sample, languages = done.stdout.splitlines()
    assert Path(sample).resolve() == (tmp_path / "index/_data/sample.jsonl").resolve()
    assert "en" in languages.split()
