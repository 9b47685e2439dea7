"""Optimizers: how a gradient changes the weights. Names, defaults and steps as in Keras 3.

`lr=` and `decay=` of the older versions work as they did. LossScaleOptimizer is not there.

>>> SGD(lr=0.1, momentum=0.3).learning_rate
0.1
"""

from __future__ import annotations

from typing import Any

from tidegate.errors import lacking
from tidegate.language import say
from tidegate.optimizers import schedules as schedules
from tidegate.optimizers.adafactor import Adafactor as Adafactor
from tidegate.optimizers.adam import Adam as Adam
from tidegate.optimizers.adam import Adamax as Adamax
from tidegate.optimizers.adam import AdamW as AdamW
from tidegate.optimizers.adam import Lamb as Lamb
from tidegate.optimizers.adam import Nadam as Nadam
from tidegate.optimizers.base import Optimizer as Optimizer
from tidegate.optimizers.momentum import SGD as SGD
from tidegate.optimizers.momentum import Lion as Lion
from tidegate.optimizers.muon import Muon as Muon
from tidegate.optimizers.names import CLASSES as CLASSES
from tidegate.optimizers.names import INSTEAD as INSTEAD
from tidegate.optimizers.names import deserialize as deserialize
from tidegate.optimizers.names import get as get
from tidegate.optimizers.names import serialize as serialize
from tidegate.optimizers.schedule_free import ScheduleFreeAdamW as ScheduleFreeAdamW
from tidegate.optimizers.squares import Adadelta as Adadelta
from tidegate.optimizers.squares import Adagrad as Adagrad
from tidegate.optimizers.squares import Ftrl as Ftrl
from tidegate.optimizers.squares import RMSprop as RMSprop

__all__ = [
    "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "Muon", "Nadam",
    "Optimizer", "RMSprop", "ScheduleFreeAdamW", "deserialize", "get", "legacy", "schedules", "serialize",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in INSTEAD:
        raise AttributeError(
            say("{name} is not there. Instead: {instead}.", name=name, instead=say(INSTEAD[name]))
        )
    raise AttributeError(lacking("tidegate.optimizers", name, __all__))


class legacy:
    """The optimizers under the name that Keras 2.11 and later gave to their older selves."""

    SGD, Adam, Nadam, Adamax, RMSprop = SGD, Adam, Nadam, Adamax, RMSprop
    Adagrad, Adadelta, Ftrl, Optimizer = Adagrad, Adadelta, Ftrl, Optimizer
