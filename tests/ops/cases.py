"""One table of cases for every op, read by every test of ops: gradients, native twins, shapes.

Sizes are odd (1, 3, 17) or just beyond a vector or a shard (50).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tests.ops.case import Case, Input, UpdateCase, fixed, weight, x
from tidegate.ops.activations import ACTIVATIONS
from tidegate.ops.binary import BINARY
from tidegate.ops.elementwise import ELEMENTWISE

SHAPES = [(1,), (17,), (50,), (3, 17), (17, 1), (3, 5, 4)]  # of a sample


def _elementwise() -> Iterator[Case]:
    for name in ACTIVATIONS:
        yield Case("activation", (x(17),), {"function": name}, rows=5, note=name)
    yield Case("activation", (x(3, 50),), {"function": "tanh"}, rows=50, note="tanh")
    for shape in SHAPES:
        yield Case("reshape", (x(*shape),), {"shape": (int(np.prod(shape)),)})
        yield Case("dropout", (x(*shape),), {"rate": 0.3, "seed": 2**62 + 11}, rows=17)
        yield Case("cast", (fixed(*shape, kind="class", classes=9),), rows=17)
        yield Case("codes", (fixed(*shape, scale=3.0),), {"below": 4}, rows=17)
    for before, after in [
        ((12,), (3, 4)),
        ((12, 5), (3, 20)),
        ((3, 20), (12, 5)),
        ((6, 5), (10, 3)),
        ((3, 2, 5), (5, 3, 2)),
    ]:
        yield Case("reshape", (x(*before),), {"shape": after}, rows=17, note=f"to {after}")
    for shape in SHAPES:
        yield Case("concatenate", (x(*shape), x(*shape[:-1], 17)), {"axis": len(shape)}, rows=17)
    for T, F in [(1, 1), (17, 3), (3, 50)]:
        yield Case("zero_masked", (x(T, F), fixed(T, kind="bit")), rows=17)


PAIRS = [  # of shapes that are broadcast: samples with samples, and with what is the same for all
    ((17,), (1,)),
    ((3, 1), (3, 50)),
    ((1, 17), (3, 17)),
    ((5, 1, 4), (1, 3, 1)),
    ((3, 5, 4), (3, 5, 1)),
]
WITH_WEIGHTS = [
    ((17,), (17,)),
    ((50,), (1,)),
    ((3, 17), (17,)),
    ((3, 17), (3, 1)),
    ((3, 5, 4), (1, 5, 1)),
]


def _general() -> Iterator[Case]:
    for name, op in BINARY.items():
        if op.flat:
            a, b = fixed(5, 3, kind="bit"), fixed(1, 3, kind="bit")
            yield Case(name, (a, replace(b, kind="positive") if name == "floor_divide" else b), rows=17)
            yield Case(name, (fixed(17), None), {"constant": 0.5}, rows=17, note="with a number")
            continue
        kind = "positive" if name in ("power", "divide", "mod") else "normal"
        a, b = Input((5, 3), kind), Input((1, 3), kind)
        yield Case(name, (a, replace(b, gradient=name != "mod")), rows=17)
        yield Case(name, (a, None), {"constant": 1.7}, rows=17, note="with a number")
        if name != "mod":
            yield Case(name, (None, a), {"constant": 1.7}, rows=17, note="number first")
    for shape in SHAPES:
        yield Case("add", (x(*shape), x(*shape)))
        yield Case("multiply", (x(*shape), x(*shape)), rows=17)
    for one, other in PAIRS:
        for name in ("subtract", "multiply"):
            yield Case(name, (x(*one), x(*other)), rows=17, note="spread")
            yield Case(name, (x(*other), x(*one)), rows=3, note="spread")
    for one, other in WITH_WEIGHTS:
        yield Case("multiply", (x(*one), weight(*other)), rows=17, note="weight")
        yield Case("divide", (weight(*other), Input(one, "positive")), rows=17, note="weight")
    for name, function in ELEMENTWISE.items():
        for rows, shape in ((5, (17,)), (3, (3, 50))):
            kind = "positive" if name in ("sqrt", "rsqrt", "log", "log1p", "reciprocal") else "normal"
            kind = "share" if name == "tan" else kind
            yield Case(name, (Input(shape, kind, gradient=not function.flat),), rows=rows)
    yield Case("exp", (weight(3, 5, 4),), note="weight")


def _views() -> Iterator[Case]:
    for shape, axes in [((3, 17), (0, 2, 1)), ((3, 5, 4), (0, 3, 1, 2)), ((3, 5, 4), (0, 1, 3, 2))]:
        yield Case("transpose", (x(*shape),), {"axes": axes}, 17, f"{axes}")
    yield Case("transpose", (weight(3, 17),), {"axes": (1, 0)}, note="weight")
    for shape, start, step, size in [
        ((17,), (4,), (1,), (7,)),
        ((17,), (16,), (-1,), (17,)),
        ((5, 3), (4, 0), (-2, 1), (3, 3)),
        ((5, 17), (1, 16), (1, -3), (1, 5)),
        ((3, 5, 4), (0, 1, 3), (2, 2, -1), (2, 2, 4)),
    ]:
        attrs = {"start": (0, *start), "step": (1, *step), "size": (None, *size)}
        yield Case("cut", (x(*shape),), attrs, 17, f"{start} {step} {size}")
    yield Case("cut", (weight(5, 3),), {"start": (1, 2), "step": (1, -1), "size": (2, 3)}, note="weight")
    for shape, before, behind in [
        ((17,), (2,), (1,)),
        ((5, 3), (0, 2), (1, 0)),
        ((3, 2, 4), (1, 0, 2), (0, 3, 0)),
    ]:
        attrs = {"before": (0, *before), "behind": (0, *behind), "value": 0.7}
        yield Case("pad", (x(*shape),), attrs, 17, f"{before} {behind}")
    for shape, to in [((1,), (None, 17)), ((1, 17), (None, 5, 17)), ((5, 1), (None, 5, 3))]:
        yield Case("broadcast_to", (x(*shape),), {"shape": to}, 17, f"{to}")
    yield Case("broadcast_to", (weight(3, 1),), {"shape": (None, 3, 5)}, 17, "weight")
    for shapes, k in [(((5, 3), (2, 3)), 1), (((3, 5, 4), (3, 1, 4)), 2), (((1, 1), (4, 1)), 1)]:
        yield Case("concatenate", tuple(x(*s) for s in shapes), {"axis": k}, 17, f"{k}")
    yield Case("concatenate", (weight(3, 5), weight(2, 5)), {"axis": 0}, note="weight")
    yield Case("reshape", (weight(3, 2, 5),), {"shape": (6, 5), "samples": False}, note="weight")
    for shape, k in [((17,), 1), ((5, 3), 1), ((3, 17), 2), ((3, 5, 4), 2)]:
        yield Case("cumsum", (x(*shape),), {"axis": k}, 17, f"{k}")
    for shape, k in [((17,), 1), ((5, 3), 1), ((3, 17), 2), ((3, 5, 4), 2)]:
        yield Case("argsort", (fixed(*shape),), {"axis": k}, 17, f"{k}")
        places = (*shape[: k - 1], 7, *shape[k:])
        indices = Input(places, "class", gradient=False, classes=shape[k - 1])
        yield Case("take_along_axis", (x(*shape), indices), {"axis": k}, 17, f"{k}")
    yield Case("argsort", (Input((17,), parameter=True, gradient=False),), {"axis": 0}, note="weight")
    yield Case("where", (fixed(17, kind="bit"), x(17), x(17)), rows=17)
    yield Case("where", (fixed(5, 1, kind="bit"), x(5, 3), weight(3)), rows=17)
    yield Case("where", (fixed(3, kind="bit"), weight(), x(1)), rows=17)
    small = [(1, 1, 1, 1), (17, 3, 5, 17), (3, 5, 17, 1), (5, 4, 3, 70), (3, 1, 50, 3)]
    for B, M, K, N in [*small, (3, 33, 18, 48), (2, 66, 300, 70)]:  # whole vectors; several blocks
        yield Case("matmul", (x(M, K), x(K, N)), rows=B)
    yield Case("matmul", (x(2, 3, 5), x(2, 5, 4)), rows=3)
    yield Case("matmul", (x(2, 3, 5), x(1, 5, 17)), rows=17, note="spread")
    yield Case("matmul", (weight(3, 5), x(5, 4)), rows=17, note="weight")


def _reductions() -> Iterator[Case]:
    for name in ("sum", "mean", "max", "min"):
        for shape, axes in [
            ((), [(0,)]),
            ((17,), [(1,), (0,), (0, 1)]),
            ((3, 50), [(2,), (1,), (1, 2), (0,), (0, 2)]),
            ((5, 1), [(1,), (2,)]),
            ((3, 5, 4), [(1,), (2,), (1, 3), (0, 2, 3)]),
        ]:
            for axis in axes:
                for keep in (False, True):
                    yield Case(name, (x(*shape),), {"axis": axis, "keepdims": keep}, 17, f"{axis} {keep}")
        yield Case(name, (weight(3, 17),), {"axis": (0,)}, note="weight")
    for name in ("argmax", "argmin"):
        for shape, k in [((17,), 1), ((3, 17), 1), ((3, 17), 2), ((3, 5, 4), 2)]:
            yield Case(name, (fixed(*shape),), {"axis": (k,), "keepdims": k == 2}, 17, f"{k}")


def _sums() -> Iterator[Case]:
    for shape in [(), (1,), (17,), (3, 50)]:
        yield Case("weighted_sum", (x(*shape), None, None), {"factor": 2.5}, rows=17)
        yield Case("weighted_sum", (x(*shape), fixed(*shape, kind="share"), None), rows=17)
        yield Case("weighted_sum", (x(*shape), fixed(*shape, kind="bit"), fixed(kind="count")), rows=17)
        yield Case("count", (fixed(*shape),), rows=17)
    for shape in [(1,), (17,), (3, 50)]:
        yield Case("mean_share", (weight(*shape), fixed(kind="count")), rows=17)


def _penalties() -> Iterator[Case]:
    for inputs in ((x(17),), (x(3, 50),), (weight(1),), (weight(17, 3),)):
        kind = "weight" if inputs[0].parameter else ""
        yield Case("l1_l2", inputs, {"l1": 0.3, "l2": 0.7}, rows=17, note=kind)
    scalar = Input((), "scalar", parameter=True)
    yield Case("once", (scalar,))
    yield Case("couple", (scalar,))
    yield Case("ratio", (scalar, fixed(kind="count")), rows=17)
    for shape in [(3, 17), (17, 3), (2, 1)]:
        for columns in (False, True):
            if shape[1] > 1 or not columns:
                yield Case(
                    "orthogonality", (weight(*shape),), {"columns": columns, "factor": 0.3}, note=f"{columns}"
                )


def _products() -> Iterator[Case]:
    for B, K, N in [(1, 1, 1), (3, 17, 1), (17, 1, 3), (50, 17, 50), (5, 50, 17), (3, 130, 70)]:
        yield Case("dense", (x(K), weight(K, N), weight(N)), rows=B)
    yield Case("dense", (x(3, 17), weight(17, 5), None), note="no bias")
    yield Case("dense", (x(17, 3), weight(3, 17), weight(17)), rows=17, note="at each step")
    yield Case("dense", (x(3, 2, 5), weight(5, 3), weight(3)), note="rank 4")
    for shape, V, D in [((1,), 1, 1), ((17,), 5, 3), ((3,), 50, 17), ((), 17, 3), ((3, 2), 7, 50)]:
        yield Case("embedding", (fixed(*shape, kind="class", classes=V), weight(V, D)), rows=17)


GATES = {"lstm": 4, "gru": 3, "gru_before": 3, "simple_rnn": 1}


def _recurrent(
    op: str,
    T: int,
    F: int,
    U: int,
    rows: int = 3,
    activation: str = "tanh",
    recurrent: str = "sigmoid",
    sequences: bool = True,
    backwards: bool = False,
    bias: bool = True,
    mask: bool = False,
    codes: bool = False,
    given: bool = False,
    handed: bool = False,
    drop: str = "",
) -> Case:
    flags = {"seq": sequences, "back": backwards, "nobias": not bias, "mask": mask, "codes": codes}
    flags |= {"given": given, "handed": handed, f"drop {drop}": bool(drop)}
    G = GATES[op]
    W, R = weight(F, G * U, scale=0.3), weight(U, G * U, scale=0.3)
    b = weight(2, G * U, scale=0.3) if op == "gru" else weight(G * U, scale=0.3)
    inputs = fixed(T, kind="class", classes=F) if codes else x(T, F)
    attrs: dict[str, Any] = {"activation": activation}
    if op != "simple_rnn":
        attrs["recurrent_activation"] = recurrent
    if handed:
        attrs["return_state"] = True
    state = x(U) if given else None
    more = (
        state,
        state if op == "lstm" else None,
        fixed(G * F, kind="share") if "x" in drop else None,
        fixed(G * U, kind="share") if "h" in drop else None,
    )
    return Case(
        op,
        (inputs, W, R, b if bias else None, fixed(T, kind="bit") if mask else None, *more),
        {**attrs, "return_sequences": sequences, "go_backwards": backwards},
        rows,
        " ".join([*(str(v) for v in attrs.values()), *(name for name, on in flags.items() if on)]),
    )


def _recurrents() -> Iterator[Case]:
    for op in GATES:
        for sequences in (False, True):
            for backwards in (False, True):
                for mask in (False, True):
                    yield _recurrent(op, 5, 3, 17, sequences=sequences, backwards=backwards, mask=mask)
        for T, F, U, B in [
            (1, 1, 1, 1),
            (3, 1, 1, 17),
            (1, 17, 3, 3),
            (17, 3, 5, 1),
            (3, 17, 50, 17),
            (4, 50, 33, 50),
        ]:
            yield _recurrent(op, T, F, U, B, sequences=False)
            yield _recurrent(op, T, F, U, B, sequences=True, bias=False)
        yield _recurrent(op, 2, 3, 100 if op == "simple_rnn" else 44, 3)  # several blocks, of every width
        yield _recurrent(op, 3, 50, 17, 50, mask=True, bias=False)
        yield _recurrent(op, 7, 3, 20, 50, sequences=False, backwards=True, mask=True)
        yield _recurrent(op, 5, 9, 17, 17, codes=True)
        yield _recurrent(op, 4, 7, 20, 6, codes=True, sequences=False, backwards=True, mask=True, bias=False)
        for handed in (False, True):
            yield _recurrent(op, 4, 3, 17, given=True, handed=handed)
            yield _recurrent(
                op, 3, 3, 50, 5, sequences=False, mask=True, given=True, handed=handed, backwards=True
            )
        yield _recurrent(op, 1, 3, 6, 7, given=True, handed=True, bias=False)
        yield _recurrent(op, 3, 5, 44, 17, mask=True, handed=True)
        yield _recurrent(op, 3, 9, 20, 3, codes=True, given=True, handed=True, sequences=False)
        for drop in ("h", "x", "xh"):
            yield _recurrent(op, 4, 3, 17, drop=drop, sequences=drop == "x", mask=drop == "xh")
        yield _recurrent(
            op, 3, 5, 33, 17, drop="xh", given=True, handed=True, backwards=True, activation="relu"
        )
        yield _recurrent(op, 3, 7, 20, 5, drop="h", codes=True, mask=True, handed=True, sequences=False)
        for name in ACTIVATIONS:
            yield _recurrent(op, 2, 2, 5, activation=name)
            if op != "simple_rnn":
                yield _recurrent(op, 2, 2, 5, recurrent=name, sequences=False)


def _classes() -> Iterator[Case]:
    for shape in [(1,), (3,), (17,), (50,), (3, 17), (17, 1), (3, 5, 4)]:
        for name in ("softmax", "log_softmax"):
            yield Case(name, (x(*shape),), rows=17)


def _losses() -> Iterator[Case]:
    for shape in [(1,), (17,), (50,), (3, 1), (5, 17), (3, 2, 5)]:
        for name in ("mean_squared_error", "mean_absolute_error"):
            yield Case(name, (x(*shape), fixed(*shape)), rows=17)
        places = shape[:-1]
        share, bits, hot = Input(shape, "share"), fixed(*shape, kind="bit"), fixed(*shape, kind="one hot")
        kinds = fixed(*places, kind="class", classes=shape[-1])
        for smoothing in (0.0, 0.2):
            attrs = {"from_logits": False, "label_smoothing": smoothing}
            logits = {**attrs, "from_logits": True}
            yield Case("binary_crossentropy", (share, bits), attrs, 17, f"{smoothing}")
            yield Case("binary_crossentropy", (x(*shape), bits), logits, 17, f"logits {smoothing}")
            yield Case("categorical_crossentropy", (share, hot), attrs, 17, f"{smoothing}")
            yield Case("categorical_crossentropy", (x(*shape), hot), logits, 17, f"logits {smoothing}")
        yield Case("sparse_categorical_crossentropy", (share, kinds), {"from_logits": False}, 17)
        yield Case("sparse_categorical_crossentropy", (x(*shape), kinds), {"from_logits": True}, 17, "logits")
        shares = fixed(*shape, kind="share")
        yield Case("binary_accuracy", (shares, bits), {"threshold": 0.4}, 17)
        yield Case("categorical_accuracy", (shares, hot), rows=17)
        yield Case("sparse_categorical_accuracy", (shares, kinds), rows=17)


def _convolutions() -> Iterator[Case]:
    plain = {"strides": 1, "dilation": 1, "groups": 1}
    for B, T, K, C, N in [
        (1, 1, 1, 1, 1),
        (3, 17, 3, 1, 17),
        (17, 5, 5, 3, 1),
        (50, 4, 2, 17, 20),
        (3, 7, 3, 5, 70),
    ]:
        yield Case("conv1d", (x(T, C), weight(K, C, N), weight(N)), plain, B)
    for more in ({"strides": 2}, {"strides": 3}, {"dilation": 2}, {"groups": 2}, {"groups": 4, "strides": 2}):
        attrs = {**plain, **more}
        channels = 3 * attrs["groups"]
        yield Case("conv1d", (x(9, channels), weight(3, 3, 20), None), attrs, 17, f"{more}")
    for B, T, K, C, M in [(1, 1, 1, 1, 1), (3, 9, 3, 17, 1), (17, 5, 2, 3, 2)]:
        for more in (
            {"strides": 1, "dilation": 1},
            {"strides": 2, "dilation": 1},
            {"strides": 1, "dilation": 2},
        ):
            if T > more["dilation"] * (K - 1):
                yield Case("depthwise_conv1d", (x(T, C), weight(K, C, M)), more, B, f"{more}")
    for name in ("max_pool1d", "average_pool1d"):
        for T, F, window in [
            (1, 1, (1, 1, 0, 1)),
            (9, 17, (2, 2, 0, 4)),
            (9, 3, (3, 2, 1, 5)),
            (7, 5, (4, 1, 1, 7)),
            (5, 50, (5, 5, 0, 1)),
        ]:
            names = dict(zip(("size", "strides", "left", "steps"), window, strict=True))
            yield Case(name, (x(T, F),), names, 17, f"{window}")
        yield Case(name, (x(5, 3, 2),), {"size": 2, "strides": 2, "left": 0, "steps": 2}, note="rank 4")
    for shape, index in [((1, 1), (0,)), ((5, 17), (-1, 0, 1, 4, -1)), ((3, 2, 5), (2, 2, 0, -1, 1, 1))]:
        yield Case("take_steps", (x(*shape),), {"index": index}, 17, f"{index}")


def _noise() -> Iterator[Case]:
    for shape in SHAPES:
        for kind in ("keep", "normal", "uniform"):
            attrs = {"shape": shape, "kind": kind, "seed": 2**61 + 7, "rate": 0.3}
            yield Case("random", (fixed(3),), attrs, 17, f"{kind} {shape}")
    for attrs in ({}, {"negative_slope": 0.3}, {"threshold": 0.5, "max_value": 1.0, "negative_slope": 0.1}):
        yield Case("rectify", (x(3, 17),), attrs, 17, f"{attrs}")


def spread(*shape: int) -> Input:
    """A parameter above 0, as variances are."""
    return Input(shape, "share", parameter=True)


def _normalizing() -> Iterator[Case]:
    for shape in [(1,), (17,), (50,), (3, 17), (17, 1), (3, 5, 4)]:
        C = shape[-1]
        for rows in (3, 17):
            if C > 1:  # else its gradient is 0, and both give what rounding leaves
                yield Case("layer_norm", (x(*shape), weight(C), weight(C)), {"epsilon": 1e-3}, rows)
            for total in (None, fixed(kind="count")):
                yield Case("batch_mean", (x(*shape), None, total), rows=rows)
                yield Case("batch_variance", (x(*shape), weight(C), None, total), rows=rows)
            vectors = (weight(C), spread(C), weight(C), weight(C))
            yield Case("standardize", (x(*shape), *vectors), {"epsilon": 0.1}, rows)
    yield Case("layer_norm", (x(3, 17), None, None), {"epsilon": 1e-3})
    yield Case("standardize", (x(3, 17), weight(17), spread(17), None, None), {"epsilon": 0.1})
    for T, C in [(5, 3), (3, 50)]:
        mask = fixed(T, kind="bit")
        for total in (None, fixed(kind="count")):
            yield Case("batch_mean", (x(T, C), mask, total), {"epsilon": 1e-7}, 17)
            yield Case("batch_variance", (x(T, C), weight(C), mask, total), {"epsilon": 1e-7}, 17)


CASES: list[Case] = [
    *_elementwise(),
    *_general(),
    *_reductions(),
    *_views(),
    *_sums(),
    *_penalties(),
    *_products(),
    *_recurrents(),
    *_classes(),
    *_losses(),
    *_convolutions(),
    *_noise(),
    *_normalizing(),
]

UPDATES = [
    UpdateCase("sgd", {"momentum": 0.0, "nesterov": 0.0}),
    UpdateCase("sgd", {"momentum": 0.9, "nesterov": 0.0}),
    UpdateCase("sgd", {"momentum": 0.9, "nesterov": 1.0}),
    UpdateCase("adam", {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": 0.0}),
    UpdateCase("adam", {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": 1.0}),
    *(UpdateCase(op, {"beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-7}) for op in ("nadam", "adamax", "lamb")),
    UpdateCase("lion", {"beta_1": 0.9, "beta_2": 0.99}),
    UpdateCase("adagrad", {"initial_accumulator_value": 0.1, "epsilon": 1e-7}),
    UpdateCase("adadelta", {"rho": 0.95, "epsilon": 1e-7}),
    UpdateCase(
        "ftrl",
        {
            "learning_rate_power": -0.5,
            "initial_accumulator_value": 0.1,
            "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.2,
            "beta": 0.3,
        },
    ),
    UpdateCase(
        "adafactor", {"beta_2_decay": -0.8, "epsilon_1": 1e-30, "epsilon_2": 1e-3, "clip_threshold": 1.0}
    ),
    *(
        UpdateCase(
            "muon",
            {
                "momentum": 0.95,
                "nesterov": nesterov,
                "muon_a": 3.4445,
                "muon_b": -4.775,
                "muon_c": 2.0315,
                "ns_steps": 5.0,
                "rms_rate": rms_rate,
                "adam_beta_1": 0.9,
                "adam_beta_2": 0.999,
                "epsilon": 1e-7,
                "adam_lr_ratio": 0.5,
                "orthogonal": orthogonal,
            },
        )
        for orthogonal, nesterov, rms_rate in ((1.0, 1.0, 0.2), (1.0, 0.0, 0.0), (0.0, 1.0, 0.2))
    ),
    *(
        UpdateCase(
            "schedule_free_adamw", {"beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-8, "warmup_steps": steps}
        )
        for steps in (0.0, 5.0)
    ),
    UpdateCase("weight_decay", {"weight_decay": 0.2}, further=True),
    UpdateCase("average", {"momentum": 0.8, "frequency": 2.0}, further=True),
    UpdateCase("average", {"momentum": 0.8, "frequency": 0.0}, further=True),
    UpdateCase("non_neg", {}, further=True),
    UpdateCase(
        "bounded_norm", {"least": 0.5, "most": 1.0, "rate": 0.7, "reduced": 1.0, "inner": 1.0}, further=True
    ),
    *(
        UpdateCase("rmsprop", {"rho": 0.9, "momentum": momentum, "epsilon": 1e-7, "centered": centered})
        for momentum in (0.0, 0.5)
        for centered in (0.0, 1.0)
    ),
]
