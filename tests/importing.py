"""Runs an importer over a small file that a test writes."""

import gzip
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from index.importers import ReadOptions, choose
from index.importers.source import Source
from index.records import ImportedClaim, Noted, Reading, Rejected

TODAY = date(2026, 6, 1)


def readings(
    tmp_path: Path,
    data: str | bytes,
    *,
    name: str = "feed.txt",
    format: str | None = None,  # noqa: A002
    feed: str | None = None,
    columns: Mapping[str, str] | None = None,
    compress: bool = False,
) -> list[Reading]:
    path = tmp_path / name
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(raw) if compress else raw)
    importer = choose(path, format)
    with Source.open(path) as source:
        return list(importer.read(source, ReadOptions(TODAY, columns or {}, feed)))


def claims(found: list[Reading]) -> list[ImportedClaim]:
    return [each for each in found if isinstance(each, ImportedClaim)]


def rejected(found: list[Reading]) -> list[Rejected]:
    return [each for each in found if isinstance(each, Rejected)]


def noted(found: list[Reading]) -> list[Noted]:
    return [each for each in found if isinstance(each, Noted)]
