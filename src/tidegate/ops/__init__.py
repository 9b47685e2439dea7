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
from tidegate.ops.conv1d import conv1d
from tidegate.ops.dense import dense
from tidegate.ops.depthwise_conv1d import depthwise_conv1d
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
from tidegate.ops.normalizing import batch_mean, batch_variance, layer_norm, standardize
from tidegate.ops.not_equal import not_equal
from tidegate.ops.pooling import average_pool1d, max_pool1d
from tidegate.ops.random import random
from tidegate.ops.rectify import rectify
from tidegate.ops.repeat import repeat
from tidegate.ops.reshape import reshape
from tidegate.ops.reverse import reverse
from tidegate.ops.scale import scale
from tidegate.ops.simple_rnn import simple_rnn
from tidegate.ops.softmax import log_softmax, softmax
from tidegate.ops.take_steps import take_steps
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
    "average_pool1d",
    "batch_mean",
    "batch_total",
    "batch_variance",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "concatenate",
    "conv1d",
    "count",
    "dense",
    "depthwise_conv1d",
    "dropout",
    "embedding",
    "gru",
    "layer_norm",
    "log_softmax",
    "lstm",
    "max_pool1d",
    "mean_absolute_error",
    "mean_squared_error",
    "multiply",
    "not_equal",
    "random",
    "rectify",
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
    "standardize",
    "take_steps",
    "weighted_sum",
    "zero_masked",
]
