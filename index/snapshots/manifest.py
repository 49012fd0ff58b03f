"""Manifest: what a snapshot says of itself, and the checks that it keeps its word."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from index.errors import SnapshotError

FORMAT = 2
MANIFEST_FILE = "manifest.json"
CLAIMS_FILE = "claims.db"


@dataclass(frozen=True, slots=True)
class VectorFile:
    """The vectors of one embedding model.

    Attributes:
        model: The model's name and version.
        encoder: The name in the settings that loads it.
        dim: Length of its vectors.
        file: File name in the snapshot's folder.
    """

    model: str
    encoder: str
    dim: int
    file: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one snapshot holds.

    Attributes:
        id: Its folder's name; sorts by time.
        built_at: Aware UTC.
        text_version: `index.text.TEXT_VERSION` at building.
        archive_version: `Archive.data_version` at building.
        n_claims: Published claims in it.
        n_passages: Embedded texts, the rows of every vector file.
        vectors: One a model; the first one decides.
        sha256: Of every file, by file name.
        format: Version of this layout.
    """

    id: str
    built_at: datetime
    text_version: str
    archive_version: str
    n_claims: int
    n_passages: int
    vectors: tuple[VectorFile, ...]
    sha256: dict[str, str]
    format: int = FORMAT

    def dump(self) -> str:
        """The manifest as JSON."""
        return json.dumps(asdict(self) | {"built_at": self.built_at.isoformat()}, indent=1)


def read_manifest(folder: Path) -> Manifest:
    """Read a snapshot's manifest.

    Raises:
        SnapshotError: It is missing, unreadable or of another layout.
    """
    try:
        content = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise SnapshotError(
                f"Snapshot {folder.name} has layout {content['format']}, this version reads "
                f"{FORMAT}. Run `hearsay reindex`."
            )
        vectors = tuple(VectorFile(**each) for each in content.pop("vectors"))
        built_at = datetime.fromisoformat(content.pop("built_at"))
        manifest = Manifest(**content, vectors=vectors, built_at=built_at)
        lacking = {CLAIMS_FILE, *(each.file for each in vectors)} - manifest.sha256.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(
            f"Snapshot {folder.name} has no readable manifest. Run `hearsay reindex` to build a "
            "new one, or `hearsay rollback` to an earlier one."
        ) from error
    if manifest.id != folder.name or lacking or not vectors:
        raise SnapshotError(_damaged(manifest, f"its manifest does not fit {folder.name}"))
    return manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check every file against its SHA-256.

    Raises:
        SnapshotError: A file is missing or damaged.
    """
    for name, expected in manifest.sha256.items():
        try:
            found = file_sha256(folder / name)
        except OSError as error:
            raise SnapshotError(_damaged(manifest, f"{name} cannot be read")) from error
        if found != expected:
            raise SnapshotError(_damaged(manifest, f"{name} is not as it was built"))


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(manifest: Manifest, what: str) -> str:
    return (
        f"Snapshot {manifest.id} is damaged: {what}. Run `hearsay reindex` to build a new one, or "
        "`hearsay rollback` to an earlier one."
    )
