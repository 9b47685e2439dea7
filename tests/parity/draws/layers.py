"""Layers drawn at random: each takes a flow and gives one."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.parity.draws.spec import (
    ACTIVATIONS,
    REGULARIZERS,
    Flow,
    Graph,
    Spec,
    chance,
    held,
    some,
)

# --- recurrent layers -------------------------------------------------------------------------------------------------


def recurrent(draw: Random, units: int | None = None, **fixed: Any) -> Spec:
    """Draw a recurrent layer with any of its arguments."""
    kind = draw.choice(["LSTM", "LSTM", "GRU", "SimpleRNN"])
    return cell_arguments(draw, kind, units, **fixed)


def cell_arguments(draw: Random, kind: str, units: int | None, **fixed: Any) -> Spec:
    arguments: dict[str, Any] = {"units": units or draw.randint(1, 5)}
    arguments |= some(
        draw,
        4,
        use_bias=[False],
        activation=ACTIVATIONS,
        kernel_initializer=["he_uniform", "lecun_normal"],
        recurrent_initializer=["glorot_uniform"],
        bias_initializer=["ones"],
    )
    arguments |= held(draw, "kernel", "recurrent", *["bias"] * arguments.get("use_bias", True))
    if not kind.endswith("Cell"):
        arguments |= some(
            draw,
            8,
            activity_regularizer=REGULARIZERS,
            go_backwards=[True],
            unroll=[True],
            zero_output_for_mask=[True],
        )
    if "LSTM" in kind:
        arguments |= some(draw, 4, unit_forget_bias=[False])
    if "SimpleRNN" not in kind:
        arguments |= some(
            draw, 4, recurrent_activation=["hard_sigmoid", "tanh", "softsign"], implementation=[1, 2]
        )
        if kind.endswith("Cell"):
            arguments.pop("implementation", None)
    if "GRU" in kind:
        arguments |= some(draw, 2, reset_after=[False])
    return f"layers.{kind}", {**arguments, **fixed}


def cells(draw: Random, **fixed: Any) -> tuple[Spec, int]:
    """Draw an RNN of cells, and its width."""
    kinds = draw.choices(["LSTMCell", "GRUCell", "SimpleRNNCell"], k=draw.randint(1, 2))
    found = [cell_arguments(draw, kind, None) for kind in kinds]
    arguments = {**some(draw, 6, go_backwards=[True]), **fixed}
    stacked: Any = found if chance(draw, 2) else ("layers.StackedRNNCells", {"cells": found})
    return ("layers.RNN", {"cell": stacked if len(found) > 1 else found[0], **arguments}), found[-1][1][
        "units"
    ]


def any_recurrent(g: Graph, x: Flow, sequences: bool) -> Flow:
    """Add a recurrent layer, a pair of them in both directions, or an RNN of cells."""
    draw, steps = g.draw, x.steps if sequences else None
    way = draw.randint(0, 7)
    if way == 0:
        spec, width = cells(draw, return_sequences=sequences)
        return Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), steps, width)
    if way <= 2:
        inner = recurrent(draw, return_sequences=sequences, go_backwards=False)
        merge = draw.choice(["concat", "concat", "sum", "mul", "ave", None])
        arguments = {"layer": inner, "merge_mode": merge}
        if chance(draw, 4):
            arguments["backward_layer"] = recurrent(
                draw,
                inner[1]["units"],
                return_sequences=sequences,
                go_backwards=True,
                zero_output_for_mask=True,
            )
            arguments["layer"] = (inner[0], {**inner[1], "zero_output_for_mask": True})
        at = g.add("Bidirectional", arguments, x.source)
        width = inner[1]["units"]
        if merge is None:
            at = g.add("Concatenate", {}, [(at, 0), (at, 1)])
        return Flow(at, steps, width * (2 if merge in ("concat", None) else 1))
    spec = recurrent(draw, return_sequences=sequences)
    if chance(draw, 6) and not sequences:
        states = 2 if spec[0] == "layers.LSTM" else 1
        at = g.add(spec[0].removeprefix("layers."), {**spec[1], "return_state": True}, x.source)
        at = g.add("Concatenate", {}, [(at, j) for j in range(states + 1)])
        return Flow(at, steps, spec[1]["units"] * (states + 1))
    return Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), steps, spec[1]["units"])


# --- other layers from sequence to sequence ---------------------------------------------------------------------------


def turned(x: Flow) -> Flow:
    """The flow as a layer with the channels first sees it, and the way back."""
    return Flow(x.source, x.width, x.steps or 1)


def convolution(g: Graph, x: Flow) -> Flow:
    draw = g.draw
    first = not g.masked and chance(draw, 5)
    x = turned(x) if first else x
    kind = draw.choice(["Conv1D", "Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose"])
    steps, width = x.steps or 1, x.width
    size = draw.randint(1, min(3, steps))
    paddings = ["valid", "same"] + ["causal"] * (kind == "Conv1D" and not first)
    arguments: dict[str, Any] = {"kernel_size": size, "padding": draw.choice(paddings)}
    arguments |= {"data_format": "channels_first"} if first else {}
    arguments |= some(draw, 3, use_bias=[False], activation=ACTIVATIONS)
    weights = {"SeparableConv1D": ["depthwise", "pointwise"], "DepthwiseConv1D": ["depthwise"]}
    arguments |= held(draw, *weights.get(kind, ["kernel"]), *["bias"] * arguments.get("use_bias", True))
    if chance(draw, 3):
        arguments["strides"] = 2
    elif kind != "Conv1DTranspose" and (size - 1) * 2 < steps and chance(draw, 3):
        arguments["dilation_rate"] = 2
    stride, wide = arguments.get("strides", 1), (size - 1) * arguments.get("dilation_rate", 1) + 1
    if kind == "Conv1DTranspose":
        steps = steps * stride if arguments["padding"] == "same" else steps * stride + max(size - stride, 0)
    else:
        steps = -(-(steps if arguments["padding"] != "valid" else steps - wide + 1) // stride)
    if "Conv1D" in kind and kind not in ("Conv1D", "Conv1DTranspose"):
        arguments["depth_multiplier"] = draw.randint(1, 2)
    if kind == "DepthwiseConv1D":
        width *= arguments["depth_multiplier"]
    else:
        groups = draw.choice([n for n in (1, 2, 3) if width % n == 0]) if kind == "Conv1D" else 1
        width = arguments["filters"] = groups * draw.randint(1, 5 if groups == 1 else 2)
        arguments |= {"groups": groups} if groups > 1 else {}
    made = Flow(g.add(kind, arguments, x.source), steps, width)
    return turned(made) if first else made


def window(g: Graph, x: Flow) -> Flow:
    draw = g.draw
    kind = draw.choice(["MaxPooling1D", "AveragePooling1D", "ZeroPadding1D", "Cropping1D", "UpSampling1D"])
    first = "Pooling" in kind and not g.masked and chance(draw, 4)
    x = turned(x) if first else x
    steps = x.steps or 1
    if kind == "ZeroPadding1D":
        padding = draw.choice([(1, 0), (0, 2)])
        return Flow(g.add(kind, {"padding": padding}, x.source), steps + sum(padding), x.width)
    if kind == "UpSampling1D":
        return Flow(g.add(kind, {"size": 2}, x.source), steps * 2, x.width)
    if steps < 2:
        return turned(x) if first else x
    if kind == "Cropping1D":
        return Flow(g.add(kind, {"cropping": (0, 1)}, x.source), steps - 1, x.width)
    way = draw.choice(["valid", "same"])
    stride = draw.randint(1, 2)
    arguments = {"pool_size": 2, "strides": stride, "padding": way}
    arguments |= {"data_format": "channels_first"} if first else {}
    steps = -(-(steps - (way == "valid")) // stride)
    made = Flow(g.add(kind, arguments, x.source), steps, x.width)
    return turned(made) if first else made


def halved(x: Any) -> Any:
    return x * 0.5 + 0.25


NORMALIZATIONS = [
    ("LayerNormalization", {}),
    ("LayerNormalization", {"epsilon": 0.1, "center": False}),
    ("LayerNormalization", {"scale": False}),
    ("BatchNormalization", {"momentum": 0.5, "epsilon": 0.01}),
    ("BatchNormalization", {"momentum": 0.8, "epsilon": 0.1, "scale": False}),
    ("BatchNormalization", {"epsilon": 0.1, "gamma_regularizer": "l2", "beta_constraint": "non_neg"}),
    ("UnitNormalization", {}),
    ("Normalization", {"axis": None, "mean": 0.3, "variance": 2.0}),
    ("Normalization", {"axis": None, "mean": 0.1, "variance": 0.5, "invert": True}),
]
ELEMENTWISE = [
    *(
        ("Activation", {"activation": name})
        for name in ["softmax", "log_softmax", "soft_shrink", *ACTIVATIONS]
    ),
    ("ReLU", {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}),
    ("LeakyReLU", {"negative_slope": 0.2}),
    ("PReLU", {"alpha_initializer": "uniform"}),
    ("ELU", {"alpha": 0.5}),
    ("Softmax", {}),
    ("Dropout", {"rate": 0.0}),
    ("SpatialDropout1D", {"rate": 0.0}),
    ("GaussianNoise", {"stddev": 0.0}),
    ("GaussianDropout", {"rate": 0.0}),
    ("AlphaDropout", {"rate": 0.0}),
    ("ActivityRegularization", {"l1": 0.01, "l2": 0.01}),
    ("Identity", {}),
    ("Lambda", {"function": halved}),
    ("Rescaling", {"scale": 0.5, "offset": 0.3}),
]


def elementwise(g: Graph, x: Flow) -> Flow:
    name, arguments = g.draw.choice(NORMALIZATIONS + ELEMENTWISE)
    if name == "SpatialDropout1D" and x.steps is None:
        name = "Dropout"
    if name == "Softmax" and g.masked:  # Keras wants a mask of the shape of the inputs there
        name, arguments = "Activation", {"activation": "softmax"}
    if name in ("LayerNormalization", "UnitNormalization") and x.width < 3:
        return x  # one or two numbers are all but constant then, and their gradient is rounding
    if name == "BatchNormalization" and x.width == 1 and g.masked and x.steps is not None:
        return x  # under a mask, Keras squeezes the statistics of a single feature to a scalar, and fails
    return Flow(g.add(name, dict(arguments), x.source), x.steps, x.width)


def dense(g: Graph, x: Flow, width: int | None = None) -> Flow:
    draw = g.draw
    arguments = {
        "units": width or draw.randint(1, 5),
        **some(draw, 3, use_bias=[False], activation=ACTIVATIONS),
    }
    arguments |= held(draw, "kernel", *["bias"] * arguments.get("use_bias", True))
    if x.steps is not None and chance(draw, 2):
        at = g.add("TimeDistributed", {"layer": ("layers.Dense", arguments)}, x.source)
    else:
        arguments |= some(
            draw, 16, activity_regularizer=REGULARIZERS
        )  # which TimeDistributed forgets in Keras
        at = g.add("Dense", arguments, x.source)
    return Flow(at, x.steps, arguments["units"])


def moved(g: Graph, x: Flow) -> Flow:
    if chance(g.draw, 2):
        return Flow(g.add("Permute", {"dims": (2, 1)}, x.source), x.width, x.steps or 1)
    return Flow(g.add("Reshape", {"target_shape": (x.width, x.steps)}, x.source), x.width, x.steps or 1)


def folded(g: Graph, x: Flow) -> Flow:
    """A recurrent layer along the features of each step."""
    steps, width = x.steps or 1, x.width
    at = g.add("Reshape", {"target_shape": (steps, width, 1)}, x.source)
    spec = recurrent(g.draw, return_sequences=False, activity_regularizer=None)
    at = g.add("TimeDistributed", {"layer": spec}, at)
    return Flow(at, steps, spec[1]["units"])


def shared(g: Graph, x: Flow) -> Flow:
    """A layer that is called twice, the second time on what it gave."""
    spec = recurrent(g.draw, x.width, return_sequences=True)
    at = g.add(spec[0].removeprefix("layers."), spec[1], x.source)
    return Flow(g.again(at, at), x.steps, x.width)


def merged(g: Graph, x: Flow) -> Flow:
    """A layer of the same shape beside what it was given, and both merged."""
    draw = g.draw
    other = dense(g, x, x.width)
    if x.steps is not None and chance(draw, 2):
        spec = recurrent(draw, x.width, return_sequences=True)
        other = Flow(g.add(spec[0].removeprefix("layers."), spec[1], x.source), x.steps, x.width)
    kind = draw.choice(["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"])
    on = [other.source, x.source]
    if kind == "Dot":
        if x.steps is None:
            return Flow(g.add(kind, {"axes": 1, "normalize": chance(draw, 2)}, on), None, 1)
        return Flow(g.add(kind, {"axes": 2}, on), x.steps, x.steps)
    if kind == "Concatenate" and x.steps is not None and chance(draw, 2):
        return Flow(g.add(kind, {"axis": 1}, on), 2 * x.steps, x.width)
    return Flow(g.add(kind, {}, on), x.steps, x.width * (2 if kind == "Concatenate" else 1))


def attention(g: Graph, query: Flow, value: Flow) -> Flow:
    """Attention of one sequence to another, or to itself."""
    draw = g.draw
    if chance(draw, 3):
        arguments = {
            "num_heads": draw.randint(1, 2),
            "key_dim": 2,
            **some(draw, 3, use_bias=[False], value_dim=[3], output_shape=[4]),
        }
        arguments |= held(draw, "kernel")
        arguments |= {"attention_axes": (1,)} if chance(draw, 6) else {}
        more = {"use_causal_mask": True} if chance(draw, 4) else {}
        at = g.add("MultiHeadAttention", arguments, [query.source, value.source], spread=True, **more)
        return Flow(at, query.steps, arguments.get("output_shape", query.width))
    value = value if value.width == query.width else dense(g, value, query.width)
    causal = {"use_causal_mask": True} if chance(draw, 3) else {}
    if chance(draw, 2):
        arguments = some(draw, 2, use_scale=[True], score_mode=["concat"])
        if arguments.get("score_mode") == "concat":
            arguments["use_scale"] = True
        at = g.add("Attention", arguments, [query.source, value.source], **causal)
    else:
        at = g.add(
            "AdditiveAttention", some(draw, 2, use_scale=[False]), [query.source, value.source], **causal
        )
    return Flow(at, query.steps, query.width)


def sequence_layer(g: Graph, x: Flow, plain: bool) -> Flow:
    """Add anything from sequence to sequence; `plain`: that a chain can hold."""
    ways = [any_recurrent] * 5 + [convolution, window, elementwise, elementwise, dense, moved]
    ways += [] if g.stateful else [folded]
    ways += [] if plain else [merged, merged, attention, shared]
    way = g.draw.choice(ways)
    if way is any_recurrent:
        return any_recurrent(g, x, True)
    return attention(g, x, x) if way is attention else way(g, x)


def end(g: Graph, x: Flow) -> Flow:
    """Add what makes one row of a sequence."""
    way = g.draw.randint(0, 7)
    if way == 0:
        return Flow(g.add("Flatten", {}, x.source), None, x.width * (x.steps or 1))
    if way > 2:
        return any_recurrent(g, x, False)
    kind = "GlobalAveragePooling1D" if way == 1 else "GlobalMaxPooling1D"
    if not g.masked and chance(g.draw, 4):
        return Flow(g.add(kind, {"data_format": "channels_first"}, x.source), None, x.steps or 1)
    if chance(g.draw, 4):
        return Flow(g.add("Flatten", {}, g.add(kind, {"keepdims": True}, x.source)), None, x.width)
    return Flow(g.add(kind, {}, x.source), None, x.width)


def with_states(g: Graph, x: Flow, y: Flow) -> Flow:
    """An encoder of x hands its states to a decoder of y."""
    draw = g.draw
    kind = draw.choice(["LSTM", "GRU", "SimpleRNN"])
    units, sequences = draw.randint(1, 5), chance(draw, 2)
    both = chance(draw, 4)
    first = cell_arguments(draw, kind, units, return_state=True)
    second = cell_arguments(draw, kind, units, return_sequences=sequences)
    names = [kind, kind]
    arguments = [first[1], second[1]]
    if both:
        names = ["Bidirectional"] * 2
        arguments = [{"layer": (spec[0], {**spec[1], "go_backwards": False})} for spec in (first, second)]
    encoder = g.add(names[0], arguments[0], x.source)
    states = [(encoder, 1 + j) for j in range((2 if kind == "LSTM" else 1) * (2 if both else 1))]
    # Keras forgets the mask that y carries where states are given; by hand it is heard
    more = {"mask_of": y.source} if g.has_mask(y) else {}
    at = g.add(names[1], arguments[1], y.source, initial_state=states, **more)
    return Flow(at, y.steps if sequences else None, units * (2 if both else 1))
