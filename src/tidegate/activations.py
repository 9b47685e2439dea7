"""Activation functions, for arrays and for layers.

>>> import numpy as np
>>> relu(np.array([-1.0, 2.0]))
array([0., 2.])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops import Value
from tidegate.ops.activations import ACTIVATIONS
from tidegate.utils import objects
from tidegate.utils.naming import look_up

Function = Callable[[Any], Any]


def _numbers(x: Any) -> Any:
    if isinstance(x, Value):
        return x
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float32)


def _elementwise(name: str, equation: str) -> Function:
    def function(x: Any) -> Any:
        return ops.activation(_numbers(x), function=name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Return {equation}, number by number."
    return function


linear = _elementwise("linear", "x")
relu = _elementwise("relu", "max(x, 0)")
sigmoid = _elementwise("sigmoid", "1 / (1 + exp(-x))")
tanh = _elementwise("tanh", "tanh(x)")
elu = _elementwise("elu", "x where x > 0, else exp(x) - 1")
selu = _elementwise("selu", "1.0507 x where x > 0, else 1.7581 (exp(x) - 1)")
softplus = _elementwise("softplus", "log(1 + exp(x))")
softsign = _elementwise("softsign", "x / (1 + |x|)")
exponential = _elementwise("exponential", "exp(x)")
hard_sigmoid = _elementwise("hard_sigmoid", "x / 6 + 1/2 between 0 and 1")
hard_sigmoid_2 = _elementwise(
    "hard_sigmoid_2", "x / 5 + 1/2 between 0 and 1, the hard_sigmoid of Keras 1 and 2"
)
silu = _elementwise("silu", "x sigmoid(x)")
gelu = _elementwise("gelu", "x times the normal distribution at x")
leaky_relu = _elementwise("leaky_relu", "x where x > 0, else 0.2 x")
relu6 = _elementwise("relu6", "x between 0 and 6")
mish = _elementwise("mish", "x tanh(softplus(x))")
hard_silu = _elementwise("hard_silu", "x hard_sigmoid(x)")
celu = _elementwise("celu", "x where x > 0, else exp(x) - 1")
hard_tanh = _elementwise("hard_tanh", "x between -1 and 1")
log_sigmoid = _elementwise("log_sigmoid", "log(sigmoid(x))")
hard_shrink = _elementwise("hard_shrink", "x where |x| > 1/2, else 0")
soft_shrink = _elementwise("soft_shrink", "x drawn towards 0 by 1/2")
tanh_shrink = _elementwise("tanh_shrink", "x - tanh(x)")
squareplus = _elementwise("squareplus", "(x + sqrt(x² + 4)) / 2")
sparse_plus = _elementwise("sparse_plus", "0 below -1, (x + 1)² / 4 up to 1, then x")
sparse_sigmoid = _elementwise("sparse_sigmoid", "(x + 1) / 2 between 0 and 1")
swish, hard_swish = silu, hard_silu


def softmax(x: Any) -> Any:
    """Return exp(x) / sum(exp(x)) over the last axis."""
    return ops.softmax(_numbers(x))


def log_softmax(x: Any) -> Any:
    """Return the logarithm of `softmax(x)`, over the last axis."""
    return ops.log_softmax(_numbers(x))


KNOWN: dict[str, Function] = {
    **{name: globals()[name] for name in ACTIVATIONS},
    "softmax": softmax,
    "log_softmax": log_softmax,
    "swish": silu,
    "hard_swish": hard_silu,
}

__all__ = [*KNOWN, "deserialize", "get", "serialize"]


def get(identifier: Any) -> Function:
    """Return the function of that name; None is linear.

    >>> get("tanh").__name__
    'tanh'
    """
    identifier = objects.resolved(identifier)
    if identifier is None:
        return linear
    if isinstance(identifier, dict) and identifier.get("class_name") == "function":
        identifier = str(identifier.get("config"))
    if isinstance(identifier, dict):
        from tidegate.layers import configs

        if identifier.get("class_name") in configs.CLASSES:  # a layer in the place of a function
            return configs.deserialize(identifier)
    if isinstance(identifier, str):
        return look_up(say("activation"), identifier, KNOWN)
    name = getattr(identifier, "__name__", None)
    if (
        callable(identifier)
        and name in KNOWN
        and (identifier.__module__ or "").startswith(("keras", "tidegate"))
    ):
        return KNOWN[name]
    if callable(identifier) and not isinstance(identifier, type | np.ufunc):
        found: Function = identifier
        return found
    raise ArgumentError(
        complaint(
            "activation",
            say("a name or a function over tidegate.ops"),
            repr(identifier),
            say("{some} or {last}", some="'tanh'", last="'relu'"),
        )
    )


def serialize(function: Function) -> Any:
    """Return an activation as Keras writes it into a file: by its name, or as a function of one's own."""
    if function in KNOWN.values():
        return str(function.__name__)
    from tidegate.layers import Layer, configs

    if isinstance(function, Layer):
        return configs.serialize(function)
    return objects.described(function, "keras.activations")


def deserialize(config: Any) -> Function:
    """Return the activation of that name, or that `serialize` described."""
    return get(config)


def elementwise(who: str, argument: str, identifier: str | Function | None) -> Function:
    """Return an activation that acts on each number by itself, as the gates of a recurrent layer need it."""
    function = get(identifier)
    if function not in KNOWN.values():
        name = getattr(function, "__name__", repr(function))
        instead = say("RNN(cell), with a cell of your own written in ops")
        raise ArgumentError(
            complaint(
                who,
                say("{argument} among tidegate.activations", argument=argument),
                say("the function {name}", name=name),
                instead,
            )
        )
    if function.__name__ not in ACTIVATIONS:
        raise ArgumentError(
            complaint(
                who,
                say("{argument} to act on each number by itself", argument=argument),
                say("'{name}', which couples the units", name=function.__name__),
                say(
                    "{who}(...) with its default, then a Dense layer with activation='{name}'",
                    who=who,
                    name=function.__name__,
                ),
            )
        )
    return function
