"""OnnxGraph: an ONNX model written down node by node around weights that it does not contain.

Both bundled encoders come as bare weights. Their graph takes milliseconds to write, so it is
made at every start and kept nowhere.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper

from index.onnx_session import OnnxSession

# ONNX Runtime's own operators: the parts of a transformer in one piece each.
MICROSOFT = "com.microsoft"

_OPSET = 17  # the first with LayerNormalization
_IR_VERSION = 10

Floats = NDArray[np.float32]


class OnnxGraph:
    """A graph under construction. Values are known by their names.

    Args:
        name: What to call the model in errors.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._inputs: list[ValueInfoProto] = []
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._weights: dict[str, Floats] = {}

    def input(self, name: str, dtype: type[np.generic], shape: Sequence[str | int]) -> str:
        """Declare an input; a length that varies is given as a word."""
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def weight(self, array: NDArray[np.generic]) -> str:
        """Bring a float array."""
        name = f"weight{len(self._weights)}"
        self._weights[name] = np.ascontiguousarray(array, dtype=np.float32)
        return name

    def numbers(self, *values: int) -> str:
        """Bring a vector of integers, as shapes and slices are told."""
        name = f"numbers{len(self._constants)}"
        self._constants.append(
            helper.make_tensor(name, TensorProto.INT64, [len(values)], list(values))
        )
        return name

    def add(
        self,
        operator: str,
        *inputs: str,
        domain: str = "",
        n_outputs: int = 1,
        **attributes: float,
    ) -> str:
        """Add a node.

        Args:
            operator: Its operator, such as "MatMul".
            inputs: Names of the values that it takes; "" leaves an optional one out.
            domain: Where the operator is from; "" is ONNX itself.
            n_outputs: How many outputs the operator has to have; all but the first go unused.
            attributes: Of the operator.

        Returns:
            The name of its first output.
        """
        output = f"value{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(
                operator,
                list(inputs),
                [output, *(f"{output}.{number}" for number in range(1, n_outputs))],
                name=output,
                doc_string=None,
                domain=domain,
                overload=None,
                **attributes,
            )
        )
        return output

    def open(self, output: str, width: int, threads: int) -> OnnxSession:
        """Open the graph as a model with one output of the shape (n, width).

        Raises:
            EncoderError: The graph does not hold together.
        """
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            self._inputs,
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", width])],
            [*self._constants, *(_external(*each) for each in self._weights.items())],
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET), helper.make_opsetid(MICROSOFT, 1)],
            ir_version=_IR_VERSION,
        )
        return OnnxSession(model.SerializeToString(), threads, self._weights, name=self._name)


def _external(name: str, array: Floats) -> TensorProto:
    """The place of a weight whose values the session is handed apart from the model."""
    tensor = TensorProto(
        name=name,
        data_type=TensorProto.FLOAT,
        dims=array.shape,
        data_location=TensorProto.EXTERNAL,
    )
    for key, value in (("location", "weights"), ("offset", "0"), ("length", str(array.nbytes))):
        tensor.external_data.add(key=key, value=value)
    return tensor
