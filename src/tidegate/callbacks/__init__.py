"""What is called while a model trains.

>>> import numpy as np
>>> from tidegate.models import Sequential
>>> from tidegate.layers import Dense
>>> class Count(Callback):
...     def on_epoch_end(self, epoch, logs=None):
...         print(epoch, sorted(logs))
>>> model = Sequential([Dense(1, input_shape=(2,))])
>>> model.compile("sgd", "mse")
>>> _ = model.fit(np.zeros((4, 2)), np.zeros(4), epochs=2, verbose=0, callbacks=[Count()])
0 ['loss']
1 ['loss']
"""

from __future__ import annotations

from typing import Any

from tidegate.callbacks.averages import SwapEMAWeights
from tidegate.callbacks.base import BaseLogger, Callback, CallbackList, History, LambdaCallback, ProgbarLogger
from tidegate.callbacks.checkpoints import BackupAndRestore, ModelCheckpoint
from tidegate.callbacks.logs import CSVLogger, TerminateOnNaN
from tidegate.callbacks.monitor import EarlyStopping, MonitorCallback, ReduceLROnPlateau
from tidegate.callbacks.rates import LearningRateScheduler
from tidegate.callbacks.tensorboard import TensorBoard
from tidegate.language import say

__all__ = [
    "BackupAndRestore",
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "MonitorCallback",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]

# What Keras has and this package has not, and what to write instead.
_INSTEAD = {
    "RemoteMonitor": "CSVLogger('log.csv'), or a LambdaCallback that sends what you need",
    "OrbaxCheckpoint": "ModelCheckpoint('model.keras')",
}


def __getattr__(name: str) -> Any:
    if name in _INSTEAD:
        raise AttributeError(
            say("{name} is not there. Instead: {instead}.", name=name, instead=say(_INSTEAD[name]))
        )
    raise AttributeError(
        say("module '{module}' has no attribute {name!r}", module="tidegate.callbacks", name=name)
    )
