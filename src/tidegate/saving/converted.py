"""Arrays of a layer as Keras 1, Keras 2 and the CuDNN layers kept them, put into the order and shapes of Keras 3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tidegate.layers import Layer

__all__ = ["converted", "moments"]

Array = np.ndarray[Any, Any]
Arrays = list[Array]

# Keras 1 kept W, U and b of each gate by themselves: where each gate of today stands in that list.
GATES = {"LSTM": (0, 2, 1, 3), "GRU": (0, 1, 2)}  # there: i, c, f, o and z, r, h


def converted(layer: Layer, arrays: Arrays, version: str, backend: str) -> Arrays:
    """Return arrays as they go into a layer; those that fit as they are come back as they are.

    Parameters
    ----------
    version, backend : of the Keras that wrote them
    """
    kind = type(layer).__name__
    if kind == "Bidirectional":
        half = len(arrays) // 2
        two = ((layer.forward_layer, arrays[:half]), (layer.backward_layer, arrays[half:]))  # type: ignore[attr-defined]
        return [a for one, part in two for a in converted(one, part, version, backend)]
    if kind == "TimeDistributed":
        return converted(layer.layer, arrays, version, backend)  # type: ignore[attr-defined]
    if isinstance(inner := getattr(layer, "layers", None), list | tuple):  # a model as a layer
        return _of_model(inner, arrays, version, backend)
    if kind in GATES and len(arrays) == 3 * len(GATES[kind]):
        return [np.concatenate([arrays[3 * g + k] for g in GATES[kind]], axis=-1) for k in range(3)]
    if kind in GATES and len(arrays) == 3 and _of_cudnn(arrays, len(GATES[kind])):
        return _from_cudnn(arrays, kind)
    if kind == "Conv1D" and arrays and version.startswith("1"):
        arrays = [_kernel_of_keras_1(layer, arrays[0]), *arrays[1:]]
    if kind == "Conv1D" and arrays and backend == "theano":
        arrays = [arrays[0][::-1], *arrays[1:]]  # Theano turned the kernel round before it moved it along
    return arrays


def _of_model(layers: Sequence[Layer], arrays: Arrays, version: str, backend: str) -> Arrays:
    """Return the arrays of a model inside a model: those that are trained of all layers, then the others."""
    made, rest = [], list(arrays)
    for which in ("trainable_weights", "non_trainable_weights"):
        for layer in layers:
            share = len(getattr(layer, which))
            if share:
                made += converted(layer, rest[:share], version, backend)
                rest = rest[share:]
    return [*made, *rest]


def _of_cudnn(arrays: Arrays, gates: int) -> bool:
    kernel, recurrent, bias = arrays
    fits = kernel.ndim == recurrent.ndim == 2 and recurrent.shape == (len(recurrent), gates * len(recurrent))
    return fits and bias.shape == (2 * gates * len(recurrent),)


def _from_cudnn(arrays: Arrays, kind: str) -> Arrays:
    """Return kernel, recurrent kernel and bias of a CuDNN layer, which kept each gate's matrix column by column."""
    kernel, recurrent, bias = arrays
    gates = len(GATES[kind])

    def each(matrix: Array, turn: Callable[[Array], Array]) -> Array:
        return np.concatenate([turn(gate) for gate in np.split(matrix, gates, axis=1)], axis=1)

    kernel = each(kernel, lambda gate: gate.T.reshape(gate.shape, order="F"))
    recurrent = each(recurrent, lambda gate: gate.T)
    two = bias.reshape(2, -1)  # one for the inputs, one for the state
    return [kernel, recurrent, two.sum(axis=0) if kind == "LSTM" else two]


def _kernel_of_keras_1(layer: Any, kernel: Array) -> Array:
    """Return a kernel (steps, inputs, filters) from one of two dimensions, in either order of its axes."""
    if kernel.ndim != 4:
        return kernel
    if kernel.shape[0] == layer.filters and kernel.shape[3] == 1:
        kernel = kernel.transpose(2, 3, 1, 0)
    return kernel[:, 0]


def moments(names: Sequence[str], arrays: Arrays, count: int, together: int) -> Arrays:
    """Return an optimizer's state in the order of Keras 3: iterations, then the moments of `count` weights.

    Keras 2 kept the first moments of all weights, then the second ones, and placeholders for what it did not use.

    Parameters
    ----------
    together : how many of the first moments stand weight by weight today
    """
    if not names or names[0].rstrip(":0").endswith("iteration"):  # as today, from tf.keras 2.11 on
        return arrays
    first = next((k for k, a in enumerate(arrays) if a.ndim), len(arrays))
    held = arrays[first:]
    groups = [held[k : k + count] for k in range(0, len(held) - count + 1, count)] if count else []
    used = [g for k, g in enumerate(groups) if k == 0 or [a.shape for a in g] == [a.shape for a in groups[0]]]
    order = [*zip(*used[:together], strict=True), *used[together:]]
    iterations = arrays[0] if first else np.int64(0)
    return [np.asarray(iterations), *(a for group in order for a in group)]
