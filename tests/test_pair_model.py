"""The pair model: what it says of pairs that anybody can judge, and how it fails."""

import hashlib
import json
import math
from importlib.resources import files

import numpy as np
import onnx
import pytest

from index.answers import Aspect
from index.errors import EncoderError
from index.pair_model import PairModel

CLAIM = "US helicopters evacuated ISIS commanders from Deir ez-Zor."


@pytest.fixture(scope="module")
def model() -> PairModel:
    return PairModel.bundled()


pytestmark = pytest.mark.model


def test_a_repeat_is_the_same_and_another_place_is_not(model: PairModel):
    repeat = model.judge("us helicopters evacuated isis commanders from deir ez-zor", CLAIM)
    other = model.judge("US helicopters evacuated ISIS commanders from Aleppo", CLAIM)
    assert repeat.same > 0 > other.same
    assert other.aspect is Aspect.PLACE
    assert other.asked_change == "Aleppo"
    assert "Deir" in other.archived_change


@pytest.mark.parametrize(
    ("asked", "archived"),
    [
        ("", ""),
        ("Did Russian helicopters evacuate ISIS commanders?" * 50, CLAIM * 50),
        ("вертолёты США", "\u202e"),
    ],
)
def test_any_text_is_judged(model: PairModel, asked: str, archived: str):
    judged = model.judge(asked, archived)
    assert math.isfinite(judged.same)
    assert 0 < judged.aspect_probability <= 1
    assert judged.asked_change in asked
    assert judged.archived_change in archived


def test_a_missing_or_damaged_file_is_told(tmp_path):
    with pytest.raises(EncoderError, match="missing"):
        PairModel(tmp_path / "pair.onnx")
    (tmp_path / "pair.onnx").write_bytes(b"no model")
    with pytest.raises(EncoderError, match=r"pair\.onnx"):
        PairModel(tmp_path / "pair.onnx")


def test_no_processor_saturates():
    """Sums of two products of seven bits fit into the 16 that AVX2 adds them up in."""
    graph = onnx.load(files("index.models") / "pair.onnx").graph
    arrays = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
    multiplied = [n.input[1] for n in graph.node if n.op_type == "MatMulInteger"]
    weights = [arrays[name] for name in multiplied if name in arrays]
    assert len(weights) > 48
    assert all(np.abs(each.astype(int)).max() <= 64 for each in weights)


def test_it_is_the_model_that_its_record_tells():
    folder = files("index.models")
    told = json.loads((folder / "pair.json").read_text("utf-8"))
    assert hashlib.sha256((folder / "pair.onnx").read_bytes()).hexdigest() == told["sha256"]
