"""Layers in the spelling of older Keras: their arguments and their names.

Arguments are renamed where a layer is made, before it sees them, so no layer knows of them; one that has an argument of
such a name itself keeps it.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

from tidegate.arguments import check_flags
from tidegate.errors import ArgumentError, complaint, nearest
from tidegate.language import say
from tidegate.layers.remaking import made_of
from tidegate.spelling import modern, note

__all__ = ["CLASSES", "Spelled", "older_layer"]

# Arguments of Keras 1, and what they are called since Keras 2.
ARGUMENTS = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "beta_init": "beta_initializer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "gamma_init": "gamma_initializer",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "output_dim": "units",
    "p": "rate",
    "pool_length": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample_length": "strides",
}
OF_A_TABLE = {
    "W_constraint": "embeddings_constraint",
    "W_regularizer": "embeddings_regularizer",
    "init": "embeddings_initializer",
}
# Those with nothing left to choose: the values that mean what happens now, and what to do for another.
GONE: dict[str, tuple[Any, ...]] = {
    "consume_less": ("cpu", "mem", "gpu"),
    "dim_ordering": ("tf", "th", "default"),
    "forget_bias_init": ("one", "ones"),
    "mode": (0,),
    "time_major": (False,),
}
_INSTEAD = {
    "forget_bias_init": "unit_forget_bias=False",
    "mode": "leave it out: Keras 2 has one mode",
    "time_major": "put the samples first: x.transpose(1, 0, 2)",
}

# Classes of older versions, and what they are called.
CLASSES = {
    "Convolution1D": "Conv1D",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
}


# The modes in which Keras 1 merged, and the layers that do so today.
MERGES = {
    "ave": "Average",
    "concat": "Concatenate",
    "dot": "Dot",
    "max": "Maximum",
    "mul": "Multiply",
    "sum": "Add",
}


def older_layer(name: str) -> Any:
    """Return what an older name in `keras.layers` stands for; AttributeError where it stands for nothing."""
    import tidegate.layers as layers

    if name in CLASSES and hasattr(layers, CLASSES[name]):
        note(name, CLASSES[name])
        return getattr(layers, CLASSES[name])
    if name == "TimeDistributedDense":
        note(name, "TimeDistributed(Dense(...))")
        return lambda *args, **kwargs: _over_time(*args, **kwargs)
    if name == "merge":
        note(
            "merge(mode=...)",
            say("{some} or {last}", some="Concatenate, Add, Multiply, Average, Maximum", last="Dot"),
        )
        return merge
    if name == "Merge":
        raise AttributeError(
            say(
                "Merge of Keras 1 put several models into one Sequential; give each an Input, and write "
                "Model([a, b], Concatenate()([x, y]))"
            )
        )
    if name in ("Highway", "MaxoutDense"):
        raise AttributeError(
            say("{name} went with Keras 1; write a Layer of your own from tidegate.ops", name=name)
        )
    near = nearest(name, [*layers.__all__, *CLASSES])
    lacking = "{module} has no {name!r}; {near}" if near else "{module} has no {name!r}"
    raise AttributeError(say(lacking, module="tidegate.layers", name=name, near=near))


def _over_time(*args: Any, **kwargs: Any) -> Any:
    from tidegate.layers import Dense, TimeDistributed

    first = {name: kwargs.pop(name) for name in ("input_shape", "batch_input_shape") if name in kwargs}
    if "input_dim" in kwargs:
        first["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim"))
    return TimeDistributed(Dense(*args, **kwargs), **first)


def merge(inputs: Any, mode: str = "sum", concat_axis: int = -1, dot_axes: Any = -1, name: Any = None) -> Any:
    """Join symbolic tensors as Keras 1 did: mode "sum", "mul", "concat", "ave", "max", "dot" or "cos"."""
    import tidegate.layers as layers

    special = {
        "concat": {"axis": concat_axis},
        "dot": {"axes": dot_axes},
        "cos": {"axes": dot_axes, "normalize": True},
    }
    known = {**MERGES, "cos": "Dot"}
    if mode not in known:
        raise ArgumentError(
            complaint(
                "merge",
                say("a mode among {names}", names=", ".join(known)),
                repr(mode),
                nearest(str(mode), known) or "mode='concat'",
            )
        )
    return getattr(layers, known[mode])(**special.get(mode, {}), name=name)(inputs)


class Spelled(type):
    """Class of all layers: takes older arguments for what they are called today."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not kwargs.keys().isdisjoint(_OLD):
            kwargs = _today(cls, kwargs)
        check_flags(cls, args, kwargs)
        made = super().__call__(*args, **kwargs)
        own = not cls.__init__.__module__.startswith("tidegate.")  # type: ignore[misc]
        made.made_of = made_of(cls, args, kwargs) if own else {}
        return made

    @property
    def __signature__(cls) -> inspect.Signature:
        """The arguments as the layer writes them, for help() and editors."""
        own = inspect.signature(cls.__init__)  # type: ignore[misc]
        return own.replace(parameters=list(own.parameters.values())[1:])


_OLD = ARGUMENTS.keys() | GONE.keys()


@lru_cache(maxsize=256)
def _own(layer: type) -> frozenset[str]:
    """Return the arguments that a layer has itself."""
    inits = (c.__dict__["__init__"] for c in layer.__mro__[:-1] if "__init__" in c.__dict__)
    return frozenset(name for init in inits for name in inspect.signature(init).parameters)


def _today(layer: type, given: dict[str, Any]) -> dict[str, Any]:
    own, who = _own(layer), layer.__name__
    found = {}
    for name, value in given.items():
        if name in GONE and name not in own:
            fits = GONE[name]
            if value not in fits:
                instead = say(_INSTEAD[name]) if name in _INSTEAD else ""
                raise ArgumentError(
                    complaint(
                        who,
                        say("{name} among {names}", name=name, names=", ".join(map(repr, fits))),
                        repr(value),
                        instead,
                    )
                )
            note(say("{name}= of {who}", name=name, who=who), say("nothing: it changes nothing here"))
        else:
            found[name] = value
    table = OF_A_TABLE | {"dropout_W": "dropout"} if "embeddings_initializer" in own else ARGUMENTS
    renamed = {old: today for old, today in table.items() if old not in own and today in own}
    return modern(who, found, renamed)
