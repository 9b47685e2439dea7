"""The vocabulary: every op of the engine, each with its shape rule, its forward and its gradient in NumPy.

Called on arrays an op computes; called on the values of a layer's `call` it is recorded. `NAMED` holds them all.

>>> import numpy as np
>>> dense(np.ones((2, 3)), np.ones((3, 1)), None)
array([[3.],
       [3.]])
"""

from __future__ import annotations

import inspect
from typing import Any as _Any

from tidegate.errors import lacking as _lacking
from tidegate.ops import elementwise, formulas, further, losses, ordering, products, segments, views
from tidegate.ops.accuracies import binary_accuracy, categorical_accuracy, sparse_categorical_accuracy
from tidegate.ops.activation import activation
from tidegate.ops.argsort import argsort as sorting_places
from tidegate.ops.base import Context, Node, Op, Operators, Spec, Value, ancestors, lifted, penalties_of
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
from tidegate.ops.codes import codes
from tidegate.ops.concatenate import concatenate
from tidegate.ops.conv1d import conv1d
from tidegate.ops.cumsum import cumsum
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
    rsqrt,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    stop_gradient,
    tan,
    trunc,
)
from tidegate.ops.embedding import embedding
from tidegate.ops.formulas import *  # noqa: F403
from tidegate.ops.functions import (
    abs,
    all,
    any,
    binary_crossentropy,
    categorical_crossentropy,
    celu,
    clip,
    count_nonzero,
    dot,
    elu,
    gelu,
    glu,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    l2_normalize,
    leaky_relu,
    log2,
    log10,
    log_sigmoid,
    logaddexp,
    logsumexp,
    mish,
    norm,
    normalize,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    sparse_categorical_crossentropy,
    squared_difference,
    std,
    swish,
    tanh,
    true_divide,
    var,
)
from tidegate.ops.further import *  # noqa: F403
from tidegate.ops.gru import gru
from tidegate.ops.gru_before import gru_before
from tidegate.ops.losses import mean_absolute_error, mean_squared_error
from tidegate.ops.lstm import lstm
from tidegate.ops.matmul import matmul
from tidegate.ops.normalizing import batch_mean, batch_variance, layer_norm, standardize
from tidegate.ops.ordering import *  # noqa: F403
from tidegate.ops.penalties import couple, l1_l2, once, orthogonality, ratio
from tidegate.ops.places import (
    arange,
    convert_to_numpy,
    convert_to_tensor,
    expand_dims,
    eye,
    flip,
    full,
    full_like,
    get_item,
    linspace,
    moveaxis,
    ndim,
    one_hot,
    ones,
    ones_like,
    pad,
    repeat,
    reverse,
    roll,
    shape,
    split,
    squeeze,
    stack,
    swapaxes,
    take,
    tile,
    unstack,
    zeros,
    zeros_like,
)
from tidegate.ops.pooling import average_pool1d, max_pool1d
from tidegate.ops.products import *  # noqa: F403
from tidegate.ops.random import random
from tidegate.ops.rectify import rectify
from tidegate.ops.reduce import argmax, argmin, max, mean, min, sum
from tidegate.ops.reshape import reshape
from tidegate.ops.segments import *  # noqa: F403
from tidegate.ops.simple_rnn import simple_rnn
from tidegate.ops.softmax import log_softmax, softmax
from tidegate.ops.take_along_axis import take_along_axis
from tidegate.ops.take_steps import take_steps
from tidegate.ops.totals import all_reduce, batch_total, count, mean_share, weighted_sum
from tidegate.ops.updates import (
    UpdateOp,
    adadelta,
    adafactor,
    adagrad,
    adam,
    adamax,
    bounded_norm,
    ftrl,
    lamb,
    lion,
    muon,
    nadam,
    non_neg,
    rmsprop,
    schedule_free_adamw,
    sgd,
    weight_decay,
)
from tidegate.ops.updates import average as running_average
from tidegate.ops.views import broadcast_to, cut, transpose
from tidegate.ops.where import where
from tidegate.ops.zero_masked import zero_masked

NAMED: dict[str, Op] = {
    op.name: op
    for named in (globals(), vars(elementwise), vars(losses), vars(views))
    for op in named.values()
    if isinstance(op, Op)
}

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
    "abs",
    "absolute",
    "activation",
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "add",
    "all",
    "all_reduce",
    "ancestors",
    "any",
    "arange",
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
    "bounded_norm",
    "broadcast_to",
    "cast",
    "categorical_accuracy",
    "categorical_crossentropy",
    "ceil",
    "celu",
    "clip",
    "codes",
    "concatenate",
    "conv1d",
    "convert_to_numpy",
    "convert_to_tensor",
    "cos",
    "cosh",
    "count",
    "count_nonzero",
    "couple",
    "cumsum",
    "cut",
    "dense",
    "depthwise_conv1d",
    "divide",
    "dot",
    "dropout",
    "elu",
    "embedding",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "expm1",
    "eye",
    "flip",
    "floor",
    "floor_divide",
    "ftrl",
    "full",
    "full_like",
    "gelu",
    "get_item",
    "glu",
    "greater",
    "greater_equal",
    "gru",
    "gru_before",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "isfinite",
    "isnan",
    "l1_l2",
    "l2_normalize",
    "lamb",
    "layer_norm",
    "leaky_relu",
    "less",
    "less_equal",
    "linspace",
    "lion",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "lstm",
    "matmul",
    "max",
    "max_pool1d",
    "maximum",
    "mean",
    "mean_absolute_error",
    "mean_share",
    "mean_squared_error",
    "min",
    "minimum",
    "mish",
    "mod",
    "moveaxis",
    "multiply",
    "muon",
    "nadam",
    "ndim",
    "negative",
    "non_neg",
    "norm",
    "normalize",
    "not_equal",
    "once",
    "one_hot",
    "ones",
    "ones_like",
    "orthogonality",
    "pad",
    "penalties_of",
    "power",
    "random",
    "ratio",
    "reciprocal",
    "rectify",
    "relu",
    "relu6",
    "repeat",
    "reshape",
    "reverse",
    "rmsprop",
    "roll",
    "rsqrt",
    "running_average",
    "schedule_free_adamw",
    "selu",
    "sgd",
    "shape",
    "sigmoid",
    "sign",
    "silu",
    "simple_rnn",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sorting_places",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "split",
    "sqrt",
    "square",
    "squared_difference",
    "squeeze",
    "stack",
    "standardize",
    "std",
    "stop_gradient",
    "subtract",
    "sum",
    "swapaxes",
    "swish",
    "take",
    "take_along_axis",
    "take_steps",
    "tan",
    "tanh",
    "tile",
    "transpose",
    "true_divide",
    "trunc",
    "unstack",
    "var",
    "weight_decay",
    "weighted_sum",
    "where",
    "zero_masked",
    "zeros",
    "zeros_like",
]
__all__ += [*formulas.__all__, *further.__all__, *ordering.__all__, *products.__all__, *segments.__all__]


def __getattr__(name: str) -> _Any:
    raise AttributeError(_lacking("tidegate.ops", name, __all__))


_OF_SHAPES = ("ancestors", "ndim", "shape", "size")
globals().update(
    {
        name: lifted(thing)
        for name in __all__
        if inspect.isfunction(thing := globals()[name]) and name not in _OF_SHAPES
    }
)
