"""Every optimizer, and what goes around its step: schedules, decay, clipping, means, several batches, constraints."""

from __future__ import annotations

from typing import Any

from tests.parity.case import Case, Cases
from tests.parity.case import sequences as data
from tests.parity.case import sequential as model

CASES = Cases()


def _case(k: Any, optimizer: Any, **arguments: Any) -> Case:
    x, _ = data(30, 3, 2)
    net = model(k, x, [k.layers.SimpleRNN(2), k.layers.Dense(1, **arguments)])
    net.compile(optimizer=optimizer, loss="mse")
    return net, x, x.sum(axis=(1, 2)), {"batch_size": 8}


def _add(name: str, make: Any, **arguments: Any) -> None:
    def case(k: Any) -> Case:
        return _case(k, make(k.optimizers), **arguments)

    case.__name__ = name
    CASES.case(case)


_add("amsgrad", lambda o: o.Adam(0.05, beta_2=0.8, amsgrad=True))
_add("adamw", lambda o: o.AdamW(0.02, weight_decay=0.1))
_add("nadam", lambda o: o.Nadam(0.02))
_add("adamax", lambda o: o.Adamax(0.02))
_add("adagrad", lambda o: o.Adagrad(0.05, initial_accumulator_value=0.2))
_add("adadelta", lambda o: o.Adadelta(2.0, rho=0.9))
_add("rmsprop_centered", lambda o: o.RMSprop(0.01, momentum=0.5, centered=True))
_add("adafactor", lambda o: o.Adafactor(0.1))
_add("adafactor_clipped", lambda o: o.Adafactor(0.5, -0.5, 1e-4, 0.05, 0.5, weight_decay=0.01, clipnorm=1.0))
_add("muon", lambda o: o.Muon(0.02))
_add(
    "muon_otherwise",
    lambda o: o.Muon(0.01, nesterov=False, rms_rate=None, exclude_layers=["dense"], ns_steps=3),
)
_add("schedule_free", lambda o: o.ScheduleFreeAdamW(0.02))
_add("schedule_free_warm", lambda o: o.ScheduleFreeAdamW(0.05, beta_1=0.8, warmup_steps=5, weight_decay=0.01))
_add("lamb", lambda o: o.Lamb(0.02))
_add("lion", lambda o: o.Lion(0.01))
_add(
    "ftrl", lambda o: o.Ftrl(0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.02, beta=0.1)
)
_add("decay_and_clipping", lambda o: o.SGD(0.05, momentum=0.5, weight_decay=0.1, clipnorm=0.5))
_add("running_means", lambda o: o.SGD(0.05, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3))
_add("several_batches_a_step", lambda o: o.Adam(0.05, gradient_accumulation_steps=3, global_clipnorm=0.5))
_add(
    "cosine_with_warmup",
    lambda o: o.Adam(o.schedules.CosineDecay(0.0, 8, 0.1, warmup_target=0.1, warmup_steps=3)),
)
_add("restarts", lambda o: o.SGD(o.schedules.CosineDecayRestarts(0.1, 3, t_mul=1.5, m_mul=0.8)))
_add("exponential", lambda o: o.SGD(o.schedules.ExponentialDecay(0.1, 4, 0.5, staircase=True)))
_add("polynomial", lambda o: o.SGD(o.schedules.PolynomialDecay(0.1, 5, 0.01, power=2.0, cycle=True)))
_add("piecewise", lambda o: o.SGD(o.schedules.PiecewiseConstantDecay([3, 7], [0.1, 0.05, 0.01])))
_add("largest_norm", lambda o: o.SGD(0.1), kernel_constraint="MaxNorm", bias_constraint="NonNeg")
_add("unit_norm", lambda o: o.Adam(0.05), kernel_constraint="UnitNorm")
