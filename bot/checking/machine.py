"""Machine: is there room, may the bot write, is bot.db sound."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.checking.findings import Finding, fail, ok, warn
from bot.state.database import FILE_NAME, StateError
from bot.state.probe import probe

# A reindex writes a whole snapshot beside the old ones: about 50 MB for 10,000 claims.
WANTED_BYTES = 1_000_000_000
NEEDED_BYTES = 100_000_000
FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """How much may still be written on the disk of a folder."""
    return shutil.disk_usage(folder).free


def machine_findings(home: Path, *, free: FreeBytes = free_bytes) -> Iterator[Finding]:
    """Look at HEARSAY_HOME: the folder, its disk, and bot.db.

    Args:
        home: The folder; made if it is missing.
        free: Measures the space on its disk.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        step = "Set HEARSAY_HOME to a folder that this user may write, or change its owner."
        yield fail("home", f"{home} cannot be written ({reason}).", step, is_setting=True)
        return
    yield ok("home", f"{home} can be written.")
    yield _space(free(home))
    yield _state(home / FILE_NAME)


def _space(n_free: int) -> Finding:
    megabytes = f"{n_free / 1e6:,.0f} MB"
    if n_free >= WANTED_BYTES:
        return ok("disk", f"{megabytes} are free.")
    step = "Free some space, or keep fewer snapshots: HEARSAY_KEEP_SNAPSHOTS, `hearsay reindex`."
    if n_free >= NEEDED_BYTES:
        return warn("disk", f"Only {megabytes} are free; a reindex may need more.", step)
    return fail("disk", f"Only {megabytes} are free.", step)


def _state(path: Path) -> Finding:
    try:
        probe(path)
    except StateError as error:
        return fail("bot.db", str(error), "Mend the file, restore a backup, or move it away.")
    return ok("bot.db", "It can be written." if path.exists() else "It will be made at the start.")
