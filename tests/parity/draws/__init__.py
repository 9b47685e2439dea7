"""Random small trainings, as plain data that can be printed, and that any package like Keras can build.

`training(seed)` draws one, `build` makes its model, `training_of` its data and what else `fit` is given.
"""

from tests.parity.draws.build import build, training_of
from tests.parity.draws.spec import made
from tests.parity.draws.training import training

__all__ = ["build", "made", "training", "training_of"]
