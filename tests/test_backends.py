"""One contract for every vector backend: its values equal brute force."""

import numpy as np
import pytest

from index.backends.faiss_flat import FaissFlat
from index.errors import BackendError

BACKENDS = [FaissFlat]


def unit(n, dim, seed=7):
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("backend", BACKENDS)
class TestContract:
    @pytest.mark.parametrize(("n", "dim", "k"), [(200, 16, 5), (12_000, 48, 20)])
    def test_search_equals_brute_force(self, backend, n, dim, k):
        vectors, queries = unit(n, dim), unit(9, dim, seed=8)
        cosines, rows = backend.build(vectors).search(queries, k)
        expected = np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :k]
        assert rows.tolist() == expected.tolist()
        assert np.allclose(cosines, np.take_along_axis(queries @ vectors.T, expected, 1), atol=1e-6)

    def test_a_vector_is_its_own_nearest_with_cosine_one(self, backend):
        vectors = unit(50, 8)
        cosines, rows = backend.build(vectors).search(vectors, 1)
        assert rows[:, 0].tolist() == list(range(50))
        assert np.allclose(cosines, 1, atol=1e-6)
        assert cosines.max() <= 1

    def test_fewer_come_back_where_fewer_are_held(self, backend):
        cosines, rows = backend.build(unit(2, 4)).search(unit(1, 4), 10)
        assert cosines.shape == rows.shape == (1, 2)

    def test_what_was_written_reads_back_the_same(self, backend, tmp_path):
        vectors = unit(20, 8)
        backend.build(vectors).write(tmp_path / "vectors")
        found = backend.read(tmp_path / "vectors")
        assert (found.size, found.dim) == (20, 8)
        assert np.array_equal(found.vectors(np.array([3, 1])), vectors[[3, 1]])

    def test_a_damaged_file_is_refused(self, backend, tmp_path):
        (tmp_path / "vectors").write_bytes(b"junk")
        with pytest.raises(BackendError, match="reindex"):
            backend.read(tmp_path / "vectors")

    @pytest.mark.parametrize(
        "vectors",
        [
            np.ones((2, 4), dtype=np.float32),
            unit(2, 4).astype(np.float64),
            unit(2, 4)[0],
            np.full((1, 4), np.nan, dtype=np.float32),
        ],
    )
    def test_unusable_vectors_are_refused(self, backend, vectors):
        with pytest.raises(BackendError):
            backend.build(vectors)

    def test_a_query_of_another_dimension_is_refused(self, backend):
        with pytest.raises(BackendError, match="expected"):
            backend.build(unit(2, 4)).search(unit(1, 5), 1)
