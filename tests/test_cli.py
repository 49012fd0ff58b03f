"""The command `hearsay`, verb by verb, with a tiny encoder: words, JSON shapes and exit codes."""

import json
from pathlib import Path

import pytest
from commandline import CLAIM_KEYS, Hearsay

APPEARANCE_KEYS = {
    "outlet", "url", "archive_url", "published_on", "language", "based_on", "repeats",
}  # fmt: skip
RESPONSE_KEYS = {"kind", "by", "url", "published_on", "rating", "verdict", "summary"}
SNAPSHOT_KEYS = {"id", "n_claims", "n_passages", "as_of", "models"}


# Importing.


def test_import_says_what_it_did(hearsay: Hearsay, feed: Path) -> None:
    done = hearsay("import", feed)
    assert done.code == 0
    assert "3 records: 3 new." in done.out
    assert "hearsay reindex" in done.err


def test_import_again_changes_nothing(filled: Hearsay, feed: Path) -> None:
    assert "3 unchanged." in filled("import", feed).out


def test_import_as_json(hearsay: Hearsay, feed: Path) -> None:
    (report,) = hearsay("import", feed, "--json").json
    assert set(report) == {
        "import_id", "path", "format", "n_records", "n_new", "n_joined", "n_updated",
        "n_unchanged", "n_kept", "n_rejected", "rejected", "notes", "claim_ids", "dry_run",
    }  # fmt: skip
    assert (report["format"], report["n_new"], report["claim_ids"]) == (
        "jsonl", 3, ["moon", "luna", "bank"],
    )  # fmt: skip


def test_a_dry_run_leaves_no_trace(hearsay: Hearsay, feed: Path, home: Path) -> None:
    done = hearsay("import", feed, "--dry-run")
    assert (done.code, "3 would be new" in done.out) == (0, True)
    assert not home.exists()


def test_import_as_drafts_and_published(hearsay: Hearsay, feed: Path) -> None:
    feed.write_text('{"id": "moon", "text": "The moon is hollow."}\n', "utf-8")
    hearsay("import", feed, "--draft")
    assert [each["id"] for each in hearsay("drafts", "--json").json] == ["moon"]
    hearsay("import", feed, "--publish")
    assert hearsay("drafts", "--json").json == []


def test_rejected_records_are_named_and_3(hearsay: Hearsay, feed: Path) -> None:
    with feed.open("a", encoding="utf-8") as file:
        file.write('{"text": ""}\n{"text": "A bridge fell.", "language": 5}\n')
    done = hearsay("import", feed)
    assert done.code == 3
    assert "3 new, 2 rejected" in done.out
    assert "line 4, text: is missing or empty" in done.err
    assert "line 5, language: " in done.err
    (report,) = hearsay("import", feed, "--json").json
    assert [(each["line"], each["field"]) for each in report["rejected"]] == [
        (4, "text"), (5, "language"),
    ]  # fmt: skip
    assert report["n_rejected"] == 2


def test_one_bad_file_does_not_keep_out_the_others(
    hearsay: Hearsay, feed: Path, tmp_path: Path
) -> None:
    done = hearsay("import", tmp_path / "nothing.jsonl", feed)
    assert (done.code, "3 new" in done.out, "nothing.jsonl" in done.err) == (1, True, True)


def test_export_is_what_import_reads(
    filled: Hearsay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled("merge", "moon", "luna")
    listed = filled("list", "--json").json
    exported = filled("export")
    assert exported.code == 0
    (tmp_path / "export.jsonl").write_text(exported.out, "utf-8")
    monkeypatch.setenv("HEARSAY_HOME", str(tmp_path / "other"))
    assert filled("import", tmp_path / "export.jsonl").code == 0
    assert filled("list", "--json").json == listed


def test_export_of_one_claim(filled: Hearsay) -> None:
    (line,) = filled("export", "bank").out.splitlines()
    assert json.loads(line)["text"] == "A bank closed in Oslo."


# Looking at claims.


def test_list_as_json_has_every_key_of_every_claim(filled: Hearsay) -> None:
    claims = filled("list", "--json").json
    assert [each["id"] for each in claims] == ["moon", "luna", "bank"]
    assert all(set(each) == CLAIM_KEYS for each in claims)
    assert set(claims[0]["appearances"][0]) == APPEARANCE_KEYS
    assert set(claims[0]["responses"][0]) == RESPONSE_KEYS
    assert claims[0]["status"] == "refuted"


def test_list_of_one_state(filled: Hearsay) -> None:
    done = filled("list", "--state", "draft")
    assert "A bank closed in Oslo." in done.out
    assert "moon" not in done.out


def test_show_prints_a_claim_readably(filled: Hearsay) -> None:
    out = filled("show", "moon").out
    for said in ("The moon is hollow.", "refuted", "A club", "2020-01-02 Herald", "a geologist"):
        assert said in out
    assert "fact-check by A checker: False [false]" in out


def test_show_as_json(filled: Hearsay) -> None:
    content = filled("show", "moon", "--json").json
    assert set(content) == CLAIM_KEYS | {"records", "evidence", "history"}
    assert all(
        set(each) == {"at", "event", "before", "after", "why"} for each in content["history"]
    )


@pytest.mark.parametrize("verb", ["show", "publish", "withdraw", "edit"])
def test_an_unknown_id_is_one_line(filled: Hearsay, verb: str) -> None:
    done = filled(verb, "nope")
    assert done.code == 1
    assert done.err.startswith("hearsay: ")
    assert "nope" in done.err


def test_what_a_claim_says_is_printed_as_it_is(hearsay: Hearsay, feed: Path) -> None:
    feed.write_text('{"id": "sic", "text": "The [bold]moon[/bold] is hollow :tada: [sic]."}\n')
    hearsay("import", feed)
    for done in (hearsay("show", "sic"), hearsay("list")):
        assert "The [bold]moon[/bold] is hollow :tada: [sic]." in done.out


# Changing claims.


def state_of(hearsay: Hearsay, claim_id: str) -> str:
    return str(hearsay("show", claim_id, "--json").json["state"])


def test_publish_and_withdraw(filled: Hearsay) -> None:
    assert "bank is published" in filled("publish", "bank").out
    assert state_of(filled, "bank") == "published"
    assert "bank is withdrawn" in filled("withdraw", "bank").out
    assert state_of(filled, "bank") == "withdrawn"


def test_merge_and_undo(filled: Hearsay) -> None:
    assert "moon now has 1 appearances" in filled("merge", "moon", "luna").out
    assert filled("show", "luna", "--json").json["id"] == "moon"
    done = filled("undo")
    assert "Taken back: merge luna into moon" in done.out
    assert filled("show", "luna", "--json").json["id"] == "luna"


def test_undo_of_nothing_is_one_line(hearsay: Hearsay) -> None:
    done = hearsay("undo")
    assert done.code == 1
    assert "hearsay import" in done.err


def test_duplicates_as_json(filled: Hearsay) -> None:
    (pair,) = filled("duplicates", "--json").json
    assert set(pair) == {"claims", "probability", "reason", "texts"}
    assert pair["claims"] == ["moon", "luna"]
    assert 0 < pair["probability"] <= 1


def test_duplicates_says_what_to_run(filled: Hearsay) -> None:
    assert "hearsay merge moon luna" in filled("duplicates").out


# Snapshots.


def test_reindex_publishes_and_then_has_nothing_to_do(filled: Hearsay) -> None:
    assert "2 claims, 2 texts" in filled("reindex").out
    assert "Nothing has changed" in filled("reindex").out


def test_reindex_as_json(filled: Hearsay) -> None:
    content = filled("reindex", "--json").json
    assert set(content) == SNAPSHOT_KEYS | {"is_new", "pruned"}
    assert (content["n_claims"], content["is_new"], content["pruned"]) == (2, True, [])


def test_reindex_without_an_archive_is_one_line(hearsay: Hearsay, home: Path) -> None:
    done = hearsay("reindex")
    assert (done.code, "hearsay import" in done.err) == (1, True)
    assert not home.exists()


def two_snapshots(hearsay: Hearsay) -> list[str]:
    ids = [hearsay("reindex", "--json").json["id"]]
    hearsay("publish", "bank")
    return [*ids, hearsay("reindex", "--json").json["id"]]


def test_snapshots_lists_newest_first_and_marks_the_published_one(filled: Hearsay) -> None:
    assert "hearsay reindex" in filled("snapshots").err
    first, second = two_snapshots(filled)
    listed = filled("snapshots", "--json").json
    assert [(each["id"], each["is_current"], each["n_claims"]) for each in listed] == [
        (second, True, 3),
        (first, False, 2),
    ]
    lines = filled("snapshots").out.splitlines()
    assert [line.split()[:2] for line in lines if second in line] == [["\u2192", second]]


def test_rollback_publishes_the_one_before(filled: Hearsay) -> None:
    first, second = two_snapshots(filled)
    assert first in filled("rollback").out
    assert [each["is_current"] for each in filled("snapshots", "--json").json] == [False, True]
    assert filled("rollback").code == 1
    assert second in filled("rollback", second).out
    assert filled("rollback", "20200101-000000-abcd").code == 1


def test_status_tells_archive_and_snapshot_apart(filled: Hearsay, home: Path) -> None:
    content = filled("status", "--json").json
    assert content["home"] == str(home)
    assert content["archive"]["claims"] == {"draft": 1, "published": 2, "withdrawn": 0}
    assert content["snapshot"] is None
    filled("reindex")
    assert filled("status", "--json").json["snapshot"]["is_up_to_date"] is True
    filled("publish", "bank")
    snapshot = filled("status", "--json").json["snapshot"]
    assert set(snapshot) == SNAPSHOT_KEYS | {"is_up_to_date"}
    assert (snapshot["n_claims"], snapshot["is_up_to_date"]) == (2, False)
    assert "behind: run `hearsay reindex`" in filled("status").out


def test_status_of_a_missing_snapshot_says_what_to_run(filled: Hearsay, home: Path) -> None:
    snapshot_id = filled("reindex", "--json").json["id"]
    (home / "snapshots" / snapshot_id / "manifest.json").unlink()
    done = filled("status", "--json")
    assert (done.code, snapshot_id in done.json["problem"]) == (1, True)
    assert "hearsay reindex" in done.err
    assert "none published" not in filled("status").out


def test_status_finds_a_damaged_file(filled: Hearsay, home: Path) -> None:
    snapshot_id = filled("reindex", "--json").json["id"]
    with (home / "snapshots" / snapshot_id / "claims.db").open("r+b") as file:
        file.write(b"x")
    done = filled("status", "--json")
    assert done.code == 1
    assert "claims.db is not as it was built" in done.json["problem"]
    assert "hearsay reindex" in done.json["problem"]


# Asking.


def test_ask_as_json(filled: Hearsay) -> None:
    filled("reindex")
    content = filled("ask", "Is it true that the moon is hollow?", "--json").json
    assert set(content) == {
        "question", "outcome", "match", "differences", "candidates", "snapshot",
    }  # fmt: skip
    assert content["outcome"] == "MATCH"
    assert set(content["match"]) == {
        "probability", "matched_text", "asked_text", "route", "claim",
    }  # fmt: skip
    claim = content["match"]["claim"]
    assert {"id", "text", "status", "claimants", "appearances", "responses"} <= set(claim)
    assert (claim["id"], claim["status"], claim["claimants"]) == ("moon", "refuted", ["A club"])
    assert set(claim["appearances"][0]) == APPEARANCE_KEYS
    assert set(claim["responses"][0]) == RESPONSE_KEYS
    assert content["candidates"] == [
        {"id": "moon", "text": "The moon is hollow.", "probability": 1.0}
    ]
    assert set(content["snapshot"]) == {"id", "n_claims", "as_of"}


def test_ask_similar_as_json_names_differences(hearsay: Hearsay, feed: Path) -> None:
    feed.write_text('{"id": "bridge", "text": "A bridge fell in Paris."}\n', "utf-8")
    hearsay("import", feed)
    hearsay("reindex")
    content = hearsay("ask", "a bridge fell in Berlin", "--json").json
    assert content["outcome"] == "SIMILAR"
    assert content["differences"] == [{"aspect": "place", "asked": "Berlin", "archived": "Paris"}]
    assert "asked 'Berlin', archived 'Paris'" in hearsay("ask", "a bridge fell in Berlin").out


def test_ask_none_as_json(filled: Hearsay) -> None:
    filled("reindex")
    content = filled("ask", "\U0001f602", "--json").json
    assert (content["outcome"], content["match"], content["differences"]) == ("NONE", None, [])


def test_ask_limits_the_candidates(filled: Hearsay) -> None:
    filled("reindex")
    assert len(filled("ask", "hollow", "--json", "--limit", "1").json["candidates"]) == 1


def test_ask_prints_outcome_claim_and_what_was_searched(filled: Hearsay) -> None:
    filled("reindex")
    out = filled("ask", "the moon is hollow").out
    for said in ("MATCH", "The moon is hollow.", "A checker", "Searched 2 claims, as of"):
        assert said in out
    assert "proves nothing" in filled("ask", "\U0001f602").out


def test_ask_in_bytes_that_are_no_utf8(filled: Hearsay) -> None:
    filled("reindex")
    content = filled("ask", "the moon is \udcffhollow", "--json").json
    assert content["question"] == "the moon is \ufffdhollow"
    assert content["match"]["claim"]["id"] == "moon"


def test_ask_nothing_is_wrong_usage(hearsay: Hearsay) -> None:
    done = hearsay("ask", "  ")
    assert (done.code, "no question" in done.err) == (2, True)


def test_without_an_archive_the_sample_answers_and_that_is_said(hearsay: Hearsay) -> None:
    done = hearsay("ask", "hello", "--json")
    assert done.code == 0
    assert "bundled sample archive is used" in done.err
    assert done.json["snapshot"]["n_claims"] >= 50
    assert "the bundled sample" in hearsay("ask", "hello").out
    listed = hearsay("list", "--json")
    assert "bundled sample" in listed.err
    assert len(listed.json) == done.json["snapshot"]["n_claims"]
    assert "bundled sample" in hearsay("status").out
