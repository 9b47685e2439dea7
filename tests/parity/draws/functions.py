"""Functions of `ops`: on arrays, and on what flows through a functional model."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.scripts import Call, Flowing, Script
from tests.parity.draws.spec import chance, some

Shape = tuple[int, ...]
UNARY = {
    "any": (
        *("abs", "absolute", "arcsinh", "arctan", "cbrt", "ceil", "celu", "cos", "deg2rad", "elu", "erf", "erfc"),
        *("exp", "exp2", "expm1", "fabs", "floor", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish"),
        *("hard_tanh", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "leaky_relu", "log_sigmoid"),
        *("logical_not", "mish", "nan_to_num", "negative", "ones_like", "rad2deg", "reciprocal", "relu", "relu6"),
        *("round", "selu", "sigmoid", "sign", "signbit", "silu", "sin", "sinc", "sinh", "cosh", "soft_shrink"),
        *("softplus", "softsign", "sparse_plus", "sparse_sigmoid", "square", "squareplus", "stop_gradient", "swish"),
        *("tan", "tanh", "tanh_shrink", "trunc", "zeros_like", "copy"),
    ),
    "positive": ("log", "log10", "log1p", "log2", "rsqrt", "sqrt"),
    "unit": ("arccos", "arcsin", "arctanh", "erfinv"),
    "large": ("arccosh",),
}  # fmt: skip
UNARY_MORE: dict[str, dict[str, list[Any]]] = {
    "celu": {"alpha": [0.5]}, "elu": {"alpha": [0.5]}, "gelu": {"approximate": [False]},
    "leaky_relu": {"negative_slope": [0.1]}, "hard_shrink": {"threshold": [1.0]}, "soft_shrink": {"threshold": [1.0]},
    "squareplus": {"b": [1]}, "round": {"decimals": [1, 2]},
    "nan_to_num": {"nan": [1.0], "posinf": [9.0], "neginf": [-9.0]},
}  # fmt: skip
BINARY = {
    "any": (
        *(
            "add",
            "arctan2",
            "equal",
            "fmax",
            "fmin",
            "greater",
            "greater_equal",
            "heaviside",
            "hypot",
            "less",
        ),
        *(
            "less_equal",
            "logaddexp",
            "logaddexp2",
            "logical_and",
            "logical_or",
            "logical_xor",
            "maximum",
            "minimum",
        ),
        *("multiply", "not_equal", "subtract", "divide_no_nan", "isclose"),
    ),
    "positive": ("divide", "true_divide", "floor_divide", "fmod", "mod", "power"),
}
REDUCE: dict[str, dict[str, list[Any]]] = {
    **{name: {} for name in ("all", "any", "amax", "amin", "max", "min", "mean", "prod", "std", "sum", "var", "ptp",
                             "logsumexp", "count_nonzero", "median", "nanmax", "nanmin", "nanmean", "nansum", "nanstd",
                             "nanvar")},
    "quantile": {"q": [0.3, 0.5, [0.1, 0.9]], "method": ["lower", "higher", "nearest", "midpoint"]},
    "percentile": {"q": [30, 50, [10, 90.0]], "method": ["lower", "higher"]},
    "norm": {"ord": [1, 2, np.inf, -np.inf, 3]},
    "argmax": {}, "argmin": {}, "average": {},
}  # fmt: skip
ALONG: dict[str, dict[str, list[Any]]] = {  # one axis, which stays
    "cumsum": {}, "cumprod": {}, "sort": {}, "argsort": {}, "softmax": {}, "log_softmax": {},
    "normalize": {"order": [1, 3]}, "flip": {}, "roll": {"shift": [1, -2, 5]}, "repeat": {"repeats": [2, 3]},
    "diff": {"n": [1, 2]}, "glu": {}, "trapezoid": {"dx": [0.5]},
}  # fmt: skip


def numbers(draw: Random, rng: Any, shape: Shape, domain: str = "any") -> np.ndarray:
    x = {
        "any": rng.randn(*shape) * 1.5,
        "positive": rng.rand(*shape) * 3 + 0.2,
        "unit": rng.rand(*shape) * 1.8 - 0.9,
        "large": rng.rand(*shape) * 3 + 1.1,
    }[domain]
    if chance(draw, 4):
        x = np.round(x * 2) / 2 + (domain != "any")
        x = np.clip(x, -0.5, 0.5) if domain == "unit" else x
    return np.asarray(x, "float32")


def shape_of(draw: Random, least: int = 0, most: int = 4) -> Shape:
    return tuple(draw.choice([1, 2, 3, 4]) for _ in range(draw.randint(least, most)))


def axis_of(draw: Random, rank: int, several: bool = False) -> Any:
    axes = draw.sample(range(rank), draw.randint(1, rank))
    if several and chance(draw, 2):
        kind: Callable[[Any], Any] = draw.choice([tuple, tuple, list])
        return kind(a - rank if chance(draw, 3) else a for a in axes)
    return axes[0] - rank if chance(draw, 2) else axes[0]


def unary(draw: Random, rng: Any) -> Call:
    domain = draw.choice(["any", "any", "any", *UNARY])
    name = draw.choice(UNARY[domain])
    x = numbers(draw, rng, shape_of(draw), domain)
    if chance(draw, 8) and name in (
        "isnan",
        "isinf",
        "isfinite",
        "nan_to_num",
        "relu",
        "sign",
        "abs",
        "isposinf",
    ):
        x = np.where(rng.rand(*x.shape) < 0.5, draw.choice([np.nan, np.inf, -np.inf]), x).astype("float32")
    return name, (x,), some(draw, 2, **UNARY_MORE.get(name, {}))


def binary(draw: Random, rng: Any) -> Call:
    domain = draw.choice(list(BINARY))
    shape = shape_of(draw)

    def one() -> Any:
        if chance(draw, 6):
            return draw.choice([2, 0.5, 1.5])
        kept = tuple(1 if chance(draw, 4) else n for n in shape)
        x = numbers(draw, rng, kept[draw.randint(0, len(kept)) if chance(draw, 4) else 0 :], domain)
        return x.astype("int32") + (domain != "any") if chance(draw, 8) else x

    return draw.choice(BINARY[domain]), (one(), one()), {}


def reduced(draw: Random, rng: Any) -> Call:
    """Draw a reduction; torch's backend of Keras forgets keepdims over all axes, and miscounts and misweighs others."""
    name = draw.choice(list(REDUCE))
    x = numbers(draw, rng, shape_of(draw, 1))
    if name.startswith("nan"):
        x = np.where(rng.rand(*x.shape) < 0.3, np.nan, x).astype("float32")
    several = name not in ("argmax", "argmin", "norm", "median", "quantile", "percentile", "average")
    more = dict(REDUCE[name])
    args = (x, draw.choice(more.pop("q"))) if "q" in more else (x,)
    arguments = some(draw, 2, axis=[axis_of(draw, x.ndim, several)], **more)
    if name == "count_nonzero":
        arguments.pop("axis", None)
    elif "axis" in arguments and name != "average" and chance(draw, 3):
        arguments["keepdims"] = True
    if name == "norm" and "axis" not in arguments:
        arguments.pop("ord", None)
    return name, args, arguments


def along(draw: Random, rng: Any) -> Call:
    name = draw.choice(list(ALONG))
    x = numbers(draw, rng, shape_of(draw, 1))
    axis = axis_of(draw, x.ndim)
    if name == "glu":
        x = np.concatenate([x, x * 0.5], axis)
    args = tuple(draw.choice(values) for key, values in ALONG[name].items() if key in ("shift", "repeats"))
    more = {key: values for key, values in ALONG[name].items() if key not in ("shift", "repeats")}
    given = some(draw, 2, axis=[axis], **more)
    if name == "glu":
        given["axis"] = axis
    if name == "softmax" and chance(draw, 4):
        given["axis"] = axis_of(draw, x.ndim, True)
    return name, (x, *args), given


def placed(draw: Random, rng: Any) -> Call:
    x = numbers(draw, rng, shape_of(draw, 1))
    n, rank = x.shape, x.ndim
    axis = axis_of(draw, rank)
    order = draw.sample(range(rank), rank)
    ways: dict[str, Callable[[], tuple[tuple[Any, ...], dict[str, Any]]]] = {
        "reshape": lambda: ((x, draw.choice([(-1,), (x.size,), (n[0], -1), (1, *n), [*n, 1]])), {}),
        "ravel": lambda: ((x,), {}),
        "transpose": lambda: ((x,), some(draw, 2, axes=[order, tuple(order)])),
        "expand_dims": lambda: ((x, draw.choice([0, -1, rank, -rank - 1, (0, -1), [1, 2] if rank else 0])), {}),
        "squeeze": lambda: ((x,), {"axis": axis} if n[axis] == 1 else {}),
        "moveaxis": lambda: ((x, axis, axis_of(draw, rank)), {}),
        "swapaxes": lambda: ((x, axis, axis_of(draw, rank)), {}),
        "tile": lambda: ((x, draw.choice([2, (2,), (1, 2), [2, 1, 3], (1,) * rank])), {}),
        "roll": lambda: ((x, (1, 2)[: min(rank, 2)]), {"axis": tuple(range(min(rank, 2)))}),
        "repeat": lambda: ((x, [draw.randint(0, 2) for _ in range(n[axis])]), {"axis": axis}),
        "flip": lambda: ((x,), some(draw, 2, axis=[axis_of(draw, rank, True)])),
        "pad": lambda: (
            (x, [(draw.randint(0, 2), draw.randint(0, 2)) for _ in n]),
            draw.choice([{}, {"mode": "constant", "constant_values": 2.0}, {"mode": "edge"}, {"mode": "reflect"}]),
        ),
        "take": lambda: (
            (x, draw.choice([0, -1, [0, 0], np.array([[0, -1]]), np.array([0], "int32")])), {"axis": axis}
        ),
        "take_along_axis": lambda: ((x, np.argsort(x, axis=axis)), {"axis": axis}),
        "concatenate": lambda: (([x, x + 1, -x][: draw.randint(1, 3)],), some(draw, 2, axis=[axis])),
        "stack": lambda: (([x, x + 1, -x][: draw.randint(1, 3)],), some(draw, 2, axis=[axis_of(draw, rank + 1)])),
        "append": lambda: ((x, x + 1), some(draw, 2, axis=[axis])),
        "hstack": lambda: (([x, x + 1],), {}),
        "vstack": lambda: (([x, x + 1],), {}),
        "dstack": lambda: (([x, x + 1],), {}),
        "split": lambda: ((x, draw.choice([1, n[axis], [1]])), {"axis": axis}),
        "array_split": lambda: ((x, draw.choice([1, 2, 3])), {"axis": axis}),
        "unstack": lambda: ((x,), some(draw, 2, axis=[axis])),
        "broadcast_to": lambda: ((x, (*draw.choice([(), (2,), (3, 1)]), *n)), {}),
        "where": lambda: ((x > 0, x, draw.choice([0.0, -x, 1])), {}),
        "select": lambda: (([x > 1, x > 0], [x, -x], draw.choice([0, 2.0])), {}),
        "clip": lambda: ((x, *draw.choice([(-0.5, 0.5), (0, 9), (np.float32(-1), x + 0.1)])), {}),
        "slice": lambda: ((x, [0] * rank, [draw.randint(1, s) for s in n]), {}),
        "slice_update": lambda: ((x, [0] * rank, np.zeros([draw.randint(1, s) for s in n], "float32")), {}),
        "full_like": lambda: ((x, draw.choice([2, 0.5])), {}),
        "get_item": lambda: ((x, draw.choice([0, slice(None, None, 2), (Ellipsis, -1), (slice(None), None)])), {}),
        "moments": lambda: ((x, draw.choice([[axis], [axis], list(range(rank))])), some(draw, 2, keepdims=[True])),
        "one_hot": lambda: ((np.int32(np.abs(x)), draw.choice([3, 5])), some(draw, 2, axis=[draw.randint(-1, rank)])),
        "multi_hot": lambda: ((np.int32(np.abs(x)), draw.choice([3, 6])), {}),
        "top_k": lambda: ((x, draw.randint(1, n[-1])), some(draw, 3, sorted=[True])),
        "isin": lambda: ((np.round(x), draw.choice([[0, 1], np.array([-1.0, 2.0])])), some(draw, 2, invert=[True])),
        "searchsorted": lambda: ((np.sort(x.ravel()), numbers(draw, rng, (3,))), some(draw, 2, side=["right"])),
        "digitize": lambda: ((x, np.array([-1.0, 0.0, 0.5])), {}),
        "threshold": lambda: ((x, draw.choice([0.0, 0.5]), draw.choice([0.0, -2.0])), {}),
        "cast": lambda: ((x, draw.choice(["int32", "bool", "float32", "float64"])), {}),
        "saturate_cast": lambda: ((x * 100, draw.choice(["int8", "uint8", "float32"])), {}),
        "size": lambda: ((x,), {}),
        "shape": lambda: ((x,), {}),
        "ndim": lambda: ((x,), {}),
        "unique": lambda: ((np.round(x),), some(draw, 3, return_counts=[True], return_inverse=[True], sorted=[True])),
        "bincount": lambda: ((np.int32(np.abs(x.ravel())),), some(draw, 2, minlength=[2, 8])),
        "histogram": lambda: ((x,), some(draw, 2, bins=[3, 5], range=[(-1, 1)])),
        "corrcoef": lambda: ((x.reshape(n[0], -1),), {}),
        "allclose": lambda: ((x, x + draw.choice([0, 1e-7, 0.1])), {}),
    }  # fmt: skip
    name = draw.choice(list(ways))
    return name, *ways[name]()


def multiplied(draw: Random, rng: Any) -> Call:
    b, t, f, u = (draw.choice([1, 2, 3, 4]) for _ in range(4))

    def a(*shape: int) -> np.ndarray:
        return numbers(draw, rng, shape)

    ways: dict[str, list[Any]] = {
        "matmul": [(a(b, f), a(f, u)), (a(b, t, f), a(f, u)), (a(b, t, f), a(b, f, u)), (a(f), a(f)), (a(b, f), a(f)),
                   (a(f), a(f, u)), (a(1, t, f), a(b, f, u)), (a(f), a(b, f, u)), (a(b, t, f), a(f))],
        "dot": [(a(b, f), a(f, u)), (a(f), a(f)), (a(b, t, f), a(f)), (a(b, t, f), a(f, u)), (a(b, f), 2.0)],
        "inner": [(a(f), a(f)), (a(b, f), a(u, f)), (a(b, t, f), a(f)), (a(b, f), 3.0)],
        "outer": [(a(f), a(u)), (a(b, f), a(u))],
        "vdot": [(a(f), a(f)), (a(b, f), a(b, f))],
        "tensordot": [(a(b, f), a(f, u), 1), (a(b, t, f), a(t, f), 2), (a(b, t), a(u, t), [[1], [1]]),
                      (a(b, t, f), a(f, t), ((1, 2), (1, 0))), (a(f), a(u), 0)],
        "einsum": [("bf,fu->bu", a(b, f), a(f, u)), ("btf,bsf->bts", a(b, t, f), a(b, u, f)), ("bf->b", a(b, f)),
                   ("btf,f->bt", a(b, t, f), a(f)), ("...f,fu->...u", a(b, t, f), a(f, u)),
                   ("bf,bf->bf", a(b, f), a(b, f)),
                   ("bii->bi", a(b, f, f)), ("bt,bf->btf", a(b, t), a(b, f)), ("bf,fu", a(b, f), a(f, u))],
        "trace": [(a(f, f),), (a(b, t, f),), (a(t, f), 1)],
        "diagonal": [(a(f, f),), (a(b, t, f),), (a(t, f), -1)],
        "tril": [(a(t, f),), (a(b, t, f), 1), (a(t, f), -1)],
        "triu": [(a(t, f),), (a(b, t, f), 1), (a(t, f), -1)],
        "diag": [(a(f),), (a(f, u),), (a(f), 1), (a(f, u), -1)],
        "segment_sum": [(a(4, f), np.array([0, 0, 1, 3]), 4), (a(4), np.array([0, 2, 1, 2]), 3),
                        (a(4, t, f), np.array([0, 0, 1, 1]))],
        "segment_max": [(a(4, f), np.array([0, 0, 1, 2]), 3), (a(4), np.array([0, 2, 1, 2]), 3)],
        "segment_min": [(a(4, f), np.array([0, 0, 1, 2]), 3)],
        "segment_prod": [(a(4, f), np.array([0, 0, 1, 2]), 3)],
        "scatter": [(np.array([[0], [2], [0]]), a(3), (4,)), (np.array([[0, 1], [1, 0]]), a(2), (2, 2)),
                    (np.array([[0], [2]]), a(2, f), (3, f))],
        "scatter_update": [(a(4), np.array([[0], [2]]), a(2)), (a(3, f), np.array([[0], [2]]), a(2, f))],
        "in_top_k": [(np.array([0, 1, 0]), a(3, 4), 2), (np.array([0, 1, 3]), a(3, 4), 1)],
        "arange": [(f,), (1, 9, 2), (0.0, 1.0, 0.3), (5, 1, -1)],
        "linspace": [(0, 1, 5), (0.0, [1.0, 2.0], 3), (0, 1, 1)],
        "logspace": [(0, 1, 4)], "geomspace": [(1, 8, 4)],
        "eye": [(3,), (2, 4), (3, 3, 1)], "identity": [(3,)], "tri": [(3,), (2, 4), (3, 3, -1)],
        "full": [((2, 3), 1.5), (3, 2)], "zeros": [((2, 3),), (3,)], "ones": [((2, 3),), (3,)],
        "meshgrid": [(a(t), a(f)), (a(t),), (a(t), a(f), a(u))],
        "vander": [(a(f),), (a(f), 3)],
        "bartlett": [(5,), (1,)], "blackman": [(5,)], "hamming": [(5,)], "hanning": [(5,)],
        "kaiser": [(5, 2.0)], "unravel_index": [(np.array([1, 4]), (2, 3))],
        "binary_crossentropy": [(np.float32(a(b, f) > 0), np.float32(rng.rand(b, f)))],
        "categorical_crossentropy": [(np.eye(3, dtype="float32")[rng.randint(0, 3, b)], np.float32(rng.rand(b, 3)))],
        "sparse_categorical_crossentropy": [(rng.randint(0, 3, b), np.float32(rng.rand(b, 3)))],
        "dot_product_attention": [(a(b, t, 2, f), a(b, u, 2, f), a(b, u, 2, f))],
    }  # fmt: skip
    name = draw.choice(list(ways))
    more = some(draw, 3, from_logits=[True]) if "crossentropy" in name else {}
    if name == "dot_product_attention":
        more = some(draw, 2, scale=[0.3], is_causal=[True])
    return name, tuple(draw.choice(ways[name])), more


def function(seed: int) -> Script:
    """Draw a function on arrays."""
    draw = Random(seed)
    name, args, more = draw.choice([unary, binary, reduced, reduced, along, placed, placed, multiplied])(
        draw, np.random.RandomState(seed % 2**31)
    )
    return Script().then(
        f"ops.{name}", *(x if name == "get_item" else written(draw, x) for x in args), **more
    )


def written(draw: Random, x: Any) -> Any:
    """Return an array as it is, or as lists."""
    return x.tolist() if isinstance(x, np.ndarray) and chance(draw, 12) else x


# what goes over the samples unless it is told an axis, or is of arrays alone
OVER_ALL = (
    *REDUCE,
    "flip",
    "roll",
    "repeat",
    "append",
    "cumsum",
    "cumprod",
    "concatenate",
    "split",
    "array_split",
)
BESIDES = ("ravel", "tile", "broadcast_to", "bincount", "histogram", "unique", "corrcoef", "allclose")


def flowing(seed: int) -> Flowing:
    """Draw a function within a functional model, on arrays whose first axis is that of the samples, and left alone."""
    draw, rng = Random(seed), np.random.RandomState(seed % 2**31)
    while True:
        name, args, more = draw.choice(
            [unary, binary, reduced, reduced, along, along, placed, placed, multiplied]
        )(draw, rng)
        args = tuple(x.astype("float32") if isinstance(x, np.ndarray) and x.ndim > 1 else x for x in args)
        shapes = [
            np.shape(x) for x in (args[0] if isinstance(args[0], list) else args) if isinstance(x, np.ndarray)
        ]
        if name not in BESIDES and shapes and all(len(s) > 1 and s[0] == shapes[0][0] > 1 for s in shapes):
            axes = np.atleast_1d(more.get("axis", 0 if name in OVER_ALL else 1))
            if name == "moments":
                axes = np.atleast_1d(args[1])
            more.pop("method", None)  # which Keras forgets within a model
            if not any(int(k) % len(shapes[0]) == 0 for k in axes):
                return Flowing(f"ops.{name}", args, more)
