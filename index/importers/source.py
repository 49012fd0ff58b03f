"""Source: one feed file, plain or gzip, read as text in bounded memory whatever is in it."""

import codecs
import gzip
import hashlib
import io
import os
import re
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast

from index.errors import FeedError

HEAD_BYTES = 1 << 17
MAX_LINE_BYTES = 1 << 23
_CHUNK_BYTES = 1 << 16
_SAMPLE_BYTES = 1 << 14
_GZIP_MAGIC = b"\x1f\x8b"
_OTHER_KINDS = {
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
}
# Longest first: the UTF-32 mark begins with the UTF-16 one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# This many well-formed characters beyond ASCII for each ill-formed one, and a file is UTF-8 with
# damage rather than another encoding.
_UTF8_MAJORITY = 10


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be handed out as text.

    Attributes:
        reason: What is wrong with it, as a sentence part without a full stop.
        n_quotes: How many `"` it held: tells the reader of a table whether a quoted field goes on.
    """

    reason: str
    n_quotes: int


class Source:
    """A feed file that is open for reading; `Source.open` is the way to get one.

    `lines`, `chunks` and `text` each start again at the beginning of the file, so one of them at a
    time can be in progress.

    Attributes:
        path: The file.
        encoding: The encoding that its text was found to be in.
    """

    def __init__(self, path: Path, raw: BinaryIO) -> None:
        self.path = path
        self._raw = raw
        self._size = os.fstat(raw.fileno()).st_size
        self._is_gzip = raw.read(2) == _GZIP_MAGIC
        self._head = self._read_head()
        self._mark_bytes, self.encoding = self._find_encoding()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file, look at its head and close it again if it is no text.

        Raises:
            FeedError: Missing, unreadable, no regular file, empty, not text, or broken gzip.
        """
        try:
            # A named pipe would block in `open` for ever, hence the look before.
            if not stat.S_ISREG(path.stat().st_mode):
                kind = "a directory" if path.is_dir() else "not a regular file"
                raise FeedError(f"{path} is {kind}. Name a feed file, plain or gzip.")
            raw = path.open("rb")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise FeedError(f"{path} cannot be read: {reason}. Check the path.") from None
        try:
            return cls(path, raw)
        except OSError as error:
            raw.close()
            raise FeedError(f"{path} cannot be read: {error.strerror or error}.") from None
        except FeedError:
            raw.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._raw.close()

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The file's name without `.gz` and without its extension: a feed's name of last resort."""
        name = self.path.name
        return Path(name[:-3] if name.lower().endswith(".gz") else name).stem

    @property
    def size(self) -> int:
        """Bytes of the file on disk, compressed where it is."""
        return self._size

    @property
    def position(self) -> int:
        """Bytes of the file on disk that have been consumed, in [0, size]: for a progress bar."""
        return self._size if self._raw.closed else min(self._raw.tell(), self._size)

    def head(self, n: int = HEAD_BYTES) -> bytes:
        """The first `n` bytes (at most `HEAD_BYTES`), decompressed, without consuming anything."""
        return self._head[:n]

    def head_text(self, n: int = HEAD_BYTES) -> str:
        """The first `n` bytes (at most `HEAD_BYTES`) as text, without a character cut in half."""
        body = self._head[self._mark_bytes : n]
        return codecs.getincrementaldecoder(self.encoding)("replace").decode(body)

    def sha256(self) -> str:
        """SHA-256 of the file as it is on disk, 64 hex digits."""
        with self.path.open("rb") as raw:
            return hashlib.file_digest(raw, "sha256").hexdigest()

    def lines(self, *, max_bytes: int = MAX_LINE_BYTES) -> Iterator[tuple[int, str | BadLine]]:
        """Yield (line number from 1, line without its end), from the beginning of the file.

        Line ends are LF, CR LF, or CR in a file whose head has no LF. A line of more than
        `max_bytes` bytes, or one that is not in the file's encoding, is a `BadLine`; it is skipped
        piece by piece and never held in memory.

        Raises:
            FeedError: The file cannot be read further (cut or damaged gzip, disk error).
        """
        stream, encoding = self._rewind()
        number = 0
        while line := self._readline(stream, max_bytes + 1):
            number += 1
            if len(line) > max_bytes and not line.endswith(b"\n"):
                yield number, self._skip_line(stream, line, max_bytes)
                continue
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError as error:
                reason = (
                    f"is not {encoding.upper()} from its byte {error.start + 1} on; "
                    "save the file as UTF-8"
                )
                yield number, BadLine(reason, line.count(b'"'))
                continue
            yield number, text.rstrip("\r\n").removeprefix("\ufeff")

    def chunks(self) -> Iterator[str]:
        """Yield the whole text in pieces of some 64,000 characters, from the beginning.

        What is not in the file's encoding becomes U+FFFD.

        Raises:
            FeedError: The file cannot be read further (cut or damaged gzip, disk error).
        """
        stream, encoding = self._rewind()
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        while piece := self._read(stream, _CHUNK_BYTES):
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)

    def text(self, *, max_bytes: int = MAX_LINE_BYTES) -> str:
        """The whole file as text: for documents, not for feeds.

        Raises:
            FeedError: It holds more than `max_bytes` characters, or cannot be read to its end.
        """
        pieces: list[str] = []
        n_chars = 0
        for piece in self.chunks():
            pieces.append(piece)
            n_chars += len(piece)
            if n_chars > max_bytes:
                raise FeedError(
                    f"{self.name} is too long for one document: more than {max_bytes:,} "
                    "characters. Split it, or import it with the --format of a feed."
                )
        return "".join(pieces)

    def _open_stream(self) -> BinaryIO:
        self._raw.seek(0)
        if self._is_gzip:
            return cast("BinaryIO", gzip.GzipFile(fileobj=self._raw, mode="rb"))
        return self._raw

    def _rewind(self) -> tuple[BinaryIO, str]:
        """A stream of bytes in which LF ends a line, past the byte order mark; its encoding."""
        stream = self._open_stream()
        self._read(stream, self._mark_bytes)
        head = self.head_text()
        old_mac = "\r" in head and "\n" not in head
        if not old_mac and not self.encoding.startswith(("utf-16", "utf-32")):
            return stream, self.encoding
        decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        return io.BufferedReader(_Utf8Stream(stream, decoder, old_mac=old_mac)), "utf-8"

    def _read_head(self) -> bytes:
        head = self._read(self._open_stream(), HEAD_BYTES)
        if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
            raise FeedError(f"{self.name} is empty. Name a file with records.")
        return head

    def _find_encoding(self) -> tuple[int, str]:
        head = self._head
        for magic, kind in _OTHER_KINDS.items():
            if head.startswith(magic):
                raise FeedError(
                    f"{self.name} is {kind}, not text. Unpack or export it to CSV, JSON or HTML."
                )
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return len(mark), encoding
        if b"\0" in head:
            raise FeedError(
                f"{self.name} is binary: its head holds NUL bytes. Expected text (CSV, JSON, HTML)."
            )
        if _is_utf8(head):
            return 0, "utf-8"
        import charset_normalizer  # noqa: PLC0415 - takes 50 ms, and most files are UTF-8

        guess = charset_normalizer.from_bytes(_sample(head)).best()
        if guess is None:
            raise FeedError(
                f"{self.name} is not text in any known encoding. Save it as UTF-8 and import again."
            )
        return 0, guess.encoding

    def _read(self, stream: BinaryIO, n: int) -> bytes:
        try:
            return stream.read(n)
        except (EOFError, OSError, zlib.error) as error:
            raise self._broken(error) from None

    def _readline(self, stream: BinaryIO, limit: int) -> bytes:
        try:
            return stream.readline(limit)
        except (EOFError, OSError, zlib.error) as error:
            raise self._broken(error) from None

    def _skip_line(self, stream: BinaryIO, piece: bytes, max_bytes: int) -> BadLine:
        n_bytes, n_quotes = 0, 0
        while piece:
            n_bytes += len(piece)
            n_quotes += piece.count(b'"')
            if piece.endswith(b"\n"):
                break
            piece = self._readline(stream, _CHUNK_BYTES)
        return BadLine(
            f"is {n_bytes:,} bytes long; at most {max_bytes:,} are read as one line", n_quotes
        )

    def _broken(self, error: Exception) -> FeedError:
        where = f"at byte {self.position:,} of {self.size:,}"
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            return FeedError(
                f"{self.name} cannot be read further {where}: {error.strerror or error}."
            )
        what = "is cut off" if isinstance(error, EOFError) else "is damaged"
        return FeedError(
            f"{self.name}: the gzip data {what} {where}. Fetch the file again; what can be "
            f"saved of this one, `gzip -dc {self.name} > part` saves."
        )


class _Utf8Stream(io.RawIOBase):
    """Bytes of another encoding, or with CR as line end, as UTF-8 with LF."""

    def __init__(
        self, stream: BinaryIO, decoder: codecs.IncrementalDecoder, *, old_mac: bool
    ) -> None:
        self._stream = stream
        self._decoder = decoder
        self._old_mac = old_mac
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            piece = self._stream.read(_CHUNK_BYTES)
            text = self._decoder.decode(piece, final=not piece)
            if self._old_mac:
                text = text.replace("\r", "\n")
            self._ready = text.encode(errors="replace")
            if not piece:
                break
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        self._ready = self._ready[n:]
        return n


def _is_utf8(head: bytes) -> bool:
    """Whether text is UTF-8, damage in a few places included."""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    n_bad = decoded.count("\ufffd")
    n_good = len(decoded) - len(decoded.encode("ascii", "ignore")) - n_bad
    return n_bad == 0 or n_good > _UTF8_MAJORITY * n_bad


def _sample(head: bytes) -> bytes:
    """The stretch of the head from shortly before its first byte beyond ASCII."""
    beyond = re.search(rb"[\x80-\xff]", head)
    start = max(0, (beyond.start() if beyond else 0) - _SAMPLE_BYTES // 4)
    return head[start : start + _SAMPLE_BYTES]
