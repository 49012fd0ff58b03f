"""Store: the folder of snapshots and the pointer to the published one."""

import fcntl
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index.errors import SnapshotError
from index.snapshots.manifest import Manifest, read_manifest
from index.snapshots.reader import Snapshot

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_BUILDING = ".building-"


class SnapshotStore:
    """The snapshots under one folder.

    Args:
        root: The folder; it need not exist yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def _pointer(self) -> Path:
        return self.root / "current"

    def current_id(self) -> str | None:
        """Id of the published snapshot; None if there is none yet."""
        try:
            return self._pointer.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SnapshotError(
                f"{self._pointer} cannot be read. Run `hearsay reindex`."
            ) from error

    def folder(self, snapshot_id: str) -> Path:
        """The folder of one snapshot.

        Raises:
            SnapshotError: There is no such snapshot.
        """
        folder = self.root / snapshot_id
        if not _ID.fullmatch(snapshot_id) or not folder.is_dir():
            raise SnapshotError(
                f"There is no snapshot {snapshot_id!r}. `hearsay snapshots` lists them; "
                "`hearsay reindex` builds one."
            )
        return folder

    def ids(self) -> list[str]:
        """All snapshots, newest first."""
        if not self.root.is_dir():
            return []
        return sorted(each.name for each in self.root.iterdir() if _ID.fullmatch(each.name))[::-1]

    def manifests(self) -> list[Manifest | SnapshotError]:
        """What each snapshot says of itself, newest first; a damaged one gives its error."""
        found: list[Manifest | SnapshotError] = []
        for snapshot_id in self.ids():
            try:
                found.append(read_manifest(self.root / snapshot_id))
            except SnapshotError as error:
                found.append(error)
        return found

    def publish(self, snapshot_id: str) -> Manifest:
        """Make a snapshot the current one, after checking it. The move is atomic.

        Raises:
            SnapshotError: There is no such snapshot, or it is damaged.
        """
        with closing(Snapshot.open(self.folder(snapshot_id))) as checked:
            manifest = checked.manifest
        replace_file(self._pointer, (snapshot_id + "\n").encode("ascii"))
        return manifest

    def rollback(self, snapshot_id: str | None = None) -> Manifest:
        """Publish an earlier snapshot: the given one, or the newest sound one before the current.

        Raises:
            SnapshotError: There is none, or it is damaged.
        """
        if snapshot_id is not None:
            return self.publish(snapshot_id)
        current = self.current_id()
        refused: SnapshotError | None = None
        for earlier in self.ids():
            if current is None or earlier < current:
                try:
                    return self.publish(earlier)
                except SnapshotError as error:
                    refused = refused or error
        raise refused or SnapshotError(
            "There is no earlier snapshot to roll back to. `hearsay snapshots` lists them."
        )

    def prune(self, keep: int) -> list[str]:
        """Delete all but the newest `keep` snapshots; the current one always stays."""
        current = self.current_id()
        doomed = [each for each in self.ids()[keep:] if each != current]
        for snapshot_id in doomed:
            shutil.rmtree(self.root / snapshot_id, ignore_errors=True)
        return doomed

    @contextmanager
    def building(self, snapshot_id: str) -> Iterator[Path]:
        """A folder to build in, which becomes the snapshot at the end, or vanishes on failure.

        Raises:
            SnapshotError: Another build is under way, or the disk is full or not writable.
        """
        folder = self.root / f"{_BUILDING}{snapshot_id}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with self._lock():
                for stale in self.root.glob(f"{_BUILDING}*"):
                    shutil.rmtree(stale, ignore_errors=True)
                folder.mkdir()
                try:
                    yield folder
                    for path in folder.iterdir():
                        _sync(path)
                    folder.rename(self.root / snapshot_id)
                    _sync(self.root)
                finally:
                    shutil.rmtree(folder, ignore_errors=True)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise SnapshotError(
                f"The snapshot cannot be written: {reason}. The published one stays in use. Free "
                "some disk space or check HEARSAY_HOME, then run `hearsay reindex` again."
            ) from error

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.root / ".lock").open("w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise SnapshotError(
                    "Another `hearsay reindex` is running. Wait until it has ended."
                ) from error
            yield


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new one, never a part."""
    sibling = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with sibling.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sibling.replace(path)
        _sync(path.parent)
    except OSError as error:
        sibling.unlink(missing_ok=True)
        raise SnapshotError(
            f"{path.name} cannot be written: {error.strerror}. Nothing was changed. Free some disk "
            "space or check HEARSAY_HOME, then run the command again."
        ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
