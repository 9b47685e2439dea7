"""Where the batches of a pass come from: arrays, generators, numbered batches, or whatever can be iterated over."""

from __future__ import annotations

import inspect
import itertools
from collections import abc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tidegate.errors import ArgumentError, DataError, TidegateError, complaint, warn
from tidegate.language import say
from tidegate.models.recording import Ready
from tidegate.models.samples import Samples
from tidegate.utils.datasets import batches
from tidegate.utils.random import generator

__all__ = [
    "ArrayFeed", "Feed", "PreparedFeed", "Stream", "StreamFeed", "Stretch", "is_stream", "steps_of", "unpack",
]  # fmt: skip

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Stretch:
    """Batches start..stop of some samples, which run one after the other on one plan.

    Attributes
    ----------
    ready, sources, rows, batch, order, start, stop, outputs : as in `Ready.run`
    """

    ready: Ready
    sources: Sequence[Array]
    rows: int
    batch: int
    order: Array | None = None
    start: int = 0
    stop: int = 1
    outputs: Sequence[Array] = ()


class Feed:
    """Gives the batches of one pass after another.

    Attributes
    ----------
    steps : batches of a pass; None where nobody knows
    batch : samples of its first batch
    """

    batch: int

    @property
    def steps(self) -> int | None:
        raise NotImplementedError

    def stretches(self) -> Iterator[Stretch]:
        """Yield the batches of the next pass. Where a pass was cut short by `steps`, the next one goes on there."""
        raise NotImplementedError

    def restart(self) -> None:
        """Let the next pass begin at the beginning, where there is a way back to it."""


class ArrayFeed(Feed):
    """Batches of samples that are all there.

    Parameters
    ----------
    asked : batches of a pass, or None for all
    shuffle : True for a new order in each pass, "batch" to shuffle whole batches
    """

    def __init__(
        self, ready: Ready, samples: Samples, batch: int, asked: int | None = None, shuffle: Any = False
    ) -> None:
        self.ready, self.samples, self.shuffle = ready, samples, shuffle
        self.rows = len(samples)
        self.batch = min(batch, self.rows)
        self.batches = -(-self.rows // self.batch)
        self._most = asked or self.batches
        self._at = 0
        self._order: Array | None = None

    @property
    def steps(self) -> int:
        return self._most

    def stretches(self) -> Iterator[Stretch]:
        if self._at == 0:
            self._order = self._shuffled()
        start, stop = self._at, min(self._at + self.steps, self.batches)
        yield from self._between(start, stop)
        if stop - start < self.steps:
            _ended(stop - start, self.steps)
        self._at = stop % self.batches

    def _between(self, start: int, stop: int) -> Iterator[Stretch]:
        yield Stretch(
            self.ready, self.samples.sources, self.rows, self.batch, self._order, start=start, stop=stop
        )

    def restart(self) -> None:
        self._at = 0

    def _shuffled(self) -> Array | None:
        if isinstance(self.shuffle, str) and self.shuffle == "batch":
            whole = self.rows // self.batch
            firsts = generator().permutation(whole) * self.batch
            order = (firsts[:, None] + np.arange(self.batch)).ravel()
            return np.concatenate([order, np.arange(whole * self.batch, self.rows)])
        return generator().permutation(self.rows) if self.shuffle else None


class PreparedFeed(ArrayFeed):
    """Batches of samples that are prepared one batch at a time, each on the plan for its shape.

    Parameters
    ----------
    cut : from samples and places among them to a batch and its plan
    """

    def __init__(self, cut: Callable[[Samples, Any], tuple[Samples, Ready]], *given: Any) -> None:
        super().__init__(*given)
        self._cut = cut

    def _between(self, start: int, stop: int) -> Iterator[Stretch]:
        for k in range(start, stop):
            first, last = k * self.batch, min((k + 1) * self.batch, self.rows)
            part, ready = self._cut(
                self.samples, slice(first, last) if self._order is None else self._order[first:last]
            )
            yield Stretch(ready, part.sources, len(part), len(part))


def is_stream(data: Any) -> bool:
    """Return whether data comes batch by batch, and not as arrays.

    >>> is_stream(iter([])), is_stream(np.zeros(3)), is_stream([[1], [2]])
    (True, False, False)
    """
    if inspect.isgeneratorfunction(data):
        came = say("the function {name}, which was not called", name=data.__name__)
        raise ArgumentError(complaint(say("a verb"), say("a generator"), came, f"{data.__name__}()"))
    if data is None or hasattr(data, "__array__") or isinstance(data, str | dict | abc.Sequence):
        return False
    return hasattr(data, "__iter__") or (hasattr(data, "__getitem__") and hasattr(data, "__len__"))


def unpack(item: Any) -> tuple[Any, Any, Any]:
    """Return (x, y, sample_weight) of a batch: a tuple of up to three, or x alone."""
    parts = tuple(item) if isinstance(item, tuple | list) else (item,)
    if not 1 <= len(parts) <= 3:
        expected = say("{some} or {last} as a batch", some="(x, y)", last="(x, y, sample_weight)")
        raise ArgumentError(complaint(say("a generator"), expected, say("{count} parts", count=len(parts))))
    x, y, w = (*parts, None, None)[:3]
    return x, y, w


class Stream:
    """Batches from a generator, from numbered batches, or from what can be iterated over again and again.

    Parameters
    ----------
    workers, ahead : threads that make numbered batches, and how many they make ahead; as the data says for None

    Attributes
    ----------
    name : what it is, for messages
    length : batches until it begins again; None where nobody knows
    once : whether there is no way back to the beginning
    """

    def __init__(
        self, data: Any, shuffle: Any = False, workers: int | None = None, ahead: int | None = None
    ) -> None:
        self.data, self.shuffle = data, bool(shuffle)
        self.workers, self.ahead = workers, ahead
        self.name = say("the {kind}", kind=type(data).__name__)
        self.once = hasattr(data, "__next__")
        self._numbered = hasattr(data, "__getitem__") and not self.once
        self.length = self._count()
        self._iterator: Iterator[Any] | None = None

    def _count(self) -> int | None:
        if self.once:
            return None
        if hasattr(data := self.data, "num_batches"):
            found = data.num_batches
            return None if found is None else int(found)
        try:
            return len(data)
        except TypeError:
            return None

    def _open(self) -> Iterator[Any]:
        if not self._numbered:
            return iter(self.data)
        order: Iterable[int] = itertools.count()
        if self.length is not None:
            order = generator().permutation(self.length).tolist() if self.shuffle else range(self.length)
        return batches(self.data, order, self.workers, self.ahead)

    def restart(self) -> None:
        """Begin at the beginning, where there is a way back."""
        if not self.once:
            self._iterator = None

    def first(self) -> Any:
        """Return the first batch, which is still the first one afterwards."""
        if self._numbered:
            return self.data[0]
        self._iterator = self._iterator or self._open()
        for item in self._iterator:
            self._iterator = itertools.chain([item], self._iterator)
            return item
        raise DataError(complaint(self.name, say("at least one batch"), say("none")))

    def take(self, most: int | None) -> Iterator[Any]:
        """Yield so many batches, or all until it ends. A pass that was cut short is taken up where it stopped."""
        self._tell("on_epoch_begin")
        taken = 0
        while most is None or taken < most:
            fresh = self._iterator is None
            self._iterator = self._iterator or self._open()
            try:
                item = next(self._iterator)
            except StopIteration:
                self._iterator = self._iterator if self.once else None
                if not (taken or fresh or self.once):
                    continue  # the pass before took all there was
                break
            yield item
            taken += 1
        if most is None:
            self.length = taken
        elif 0 < taken < most:
            _ended(taken, most)
        self._tell("on_epoch_end")

    def _tell(self, hook: str) -> None:
        method = getattr(self.data, hook, None)
        if self._numbered and callable(method):
            method()


class StreamFeed(Feed):
    """Batches as they come, each checked by itself.

    Parameters
    ----------
    prepare : from (x, y, sample_weight) to samples and their plan
    asked : batches of a pass; None for all until the data ends
    """

    def __init__(
        self,
        stream: Stream,
        prepare: Callable[[Any, Any, Any], tuple[Samples, Ready]],
        asked: int | None = None,
    ) -> None:
        self.stream, self._prepare, self._asked = stream, prepare, asked
        self.batch = self._stretch(
            stream.first(), 0
        ).rows  # says what is wrong before anything runs, and makes the weights

    @property
    def steps(self) -> int | None:
        return self._asked or self.stream.length

    def stretches(self) -> Iterator[Stretch]:
        for k, item in enumerate(self.stream.take(self._asked)):
            yield self._stretch(item, k)

    def restart(self) -> None:
        self.stream.restart()

    def _stretch(self, item: Any, number: int) -> Stretch:
        try:
            samples, ready = self._prepare(*unpack(item))
        except TidegateError as error:
            where = say("In batch {number} of {data}", number=number, data=self.stream.name)
            raise type(error)(f"{where}{say(': ')}{error}") from None
        rows = len(samples)
        return Stretch(ready, samples.sources, rows, rows)


def steps_of(data: Any, samples: int) -> tuple[Any, int]:
    """Return batches, and how many of them hold so many samples, by the size of the first one."""
    data = iter(data)
    for item in data:
        x = unpack(item)[0]
        while isinstance(x, list | tuple | dict):
            x = next(iter(x.values() if isinstance(x, dict) else x))
        return itertools.chain([item], data), -(-int(samples) // len(x))
    raise DataError(complaint(say("a generator"), say("at least one batch"), say("none")))


def _ended(taken: int, asked: int) -> None:
    text = say(
        "the data ended after {taken} of {asked} batches, and the epoch with it; steps_per_epoch * epochs "
        "batches are needed, or data that begins anew",
        taken=taken,
        asked=asked,
    )
    warn(text, UserWarning)
