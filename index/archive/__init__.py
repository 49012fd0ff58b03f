"""Archive: the truth. All that admins import, edit, merge and publish, in one SQLite file."""

from index.archive.database import Archive, Operation

__all__ = ["Archive", "Operation"]
