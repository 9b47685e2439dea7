"""What every loss object does: reduce to one number, be recorded for each position, and be described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.arguments import Careful, checked
from tidegate.errors import ArgumentError, ShapeError, complaint
from tidegate.language import say
from tidegate.losses.functions import Array
from tidegate.ops import Value
from tidegate.utils.naming import snake_case
from tidegate.utils.stream import Number, as_tensors

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Reduction:
    """The names of reductions under which Keras 2 had them."""

    AUTO, NONE, SUM, SUM_OVER_BATCH_SIZE = "auto", "none", "sum", "sum_over_batch_size"


class Loss(Careful):
    """Base of all losses. A loss of one's own says in `call(y_true, y_pred)`, with `tidegate.ops`, what it is.

    Parameters
    ----------
    name : str, optional
    reduction : str, default "sum_over_batch_size"
        The mean over all positions that count; or "sum", "mean_with_sample_weight" (the mean weighted by the samples'
        weights), or "none".
    dtype : accepted.

    Attributes
    ----------
    sparse : bool
        Whether targets are whole numbers, the class of each position.
    """

    sparse: ClassVar[bool] = False
    probabilities: ClassVar[bool] = False  # whether targets lie between 0 and 1

    @checked
    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        reduction = "sum_over_batch_size" if reduction == "auto" else reduction
        if reduction not in REDUCTIONS:
            known = ", ".join(map(repr, REDUCTIONS))
            raise ArgumentError(
                complaint(
                    type(self).__name__,
                    say("{name} among {names}", name="reduction", names=known),
                    repr(reduction),
                )
            )
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss at each position, of arrays or of recorded values."""
        raise NotImplementedError(
            say("{name} does not say in call(y_true, y_pred) what it is", name=type(self).__name__)
        )

    def record(self, p: Value, y: Value, weighted: bool = False) -> Value:
        """Record the loss at each position: (B, ...), at most one axis less than the output."""
        return per_position(self.name, self.call(y, p), p, self.reduction == "sum", weighted)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        each = self.call(*(_single(a) for a in (y_true, y_pred)))
        if isinstance(each, Value):
            each = each if sample_weight is None else each * sample_weight
            if self.reduction in ("none", None) or each.shape == ():
                return each
            return ops.sum(each) if self.reduction == "sum" else ops.mean(each)
        values: Array = np.asarray(each)
        counts = np.ones_like(values)
        ignored = getattr(self, "ignore_class", None)
        if ignored is not None:
            counts = (np.asarray(y_true).reshape(values.shape) != ignored).astype(values.dtype)
        weights = counts if sample_weight is None else counts * weights_like(self.name, sample_weight, values)
        values = values * weights
        if self.reduction in ("none", None):
            return as_tensors(values)
        if self.reduction == "sum":
            return Number(values.sum())
        over = weights.sum() if self.reduction == "mean_with_sample_weight" else counts.sum()
        return Number(values.sum() / over if over else 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Return the loss that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k not in ("fn", "dtype")})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


def _single(a: Any) -> Any:
    """Return numbers in single precision, in which losses are computed; whole numbers stay, and recorded values."""
    return a if isinstance(a, Value) or np.asarray(a).dtype.kind not in "fc" else np.asarray(a, np.float32)


def weights_like(who: str, weight: Any, values: Array) -> Array:
    """Return weights of samples, of positions or of all values alike, or one for all, in the shape of the values."""
    w = np.asarray(weight, values.dtype)
    w = w.reshape(w.shape[:-1]) if w.ndim == values.ndim + 1 and w.shape[-1] == 1 else w
    w = w.reshape((*w.shape, *[1] * (values.ndim - w.ndim)))
    if w.ndim > values.ndim or any(a not in (1, b) for a, b in zip(w.shape, values.shape, strict=True)):
        raise ShapeError(
            complaint(
                who,
                say("{name} of shape {shape}", name="sample_weight", shape=values.shape),
                say("shape {shape}", shape=np.shape(weight)),
            )
        )
    return np.broadcast_to(w, values.shape)


def per_position(who: str, found: Any, p: Value, total: bool = False, weighted: bool = False) -> Value:
    """Return what a loss gives as one number for each position of an output, whatever it made of the samples."""
    if not isinstance(found, Value) or found.dtype == "float64":
        raise ShapeError(
            complaint(
                say("loss '{name}'", name=who),
                say("what tidegate.ops makes of y_true and y_pred"),
                type(found).__name__ if not isinstance(found, Value) else say("a sum over the batch"),
                "ops.mean(ops.square(y_true - y_pred), axis=-1)",
            )
        )
    recorded: Value = found
    node = recorded.node
    over_all = recorded.shape == () and node is not None and node.op is ops.mean
    if over_all and not weighted and node is not None and node.inputs[0] is not None:
        whole = node.inputs[0]  # a mean over everything: each sample's own mean needs no other sample
        if whole.shape[:1] == (None,) and len(whole.shape) > 1:
            recorded = ops.mean(whole, axis=tuple(range(1, len(whole.shape))))
        elif whole.shape == (None,):
            recorded = whole
    if recorded.shape[:1] != (None,):
        recorded = ops.mean(recorded) if recorded.shape else recorded
        recorded = ops.broadcast_to(ops.expand_dims(recorded, 0), (None,))
    if len(recorded.shape) == len(p.shape) and len(p.shape) > 1:
        recorded = ops.sum(recorded, axis=-1) if total else ops.mean(recorded, axis=-1)
    return recorded


class FunctionLoss(Loss):
    """A loss that a function says, with fixed arguments.

    Parameters
    ----------
    fn : function of (y_true, y_pred, **kwargs)
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", "loss"), reduction, dtype)
        self.fn, self.attrs = fn, kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return what the function gives."""
        return self.fn(y_true, y_pred, **self.attrs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {**super().get_config(), **self.attrs}


class Named(FunctionLoss):
    """Base of the losses whose class stands for a function here."""

    says: ClassVar[Any]

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(type(self).says, reduction, name or snake_case(type(self).__name__), dtype, **kwargs)
