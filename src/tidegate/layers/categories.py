"""Numbers as categories: which bin they lie in, and codes as rows of ones and counts. Inside a model or before it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.errors import ArgumentError, DataError, complaint, nearest
from tidegate.language import say
from tidegate.layers.arguments import not_yet, whole
from tidegate.layers.base import Layer
from tidegate.layers.symbolic import Tensor
from tidegate.ops import Value
from tidegate.shapes import Shape
from tidegate.utils.nested import leaves

__all__ = ["CategoryEncoding", "Discretization"]

Array = np.ndarray[Any, Any]
MODES = ("one_hot", "multi_hot", "count")


def _mode(who: str, given: Any, modes: tuple[str, ...]) -> str:
    mode = "multi_hot" if given == "binary" else given  # the older name
    if mode not in modes:
        expected = say("{name} among {names}", name="output_mode", names=", ".join(modes))
        instead = nearest(str(given), modes) or f"output_mode={modes[0]!r}"
        raise ArgumentError(complaint(who, expected, repr(given), instead))
    return str(mode)


def _encoded(codes: Any, mode: str, depth: int, weights: Any = None) -> Any:
    """Return codes (B, ...) as rows: of ones at their places; of all those of a sample, counted or not, in one."""
    rank = len(codes.shape)
    if mode == "one_hot":
        codes = ops.squeeze(codes, -1) if rank > 1 and codes.shape[-1] == 1 else codes
        return ops.one_hot(codes, depth)
    hot = ops.one_hot(codes, depth)
    if weights is not None:
        hot = ops.multiply(hot, ops.expand_dims(weights, -1))
    return (ops.max if mode == "multi_hot" else ops.sum)(hot, axis=min(rank - 1, 1))


def _shape(shape: Shape, mode: str, depth: int) -> Shape:
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:1], *shape[2:], depth)


class _Categories(Layer):
    """Base of both: on arrays they compute at once, of any type and rank."""

    supports_masking = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(t, Value | Tensor) for t in leaves([*args, *kwargs.values()])):
            return super().__call__(*args, **kwargs)
        inputs, more = self._by_name(args, kwargs)
        return self.at_once(np.asarray(inputs), **more)

    def at_once(self, inputs: Array, **more: Any) -> Any:
        """Return what the layer gives for an array."""
        raise NotImplementedError

    def compute_mask(self, mask: Any) -> Any:
        """Return the mask where the steps are still there."""
        return mask if getattr(self, "output_mode", "int") in ("int", "one_hot") else None


class CategoryEncoding(_Categories):
    """Codes as rows of `num_tokens` numbers.

    Parameters
    ----------
    num_tokens : int
        Codes lie from 0 to num_tokens - 1.
    output_mode : {"multi_hot", "one_hot", "count"}, default "multi_hot"
        "one_hot": a row for each code, 1 at its place. "multi_hot": a row for all codes of a sample, 1 where there is
        one. "count": how many there are.
    sparse : accepted at False.

    Call arguments
    --------------
    inputs : (samples, ...) of codes
    count_weights : the same shape, with "count": what each code counts

    Returns
    -------
    one_hot: (..., num_tokens), a last axis of 1 left out; else axis 1 becomes num_tokens at the end

    Examples
    --------
    >>> CategoryEncoding(4)([[0, 1], [0, 0], [1, 3]]).tolist()
    [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    >>> CategoryEncoding(4, output_mode="count")([[0, 0], [1, 3]]).tolist()
    [[2.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    """

    input_dtype: ClassVar[str] = "int32"

    def __init__(
        self, num_tokens: Any = None, output_mode: str = "multi_hot", sparse: bool = False, **kwargs: Any
    ) -> None:
        who = type(self).__name__
        self.num_tokens = whole(who, "num_tokens", num_tokens, "CategoryEncoding(num_tokens=10)")
        self.output_mode = _mode(who, output_mode, MODES)
        not_yet(who, sparse=(sparse, False))
        super().__init__(**kwargs)

    def _check(self, weights: Any) -> None:
        if weights is not None and self.output_mode != "count":
            came = f"output_mode={self.output_mode!r}"
            expected = say("output_mode='count' with count_weights")
            raise ArgumentError(complaint(self._who, expected, came, "output_mode='count'"))

    @property
    def _who(self) -> str:
        return f"{type(self).__name__} '{self.name}'"

    def at_once(self, inputs: Array, count_weights: Any = None, **more: Any) -> Array:
        """Return the rows for an array of codes, which all have to be there."""
        self._check(count_weights)
        outside = inputs[(inputs < 0) | (inputs >= self.num_tokens)]
        if outside.size:
            most = self.num_tokens - 1
            expected = say("codes from {least} to {most}", least=0, most=most)
            raise DataError(
                complaint(self._who, expected, str(outside[0]), f"num_tokens={int(inputs.max()) + 1}")
            )
        codes = inputs[None] if inputs.ndim == 0 else inputs
        weights = None if count_weights is None else np.asarray(count_weights, np.float32)
        return np.asarray(_encoded(codes, self.output_mode, self.num_tokens, weights), np.float32)

    def call(self, inputs: Value, count_weights: Any = None) -> Value:
        """Record the rows; a code that is none of these gives zeros."""
        self._check(count_weights)
        y: Value = _encoded(inputs, self.output_mode, self.num_tokens, count_weights)
        return y

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the rows."""
        return _shape(tuple(input_shape), self.output_mode, self.num_tokens)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}


class Discretization(_Categories):
    """The number of the bin in which each number lies: how many boundaries are not above it.

    Parameters
    ----------
    bin_boundaries : list of float, optional
        Ascending. [0, 1] makes three bins: below 0, from 0 to below 1, from 1 on.
    num_bins : int, optional
        In place of boundaries, which `adapt` then takes from data: so many bins with as many numbers in each.
    epsilon : float, default 0.01
        How exact `adapt` has to be, as a share of the numbers.
    output_mode : {"int", "one_hot", "multi_hot", "count"}, default "int"
        What comes out for the bin: its number, or rows as `CategoryEncoding` gives them.
    sparse : accepted at False.

    Examples
    --------
    >>> import numpy as np
    >>> Discretization([0.0, 1.0])(np.array([[-1.5, 0.0, 3.4]])).tolist()
    [[0, 1, 2]]
    >>> layer = Discretization(num_bins=4)
    >>> layer.adapt(np.arange(8.0))
    >>> layer(np.array([[0.0, 7.0]])).tolist()
    [[0, 3]]
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        who, example = type(self).__name__, "Discretization(bin_boundaries=[0.0, 1.0])"
        if (bin_boundaries is None) == (num_bins is None):
            came = say("neither") if num_bins is None else say("both")
            raise ArgumentError(complaint(who, say("bin_boundaries or num_bins"), came, example))
        if num_bins is not None:
            whole(who, "num_bins", num_bins, "num_bins=10")
        if not isinstance(epsilon, float | int) or not 0 < epsilon < 1:
            expected = say("{name} from {least} to {most}", name="epsilon", least=0, most=1)
            raise ArgumentError(complaint(who, expected, repr(epsilon), "epsilon=0.01"))
        self.num_bins, self.epsilon = num_bins, float(epsilon)
        self.output_mode = _mode(who, output_mode, ("int", *MODES))
        not_yet(who, sparse=(sparse, False))
        self.bin_boundaries = None if bin_boundaries is None else self._ascending(bin_boundaries, example)
        self._summary = np.zeros((2, 0), np.float32)  # numbers, and how many each stands for
        self._recorded = False
        super().__init__(**kwargs)

    @staticmethod
    def _ascending(given: Any, example: str) -> list[float]:
        try:
            found = np.asarray(given, np.float64).ravel()
        except (TypeError, ValueError):
            found = np.array([np.nan])
        if not found.size or not (np.diff(found) > 0).all() or np.isnan(found).any():
            raise ArgumentError(
                complaint("Discretization", say("bin_boundaries that ascend"), repr(given), example)
            )
        return [float(v) for v in found]

    @property
    def _depth(self) -> int:
        return len(self._known()) + 1 if self.bin_boundaries is not None else self.num_bins or 0

    def _known(self) -> list[float]:
        if self.bin_boundaries is None:
            who = f"Discretization '{self.name}'"
            raise ArgumentError(complaint(who, say("boundaries"), say("none"), "layer.adapt(data)"))
        return self.bin_boundaries

    # Boundaries from data.

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Take the boundaries from data.

        Parameters
        ----------
        data : array, or batches of them one after the other
        steps : int, optional
            Batches to be read at most.
        """
        who = f"Discretization '{self.name}'"
        if self.num_bins is None:
            came = say("bin_boundaries given")
            raise ArgumentError(complaint(f"adapt of {who}", say("num_bins"), came, "num_bins=10"))
        if self._recorded:
            came = say("a model that computes with the boundaries before")
            raise ArgumentError(
                complaint(f"adapt of {who}", say("a call before the model's first data"), came)
            )
        self.reset_state()
        for k, batch in enumerate([data] if hasattr(data, "shape") else _batches(who, data)):
            if steps is not None and k >= steps:
                break
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was seen."""
        self._summary = np.zeros((2, 0), np.float32)

    def update_state(self, data: Any) -> None:
        """See a batch."""
        x = np.sort(np.asarray(data, np.float32).ravel())
        if not x.size or np.isnan(x[-1]):
            came = say("one with NaN") if x.size else say("an empty one")
            raise DataError(complaint(f"Discretization '{self.name}'", say("a batch of numbers"), came))
        every = max(x.size * self.epsilon, 1.0)  # each number kept stands for so many
        kept = x[int(every - 1) :: int(every)]
        both = np.concatenate([np.stack([kept, np.full_like(kept, every)]), self._summary], axis=1)
        self._summary = _thinned(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Set the boundaries by what was seen."""
        if self.num_bins is not None and self._summary.size:
            found = _thinned(self._summary, 1.0 / self.num_bins)[0, :-1]
            self.bin_boundaries = [float(v) for v in found]

    # What it gives.

    def at_once(self, inputs: Array, **more: Any) -> Array:
        """Return the bins of an array."""
        bins = np.digitize(inputs, self._known())
        if self.output_mode == "int":
            return np.asarray(bins, np.int32)
        codes = bins[None] if bins.ndim == 0 else bins
        return np.asarray(_encoded(codes, self.output_mode, self._depth), np.float32)

    def call(self, inputs: Value) -> Value:
        """Record how many boundaries are not above each number."""
        edges, self._recorded = self._known(), True
        below = ops.sum(ops.less(ops.expand_dims(inputs, -1), np.asarray(edges, np.float32)), axis=-1)
        y: Value = ops.subtract(float(len(edges)), below)
        return y if self.output_mode == "int" else _encoded(y, self.output_mode, self._depth)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the bins, or of their rows."""
        shape = tuple(input_shape)
        return shape if self.output_mode == "int" else _shape(shape, self.output_mode, self._depth)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, the boundaries that it knows among them."""
        return {
            "name": self.name,
            "dtype": super().get_config()["dtype"],
            "bin_boundaries": self.bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": False,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Discretization:
        """Return the layer that `get_config` described: adapted ones know both bins and boundaries."""
        config = dict(config)
        if config.get("num_bins") is None or config.get("bin_boundaries") is None:
            return cls(**config)
        edges = config.pop("bin_boundaries")
        made = cls(**config)
        made.bin_boundaries = [float(v) for v in edges]
        return made


def _batches(who: str, data: Any) -> Iterable[Any]:
    if not isinstance(data, Iterable):
        expected = say("an array, or batches of them")
        raise DataError(complaint(f"adapt of {who}", expected, repr(data), "layer.adapt(x)"))
    return data


def _thinned(summary: Array, share: float) -> Array:
    """Return a summary of about 1 / share numbers: those below which so many shares of all numbers lie."""
    if summary.shape[1] * share < 1:
        return summary
    wanted = share + np.arange(0.0, 1.0, share)
    reached = summary[1].cumsum()
    values = np.interp(wanted, reached / reached[-1], summary[0])
    counts = np.interp(wanted, reached / reached[-1], reached)
    return np.stack([values, np.diff(counts, prepend=0.0)]).astype(np.float32)
