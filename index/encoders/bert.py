"""BERT's layers as nodes of an `OnnxGraph`, from weights named as transformers names them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoders.graph import MICROSOFT, OnnxGraph

Weights = Mapping[str, NDArray[Any]]


def add_bert(graph: OnnxGraph, weights: Weights, config: Mapping[str, Any]) -> str:
    """Add BERT (https://arxiv.org/abs/1810.04805) for single texts, padded on the right.

    It declares the inputs `ids` (n, length) and `lengths` (n,), both int32.

    Args:
        graph: What to add it to.
        weights: Arrays by name; matrices are (out, in).
        config: transformers' `config.json` of the model.

    Returns:
        The name of the last hidden states, float32 (n, length, hidden size).

    Raises:
        KeyError: A weight or a field of the configuration is missing.
    """
    eps = float(config["layer_norm_eps"])
    ids = graph.input("ids", np.int32, ["n", "length"])
    lengths = graph.input("lengths", np.int32, ["n"])
    # There is one kind of token, so what says so is added to the positions once and for all.
    positions = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    hidden = graph.add(
        "EmbedLayerNormalization",
        ids,
        "",
        graph.weight(weights["embeddings.word_embeddings.weight"]),
        graph.weight(positions),
        "",
        graph.weight(weights["embeddings.LayerNorm.weight"]),
        graph.weight(weights["embeddings.LayerNorm.bias"]),
        domain=MICROSOFT,
        n_outputs=2,
        epsilon=eps,
    )
    for number in range(int(config["num_hidden_layers"])):
        layer = f"encoder.layer.{number}"
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        attended = graph.add(
            "Attention",
            hidden,
            graph.weight(np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)),
            graph.weight(np.concatenate([weights[f"{part}.bias"] for part in parts])),
            lengths,
            domain=MICROSOFT,
            num_heads=int(config["num_attention_heads"]),
        )
        hidden = _add_block(graph, weights, f"{layer}.attention.output", hidden, attended, eps)
        thought = graph.add(
            "BiasGelu",
            graph.add(
                "MatMul", hidden, graph.weight(weights[f"{layer}.intermediate.dense.weight"].T)
            ),
            graph.weight(weights[f"{layer}.intermediate.dense.bias"]),
            domain=MICROSOFT,
        )
        hidden = _add_block(graph, weights, f"{layer}.output", hidden, thought, eps)
    return hidden


def _add_block(
    graph: OnnxGraph, weights: Weights, block: str, hidden: str, change: str, eps: float
) -> str:
    """The end of each half of a layer: project the change, add it to what was there, normalise."""
    return graph.add(
        "SkipLayerNormalization",
        graph.add("MatMul", change, graph.weight(weights[f"{block}.dense.weight"].T)),
        hidden,
        graph.weight(weights[f"{block}.LayerNorm.weight"]),
        graph.weight(weights[f"{block}.LayerNorm.bias"]),
        graph.weight(weights[f"{block}.dense.bias"]),
        domain=MICROSOFT,
        epsilon=eps,
    )
