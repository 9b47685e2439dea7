"""The little of TensorFlow that stands around a Keras script: arrays, seeds, devices, switches.

Functions of numbers are those of `tidegate.backend`: on arrays they compute, in a loss or a layer they are recorded.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tidegate import backend, initializers, random
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.metrics.base import RECORDER
from tidegate.utils import Dataset
from tidegate.utils.nested import leaves, pack
from tidegate.utils.random import generator, seed_generator, stream
from tidegate.utils.stream import Tensor, TensorSpec, as_tensors

__all__ = ["NAMES", "REFUSED", "VERSION"]

Array = np.ndarray[Any, Any]
VERSION = "2.21.0"
PhysicalDevice = namedtuple("PhysicalDevice", ["name", "device_type"])
FLOATS = ("float16", "float32", "float64")
CPU = PhysicalDevice("/physical_device:CPU:0", "CPU")


class Variable(Tensor):
    """An array that can be written."""

    def __new__(cls, initial_value: Any = 0.0, *args: Any, dtype: Any = None, **kwargs: Any) -> Variable:
        made: Variable = tensor(initial_value, dtype).copy().view(cls)
        return made

    def assign(self, value: Any) -> Variable:
        """Write all numbers."""
        self[...] = value
        return self

    def assign_add(self, value: Any) -> Variable:
        """Add to all numbers."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Variable:
        """Subtract from all numbers."""
        return self.assign(self - value)


def tensor(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """Return an array as TensorFlow types it: real numbers that Python wrote are float32, whole ones int32."""
    made = np.asarray(value)
    if dtype is None and not isinstance(value, np.ndarray | np.generic):
        dtype = {"f": np.float32, "i": np.int32}.get(made.dtype.kind)
    made = made.astype(dtype) if dtype is not None else made
    return (made if shape is None else np.broadcast_to(made, shape)).view(Tensor)


def _as_tensor(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        kwargs.pop("name", None)
        made = function(*args, **kwargs)
        return np.asarray(made).view(Tensor) if isinstance(made, np.ndarray | np.generic) else made

    return called


def _reshape(x: Any, shape: Any, name: str | None = None) -> Any:
    if isinstance(x, list | tuple | np.ndarray | int | float):
        return np.reshape(x, tuple(int(k) for k in shape)).view(Tensor)
    return backend.reshape(x, shape)


def _cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    if isinstance(x, list | tuple | np.ndarray | np.generic | int | float):
        return np.asarray(x).astype(dtype).view(Tensor)
    return backend.cast(x, dtype)


def _transpose(a: Any, perm: Any = None, **kwargs: Any) -> Any:
    return np.transpose(a, perm) if isinstance(a, np.ndarray) else backend.transpose(a, perm)


def _one_hot(
    indices: Any,
    depth: int,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Any:
    """Return rows with a one at each index; an index outside of them has none, as in TensorFlow."""
    if not isinstance(indices, list | tuple | np.ndarray | np.generic | int):
        return backend.one_hot(indices, depth)
    there = np.asarray(indices)[..., None] == np.arange(depth)
    made = np.where(there, 1 if on_value is None else on_value, 0 if off_value is None else off_value)
    return np.moveaxis(made.astype(dtype or np.float32), -1, -1 if axis is None else axis).view(Tensor)


def _matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None
) -> Any:
    a, b = (
        backend.numeric("swapaxes")(one, -1, -2) if turned else one
        for one, turned in ((a, transpose_a), (b, transpose_b))
    )
    return _as_tensor(backend.numeric("matmul"))(a, b)


def _tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    """Repeat along the axes; as often as there are samples is once, which is broadcast to all of them."""
    return backend.numeric("tile")(input, [1 if n is None else int(n) for n in np.ravel(multiples).tolist()])


def _split(value: Any, num_or_size_splits: Any, axis: int = 0, **kwargs: Any) -> Any:
    cuts = num_or_size_splits
    if not isinstance(cuts, int):
        cuts = np.cumsum(cuts)[:-1].tolist()
    return as_tensors(backend.numeric("split")(value, cuts, axis))


def _range(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = None) -> Any:
    first, end = (0, start) if limit is None else (start, limit)
    return tensor(np.arange(first, end, delta).tolist(), dtype)


def _embedding_lookup(params: Any, ids: Any, **kwargs: Any) -> Any:
    return _MATHS["gather"](params, ids, axis=0)


def _fill(dims: Any, value: Any, name: str | None = None) -> Any:
    return tensor(np.broadcast_to(tensor(value), tuple(dims)).copy())


def _sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = np.bool_, name: str | None = None) -> Any:
    lengths = np.asarray(lengths)
    most = int(lengths.max()) if maxlen is None else int(maxlen)
    return (np.arange(most) < lengths[..., None]).astype(dtype).view(Tensor)


def _map_structure(function: Callable[..., Any], *nests: Any, **kwargs: Any) -> Any:
    """Return a nest with what the function makes of the things at each place of these nests."""
    return pack(nests[0], [function(*parts) for parts in zip(*map(leaves, nests), strict=True)])


def _add_n(inputs: Any, name: str | None = None) -> Any:
    return functools.reduce(_MATHS["add"], inputs)


def _of_strings(function: Callable[..., str]) -> Callable[..., Any]:
    """Return a function of arrays of strings from one of a string."""
    return lambda input, *args, **kwargs: np.frompyfunc(lambda text: function(text, *args, **kwargs), 1, 1)(
        np.asarray(input, object)
    ).view(Tensor)


def _regex_replace(text: str, pattern: str, rewrite: str, replace_global: bool = True) -> str:
    return re.sub(pattern, rewrite, text, count=0 if replace_global else 1)


def _rng(kind: str, seed: int | None) -> np.random.Generator:
    return generator() if seed is None else stream(kind, seed)


def _drawn_type(kind: str, dtype: Any, known: tuple[str, ...]) -> Any:
    """Return a type that TensorFlow draws such numbers in."""
    made = np.dtype(dtype)
    if made.name not in known:
        instead = f"tf.cast(..., tf.{made.name})"
        expected = say("{name} among {names}", name="dtype", names=", ".join(known))
        raise ArgumentError(complaint(f"tf.random.{kind}", expected, made.name, instead))
    return made


def _normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = np.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    made = _drawn_type("normal", dtype, FLOATS)
    return _rng("normal", seed).normal(mean, stddev, tuple(shape)).astype(made).view(Tensor)


def _uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = np.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    who, made = "tf.random.uniform", _drawn_type("uniform", dtype, (*FLOATS, "int32", "int64"))
    if made.kind != "i":
        high = 1.0 if maxval is None else maxval
        return _rng("uniform", seed).uniform(minval, high, tuple(shape)).astype(made).view(Tensor)
    if maxval is None:
        raise ArgumentError(
            complaint(who, say("maxval where dtype={name}", name=made.name), say("none"), "maxval=10")
        )
    if not np.all(np.less(minval, maxval)):
        came = f"minval={minval}, maxval={maxval}"
        raise ArgumentError(complaint(who, "minval < maxval", came))
    return _rng("integers", seed).integers(minval, maxval, tuple(shape)).astype(made).view(Tensor)


def _shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Any:
    return _rng("shuffle", seed).permutation(np.asarray(value)).view(Tensor)


def _set_seed(seed: int) -> None:
    """Fix every draw of tidegate's own; Python's and NumPy's are left alone, as TensorFlow leaves them."""
    seed_generator(int(seed) % 2**64)


def _devices(device_type: str | None = None) -> list[Any]:
    """Return the one CPU; there are no accelerators."""
    return [CPU] if device_type in (None, "CPU") else []


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Stand for a switch of TensorFlow that has nothing to switch here."""


class GradientTape:
    """Takes gradients in a `train_step` of a class of one's own, which is recorded and compiled as a whole."""

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._recorder = RECORDER.get()
        if self._recorder is None:
            expected, came = say("a train_step of a class of one's own"), say("a loop of one's own")
            instead = say(
                "class Own(keras.Model) with train_step(self, data), and fit; or model.train_on_batch(x, y)"
            )
            raise ArgumentError(complaint("tf.GradientTape", expected, came, instead))

    def __enter__(self) -> GradientTape:
        return self

    def __exit__(self, *why: Any) -> None:
        return None

    def watch(self, tensor: Any) -> None:
        """Do nothing: whatever is recorded is watched."""

    def gradient(self, target: Any, sources: Any, **kwargs: Any) -> Any:
        """Return what stands for the gradients of a loss, for `apply_gradients`."""
        return self._recorder.gradients(target, sources)


class Settings:
    """Stands for the settings of a session: takes whatever is set, and changes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = self.__dict__[name] = Settings()
        return made


class Session(Settings):
    """Stands for a session of TensorFlow 1, which `keras.backend.set_session` takes."""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *why: Any) -> None:
        return None

    def run(self, *args: Any, **kwargs: Any) -> None:
        """Pass over an initializer; a graph of TensorFlow 1 cannot run here."""
        if args and args[0] is not None:
            expected = say("a Keras model's own verbs")
            came = say("a graph of TensorFlow 1, which cannot run here")
            instead = say("model.predict(x) for the outputs")
            raise ArgumentError(complaint("Session.run", expected, came, instead))

    def as_default(self) -> Session:
        return self

    def close(self) -> None:
        """Nothing to close."""


@contextlib.contextmanager
def _device(name: Any = None) -> Iterator[None]:
    yield


def _function(function: Any = None, **kwargs: Any) -> Any:
    """Return a function as it is: whatever a model records is compiled anyway."""
    return function if function is not None else lambda f: f


def _latest_checkpoint(checkpoint_dir: Any, latest_filename: Any = None) -> str | None:
    """Return the path of the file in a folder that was written last, None where there is none."""
    there = [path for path in Path(checkpoint_dir).iterdir() if path.is_file()]
    return str(max(there, key=lambda path: path.stat().st_mtime_ns)) if there else None


def _get_logger() -> Any:
    return logging.getLogger("tensorflow")


def _eager() -> bool:
    return True


# What tensorflow calls a function of `tidegate.backend`, or an op.
_FUNCTIONS = {
    "clip_by_value": "clip",
    "concat": "concatenate",
    "is_finite": "isfinite",
    "is_inf": "isinf",
    "is_nan": "isnan",
    "map_fn": "map",
    "rank": "ndim",
    "reduce_all": "all",
    "reduce_logsumexp": "logsumexp",
    "reduce_any": "any",
    "reduce_max": "max",
    "reduce_mean": "mean",
    "reduce_min": "min",
    "reduce_prod": "prod",
    "reduce_std": "std",
    "reduce_sum": "sum",
    "reduce_variance": "var",
    "rsqrt": "rsqrt",
    "squared_difference": "squared_difference",
}
_SAME = (
    "abs", "add", "argmax", "argmin", "argsort", "atan", "broadcast_to", "ceil", "cond", "cos", "cosh",
    "count_nonzero", "cumprod", "cumsum", "divide", "divide_no_nan", "einsum", "elu", "equal", "erf", "exp",
    "expand_dims", "expm1", "eye", "floor", "gather", "gelu", "greater", "greater_equal", "l2_normalize",
    "leaky_relu", "less", "less_equal", "linspace", "log", "log1p", "log_softmax", "logical_and", "logical_not",
    "logical_or", "maximum", "meshgrid", "minimum", "moments", "multiply", "negative", "norm", "not_equal",
    "ones", "ones_like", "pad", "pow", "relu", "relu6", "repeat", "reverse", "roll", "round", "scan",
    "searchsorted", "selu", "sigmoid", "sign", "silu", "sin", "sinh", "size", "softmax", "softplus", "softsign",
    "sort", "sqrt", "square", "squeeze", "stack", "stop_gradient", "subtract", "swish", "tan", "tanh",
    "tensordot", "tile", "top_k", "unstack", "where", "while_loop", "zeros", "zeros_like",
)  # fmt: skip


def _numbers() -> dict[str, Any]:
    found = {
        name: getattr(backend, today, None) or backend.numeric(today)
        for name, today in (_FUNCTIONS | dict(zip(_SAME, _SAME, strict=True))).items()
    }
    return {name: _as_tensor(f) for name, f in found.items() if f is not None} | {
        "add_n": _add_n,
        "tile": _as_tensor(_tile),
        "matmul": _matmul,
    }


_MATHS = _numbers()
_LOGGING = {"set_verbosity": _nothing, "ERROR": 40, "WARN": 30, "INFO": 20, "DEBUG": 10, "FATAL": 50}
_SESSION = {
    "ConfigProto": Settings,
    "GPUOptions": Settings,
    "Session": Session,
    "InteractiveSession": Session,
    "disable_eager_execution": _nothing,
    "disable_v2_behavior": _nothing,
    "enable_eager_execution": _nothing,
    "enable_v2_behavior": _nothing,
    "get_default_graph": Settings,
    "get_default_session": Session,
    "global_variables_initializer": _nothing,
    "reset_default_graph": _nothing,
    "set_random_seed": _set_seed,
}
_TYPES = {
    name: getattr(np, name)
    for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")
}
_INITIALIZERS = {
    "constant_initializer": initializers.Constant,
    "ones_initializer": initializers.Ones,
    "random_normal_initializer": initializers.RandomNormal,
    "random_uniform_initializer": initializers.RandomUniform,
    "zeros_initializer": initializers.Zeros,
}
_MEMORY = {
    "get_memory_growth": _nothing,
    "list_logical_devices": _devices,
    "list_physical_devices": _devices,
    "set_memory_growth": _nothing,
    "set_virtual_device_configuration": _nothing,
    "VirtualDeviceConfiguration": Settings,
}

# What each module of tensorflow has here.
NAMES: dict[str, dict[str, Any]] = {
    "": _MATHS | _TYPES | _SESSION | _INITIALIZERS | {
        "GradientTape": GradientTape,
        "Tensor": Tensor,
        "Variable": Variable,
        "bool": np.bool_,
        "cast": _cast,
        "constant": tensor,
        "convert_to_tensor": tensor,
        "device": _device,
        "executing_eagerly": _eager,
        "fill": _fill,
        "function": _function,
        "get_logger": _get_logger,
        "identity": _as_tensor(np.asarray),
        "newaxis": None,
        "one_hot": _one_hot,
        "print": print,
        "range": _range,
        "reshape": _reshape,
        "sequence_mask": _sequence_mask,
        "shape": backend.int_shape,
        "split": _split,
        "string": np.str_,
        "TensorShape": tuple,
        "TensorSpec": TensorSpec,
        "transpose": _transpose,
    },
    "autograph": {"set_verbosity": _nothing},
    "autograph.experimental": {"do_not_convert": _function},
    "compat": {},
    "compat.v1": _SESSION,
    "compat.v1.logging": _LOGGING,
    "compat.v2": {},
    "config": _MEMORY | {
        "LogicalDeviceConfiguration": Settings,
        "optimizer": Settings(set_jit=_nothing),
        "run_functions_eagerly": _nothing,
        "set_logical_device_configuration": _nothing,
        "set_soft_device_placement": _nothing,
        "set_visible_devices": _nothing,
    },
    "config.experimental": _MEMORY | {"enable_op_determinism": _nothing},
    "config.threading": {
        "set_inter_op_parallelism_threads": _nothing,
        "set_intra_op_parallelism_threads": _nothing,
    },
    "data": {"AUTOTUNE": -1, "Dataset": Dataset},
    "data.experimental": {"AUTOTUNE": -1},
    "linalg": {name: _MATHS[name] for name in ("einsum", "eye", "matmul", "norm", "tensordot")},
    "logging": _LOGGING,
    "math": _MATHS,
    "nest": {"flatten": leaves, "map_structure": _map_structure, "pack_sequence_as": pack},
    "nn": _MATHS | {"dropout": random.dropout, "embedding_lookup": _embedding_lookup},
    "python": {},
    "python.client": {},
    "python.client.device_lib": {"list_local_devices": _devices},
    "python.framework": {},
    "python.framework.ops": {"disable_eager_execution": _nothing, "reset_default_graph": _nothing},
    "python.util": {},
    "random": {
        "categorical": _as_tensor(random.categorical),
        "normal": _normal,
        "set_random_seed": _set_seed,
        "set_seed": _set_seed,
        "shuffle": _shuffle,
        "truncated_normal": _as_tensor(random.truncated_normal),
        "uniform": _uniform,
    },
    "strings": {
        "lower": _of_strings(lambda text, encoding="": text.lower()),
        "regex_replace": _of_strings(_regex_replace),
        "strip": _of_strings(str.strip),
        "upper": _of_strings(lambda text, encoding="": text.upper()),
    },
    "test": {
        "gpu_device_name": str,
        "is_built_with_cuda": lambda: False,
        "is_gpu_available": lambda *args, **kwargs: False,
    },
    "train": {"latest_checkpoint": _latest_checkpoint},
    "version": {},
}  # fmt: skip

# What a script may look for, that is not to be had: why, and what to write.
REFUSED = {
    "distribute": "one process computes, with all threads; leave the strategy's scope out",
    "estimator": "it went with TensorFlow 2.16; a keras model takes its place",
    "io": "open(...) and pandas read files",
    "lite": "save the model as .keras, and load it where it runs",
    "placeholder": "keras.Input(shape=...) is what a model is fed with",
    "saved_model": "model.save('model.keras') keeps a model",
    "strings": "tidegate.layers.TextVectorization takes texts apart",
    "train": "keras.callbacks.ModelCheckpoint keeps checkpoints, keras.optimizers are the optimizers",
}
