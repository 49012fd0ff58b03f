"""What `Source` makes of files as they come: compressed, broken, huge, in other encodings."""

import gzip
import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from index.errors import FeedError
from index.importers.source import BadLine, Source


def written(tmp_path: Path, data: bytes, name: str = "feed.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def lines(path: Path, **options: int) -> list[tuple[int, str | BadLine]]:
    with Source.open(path) as source:
        return list(source.lines(**options))


def test_lines_are_numbered_from_one_and_lose_their_ends(tmp_path: Path) -> None:
    path = written(tmp_path, b"one\r\ntwo\n\nfour")
    assert lines(path) == [(1, "one"), (2, "two"), (3, ""), (4, "four")]


def test_gzip_is_recognised_by_its_magic_and_not_by_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress("naïve\n".encode()), "feed.csv")
    assert lines(path) == [(1, "naïve")]
    plain = written(tmp_path, b"plain\n", "feed.csv.gz")
    assert lines(plain) == [(1, "plain")]


def test_lines_can_be_read_again_from_the_beginning(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"a\nb\n"))
    with Source.open(path) as source:
        next(source.lines())
        assert list(source.lines()) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("слух,источник\n".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "слух,источник\n".encode(), "utf-8"),
        (b"\xff\xfe" + "слух,источник\n".encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + "слух,источник\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_unicode_encodings_read_the_same(tmp_path: Path, data: bytes, encoding: str) -> None:
    path = written(tmp_path, data)
    with Source.open(path) as source:
        assert source.encoding == encoding
        assert list(source.lines()) == [(1, "слух,источник")]
        assert source.head_text() == "слух,источник\n"


def test_a_legacy_encoding_is_recognised_from_the_head(tmp_path: Path) -> None:
    text = "Вертолёты вывезли полевых командиров из города, сообщил источник в министерстве."
    path = written(tmp_path, (text + "\n").encode("cp1251") * 20)
    assert lines(path)[0] == (1, text)


def test_old_mac_line_ends_split_lines(tmp_path: Path) -> None:
    assert lines(written(tmp_path, b"a\rb\rc")) == [(1, "a"), (2, "b"), (3, "c")]


def test_an_overlong_line_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path, b"first\n" + b'"' + b"x" * 999 + b"\nlast\n")
    found = lines(path, max_bytes=100)
    assert found[0] == (1, "first")
    assert found[2] == (3, "last")
    bad = found[1][1]
    assert isinstance(bad, BadLine)
    assert bad.n_quotes == 1
    assert "1,001 bytes" in bad.reason
    assert "100" in bad.reason


def test_a_line_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    assert lines(written(tmp_path, b"x" * 10 + b"\ny"), max_bytes=10) == [(1, "x" * 10), (2, "y")]


def test_a_line_of_fifty_megabytes_is_skipped_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"first\n")
        for _ in range(50):
            file.write(b"x" * (1 << 20))
        file.write(b"\nlast\n")
    tracemalloc.start()
    with Source.open(path) as source:
        found = [type(line) if isinstance(line, BadLine) else line for _, line in source.lines()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["first", BadLine, "last"]
    assert peak < 30 << 20


def test_a_line_with_damaged_utf8_is_reported_by_itself(tmp_path: Path) -> None:
    body = "день ночь\n".encode() * 5 + b"caf\xe9\n" + "утро\n".encode()
    found = lines(written(tmp_path, body))
    bad = found[5][1]
    assert isinstance(bad, BadLine)
    assert "UTF-8 from its byte 4" in bad.reason
    assert found[6] == (7, "утро")


def test_head_does_not_consume(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"abcdef"))
    with Source.open(path) as source:
        assert source.head(3) == b"abc"
        assert source.text() == "abcdef"
        assert source.head(3) == b"abc"


def test_position_reaches_the_size_on_disk(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(os.urandom(1000).hex().encode() + b"\n"))
    with Source.open(path) as source:
        assert source.size == path.stat().st_size
        list(source.lines())
        assert source.position == source.size


def test_sha256_is_that_of_the_file_on_disk(tmp_path: Path) -> None:
    data = gzip.compress(b"abc")
    with Source.open(written(tmp_path, data)) as source:
        assert source.sha256() == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("name", "stem"), [("a.b.csv.gz", "a.b"), ("feed.jsonl", "feed")])
def test_stem_drops_gz_and_the_extension(tmp_path: Path, name: str, stem: str) -> None:
    with Source.open(written(tmp_path, b"x", name)) as source:
        assert source.stem == stem


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\r\n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (gzip.compress(b""), "is empty"),
        (b"abc\0def", "NUL bytes"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8bnot really gzip", "damaged"),
        (gzip.compress(b"abc" * 1000)[:30], "cut off"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_sentence(
    tmp_path: Path, data: bytes, words: str
) -> None:
    path = written(tmp_path, data)
    with pytest.raises(FeedError, match=words) as caught:
        Source.open(path)
    assert "feed.csv" in str(caught.value)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="No such file"):
        Source.open(tmp_path / "missing.csv")
    with pytest.raises(FeedError, match="is a directory"):
        Source.open(tmp_path)


def test_a_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FeedError, match="not a regular file"):
        Source.open(tmp_path / "pipe")


def test_gzip_cut_in_the_middle_yields_what_came_before_and_then_says_so(tmp_path: Path) -> None:
    data = gzip.compress(b"".join(os.urandom(30).hex().encode() + b"\n" for _ in range(20_000)))
    path = written(tmp_path, data[: len(data) // 2])
    with Source.open(path) as source:
        rows = source.lines()
        assert next(rows)[0] == 1
        with pytest.raises(FeedError, match=r"cut off .* Fetch the file again"):
            for _ in rows:
                pass


def test_a_document_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with (
        Source.open(written(tmp_path, b"x" * 200_000)) as source,
        pytest.raises(FeedError, match="too long"),
    ):
        source.text(max_bytes=100_000)


def test_chunks_add_up_to_the_text(tmp_path: Path) -> None:
    text = "слово " * 40_000
    with Source.open(written(tmp_path, text.encode())) as source:
        assert "".join(source.chunks()) == text
