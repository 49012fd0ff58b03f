"""The one tree of errors: every failure that a caller may want to catch.

    HearsayError
    ├── SettingsError        a setting is missing or unusable
    ├── FeedError            a whole feed or article cannot be read (a bad record is data, not this)
    ├── ArchiveError         the archive cannot be opened, written or found
    │   └── UnknownClaimError    no claim has that id
    ├── SnapshotError        a snapshot is missing, damaged or does not fit
    ├── EncoderError         a model is missing or gives unusable vectors
    └── BackendError         a vector backend was given arrays that it cannot hold

Each message says what was found, what was expected and what to do next.
"""


class HearsayError(Exception):
    """Base of every error that Hearsay raises on purpose. Its text is meant for a person."""


class SettingsError(HearsayError):
    """A setting is missing, unusable or contradicts another."""


class FeedError(HearsayError):
    """A feed or article cannot be read at all. A bad *record* is a `Rejected`, not an error."""


class ArchiveError(HearsayError):
    """The archive cannot be opened, read or written."""


class UnknownClaimError(ArchiveError):
    """No claim has the id that was asked for."""


class SnapshotError(HearsayError):
    """A snapshot is missing, damaged, or was built for other models or another text version."""


class EncoderError(HearsayError):
    """An embedding model is missing, or its vectors are unusable."""


class BackendError(HearsayError):
    """A vector backend got arrays of the wrong shape, type or content."""
