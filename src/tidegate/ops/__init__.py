"""The vocabulary: every op of the engine, each with its shape rule, its forward and its gradient in NumPy.

Called on arrays an op computes; called on the values of a layer's `call` it is recorded. `NAMED` holds them all.

>>> import numpy as np
>>> dense(np.ones((2, 3)), np.ones((3, 1)), None)
array([[3.],
       [3.]])
"""

from __future__ import annotations

from tidegate.ops.accuracies import binary_accuracy, categorical_accuracy, sparse_categorical_accuracy
from tidegate.ops.activation import activation
from tidegate.ops.add import add
from tidegate.ops.base import Context, Node, Op, Spec, Value, ancestors
from tidegate.ops.clipping import CLIPS, Clip
from tidegate.ops.concatenate import concatenate
from tidegate.ops.dense import dense
from tidegate.ops.dropout import dropout
from tidegate.ops.embedding import embedding
from tidegate.ops.gru import gru
from tidegate.ops.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from tidegate.ops.lstm import lstm
from tidegate.ops.multiply import multiply
from tidegate.ops.not_equal import not_equal
from tidegate.ops.repeat import repeat
from tidegate.ops.reshape import reshape
from tidegate.ops.reverse import reverse
from tidegate.ops.scale import scale
from tidegate.ops.simple_rnn import simple_rnn
from tidegate.ops.softmax import log_softmax, softmax
from tidegate.ops.totals import batch_total, count, weighted_sum
from tidegate.ops.updates import UpdateOp, adam, rmsprop, sgd
from tidegate.ops.zero_masked import zero_masked

NAMED: dict[str, Op] = {op.name: op for op in list(globals().values()) if isinstance(op, Op)}

__all__ = [
    "CLIPS",
    "NAMED",
    "Clip",
    "Context",
    "Node",
    "Op",
    "Spec",
    "UpdateOp",
    "Value",
    "activation",
    "adam",
    "add",
    "ancestors",
    "batch_total",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "concatenate",
    "count",
    "dense",
    "dropout",
    "embedding",
    "gru",
    "log_softmax",
    "lstm",
    "mean_absolute_error",
    "mean_squared_error",
    "multiply",
    "not_equal",
    "repeat",
    "reshape",
    "reverse",
    "rmsprop",
    "scale",
    "sgd",
    "simple_rnn",
    "softmax",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "weighted_sum",
    "zero_masked",
]
