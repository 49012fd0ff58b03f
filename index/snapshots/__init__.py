"""Snapshots: immutable, self-contained copies of the published claims that lookups read."""

from index.snapshots.build import build_snapshot
from index.snapshots.manifest import Manifest
from index.snapshots.reader import Snapshot
from index.snapshots.store import SnapshotStore

__all__ = ["Manifest", "Snapshot", "SnapshotStore", "build_snapshot"]
