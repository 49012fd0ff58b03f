"""`hearsay edit`, with an editor that follows a script."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commandline import CLAIM_KEYS, Hearsay


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """An $EDITOR that each time makes the next replacement (old, new), and keeps what it saw."""

    def scripted(*replacements: tuple[str, str]) -> Path:
        (tmp_path / "steps.json").write_text(json.dumps(replacements), "utf-8")
        script = tmp_path / "editor.py"
        script.write_text(
            "import json, pathlib, sys\n"
            f"steps = pathlib.Path({str(tmp_path / 'steps.json')!r})\n"
            "path = pathlib.Path(sys.argv[1])\n"
            "(old, new), *rest = json.loads(steps.read_text('utf-8'))\n"
            "steps.write_text(json.dumps(rest), 'utf-8')\n"
            "text = path.read_text('utf-8')\n"
            f"pathlib.Path({str(tmp_path / 'seen.yaml')!r}).write_text(text, 'utf-8')\n"
            "assert old in text, text\n"
            "path.write_text(text.replace(old, new), 'utf-8')\n",
            "utf-8",
        )
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script)]))
        return tmp_path / "seen.yaml"

    return scripted


def test_edit_stores_what_was_saved(filled: Hearsay, editor: Callable[..., Path]) -> None:
    editor(("The moon is hollow.", "The moon is partly hollow."))
    done = filled("edit", "moon")
    assert (done.code, "Saved moon: The moon is partly hollow." in done.out) == (0, True)
    content = filled("show", "moon", "--json").json
    assert content["text"] == "The moon is partly hollow."
    assert content["appearances"][0]["based_on"] == "a geologist"
    assert content["responses"][0]["verdict"] == "false"


def test_edit_shows_the_fields_and_what_may_stand_in_them(
    filled: Hearsay, editor: Callable[..., Path]
) -> None:
    seen = editor(("hollow", "hollow"))
    done = filled("edit", "moon")
    assert "Nothing was changed." in done.out
    text = seen.read_text("utf-8")
    assert "# Claim moon (published, refuted)." in text
    for field in CLAIM_KEYS - {"id", "state", "status"}:
        assert f"\n{field}:" in text


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("published_on: '2020-01-02'", "published_on: 2021-03-04", "2021-03-04"),
        ("published_on: '2020-01-02'", "published_on: '2021-03-04'", "2021-03-04"),
        ("published_on: '2020-01-02'", "published_on:", None),
    ],
)
def test_edit_reads_dates_with_and_without_quotes(
    filled: Hearsay, editor: Callable[..., Path], old: str, new: str, value: str | None
) -> None:
    editor((old, new))
    assert filled("edit", "moon").code == 0
    shown = filled("show", "moon", "--json").json
    assert shown["appearances"][0]["published_on"] == value


def test_edit_reads_words_that_yaml_takes_for_something_else(
    filled: Hearsay, editor: Callable[..., Path]
) -> None:
    editor(("rating: 'False'", "rating: False"))
    done = filled("edit", "moon", answer="n\n")
    assert "responses[0].rating" in done.err or done.code == 0
    assert filled("show", "moon", "--json").json["responses"][0]["rating"] == "False"


BAD_EDITS = {
    "no YAML": ("claimants:", "claimants: [", "no valid YAML"),
    "no claim": ("text: ", "- text: ", "YAML|no claim"),
    "a bad date": ("'2020-01-02'", "'next week'", "appearances[0].published_on"),
    "a bad kind": ("kind: fact-check", "kind: rumour", "responses[0].kind"),
    "a bad address": ("https://herald.example/moon", "herald", "appearances[0].url"),
    "no text": ("text: The moon is hollow.", "text:", "text: is missing"),
    "an unknown field": ("claimants:", "claimant:", "Unknown field 'claimant'"),
    "an unknown inner field": ("outlet: Herald", "outlat: Herald", "outlat"),
}


@pytest.mark.parametrize(("old", "new", "said"), BAD_EDITS.values(), ids=BAD_EDITS)
def test_a_bad_edit_is_refused_and_the_text_is_kept(
    filled: Hearsay, editor: Callable[..., Path], old: str, new: str, said: str
) -> None:
    before = filled("show", "moon", "--json").json
    editor((old, new))
    done = filled("edit", "moon", answer="n\n")
    assert done.code == 1
    assert any(each in done.err for each in said.split("|"))
    assert "Edit again?" in done.err
    kept = Path(done.err.rsplit("Your text is in ", 1)[1].strip().rstrip("."))
    assert new in kept.read_text("utf-8")
    kept.unlink()
    assert filled("show", "moon", "--json").json == before


def test_a_bad_edit_can_be_mended(filled: Hearsay, editor: Callable[..., Path]) -> None:
    editor(("kind: fact-check", "kind: rumour"), ("kind: rumour", "kind: fact-check\n  # fine"))
    done = filled("edit", "moon", answer="y\n")
    assert done.code == 0
    assert "Saved moon" in done.out


def test_the_text_is_kept_when_nobody_answers(filled: Hearsay, editor: Callable[..., Path]) -> None:
    editor(("kind: fact-check", "kind: rumour"))
    done = filled("edit", "moon")
    assert done.code == 1
    kept = Path(done.err.rsplit("Your text is in ", 1)[1].strip().rstrip("."))
    assert "kind: rumour" in kept.read_text("utf-8")
    kept.unlink()


def test_an_editor_that_cannot_be_started_is_one_line(
    filled: Hearsay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    done = filled("edit", "moon")
    assert done.code == 1
    assert "Editing failed" in done.err
    assert "Traceback" not in done.err
