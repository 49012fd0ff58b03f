"""The archive: filing, merging, editing, undo; expected values worked out by hand."""

import sqlite3
from datetime import UTC, date, datetime

import numpy as np
import pytest

from index.archive import Archive
from index.archive.filing import SourceFile
from index.claims import Appearance, ClaimState, RebuttalStatus, Response, ResponseKind, Verdict
from index.errors import ArchiveError, FeedError, UnknownClaimError
from index.records import Evidence, ImportedClaim, Noted, Rejected

FILE = SourceFile("feed.jsonl", "0" * 64, "jsonl")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DENIAL = Response(ResponseKind.DENIAL, "A ministry")
CHECK = Response(
    ResponseKind.FACT_CHECK, "A checker", "https://check.example/1", None, "False", Verdict.FALSE
)


def record(record_id="1", text="The moon is hollow.", **rest):
    return ImportedClaim(record_id=record_id, line=1, text=text, feed="feed", **rest)


def file(archive, *readings, state=ClaimState.PUBLISHED, **rest):
    return archive.file(readings, FILE, state=state, **rest)


@pytest.fixture
def archive():
    with Archive(None, now=lambda: NOW) as opened:
        yield opened


def only(archive):
    (claim,) = archive.claims()
    return claim


def dump(archive):
    """Everything that an operation may change, to compare before and after."""
    tables = [
        "imports",
        "records",
        "claims",
        "wordings",
        "appearances",
        "responses",
        "tags",
        "history",
    ]
    return {
        table: [tuple(row) for row in archive._db.execute(f"select * from {table} order by pk")]
        for table in tables
    }


def test_a_record_becomes_a_claim_with_all_that_it_says(archive):
    told = record(
        title="Hollow moon",
        summary="Some say so.",
        body="A long article.",
        language="en",
        alternatives=("The moon has nothing inside.",),
        claimants=("A club",),
        appearances=(
            Appearance(
                "A paper", "https://paper.example/a", None, date(2020, 1, 2), "en", "a club"
            ),
        ),
        responses=(CHECK,),
        topics=("space",),
        places=("Moon",),
        event_dates=(date(2020, 1, 1),),
        evidence=(Evidence("text", "The moon is hollow.", "A club claims the moon is hollow."),),
    )
    report = file(archive, told)
    claim = only(archive)
    assert (report.n_records, report.n_new, report.claim_ids) == (1, 1, (claim.id,))
    assert claim.text == "The moon is hollow."
    assert claim.title == "Hollow moon"
    assert claim.alternatives == ("The moon has nothing inside.",)
    assert claim.claimants == ("A club",)
    assert claim.appearances == told.appearances
    assert claim.responses == (CHECK,)
    assert claim.event_dates == (date(2020, 1, 1),)
    assert claim.status is RebuttalStatus.REFUTED
    assert archive.evidence(claim.id) == told.evidence


def test_the_same_import_again_changes_nothing(archive):
    file(archive, record(responses=(CHECK,)))
    before = dump(archive), archive.data_version()
    report = file(archive, record(responses=(CHECK,)))
    assert (report.n_records, report.n_unchanged, report.import_id) == (1, 1, None)
    assert (dump(archive), archive.data_version()) == before


def test_a_changed_record_replaces_what_it_said_before(archive):
    file(archive, record(responses=(DENIAL,)))
    report = file(archive, record(responses=(CHECK,)))
    assert report.n_updated == 1
    assert only(archive).responses == (CHECK,)


def test_identical_normalised_text_joins_one_claim(archive):
    first = Appearance("Paper A", "https://a.example/1")
    second = Appearance("Paper B", "https://b.example/1")
    file(archive, record("1", "The Moon is hollow", appearances=(first,)))
    report = file(archive, record("2", "the moon, is HOLLOW!", appearances=(second,)))
    assert (report.n_new, report.n_joined) == (0, 1)
    assert only(archive).appearances == (first, second)
    assert only(archive).text == "The Moon is hollow"


def test_another_wording_on_record_joins_too(archive):
    file(archive, record("1", alternatives=("Nothing is inside the moon.",)))
    assert file(archive, record("2", "Nothing is inside the moon")).n_joined == 1


def test_a_draft_never_joins_a_published_claim_by_itself(archive):
    file(archive, record("1"))
    report = file(archive, record("2"), state=ClaimState.DRAFT)
    assert report.n_new == 1
    states = [claim.state for claim in archive.claims()]
    assert states == [ClaimState.PUBLISHED, ClaimState.DRAFT]


def test_a_withdrawn_claim_is_not_brought_back_by_an_import(archive):
    file(archive, record("1"))
    archive.withdraw(only(archive).id)
    file(archive, record("2", responses=(CHECK,)))
    assert only(archive).state is ClaimState.WITHDRAWN


def test_publishing_explicitly_publishes_known_drafts(archive):
    file(archive, record(), state=ClaimState.DRAFT)
    file(archive, record(), state=ClaimState.PUBLISHED)
    assert only(archive).state is ClaimState.DRAFT
    file(archive, record(), state=ClaimState.PUBLISHED, is_explicit=True)
    assert only(archive).state is ClaimState.PUBLISHED


def test_rejected_records_and_notes_are_reported_and_the_rest_is_filed(archive):
    bad, remark = Rejected(3, "text", "is empty"), Noted(4, "rating", "is unknown")
    report = file(archive, record(), bad, remark)
    assert (report.n_records, report.n_new, report.n_rejected) == (2, 1, 1)
    assert (report.rejected, report.notes) == ((bad,), (remark,))


def test_a_dry_run_reports_and_writes_nothing(archive):
    before = dump(archive)
    report = file(archive, record(), dry_run=True)
    assert (report.n_new, report.dry_run, report.import_id) == (1, True, None)
    assert dump(archive) == before


def test_a_feed_that_breaks_in_the_middle_leaves_nothing(archive):
    file(archive, record("1"))
    before = dump(archive)

    def broken():
        yield record("2", "Another claim.")
        raise FeedError("cut")

    with pytest.raises(FeedError):
        archive.file(broken(), FILE, state=ClaimState.PUBLISHED)
    assert dump(archive) == before


def test_an_interrupt_leaves_nothing(archive):
    def interrupted():
        yield record("2", "Another claim.")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.file(interrupted(), FILE, state=ClaimState.PUBLISHED)
    assert list(archive.claims()) == []


def test_merging_keeps_both_sourcings_and_the_old_id_resolves(archive):
    file(
        archive,
        record("1", "The moon is hollow.", responses=(CHECK,)),
        record("2", "There is nothing in the moon.", responses=(DENIAL,)),
    )
    keep, other = archive.claims()
    merged = archive.merge(keep.id, [other.id])
    assert merged.text == "The moon is hollow."
    assert merged.alternatives == ("There is nothing in the moon.",)
    assert set(merged.responses) == {CHECK, DENIAL}
    assert archive.claim(other.id) == merged
    assert [claim.id for claim in archive.claims()] == [keep.id]
    assert archive.aliases() == {other.id: keep.id}


def test_a_claim_cannot_be_merged_with_itself(archive):
    file(archive, record())
    with pytest.raises(ArchiveError, match="itself"):
        archive.merge(only(archive).id, [only(archive).id])


def test_a_reimport_after_a_merge_goes_to_the_merged_claim(archive):
    one, other = record("1"), record("2", "There is nothing in the moon.")
    file(archive, one, other)
    keep, gone = archive.claims()
    archive.merge(keep.id, [gone.id])
    report = file(archive, record("2", "There is nothing in the moon.", responses=(DENIAL,)))
    assert report.claim_ids == (keep.id,)
    assert only(archive).responses == (DENIAL,)


def test_an_edit_replaces_the_content_and_survives_the_feed(archive):
    file(archive, record(responses=(CHECK,)))
    claim_id = only(archive).id
    archive.edit(claim_id, record(text="The moon is partly hollow."))
    assert only(archive).text == "The moon is partly hollow."
    assert only(archive).responses == ()
    same = file(archive, record(responses=(CHECK,)))
    changed = file(archive, record(responses=(CHECK, DENIAL)))
    assert (same.n_unchanged, changed.n_kept) == (1, 1)
    assert only(archive).text == "The moon is partly hollow."


@pytest.mark.parametrize("step", ["import", "update", "merge", "edit", "withdraw"])
def test_undo_takes_back_the_newest_step_exactly(archive, step):
    file(archive, record("1", responses=(CHECK,)), record("2", "There is nothing in the moon."))
    keep, other = archive.claims()
    before = dump(archive)
    {
        "import": lambda: file(archive, record("3", "A third claim.", topics=("x",))),
        "update": lambda: file(archive, record("1", responses=(DENIAL,))),
        "merge": lambda: archive.merge(keep.id, [other.id]),
        "edit": lambda: archive.edit(keep.id, record(text="It's 'quoted'.")),
        "withdraw": lambda: archive.withdraw(keep.id),
    }[step]()
    assert dump(archive) != before
    archive.undo()
    assert dump(archive) == before


def test_undo_goes_back_step_by_step_until_nothing_is_left(archive):
    file(archive, record("1"))
    file(archive, record("2", "Another claim."))
    archive.undo()
    assert only(archive).text == "The moon is hollow."
    archive.undo()
    assert list(archive.claims()) == []
    with pytest.raises(ArchiveError, match="Nothing to undo"):
        archive.undo()


def test_the_data_version_never_comes_again(archive):
    file(archive, record("1"))
    seen = {archive.data_version()}
    file(archive, record("2", "Another claim."))
    seen.add(archive.data_version())
    archive.undo()
    file(archive, record("3", "A third claim."))
    assert archive.data_version() not in seen


def test_a_restored_archive_that_went_another_way_has_another_version(tmp_path):
    path, backup = tmp_path / "archive.db", tmp_path / "backup.db"
    with Archive(path) as archive:
        file(archive, record("1"))
        archive._db.execute("vacuum into ?", [str(backup)])
        file(archive, record("2", "Another claim."))
        version = archive.data_version()
    with Archive(backup) as restored:
        file(restored, record("3", "A third claim."))
        assert restored.data_version() != version


def test_history_tells_every_change_of_status(archive):
    file(archive, record(responses=()))
    file(archive, record(responses=(DENIAL,)))
    file(archive, record(responses=(CHECK,)))
    events = archive.history(only(archive).id)
    changes = [(each.before, each.after) for each in events if each.event == "status"]
    assert changes == [(None, "unanswered"), ("unanswered", "denied"), ("denied", "refuted")]
    assert {each.at for each in events} == {NOW}


def test_exported_records_restore_the_archive(archive):
    file(archive, record("1", responses=(CHECK,)), record("2", "There is nothing in the moon."))
    keep, other = archive.claims()
    archive.merge(keep.id, [other.id])
    with Archive(None, now=lambda: NOW) as restored:
        report = file(restored, *archive.records())
        assert (report.n_new, report.n_joined) == (1, 1)
        assert list(restored.claims()) == list(archive.claims())
    assert file(archive, *archive.records()).n_unchanged == 2


def test_an_unknown_id_is_an_error(archive):
    with pytest.raises(UnknownClaimError, match="nope"):
        archive.claim("nope")


def test_ids_do_not_depend_on_the_archive():
    with Archive(None) as one, Archive(None) as other:
        file(one, record("1"))
        file(other, record("9", "Something else."), record("8", "the moon is hollow"))
        assert only(one).id in {claim.id for claim in other.claims()}


def test_a_second_writer_is_told_to_wait(tmp_path, monkeypatch):
    monkeypatch.setattr("index.archive.database._BUSY_S", 0.05)
    with Archive(tmp_path / "archive.db") as one, Archive(tmp_path / "archive.db") as other:
        one._db.execute("begin immediate")
        with pytest.raises(ArchiveError, match="another command"):
            file(other, record())
        one._db.rollback()
        assert file(other, record()).n_new == 1


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "archive.db"
    path.write_bytes(b"not a database, but long enough to be looked at as one " * 20)
    with pytest.raises(ArchiveError, match="no archive"):
        Archive(path)
    assert path.read_bytes().startswith(b"not a database")


def test_an_archive_is_kept_on_disk(tmp_path):
    with Archive(tmp_path / "home" / "archive.db") as archive:
        file(archive, record())
    with Archive(tmp_path / "home" / "archive.db") as archive:
        assert only(archive).text == "The moon is hollow."


def test_migrations_are_recorded(tmp_path):
    Archive(tmp_path / "archive.db").close()
    connection = sqlite3.connect(tmp_path / "archive.db")
    names = [row[0] for row in connection.execute("select name from _sqlite_migrations")]
    connection.close()
    assert names == ["0001_archive", "0002_journal"]


def test_the_vector_cache_knows_what_is_missing_and_gives_back_what_was_stored(archive):
    cache = archive.vector_cache("tiny", 2)
    vectors = np.array([[1, 0], [0, 1]], dtype=np.float32)
    cache.store(["a", "b"], vectors)
    assert cache.missing(["b", "c", "a", "c"]) == ["c"]
    assert cache.load(["b", "a", "b"]).tolist() == [[0, 1], [1, 0], [0, 1]]
    assert archive.vector_cache("other", 2).missing(["a"]) == ["a"]
    with pytest.raises(KeyError):
        cache.load(["c"])
