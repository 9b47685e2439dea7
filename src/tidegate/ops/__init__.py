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
from tidegate.ops.base import Context, Node, Op, Operators, Spec, Value, ancestors
from tidegate.ops.binary import (
    add,
    arctan2,
    divide,
    equal,
    floor_divide,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    mod,
    multiply,
    not_equal,
    power,
    subtract,
)
from tidegate.ops.cast import cast
from tidegate.ops.clipping import CLIPS, Clip
from tidegate.ops.concatenate import concatenate
from tidegate.ops.conv1d import conv1d
from tidegate.ops.dense import dense
from tidegate.ops.depthwise_conv1d import depthwise_conv1d
from tidegate.ops.dropout import dropout
from tidegate.ops.elementwise import (
    absolute,
    arctan,
    ceil,
    cos,
    cosh,
    erf,
    exp,
    expm1,
    floor,
    isfinite,
    isnan,
    log,
    log1p,
    logical_not,
    negative,
    reciprocal,
    round,
    rsqrt,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    stop_gradient,
    tan,
)
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
from tidegate.ops.normalizing import batch_mean, batch_variance, layer_norm, standardize
from tidegate.ops.pooling import average_pool1d, max_pool1d
from tidegate.ops.random import random
from tidegate.ops.rectify import rectify
from tidegate.ops.reduce import argmax, argmin, max, mean, min, sum
from tidegate.ops.repeat import repeat
from tidegate.ops.reshape import reshape
from tidegate.ops.reverse import reverse
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
    "Operators",
    "Spec",
    "UpdateOp",
    "Value",
    "absolute",
    "activation",
    "adam",
    "add",
    "ancestors",
    "arctan",
    "arctan2",
    "argmax",
    "argmin",
    "average_pool1d",
    "batch_mean",
    "batch_total",
    "batch_variance",
    "binary_accuracy",
    "binary_crossentropy",
    "cast",
    "categorical_accuracy",
    "categorical_crossentropy",
    "ceil",
    "concatenate",
    "conv1d",
    "cos",
    "cosh",
    "count",
    "dense",
    "depthwise_conv1d",
    "divide",
    "dropout",
    "embedding",
    "equal",
    "erf",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "gru",
    "isfinite",
    "isnan",
    "layer_norm",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lstm",
    "max",
    "max_pool1d",
    "maximum",
    "mean",
    "mean_absolute_error",
    "mean_squared_error",
    "min",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "not_equal",
    "power",
    "random",
    "reciprocal",
    "rectify",
    "repeat",
    "reshape",
    "reverse",
    "rmsprop",
    "round",
    "rsqrt",
    "sgd",
    "sign",
    "simple_rnn",
    "sin",
    "sinh",
    "softmax",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sqrt",
    "square",
    "standardize",
    "stop_gradient",
    "subtract",
    "sum",
    "take_steps",
    "tan",
    "weighted_sum",
    "zero_masked",
]
