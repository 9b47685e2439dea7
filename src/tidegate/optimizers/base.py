"""What every optimizer does: its rate, clipping, decay, running means, and its state as Keras writes it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.arguments import Careful, checked, number, shown
from tidegate.constraints import Constraint
from tidegate.errors import ArgumentError, ShapeError, complaint, nearest
from tidegate.language import say
from tidegate.ops import CLIPS, Clip, UpdateOp
from tidegate.optimizers import schedules
from tidegate.optimizers.schedules import LearningRateSchedule
from tidegate.plan import Parameter, Update
from tidegate.plan.parameters import offsets
from tidegate.utils.naming import snake_case
from tidegate.utils.objects import is_copying
from tidegate.utils.stream import Number

# Arguments that all optimizers take by name, with their defaults.
COMMON: dict[str, Any] = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}
INF = float("inf")
AHEAD = 1024  # batches whose rates are worked out at once


class Rate(Number):
    """A learning rate: a number that also answers as Keras's variable does."""

    owner: Optimizer

    def assign(self, value: float) -> None:
        """Set the optimizer's learning rate."""
        self.owner.learning_rate = value

    value = Number.numpy


class Steps(int):
    """A number of steps that also answers as Keras's variable does."""

    def numpy(self) -> np.int64:
        """Return the number as NumPy's."""
        return np.int64(self)

    value = numpy


def _between(who: str, least: float, most: float, **arguments: Any) -> None:
    for name, value in arguments.items():
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not least <= value <= most:
            expected = say(
                "{name} from {least} to {most}" if most < INF else "{name} of at least {least}",
                name=name,
                least=least,
                most=most,
            )
            raise ArgumentError(complaint(who, expected, repr(value)))


def _clip(who: str, limits: dict[str, Any]) -> Clip | None:
    """Return the one clipping that was asked for."""
    given = {kind: limit for kind, limit in limits.items() if limit is not None}
    if len(given) > 1:
        came = say(" and ").join(f"{kind}={limit!r}" for kind, limit in given.items())
        raise ArgumentError(complaint(who, say("one of clipvalue, clipnorm and global_clipnorm"), came))
    for kind, limit in given.items():
        _between(who, 0, INF, **{kind: limit})
        if limit == 0:
            raise ArgumentError(
                complaint(
                    who,
                    say("{name} above {least}", name=kind, least=0),
                    repr(limit),
                    say("leave {name} out", name=kind),
                )
            )
        return Clip(kind, float(limit))
    return None


class Optimizer(Careful):
    """Base of the optimizers here.

    Parameters
    ----------
    learning_rate : float, schedule of `optimizers.schedules`, or function without arguments
    weight_decay : float, optional
        Before each step every weight loses this share times the learning rate; see `exclude_from_weight_decay`.
    clipnorm, clipvalue, global_clipnorm : float, optional
        Largest norm of each weight's gradient, largest size of each of its numbers, or largest norm of all
        gradients together. One of the three at most.
    use_ema, ema_momentum, ema_overwrite_frequency : default False, 0.99, None
        Keep running means of the weights, which take their place each so many steps, and at the end of `fit`.
    gradient_accumulation_steps : int, optional
        Batches whose mean gradient makes one step.
    loss_scale_factor : accepted; in float32 scaling up and down again changes nothing.
    lr, decay : older spellings; the rate of a step is lr / (1 + decay * iterations).
    jit_compile : accepted; it changes nothing here.

    Attributes
    ----------
    learning_rate : float
        Can be set at any time, also while `fit` runs.
    iterations : int
        Steps made so far.
    """

    op: ClassVar[UpdateOp]
    together: ClassVar[int] = (
        1  # of the op's arrays, so many stand together for each weight in files of Keras
    )

    @checked
    def __init__(self, learning_rate: Any, name: str | None = None, **kwargs: Any) -> None:
        who = type(self).__name__
        if not hasattr(self, "op"):
            instead = say(
                "a subclass of SGD or Adam that sets its own defaults, or a schedule as learning_rate"
            )
            raise ArgumentError(
                complaint(who, say("the native step of one of tidegate.optimizers"), say("none"), instead)
            )
        old = kwargs.pop("lr", None)
        self.decay = kwargs.pop("decay", 0.0) or 0.0
        kwargs.pop("jit_compile", None)
        self.clip = _clip(who, {kind: kwargs.pop(kind, None) for kind in CLIPS})
        _between(who, 0, INF, decay=self.decay)
        for key, default in COMMON.items():
            if key not in CLIPS:
                setattr(self, key, kwargs.pop(key, default))
        for key in kwargs:
            known = [*(n for n in inspect.signature(type(self)).parameters if n != "kwargs"), "lr", "decay"]
            known = list(dict.fromkeys([*known, *COMMON]))
            raise ArgumentError(
                complaint(
                    who,
                    say("arguments among {names}", names=", ".join(known)),
                    f"{key}=",
                    nearest(key, known),
                )
            )
        self._check_common(who)
        self.name = name or snake_case(who)
        self._iterations = 0
        self._rate: Any = 0.0
        self.learning_rate = learning_rate if old is None else old
        self._update: Update | None = None
        self._bound: list[Parameter] = []
        self._spared: tuple[list[Any], list[str]] = ([], [])

    def _take(self, least: float, most: float, **numbers: float | None) -> None:
        """Check numbers and keep each under its name; epsilon may be None, as Keras 2 wrote it."""
        for name, value in numbers.items():
            value = 1e-7 if value is None and name == "epsilon" else value
            _between(type(self).__name__, least, most, **{name: value})
            setattr(self, name, float(value))  # type: ignore[arg-type]

    weight_decay: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    gradient_accumulation_steps: int | None

    def _check_common(self, who: str) -> None:
        self.weight_decay = self.weight_decay or None  # some versions of Keras wrote False or 0
        if self.weight_decay is not None:
            _between(who, 0, INF, weight_decay=self.weight_decay)
        _between(who, 0, 1, ema_momentum=self.ema_momentum)
        for name, least in (("ema_overwrite_frequency", 1), ("gradient_accumulation_steps", 2)):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int | np.integer) or value < least):
                raise ArgumentError(
                    complaint(
                        who,
                        say("{name} as a whole number of at least {least}", name=name, least=least),
                        repr(value),
                    )
                )

    @property
    def iterations(self) -> Steps:
        return Steps(self._iterations // (self.gradient_accumulation_steps or 1))

    @iterations.setter
    def iterations(self, value: int) -> None:
        self._iterations = int(value) * (self.gradient_accumulation_steps or 1)

    @property
    def batches(self) -> int:
        """Batches trained on so far: the iterations, unless several give one step."""
        return self._iterations

    @batches.setter
    def batches(self, value: int) -> None:
        self._iterations = int(value)

    @property
    def learning_rate(self) -> Rate:
        rate = Rate(self.rate() if callable(self._rate) else self._rate)
        rate.owner = self
        return rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        who = type(self).__name__
        if isinstance(value, dict):
            value = schedules.deserialize(value)
        if callable(value) and not isinstance(value, type):
            self._rate = value
            return
        if isinstance(getattr(self, "_rate", None), LearningRateSchedule):
            raise ArgumentError(
                complaint(
                    who,
                    say("its schedule to say the learning rate"),
                    repr(value),
                    say("a number as learning_rate from the start, or another schedule"),
                )
            )
        single = isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iuf"
        if not (single or isinstance(value, int | float | np.number)) or isinstance(value, bool):
            raise ArgumentError(
                complaint(
                    who, say("{name} as a number", name="learning_rate"), shown(value), "learning_rate=0.001"
                )
            )
        _between(who, 0, INF, learning_rate=float(value))
        self._rate = float(value)

    lr = learning_rate

    def exclude_from_weight_decay(
        self, var_list: Sequence[Any] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Spare weights the decay: these, and those in whose name one of `var_names` stands."""
        self._spared = list(var_list or []), list(var_names or [])
        self._update = None

    def _decays(self, parameter: Parameter) -> bool:
        objects, names = self._spared
        named = bool(names) and re.search("|".join(names), parameter.name.split("/")[-1]) is not None
        return not named and not any(parameter is p for p in objects)

    @property
    def clipvalue(self) -> float | None:
        return self._limit("clipvalue")

    @property
    def clipnorm(self) -> float | None:
        return self._limit("clipnorm")

    @property
    def global_clipnorm(self) -> float | None:
        return self._limit("global_clipnorm")

    def _limit(self, kind: str) -> float | None:
        return self.clip.limit if self.clip is not None and self.clip.kind == kind else None

    def rate(self) -> float:
        """Return the learning rate of the next batch."""
        return float(self.rates(1)[0])

    @property
    def ahead(self) -> int | None:
        """How many batches can be run before Python is asked again; None where there is no bound."""
        if self._by_hand():
            return 1
        if isinstance(self._rate, LearningRateSchedule) or (self.decay and not callable(self._rate)):
            return AHEAD
        return 1 if callable(self._rate) else None

    def rates(self, count: int | None = None) -> np.ndarray[Any, Any]:
        """Return the learning rates of the coming batches, at most `ahead` of them; the last one goes on."""
        most = self.ahead or 1
        steps = self._iterations + np.arange(min(most, count or most))
        if isinstance(self._rate, LearningRateSchedule):
            return self._rate.rates(steps)
        rate = self._rate() if callable(self._rate) else self._rate
        rate = number(type(self).__name__, "learning_rate", rate, 0)
        return rate / (1 + self.decay * steps) if self.decay else np.full(1, rate)

    def numbers(self) -> dict[str, float]:
        """Return the constants of the update."""
        return {name: float(getattr(self, name)) for name in self.op.arguments}

    def bind(self, parameters: Sequence[Parameter]) -> Update:
        """Return the update of these parameters; the same ones keep their moments."""
        same = len(parameters) == len(self._bound) and all(
            a is b for a, b in zip(parameters, self._bound, strict=True)
        )
        if self._update is None or not same:
            update = self._main(parameters)
            update.clip, update.batches = self.clip, self.gradient_accumulation_steps or 1
            update.before = [*self._decaying(parameters), *update.before]
            if self.use_ema:
                often = float(self.ema_overwrite_frequency or 0)
                mean = {"momentum": float(self.ema_momentum), "frequency": often}
                update.after.append(Update(ops.running_average, mean, always=True))
            for p in parameters:
                if isinstance(p.constraint, Constraint) and p.constraint.op is not None:
                    what = p.constraint.numbers(p.shape)
                    update.after.append(Update(p.constraint.op, what, only=[p], always=True))
            self._update, self._bound = update, list(parameters)
        return self._update

    def _main(self, parameters: Sequence[Parameter]) -> Update:
        """Return the pass that steps."""
        return Update(self.op, self.numbers())

    def _decay_of(self, parameter: Parameter) -> float | None:
        """Return what share a weight loses before each step."""
        return self.weight_decay

    def _decaying(self, parameters: Sequence[Parameter]) -> list[Update]:
        """Return a pass for each share that weights lose."""
        if self.weight_decay is None:
            return []
        shares = {id(p): self._decay_of(p) for p in parameters if self._decays(p)}
        return [
            Update(
                ops.weight_decay,
                {"weight_decay": float(share)},
                only=[p for p in parameters if shares.get(id(p)) == share],
            )
            for share in dict.fromkeys(shares.values())
            if share
        ]

    def _by_hand(self) -> list[Parameter]:
        """Return the weights whose constraint is a function of Python."""
        return [
            p for p in self._bound if p.constraint is not None and getattr(p.constraint, "op", None) is None
        ]

    def after_batches(self, count: int) -> None:
        """Count batches that were run, and apply the constraints that are functions of Python."""
        self._iterations += count
        for p in self._by_hand():
            p.assign(p.constraint(p.numpy()))

    def apply_gradients(self, grads_and_vars: Any, **kwargs: Any) -> None:
        """Step along gradients, each given with its weight, in a `train_step` of one's own."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [weight for _, weight in pairs])

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Step along gradients that a `train_step` of one's own took; it becomes a part of the compiled step.

        Parameters
        ----------
        grads : what `tape.gradient` gave
        trainable_variables : their weights
        """
        given = list(grads)
        recorders: list[Any] = [getattr(gradient, "recorder", None) for gradient in given]
        if not given or None in recorders:
            came = type(given[recorders.index(None)]).__name__ if given else say("none")
            expected = say("gradients of a tape in a train_step of one's own")
            instead = say("model.fit(x, y) or model.train_on_batch(x, y)")
            raise ArgumentError(complaint(f"{type(self).__name__}.apply", expected, came, instead))
        recorders[0].apply(self, given)

    def means(self) -> list[tuple[Parameter, np.ndarray[Any, Any]]]:
        """Return each weight with its running mean, in place; nothing before the first update."""
        if not self.use_ema or self._update is None or not self._iterations:
            return []
        (mean,) = next(u for u in self._update.after if u.op is ops.running_average).slots
        return list(zip(self._bound, self._views(mean), strict=True))

    def finalize_variable_values(self, var_list: Any = None) -> None:
        """Let the running means take the place of the weights, as at the end of `fit`."""
        for p, mean in self.means():
            p.assign(mean)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an optimizer."""
        config: dict[str, Any] = {"name": self.name, "learning_rate": self._rate}
        if self.decay and not callable(self._rate):  # what Keras 3 calls it
            config["learning_rate"] = schedules.serialize(
                schedules.InverseTimeDecay(self._rate, 1, self.decay)
            )
        elif isinstance(self._rate, LearningRateSchedule):
            config["learning_rate"] = schedules.serialize(self._rate)
        elif callable(self._rate):
            config["learning_rate"] = self._rate if is_copying() else float(self._rate())
        for name in self.op.arguments:
            config[name] = getattr(self, name)
        for name in COMMON:
            config[name] = getattr(self, name)
        return config

    @classmethod
    @checked
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """Return the optimizer that `get_config` described."""
        return cls(**config)

    # The state as Keras writes it into files: iterations, learning rate, means, sums of gradients, then the moments.

    def _views(self, flat: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        starts = offsets(self._bound)
        return [
            flat[at : at + p.array.size].reshape(p.shape) for at, p in zip(starts, self._bound, strict=False)
        ]

    def _moments(self) -> list[np.ndarray[Any, Any]]:
        """Return views of the arrays, in Keras's order and shapes."""
        assert self._update is not None
        means = [s for u in self._update.after for s in u.slots]
        sums = [] if self._update.accumulated is None else [self._update.accumulated]
        return [v for flat in (*means, *sums) for v in self._views(flat)] + self._slots()

    def _slots(self) -> list[np.ndarray[Any, Any]]:
        """Return views of the arrays of the step itself, in Keras's order and shapes."""
        assert self._update is not None
        views = [self._views(slot) for slot in self._update.slots]
        n = self.together
        found = [v for group in zip(*views[:n], strict=True) for v in group]
        return found + [v for group in views[n:] for v in group]

    def state(self) -> list[np.ndarray[Any, Any]]:
        """Return what a training that is taken up again needs."""
        rate = (
            [] if self.decay or callable(self._rate) else [np.float32(self._rate)]
        )  # a schedule has no variable
        moments = self._moments() if self._update is not None else []
        return [np.asarray(v) for v in (np.int64(self._iterations), *rate)] + moments

    def restore(self, parameters: Sequence[Parameter], arrays: Sequence[np.ndarray[Any, Any]]) -> None:
        """Take up what `state`, or Keras, wrote for these parameters; nothing where it was never trained.

        Raises
        ------
        ShapeError
            If it is the state of another optimizer or of other weights; this one's is then as it was.
        """
        if not arrays:
            return
        update = self.bind(parameters)
        update.allocate(offsets(parameters)[-1])
        moments = self._moments()
        first = max(len(arrays) - len(moments), 1)  # before the moments: iterations and, as a rule, a rate
        count, given = arrays[0], arrays[first:]
        held, needed = (sum(a.ndim > 0 for a in some) for some in (arrays[1:], moments))
        if count.ndim or not 0 <= count < 2**63:
            expected, came = say("a number of iterations"), say("something else")
            raise ShapeError(complaint(say("the optimizer"), expected, came))
        if not held and count == 0:
            return
        if held != needed or len(given) != len(moments):
            expected = say("{count} arrays of the state of {optimizer!r}", count=needed, optimizer=self)
            raise ShapeError(complaint(say("the optimizer"), expected, say("{count} arrays", count=held)))
        for k, (mine, theirs) in enumerate(zip(moments, given, strict=True)):
            if mine.shape != theirs.shape:
                expected = say(
                    "array {k} of the state of {optimizer!r} in the shape {shape}",
                    k=k,
                    optimizer=self,
                    shape=mine.shape,
                )
                came = say("shape {shape}", shape=theirs.shape)
                raise ShapeError(complaint(say("the optimizer"), expected, came))
        for mine, theirs in zip(moments, given, strict=True):
            mine[...] = theirs
        self._iterations = int(count)

    @property
    def variables(self) -> list[np.ndarray[Any, Any]]:
        """The arrays of the state, in Keras's order."""
        return self.state()

    def get_weights(self) -> list[np.ndarray[Any, Any]]:
        """Return copies of the state, for `set_weights` of an optimizer of the same weights."""
        return [np.array(v) for v in self.state()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Take up what `get_weights` gave; the optimizer must have trained, or `bind` its weights, before."""
        given = [np.asarray(v) for v in weights]
        if [v.shape for v in given] != [v.shape for v in self.state()]:
            came = say("{count} arrays of other shapes", count=len(given)) if given else say("none")
            raise ShapeError(
                complaint(
                    f"{type(self).__name__}",
                    say("{count} arrays of its state", count=len(self.state())),
                    came,
                )
            )
        self.restore(self._bound, given)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} learning_rate={self.learning_rate:g}>"
