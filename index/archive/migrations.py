"""Migrations: the schema of archive.db as its history. Append only; never change one that shipped.

A claim is composed of the *records* that were filed under it, each as one feed gave it, so that
every value remembers its feed and record, an import can run again, and a merge only moves records.
"""

from sqlite_utils import Database, Migrations

migrations = Migrations("hearsay")

# Tables whose changes `undo` can take back. Each has an INTEGER PRIMARY KEY called pk.
JOURNALLED = (
    "imports",
    "import_remarks",
    "claims",
    "records",
    "wordings",
    "claimants",
    "record_claimants",
    "appearances",
    "responses",
    "tags",
    "evidence",
    "history",
)


@migrations(name="0001_archive")
def _archive(db: Database) -> None:
    for statement in _TABLES.strip().split(";\n"):
        db.execute(statement)


@migrations(name="0002_journal")
def _journal(db: Database) -> None:
    """Triggers that write the inverse of every change into `undo_log`, as SQLite's docs show.

    Source: https://www.sqlite.org/undoredo.html
    """
    db.execute(
        "create table operations (pk integer primary key autoincrement, at text not null, "
        "what text not null, stamp text not null)"
    )
    db.execute(
        "create table undo_log (pk integer primary key, operation integer not null "
        "references operations(pk) on delete cascade, sql text not null)"
    )
    db.execute("create index undo_log_operation on undo_log(operation)")
    for table in JOURNALLED:
        columns = [column.name for column in db[table].columns]
        _journal_table(db, table, columns)


def _journal_table(db: Database, table: str, columns: list[str]) -> None:
    into = "insert into undo_log(operation, sql) select max(pk), "
    names = ", ".join(columns)
    old_values = "||','||".join(f"quote(old.{column})" for column in columns)
    old_pairs = "||','||".join(f"'{column}='||quote(old.{column})" for column in columns)
    db.execute(
        f"create trigger {table}_inserted after insert on {table} begin {into}"
        f"'delete from {table} where pk='||new.pk from operations; end"
    )
    db.execute(
        f"create trigger {table}_updated after update on {table} begin {into}"
        f"'update {table} set '||{old_pairs}||' where pk='||old.pk from operations; end"
    )
    db.execute(
        f"create trigger {table}_deleted after delete on {table} begin {into}"
        f"'insert into {table}({names}) values('||{old_values}||')' from operations; end"
    )


_TABLES = """
create table imports (
    pk integer primary key, at text not null, path text not null, sha256 text not null,
    format text not null, n_records integer not null default 0, n_new integer not null default 0,
    n_joined integer not null default 0, n_updated integer not null default 0,
    n_unchanged integer not null default 0, n_kept integer not null default 0
);
create table import_remarks (
    pk integer primary key, import integer not null references imports(pk),
    kind text not null check (kind in ('rejected', 'noted')),
    line integer not null, field text not null, reason text not null
);
create index import_remarks_import on import_remarks(import);
create table claims (
    pk integer primary key, id text not null unique,
    state text not null check (state in ('draft', 'published', 'withdrawn')),
    lead integer,
    merged_into text references claims(id),
    created_at text not null, updated_at text not null
);
create table records (
    pk integer primary key, feed text not null, record_id text not null,
    content_hash text not null, import integer references imports(pk),
    claim text not null references claims(id), line integer not null, edited_at text,
    text text not null, text_key text not null, title text, summary text, body text, language text,
    unique (feed, record_id)
);
create index records_claim on records(claim);
create index records_text_key on records(text_key);
create table wordings (
    pk integer primary key, record integer not null references records(pk),
    text text not null, text_key text not null
);
create index wordings_record on wordings(record);
create index wordings_text_key on wordings(text_key);
create table claimants (pk integer primary key, name text not null unique);
create table record_claimants (
    pk integer primary key, record integer not null references records(pk),
    claimant integer not null references claimants(pk)
);
create index record_claimants_record on record_claimants(record);
create table appearances (
    pk integer primary key, record integer not null references records(pk),
    outlet text, url text, archive_url text, published_on text, language text,
    based_on text, repeats text
);
create index appearances_record on appearances(record);
create table responses (
    pk integer primary key, record integer not null references records(pk),
    kind text not null check (kind in ('fact-check', 'denial', 'confirmation', 'retraction')),
    by text not null, url text, published_on text, rating text, verdict text, summary text
);
create index responses_record on responses(record);
create table tags (
    pk integer primary key, record integer not null references records(pk),
    kind text not null check (kind in ('topic', 'place', 'event_date')), value text not null
);
create index tags_record on tags(record);
create table evidence (
    pk integer primary key, record integer not null references records(pk),
    field text not null, value text not null, sentence text not null
);
create index evidence_record on evidence(record);
create table history (
    pk integer primary key, claim text not null references claims(id), at text not null,
    event text not null, before text, after text, why text not null
);
create index history_claim on history(claim);
create table vectors (
    model text not null, text_hash text not null, vector blob not null,
    primary key (model, text_hash)
) without rowid
"""
