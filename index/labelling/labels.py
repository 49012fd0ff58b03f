"""Labels: the file of labelled questions that `hearsay calibrate` and `hearsay evaluate` read."""

import json
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import FeedError, SettingsError
from index.evaluation.questions import Question, json_rows, read_questions


class Labels:
    """A file of labelled questions to add to. A change is on the disk when its call returns.

    All rows are written each time, to a partial file that is synced and then takes the place of
    the old one. For some thousand rows that takes no time; in return no row is ever torn, and
    taking one back is the same move. What another program wrote meanwhile is not overwritten.

    Args:
        path: The file, JSON lines; it need not exist yet.

    Raises:
        SettingsError: Its folder does not exist.
        FeedError: It holds something else than labelled questions; it is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = path.resolve()  # a link stays a link
        if not self._target.parent.is_dir():
            raise SettingsError(f"{path} cannot be written. Expected a file in a folder that is.")
        self._content = self._on_disk()
        try:
            rows = [row for _, row in json_rows(path)] if self._content else []
            labelled = read_questions(path) if rows else []
        except FeedError as error:
            raise FeedError(
                f"{error} It is left as it is: mend it, or name another file with --out."
            ) from error
        self._rows = {each.qid: row for each, row in zip(labelled, rows, strict=True)}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, qid: str) -> bool:
        return qid in self._rows

    @property
    def newest(self) -> str | None:
        """The qid of the last row; None if there is none."""
        return next(reversed(self._rows), None)

    def add(self, question: Question, snapshot_id: str, at: datetime) -> None:
        """Save a judged question.

        Args:
            question: With its labels.
            snapshot_id: Of the snapshot that the claims were found in.
            at: When it was judged.

        Raises:
            FeedError: Another program has changed the file.
            OSError: It cannot be written.
        """
        row = {
            "qid": question.qid,
            "text": question.text,
            "lang": question.language,
            "kind": question.kind,
            "gold": sorted(question.gold),
            "near": sorted(question.near),
            "differs": question.differs,
            "snapshot": snapshot_id,
            "labelled_at": at.isoformat(timespec="seconds"),
        }
        self._write({**self._rows, question.qid: row})

    def take_back(self) -> None:
        """Remove the last row.

        Raises:
            FeedError: Another program has changed the file.
            OSError: It cannot be written.
        """
        self._write(dict([*self._rows.items()][:-1]))

    def _on_disk(self) -> bytes | None:
        return self._target.read_bytes() if self._target.exists() else None

    def _write(self, rows: Mapping[str, dict[str, Any]]) -> None:
        if self._on_disk() != self._content:
            raise FeedError(
                f"{self.path.name} was changed by another program. It is left as it is, without "
                "the last judgement: start again to go on from it."
            )
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows.values())
        content = "".join(lines).encode(errors="replace")
        partial = self._target.with_name(f".{self._target.name}.partial")
        with partial.open("wb") as file:
            if self._content is not None:
                shutil.copymode(self._target, partial)  # who may read it stays so
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._target)
        self._content, self._rows = content, dict(rows)
