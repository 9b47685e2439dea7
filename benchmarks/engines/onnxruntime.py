"""ONNX Runtime, for predictions: the model written as an ONNX graph."""

from __future__ import annotations

import time

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from benchmarks.workloads import Array, Workload


def graph(work: Workload) -> onnx.ModelProto:
    """Return the model of a workload without an Embedding, tanh, outputs at each step."""
    given, nodes, constants = work.weights(), [], []

    def constant(name: str, value: Array) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def gates(w: Array) -> Array:  # i, f, c, o as Keras has them -> i, o, f, c as ONNX wants them, in rows
        i, f, c, o = np.split(w.T, 4)
        return np.concatenate([i, o, f, c])

    nodes.append(helper.make_node("Transpose", ["x"], ["h0"], perm=[1, 0, 2]))  # (T, B, F)
    for k, units in enumerate(work.units):
        kernel, recurrent, bias = given[3 * k : 3 * k + 3]
        w = constant(f"w{k}", gates(kernel)[None])
        r = constant(f"r{k}", gates(recurrent)[None])
        b = constant(f"b{k}", np.concatenate([gates(bias), np.zeros_like(bias)])[None])
        nodes.append(
            helper.make_node("LSTM", [f"h{k}", w, r, b], [f"y{k}"], hidden_size=units)
        )  # (T, 1, B, U)
        nodes.append(helper.make_node("Squeeze", [f"y{k}", "one"], [f"h{k + 1}"]))
    constant("one", np.array([1], np.int64))
    nodes.append(helper.make_node("Transpose", [f"h{len(work.units)}"], ["h"], perm=[1, 0, 2]))
    nodes.append(helper.make_node("MatMul", ["h", constant("kernel", given[-2])], ["z"]))
    nodes.append(helper.make_node("Add", ["z", constant("bias", given[-1])], ["y"]))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", work.steps, work.features])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", work.steps, work.outputs])
    made = helper.make_model(
        helper.make_graph(nodes, work.name.replace(" ", "_"), [x], [y], constants),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
    )
    onnx.checker.check_model(made)
    return made


class Racer:
    """One model of a workload; it predicts and does not train."""

    def __init__(self, work: Workload, variant: str = "") -> None:
        if work.codes or not work.sequences or work.activation != "tanh":
            raise NotImplementedError("the ONNX graph is written for outputs at each step alone")
        self.work, self.name = work, f"ONNX Runtime {onnxruntime.__version__}"
        self.x = work.data(work.batch)[0]
        self.bytes = graph(work).SerializeToString()
        self.threads(1)

    def threads(self, n: int) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = n, 1
        self.session = onnxruntime.InferenceSession(self.bytes, options, providers=["CPUExecutionProvider"])
        return True

    def predict(self, x: Array) -> Array:
        return np.asarray(self.session.run(None, {"x": x})[0])

    def call(self, n: int) -> float:
        start = time.perf_counter()
        for _ in range(n):
            self.session.run(None, {"x": self.x})
        return time.perf_counter() - start
