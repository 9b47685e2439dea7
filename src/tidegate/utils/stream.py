"""A stream of samples or batches that can be read again: the part of `tf.data.Dataset` that scripts use.

>>> pairs = Dataset.from_tensor_slices(([1, 2, 3, 4, 5], [0, 1, 0, 1, 0]))
>>> [x.tolist() for x, y in pairs.batch(2)]
[[1, 2], [3, 4], [5]]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from tidegate.arguments import checked, shown, sizes, typed
from tidegate.errors import ArgumentError, DataError, complaint
from tidegate.language import say
from tidegate.utils.nested import map_nested
from tidegate.utils.random import generator

__all__ = ["Dataset", "Number", "Rows", "Tensor", "TensorSpec", "as_tensors", "mask_of"]

Array = np.ndarray[Any, Any]
UNKNOWN, INFINITE = -2, -1


class Tensor(np.ndarray[Any, Any]):
    """An array that also answers to `.numpy()`, as scripts ask the batches of a dataset and what layers give.

    Attributes
    ----------
    _keras_mask : which steps count, set by a layer that says so and read by the next one; None for all of them
    """

    _keras_mask: Array | None = None

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def numpy(self) -> Array:
        """Return the same numbers as a plain array."""
        return np.asarray(self)

    def get_shape(self) -> tuple[int, ...]:
        """Return the shape."""
        return tuple(self.shape)

    def set_shape(self, shape: Any) -> None:
        """Do nothing: the shape of an array is known."""


class Number(float):
    """A number that also answers to `.numpy()`, as losses and metrics give it."""

    def numpy(self) -> np.float32:
        """Return the number as NumPy's."""
        return np.float32(self)


class TensorSpec(NamedTuple):
    """A shape and a type, as `Dataset.element_spec` says them and `Dataset.from_generator` is told them."""

    shape: Any = None
    dtype: Any = None
    name: str | None = None


def as_tensors(nest: Any) -> Any:
    """Return arrays and numbers, one or a nest of them, as what answers to `.numpy()`.

    >>> as_tensors([np.ones(2)])[0].numpy()
    array([1., 1.])
    """
    return map_nested(_as_tensor, nest)


def _as_tensor(x: Any) -> Any:
    if isinstance(x, np.ndarray | np.generic):
        return x if isinstance(x, Tensor) else np.asarray(x).view(Tensor)
    return Number(x) if isinstance(x, float) else x


def mask_of(x: Any) -> Array | None:
    """Return which steps of an array count, where a layer said so, as numbers."""
    mask = getattr(x, "_keras_mask", None) if isinstance(x, Tensor) else None
    return None if mask is None else np.asarray(mask, np.float32)


def over(function: Callable[..., Any], *elements: Any) -> Any:
    """Apply a function to each array of elements that are arrays, or tuples or dicts of them."""
    first = elements[0]
    if isinstance(first, tuple):
        return tuple(over(function, *parts) for parts in zip(*elements, strict=True))
    if isinstance(first, dict):
        return {name: over(function, *(e[name] for e in elements)) for name in first}
    return function(*elements)


class Dataset:
    """Elements one after the other, made anew at each pass: arrays, or tuples or dicts of arrays.

    Parameters
    ----------
    make : function
        Called without arguments, gives an iterator over the elements.
    length : int, optional
        How many there are, where that is known.

    Examples
    --------
    >>> steps = Dataset.range(5).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))
    >>> [(step[:-1].tolist(), int(step[-1])) for step in steps]
    [([0, 1], 2), ([1, 2], 3), ([2, 3], 4)]
    """

    def __init__(self, make: Callable[[], Iterable[Any]], length: int = UNKNOWN) -> None:
        self._make, self._length = make, length

    def __iter__(self) -> Iterator[Any]:
        return (over(_as_tensor, element) for element in self._make())

    def __len__(self) -> int:
        if self._length < 0:
            known = say("it never ends" if self._length == INFINITE else "a pass over it would tell")
            raise TypeError(say("this Dataset has no known length: {known}", known=known))
        return self._length

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        known = {UNKNOWN: "?", INFINITE: "∞"}.get(self._length, self._length)
        return f"<{type(self).__name__} elements={known}>"

    @property
    def element_spec(self) -> Any:
        """Shape and type of each array of an element, as the first one has them."""
        first = next(iter(self))
        return over(lambda a: TensorSpec(np.shape(a), np.asarray(a).dtype), first)

    def cardinality(self) -> int:
        """Return the number of elements, -1 for one without end, -2 where it is not known."""
        return self._length

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Return an iterator over the elements as plain arrays."""
        return iter(self._make())

    # Where elements come from.

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> Dataset:
        """Return the rows of an array, or of arrays of equal length."""
        data = over(_array, tensors)
        return Rows(lambda rows: over(lambda a: a[rows], data), np.arange(_rows(data)))

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> Dataset:
        """Return a dataset of one element."""
        element = over(_array, tensors)
        return Dataset(lambda: iter([element]), 1)

    @staticmethod
    @checked
    def from_generator(
        generator: Callable[..., Iterable[Any]],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Iterable[Any] = (),
        output_signature: Any = None,
        name: str | None = None,
    ) -> Dataset:
        """Return what a generator function yields; types and shapes are accepted and not needed."""
        given = tuple(args)
        return Dataset(lambda: (over(np.asarray, e) for e in generator(*given)))

    @staticmethod
    def range(*args: int, output_type: Any = np.int64, name: str | None = None) -> Dataset:
        """Return whole numbers, as Python's range gives them."""
        known = [int(n) for n in sizes("Dataset.range", "args", args, -(2**62))]
        if not known:
            raise ArgumentError(
                complaint("Dataset.range", say("a whole number"), say("none"), "Dataset.range(10)")
            )
        return Dataset.from_tensor_slices(np.arange(*known[:3], dtype=typed("Dataset.range", output_type)))

    @staticmethod
    def zip(*datasets: Any, name: str | None = None) -> Dataset:
        """Return tuples of the elements of several datasets."""
        parts = datasets[0] if datasets and isinstance(datasets[0], tuple | list) else datasets
        for part in parts or (None,):
            _dataset("Dataset.zip", part)
        known = [d._length for d in parts if d._length != INFINITE]
        length = INFINITE if not known else UNKNOWN if UNKNOWN in known else min(known)
        return Dataset(lambda: zip(*parts, strict=False), length)

    # What becomes of them.

    @checked
    def batch(self, batch_size: int, drop_remainder: bool = False, **kwargs: Any) -> Dataset:
        """Stack elements, so many at a time; the last batch may be smaller."""
        size = _whole("batch", "batch_size", batch_size)

        def make() -> Iterator[Any]:
            elements = iter(self)
            while few := list(itertools.islice(elements, size)):
                if len(few) == size or not drop_remainder:
                    yield over(lambda *parts: np.stack(parts), *few)

        full = self._length // size if drop_remainder else -(-self._length // size)
        return Dataset(make, self._length if self._length < 0 else full)

    def unbatch(self, name: str | None = None) -> Dataset:
        """Take batches apart."""

        def make() -> Iterator[Any]:
            for batch in self:
                for k in range(_rows(batch)):
                    yield over(lambda a, k=k: a[k], batch)

        return Dataset(make)

    @checked
    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool = True,
        name: str | None = None,
    ) -> Dataset:
        """Draw each element from the next `buffer_size`, in another order at each pass."""
        size, draw = _whole("shuffle", "buffer_size", buffer_size), _draws(seed, reshuffle_each_iteration)

        def make() -> Iterator[Any]:
            rng, elements = draw(), iter(self)
            held = list(itertools.islice(elements, size))
            for element in elements:
                k = int(rng.integers(len(held)))
                held[k], drawn = element, held[k]
                yield drawn
            for k in rng.permutation(len(held)):
                yield held[k]

        return Dataset(make, self._length)

    @checked
    def repeat(self, count: int | None = None, name: str | None = None) -> Dataset:
        """Begin again at the end, `count` passes in all; without end for None, unless there is nothing to repeat."""
        endless = count is None or count < 0

        def make() -> Iterator[Any]:
            for _ in itertools.count() if endless else range(count or 0):
                empty = True
                for element in self:
                    empty = False
                    yield element
                if empty:
                    return

        if endless:
            return Dataset(make, INFINITE)
        return Dataset(make, self._length if self._length < 0 else self._length * (count or 0))

    @checked
    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None, **kwargs: Any) -> Dataset:
        """Apply a function to each element; a tuple comes as several arguments."""
        return Dataset(lambda: (_call(map_func, e) for e in self), self._length)

    @checked
    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> Dataset:
        """Keep the elements for which a function is true."""
        return Dataset(lambda: (e for e in self if _call(predicate, e)))

    @checked
    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> Dataset:
        """Apply a function that gives a dataset, and chain these."""
        return Dataset(lambda: (inner for e in self for inner in _call(map_func, e)))

    @checked
    def interleave(self, map_func: Callable[..., Any], *args: Any, **kwargs: Any) -> Dataset:
        """As `flat_map`: one dataset after the other."""
        return self.flat_map(map_func)

    @checked
    def window(
        self,
        size: int,
        shift: int | None = None,
        stride: int = 1,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> Dataset:
        """Return datasets of `size` elements, each `stride` apart, one starting every `shift` elements."""
        length, apart = _whole("window", "size", size), _whole("window", "stride", stride)
        onward = _whole("window", "shift", length if shift is None else shift)
        span = (length - 1) * apart + 1

        def make() -> Iterator[Any]:
            held: list[Any] = []
            skip, elements = 0, iter(self)
            while True:
                held += itertools.islice(elements, span + skip - len(held))
                held, skip = held[skip:], 0
                picked = held[:span:apart]
                if not picked or (drop_remainder and len(held) < span):
                    return
                yield over(lambda *parts: Dataset(lambda: iter(parts), len(parts)), *picked)
                skip = max(0, onward - len(held))
                held = held[onward:]

        return Dataset(make)

    @checked
    def take(self, count: int, name: str | None = None) -> Dataset:
        """Return the first elements; all for -1."""
        if count < 0:
            return self
        length = count if self._length == INFINITE else min(count, self._length)
        return Dataset(lambda: itertools.islice(iter(self), count), length)

    @checked
    def skip(self, count: int, name: str | None = None) -> Dataset:
        """Leave the first elements out; all for -1."""
        if count < 0:
            return Dataset(lambda: iter(()), 0)
        length = self._length if self._length < 0 else max(0, self._length - count)
        return Dataset(lambda: itertools.islice(iter(self), count, None), length)

    def concatenate(self, dataset: Dataset, name: str | None = None) -> Dataset:
        """Put another dataset behind this one."""
        lengths = (self._length, _dataset("concatenate", dataset)._length)
        length = sum(lengths) if min(lengths) >= 0 else min(lengths, key=lambda n: (n != INFINITE, n))
        return Dataset(lambda: itertools.chain(self, dataset), length)

    @checked
    def enumerate(self, start: int = 0, name: str | None = None) -> Dataset:
        """Number the elements."""
        return Dataset(lambda: enumerate(self, start), self._length)

    def apply(self, transformation_func: Callable[[Dataset], Any]) -> Any:
        """Return what a function makes of this dataset."""
        return transformation_func(self)

    def cache(self, filename: str = "", name: str | None = None) -> Dataset:
        """Return the same elements; what a map computed is computed again."""
        return self

    def prefetch(self, buffer_size: Any = None, name: str | None = None) -> Dataset:
        """Return the same elements: batches are gathered while the model is at work anyway."""
        return self

    def with_options(self, options: Any = None, name: str | None = None) -> Dataset:
        """Return the same elements: options concern TensorFlow's own pipeline."""
        return self


class Rows(Dataset):
    """Elements that are found by number, so that a batch is gathered at once and a shuffle moves numbers alone.

    Parameters
    ----------
    pick : function
        Given an array of numbers, returns those elements stacked.
    rows : array of whole numbers, in their order
    """

    def __init__(self, pick: Callable[[Array], Any], rows: Array, draw: Any = None) -> None:
        super().__init__(self._singly, len(rows))
        self._pick, self._rows, self._draw = pick, rows, draw

    def _order(self) -> Array:
        return self._rows if self._draw is None else self._draw().permutation(self._rows)

    def _singly(self) -> Iterator[Any]:
        return (over(lambda a: a[0], self._pick(row)) for row in self._order()[:, None])

    @checked
    def batch(self, batch_size: int, drop_remainder: bool = False, **kwargs: Any) -> Dataset:
        """Gather elements, so many at a time; the last batch may be smaller."""
        size = _whole("batch", "batch_size", batch_size)
        end = len(self) // size * size if drop_remainder else len(self)

        def make() -> Iterator[Any]:
            order = self._order()[:end]
            return (self._pick(order[k : k + size]) for k in range(0, end, size))

        return Dataset(make, -(-end // size))

    @checked
    def shuffle(
        self,
        buffer_size: int,
        seed: int | None = None,
        reshuffle_each_iteration: bool = True,
        name: str | None = None,
    ) -> Dataset:
        """Draw the elements in another order at each pass, all of them where the buffer holds as many."""
        if self._draw is not None or _whole("shuffle", "buffer_size", buffer_size) < len(self):
            return super().shuffle(buffer_size, seed, reshuffle_each_iteration)
        return Rows(self._pick, self._rows, _draws(seed, reshuffle_each_iteration))

    @checked
    def take(self, count: int, name: str | None = None) -> Dataset:
        """Return the first elements; all for -1."""
        if self._draw is not None or count < 0:
            return super().take(count)
        return Rows(self._pick, self._rows[:count])

    @checked
    def skip(self, count: int, name: str | None = None) -> Dataset:
        """Leave the first elements out; all for -1."""
        if self._draw is not None or count < 0:
            return super().skip(count)
        return Rows(self._pick, self._rows[count:])


def _draws(seed: int | None, anew: bool) -> Callable[[], np.random.Generator]:
    """Return what gives each pass its generator: the same order from run to run where there is a seed."""
    if anew and seed is None:
        return generator
    source = np.random.default_rng(seed) if seed is not None else generator()
    if anew:
        return lambda: source
    fixed = int(source.integers(2**31))
    return lambda: np.random.default_rng(fixed)


def _call(function: Callable[..., Any], element: Any) -> Any:
    return function(*element) if isinstance(element, tuple) else function(element)


def _array(part: Any) -> Any:
    try:
        return np.asarray(part)
    except ValueError:
        raise DataError(complaint("Dataset", say("rows of one length"), shown(part))) from None


def _dataset(who: str, given: Any) -> Dataset:
    if not isinstance(given, Dataset):
        raise ArgumentError(complaint(who, say("a Dataset"), shown(given), "Dataset.from_tensor_slices(x)"))
    return given


def _rows(element: Any) -> int:
    """Return how many rows the arrays of an element have, which is the same for all."""
    lengths: set[int] = set()
    over(lambda a: lengths.add(len(a) if np.ndim(a) else -1), element)
    if -1 in lengths:
        raise DataError(complaint("Dataset", say("rows"), shown(element), "Dataset.from_tensors(x)"))
    if len(lengths) != 1:
        came = say("lengths {lengths}", lengths=sorted(lengths))
        raise DataError(complaint("Dataset", say("arrays of one length"), came))
    return lengths.pop()


def _whole(who: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        expected = say("{argument} to be a whole number of at least {least}", argument=name, least=1)
        raise ArgumentError(complaint(who, expected, shown(value), f"{name}=32"))
    return int(value)
