"""OnnxSession: a model that ONNX Runtime computes, opened in the one way that suits a bot."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError

Array = NDArray[Any]
Floats = NDArray[np.float32]

_ERRORS_ONLY = 3


class OnnxSession:
    """An opened model; several threads may run it at once.

    Its memory does not grow with the variety of lengths that it sees: neither the arena nor the
    plans for each shape are kept (measured: no slower). Its threads sleep while they wait instead
    of spinning, since a bot shares its machine, and waits most of the time.

    Args:
        model: The model as bytes, or its file.
        threads: CPU threads of one run; 0 takes every core.
        weights: Float arrays for those initializers of the model that are marked external. They
            are not copied.
        name: What to call the model in errors.

    Raises:
        EncoderError: The model cannot be read or computed.
    """

    def __init__(
        self,
        model: bytes | Path,
        threads: int = 0,
        weights: Mapping[str, Floats] | None = None,
        *,
        name: str = "",
    ) -> None:
        import onnxruntime  # noqa: PLC0415 (heavy)
        from onnxruntime.capi import onnxruntime_pybind11_state as errors  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # A count of our own: the library's choice also pins its threads to cores.
        options.intra_op_num_threads = threads or os.cpu_count() or 1
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The session reads these arrays where they lie: whoever holds it has to hold them.
        self._weights = dict(weights or {})
        if self._weights:
            options.add_external_initializers(
                list(self._weights),
                [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in self._weights.values()],
            )
        self._name = name or (str(model) if isinstance(model, Path) else "the model")
        unreadable = (
            errors.Fail,
            errors.InvalidGraph,
            errors.InvalidProtobuf,
            errors.NoSuchFile,
            errors.NotImplemented,
            errors.RuntimeException,
        )
        self._invalid = errors.InvalidArgument
        try:
            self._session = onnxruntime.InferenceSession(
                str(model) if isinstance(model, Path) else model,
                options,
                providers=["CPUExecutionProvider"],
            )
        except (*unreadable, errors.InvalidArgument) as error:
            raise EncoderError(
                f"ONNX Runtime cannot open {self._name}: {error}. Expected an intact ONNX model; "
                "reinstall what brought it, or onnxruntime."
            ) from error

    def run(self, inputs: Mapping[str, Array], outputs: Sequence[str] = ()) -> list[Floats]:
        """Compute outputs of the model.

        Args:
            inputs: An array for each of the model's inputs, of the type that it declares.
            outputs: Names of the outputs that are wanted, all of them float; none: all that it has.

        Raises:
            EncoderError: The inputs are not those that the model declares.
        """
        try:
            computed: list[Floats] = self._session.run(list(outputs) or None, dict(inputs))
        except (self._invalid, ValueError) as error:
            raise EncoderError(f"{self._name} does not take these inputs: {error}") from error
        return computed
