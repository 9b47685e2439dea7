"""What scripts use of `keras.backend`: its constants, a few functions of numbers, and the session that they clear.

A function called on arrays computes; called on the values of a loss, a metric or a layer's `call`, it is recorded with
its gradient, as every op of `tidegate.ops`.

>>> import numpy as np
>>> from tidegate import backend as K
>>> float(K.mean(K.square(np.array([1.0, 3.0]))))
5.0
"""

from __future__ import annotations

import contextlib
import importlib
import string
from collections.abc import Iterator
from typing import Any

import numpy as np

from tidegate import activations, ops, random
from tidegate.errors import ArgumentError, complaint, lacking
from tidegate.language import say
from tidegate.spelling import note
from tidegate.utils.naming import clear_session

Array = np.ndarray[Any, Any]

__all__ = [
    "backend",
    "batch_dot",
    "batch_flatten",
    "batch_get_value",
    "batch_set_value",
    "bias_add",
    "cast_to_floatx",
    "clear_session",
    "concatenate",
    "constant",
    "conv1d",
    "count_params",
    "dropout",
    "dtype",
    "epsilon",
    "eval",
    "expand_dims",
    "flatten",
    "floatx",
    "function",
    "get_session",
    "get_uid",
    "get_value",
    "identity",
    "image_data_format",
    "in_test_phase",
    "in_top_k",
    "in_train_phase",
    "int_shape",
    "is_keras_tensor",
    "is_sparse",
    "learning_phase",
    "moving_average_update",
    "name_scope",
    "ndim",
    "print_tensor",
    "random_bernoulli",
    "random_binomial",
    "random_normal",
    "random_uniform",
    "repeat",
    "reverse",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_learning_phase",
    "set_session",
    "set_value",
    "shape",
    "slice",
    "switch",
    "temporal_padding",
    "truncated_normal",
    "update",
    "update_add",
    "update_sub",
    "variable",
]

# Names of the backend, and of the ops behind them where these differ.
OPS = {
    "abs": "absolute",
    "clip": "clip",
    "dot": "dot",
    "einsum": "einsum",
    "gather": "take",
    "permute_dimensions": "transpose",
    "pow": "power",
    "prod": "prod",
    "repeat_elements": "repeat",
}
SAME = (
    "all", "any", "arange", "argmax", "argmin", "cast", "cos", "cumprod", "cumsum", "elu", "equal", "exp", "eye",
    "greater", "greater_equal", "hard_sigmoid", "l2_normalize", "less", "less_equal", "log", "logsumexp", "max",
    "maximum", "mean", "min", "minimum", "not_equal", "one_hot", "ones", "ones_like", "relu", "reshape", "round",
    "sigmoid", "sign", "sin", "softmax", "softplus", "softsign", "sqrt", "square", "squeeze", "stack", "std",
    "stop_gradient", "sum", "tanh", "tile", "transpose", "var", "where", "zeros", "zeros_like",
)  # fmt: skip
ABSENT = {
    "gradients": "fit and train_on_batch take the gradients; a penalty on them has no place here",
    "placeholder": "keras.Input(shape=...) is what a model is fed with",
    "rnn": "keras.layers.RNN(cell), with a cell of your own",
}
LOSSES = (
    "binary_focal_crossentropy", "categorical_focal_crossentropy",
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)  # asked by the import system, often
    if name in SAME or name in OPS:
        found = numeric(OPS.get(name, name))
        if found is not None:
            return found
    if name in LOSSES:
        from tidegate import losses

        return _turned(getattr(losses, name))
    if name in ABSENT:
        raise AttributeError(
            say("{name} is not there. Instead: {instead}.", name=name, instead=say(ABSENT[name]))
        )
    raise AttributeError(lacking("tidegate.backend", name, __dir__()))


def numeric(name: str) -> Any:
    """Return the function that records on recorded values, and computes with NumPy on anything else; or None."""
    op: Any = getattr(ops, name, None) or getattr(activations, name, None)
    plain: Any = getattr(np, name, None) or op

    def called(*args: Any, **kwargs: Any) -> Any:
        if plain is op or any(map(_recorded, args)):
            return op(*args, **kwargs)
        return plain(*args, **kwargs)

    called.__name__ = name
    return called if op is not None else plain


def _recorded(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(map(_recorded, x))
    return not isinstance(x, np.ndarray) and hasattr(x, "shape") and not hasattr(x, "__array_interface__")


def __dir__() -> list[str]:
    return sorted([*__all__, *LOSSES, *(n for n in (*SAME, *OPS) if numeric(OPS.get(n, n)) is not None)])


def _turned(loss: Any) -> Any:
    def called(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
        return loss(target, output, from_logits=from_logits)

    called.__name__ = loss.__name__
    return called


# Constants.


def backend() -> str:
    """Return the name of what computes."""
    return "tidegate"


def epsilon() -> float:
    """Return the small number that keeps logarithms and divisions finite."""
    return 1e-7


def floatx() -> str:
    """Return the type of weights and results."""
    return "float32"


def image_data_format() -> str:
    """Return the order of the axes of images, of which this package has none."""
    return "channels_last"


def set_epsilon(value: float) -> None:
    """Accept the one epsilon there is."""
    if value != epsilon():
        raise ArgumentError(complaint("set_epsilon", say("1e-07, the one there is"), repr(value)))


def set_floatx(value: str) -> None:
    """Accept the one type there is."""
    if value != floatx():
        raise ArgumentError(complaint("set_floatx", say("'float32', the one type there is"), repr(value)))


def set_image_data_format(data_format: str) -> None:
    """Accept any order: there are no images here."""


# The session of TensorFlow 1, and what hung on it.


def get_session(*args: Any) -> None:
    """Return nothing: a model runs without a session."""
    note("get_session()", say("nothing: a model runs without a session"))


def set_session(session: Any) -> None:
    """Do nothing: a model runs without a session."""
    note("set_session(...)", say("nothing: a model runs without a session"))


def learning_phase() -> int:
    """Return 0: whether a layer trains is said by the `training` argument of its `call`."""
    return 0


def set_learning_phase(value: Any) -> None:
    """Do nothing: `fit` trains, `predict` does not."""
    note("set_learning_phase(...)", say("nothing: fit trains, predict and evaluate do not"))


def get_uid(prefix: str = "") -> int:
    """Return a number that the prefix has not had."""
    _uids[prefix] = _uids.get(prefix, 0) + 1
    return _uids[prefix]


_uids: dict[str, int] = {}


# Values.


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Array:
    """Return an array of its own."""
    return np.array(value, dtype or floatx())


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Array:
    """Return an array, filled to a shape where one is given."""
    made = np.asarray(value, dtype or floatx())
    return made if shape is None else np.broadcast_to(made, shape).copy()


def get_value(x: Any) -> Any:
    """Return a weight, a rate or an array as NumPy has it."""
    numbers = getattr(x, "numpy", None)
    return numbers() if callable(numbers) else np.asarray(x)[()]


eval = get_value


def set_value(x: Any, value: Any) -> None:
    """Write a weight, an array, or the learning rate of an optimizer."""
    if callable(getattr(x, "assign", None)):
        x.assign(value)
    elif isinstance(x, np.ndarray):
        x[...] = value
    else:
        raise ArgumentError(
            complaint(
                "set_value",
                say("a weight or an array"),
                repr(x),
                say("{code} sets a rate", code="model.optimizer.learning_rate = 0.01"),
            )
        )


def update(x: Any, new_x: Any) -> Any:
    """Write a weight, an array, or the learning rate of an optimizer; return it."""
    set_value(x, new_x)
    return x


def update_add(x: Any, increment: Any) -> Any:
    """Add to a weight or an array; return it."""
    return update(x, get_value(x) + increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Take from a weight or an array; return it."""
    return update(x, get_value(x) - decrement)


def batch_get_value(tensors: Any) -> list[Any]:
    """Return several weights."""
    return [get_value(x) for x in tensors]


def batch_set_value(tuples: Any) -> None:
    """Write several weights, given as pairs."""
    for x, value in tuples:
        set_value(x, value)


def cast_to_floatx(x: Any) -> Array:
    """Return an array as float32."""
    return np.asarray(x, floatx())


def int_shape(x: Any) -> tuple[int | None, ...]:
    """Return the shape, None for the samples' axis."""
    return tuple(x.shape)


shape = int_shape


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return len(x.shape)


def count_params(x: Any) -> int:
    """Return how many numbers a weight holds."""
    return int(np.prod(x.shape))


def is_keras_tensor(x: Any) -> bool:
    """Return whether this is a symbolic tensor, as `Input` gives it."""
    return hasattr(x, "shape") and not isinstance(x, np.ndarray) and hasattr(x, "dtype")


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Return arrays side by side on an axis, the last one by default."""
    return numeric("concatenate")(tensors, axis=axis)


def reverse(x: Any, axes: Any) -> Any:
    """Return the numbers in reverse along these axes."""
    return numeric("flip")(x, axes)


def repeat(x: Any, n: int) -> Any:
    """Return each sample of an array with two axes n times, as so many steps."""
    return numeric("tile")(expand_dims(x, 1), (1, n, 1))


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Return the sum of products over an axis of each, sample by sample; of two rows of numbers one number each.

    Parameters
    ----------
    axes : int, or one for x and one for y
        By default the last of x and the last but one of y.
    """
    n, m = ndim(x), ndim(y)
    first, second = (axes, axes) if isinstance(axes, int) else axes or (n - 1, m - 2 if m > 2 else m - 1)
    letters = string.ascii_lowercase
    of_x, of_y = list(letters[:n]), [letters[0], *letters[n : n + m - 1]]
    of_y[second] = of_x[first]
    over = of_x[first]
    out = [c for c in of_x + of_y[1:] if c != over]
    found = ops.einsum(f"{''.join(of_x)},{''.join(of_y)}->{''.join(out)}", x, y)
    return expand_dims(found, 1) if n == m == 2 else found


def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Return a sequence with so many steps of zeros before and behind it."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


def conv1d(
    x: Any,
    kernel: Any,
    strides: int = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: int = 1,
) -> Any:
    """Return what a kernel (window, channels, filters) makes of the windows of (samples, timesteps, channels)."""
    known = ("valid", "same", "causal")
    if padding not in known:
        expected = say("{name} among {names}", name="padding", names=", ".join(known))
        raise ArgumentError(complaint("conv1d", expected, repr(padding)))
    more = dilation_rate * (kernel.shape[0] - 1)  # steps of a window beside its first
    if padding == "same":
        more = max((-(-x.shape[1] // strides) - 1) * strides + 1 + more - x.shape[1], 0)
    behind = more - more // 2 if padding == "same" else 0
    if padding != "valid":
        x = temporal_padding(x, (more - behind, behind))
    return ops.conv1d(x, kernel, None, strides=strides, dilation=dilation_rate, groups=1)


def slice(x: Any, start: Any, size: Any) -> Any:
    """Return so many numbers of each axis from a start on, all of them for -1."""
    sizes = [
        n if s == -1 and n is None else (n or 0) - a if s == -1 else s
        for a, s, n in zip(start, size, x.shape, strict=True)
    ]
    return ops.slice(x, start, sizes)


def identity(x: Any, name: str | None = None) -> Any:
    """Return x."""
    return x


def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """Print an array and return it; what is recorded has no numbers yet, and is passed on."""
    if isinstance(x, np.ndarray):
        print(message, x)
    return x


def is_sparse(tensor: Any) -> bool:
    """Return False: there are no sparse arrays here."""
    return False


def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """Return the sum of both, on the last axes."""
    return x + bias


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Return the one where the condition holds, the other where it does not."""
    both = (part() if callable(part) else part for part in (then_expression, else_expression))
    return numeric("where")(condition, *both)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return the first in training and the second otherwise; `training` is the argument of a layer's `call`."""
    chosen = x if training else alt
    return chosen() if callable(chosen) else chosen


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Return the second in training and the first otherwise."""
    return in_train_phase(alt, x, training)


def function(inputs: Any, outputs: Any, updates: Any = None, **kwargs: Any) -> Any:
    """Return what computes places of a model from others, as arrays from arrays.

    Parameters
    ----------
    inputs : list of symbolic tensors; a learning phase among them is passed over
    outputs : symbolic tensor, or list of them
    """
    if updates:
        instead = say("fit and train_on_batch train a model")
        raise ArgumentError(complaint("K.function", say("no updates"), say("some"), instead))
    given = [inputs] if is_keras_tensor(inputs) else list(inputs)
    places = [k for k, t in enumerate(given) if is_keras_tensor(t)]
    models = importlib.import_module("tidegate.models")  # they stand above this: reached when called
    several = isinstance(outputs, list | tuple)
    model = models.Model([given[k] for k in places], list(outputs) if several else [outputs])

    def called(values: Any) -> Any:
        arrays = values if isinstance(values, list | tuple) else [values]
        found = model.predict([arrays[k] for k in places], verbose=0)
        found = list(found) if isinstance(found, list | tuple) else [found]
        return found if several else found[0]

    return called


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return numbers of a normal distribution: inside a layer's call drawn anew for each batch."""
    return random.normal(shape, mean, stddev, dtype, seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return numbers drawn evenly between two: inside a layer's call drawn anew for each batch."""
    return random.uniform(shape, minval, maxval, dtype, seed)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
) -> Any:
    """Return numbers of a normal distribution that lie within two deviations of its mean."""
    return random.truncated_normal(shape, mean, stddev, dtype, seed)


def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """Return 1 with the probability p, else 0."""
    drawn = random.uniform(shape, seed=seed) < p
    return drawn.astype(dtype or floatx()) if isinstance(drawn, np.ndarray) else drawn


random_binomial = random_bernoulli


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Return x with a share of its numbers 0, and the others as much larger."""
    return random.dropout(x, level, noise_shape, seed)


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Return 1 where the output of the target is among the k largest."""
    return ops.in_top_k(targets, predictions, k)


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """Write a weight or an array as its mean with a new value, which counts 1 - momentum; return it."""
    return update(x, get_value(x) * momentum + np.asarray(value) * (1 - momentum))


@contextlib.contextmanager
def name_scope(name: str) -> Iterator[None]:
    """Do nothing: names of ops need no scope."""
    yield


def dtype(x: Any) -> str:
    """Return the name of the type of its numbers."""
    return str(getattr(x, "dtype", None) or np.asarray(x).dtype)


def batch_flatten(x: Any) -> Any:
    """Return all numbers of each sample in one row."""
    return x.reshape(len(x), -1) if isinstance(x, np.ndarray) else flatten(x)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """Put in an axis of size 1."""
    if isinstance(x, np.ndarray) or not hasattr(x, "shape"):
        return np.expand_dims(x, axis)
    place = axis % (len(x.shape) + 1)
    sizes = [d or -1 for d in x.shape]
    return ops.reshape(x, shape=tuple([*sizes[:place], 1, *sizes[place:]][1:]))


def flatten(x: Any) -> Any:
    """Return all numbers of each sample in one row; of an array, all numbers."""
    if isinstance(x, np.ndarray):
        return x.reshape(-1)
    return ops.reshape(x, shape=(int(np.prod([d or 1 for d in x.shape[1:]])),))
