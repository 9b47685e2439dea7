"""What every metric is: numbers that are kept over batches, and how they are fed."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ClassVar

import numpy as np

from tidegate.arguments import Careful, checked
from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.ops import Value
from tidegate.utils.naming import auto_name
from tidegate.utils.stream import as_tensors

__all__ = [
    "RECORDER",
    "Array",
    "Metric",
    "State",
]

Array = np.ndarray[Any, Any]
RECORDER: ContextVar[Any] = ContextVar(
    "what takes the updates of metrics while a step is recorded", default=None
)


class State(np.ndarray[Any, Any]):
    """Numbers that a metric keeps from batch to batch: an array with Keras's verbs for writing it."""

    def assign(self, value: Any) -> State:
        """Write new numbers."""
        self[...] = np.asarray(value)
        return self

    def assign_add(self, value: Any) -> State:
        """Add to the numbers."""
        return self.assign(np.asarray(self) + np.asarray(value))

    def assign_sub(self, value: Any) -> State:
        """Take from the numbers."""
        return self.assign(np.asarray(self) - np.asarray(value))

    def numpy(self) -> Array:
        """Return a copy of the numbers."""
        return np.array(self)


def _weightless(update: Callable[..., Any]) -> Callable[..., Any]:
    """Return an `update_state` of a user's that takes no weights as one that takes none but None."""

    def update_state(self: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is not None:
            raise ArgumentError(
                complaint(
                    say("metric '{name}'", name=self.name),
                    say("no weights"),
                    "sample_weight",
                    "update_state(self, y, p, sample_weight)",
                )
            )
        return update(self, y_true, y_pred)

    return update_state


def _recordable(update: Callable[..., Any]) -> Callable[..., Any]:
    """Return an `update_state` that takes recorded values as well: it becomes a part of the step that is recorded."""

    @functools.wraps(update)
    def update_state(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        if not any(isinstance(thing, Value) for thing in given):
            return update(self, *args, **kwargs)
        recorder = RECORDER.get()
        return None if recorder is None else recorder.update(self, given)

    return update_state


def _pending(result: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `result` that a step which is being recorded can ask for."""

    @functools.wraps(result)
    def ask(self: Any) -> Any:
        recorder = RECORDER.get()
        return as_tensors(result(self)) if recorder is None else recorder.result(self)

    return ask


class Metric(Careful):
    """Base of all metrics. One of one's own says `update_state(y_true, y_pred, sample_weight=None)` and `result()`.

    It is fed with NumPy arrays, batch by batch, and keeps its numbers in what `add_weight` makes.

    Parameters
    ----------
    dtype : accepted.
    name : str, optional
        The key in `History.history`.

    Attributes
    ----------
    in_plan : bool
        Whether it is a mean over positions that `record` can say in ops.
    """

    in_plan: ClassVar[bool] = False
    sparse: ClassVar[bool] = False  # whether targets are whole numbers, the class of each position
    dense: ClassVar[bool] = False  # whether targets must have the output's shape
    _direction: str = ""  # "up" or "down", where one of them is better

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        given = cls.__dict__.get("update_state")
        names = [] if given is None else list(inspect.signature(given).parameters)
        if given is not None and len(names) == 3 and names[-1] != "sample_weight":  # self, y_true, y_pred
            given = _weightless(given)
        if given is not None:
            cls.update_state = _recordable(given)  # type: ignore[method-assign]
        if "result" in cls.__dict__:
            cls.result = _pending(cls.__dict__["result"])  # type: ignore[method-assign]

    @checked
    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)  # precision, precision_1, ... as in Keras
        self.dtype = "float32"
        self._states: list[State] = []

    def add_variable(
        self,
        shape: Any = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: Any = None,
        name: Any = None,
    ) -> State:
        """Return numbers that the metric keeps: zeros (or "ones") of that shape."""
        state = np.zeros((shape,) if isinstance(shape, int) else tuple(shape or ()), np.float64).view(State)
        kind = str(initializer if isinstance(initializer, str) else type(initializer).__name__).lower()
        state[...] = 1.0 if kind == "ones" else 0.0
        self._states = [*getattr(self, "_states", []), state]
        return state

    def add_weight(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: Any = None, **kwargs: Any
    ) -> State:
        """Return numbers that the metric keeps, as `add_variable`; old code gives the name first."""
        if isinstance(shape, str):
            shape = kwargs.pop("size", ())
        return self.add_variable(shape, initializer or "zeros")

    @property
    def variables(self) -> list[State]:
        return list(self._states)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Add some targets and outputs."""
        raise NotImplementedError(
            say("{name} does not say update_state(y_true, y_pred, sample_weight)", name=type(self).__name__)
        )

    def record(self, p: Value, y: Value) -> Value:
        """Record the metric at each position, where `in_plan` is set."""
        raise NotImplementedError(say("{name} is fed with arrays", name=type(self).__name__))

    def finish(self, mean: float) -> float:
        """Return the metric from the mean over all positions."""
        return mean

    def of(self, total: float, count: float) -> float:
        """Return the metric from a sum over positions, and how many count."""
        return self.finish(total / count) if count else 0.0

    def take(self, total: float, count: float) -> None:
        """Keep what a plan summed up, where the metric is a mean."""
        for name, value in (("total", total), ("count", count)):
            state = getattr(self, name, None)
            if isinstance(state, State):
                state.assign(value)

    def result(self) -> Any:
        """Return the metric over all that was added."""
        raise NotImplementedError(say("{name} does not say result()", name=type(self).__name__))

    def reset_state(self) -> None:
        """Forget what was added."""
        if type(self).reset_states is not Metric.reset_states:  # the spelling of Keras 2
            self.reset_states()
            return
        for state in self._states:
            state.assign(0.0)

    def reset_states(self) -> None:
        """Forget what was added."""
        self.reset_state()

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a metric."""
        return {"name": self.name, "dtype": "float32"}

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Return the metric that `get_config` described."""
        return cls(**{k: v for k, v in config.items() if k != "fn"})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"
