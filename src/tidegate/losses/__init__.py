"""Losses: how far an output is from its target.

A function takes (y_true, y_pred), arrays or recorded values, and gives one number for each position; an object their
mean. A loss of one's own is a function of this kind, written with `tidegate.ops`, or a subclass of `Loss`.

>>> mean_squared_error([[1.0, 2.0]], [[1.0, 4.0]])
array([2.], dtype=float32)
>>> MeanSquaredError()([[1.0, 2.0]], [[1.0, 4.0]])
2.0
>>> def mine(y_true, y_pred):
...     return ops.mean(ops.abs(y_true - y_pred) ** 3, axis=-1)
>>> get(mine)
<FunctionLoss mine>
"""

from __future__ import annotations

from tidegate import ops as ops
from tidegate.losses.base import REDUCTIONS as REDUCTIONS
from tidegate.losses.base import FunctionLoss as FunctionLoss
from tidegate.losses.base import FunctionLoss as LossFunctionWrapper
from tidegate.losses.base import Loss as Loss
from tidegate.losses.base import Reduction as Reduction
from tidegate.losses.base import per_position as per_position
from tidegate.losses.base import weights_like as weights_like
from tidegate.losses.crossentropies import BinaryCrossentropy as BinaryCrossentropy
from tidegate.losses.crossentropies import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from tidegate.losses.crossentropies import CategoricalCrossentropy as CategoricalCrossentropy
from tidegate.losses.crossentropies import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from tidegate.losses.crossentropies import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from tidegate.losses.distances import CategoricalHinge as CategoricalHinge
from tidegate.losses.distances import CosineSimilarity as CosineSimilarity
from tidegate.losses.distances import Dice as Dice
from tidegate.losses.distances import Hinge as Hinge
from tidegate.losses.distances import Huber as Huber
from tidegate.losses.distances import KLDivergence as KLDivergence
from tidegate.losses.distances import LogCosh as LogCosh
from tidegate.losses.distances import MeanAbsoluteError as MeanAbsoluteError
from tidegate.losses.distances import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from tidegate.losses.distances import MeanSquaredError as MeanSquaredError
from tidegate.losses.distances import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from tidegate.losses.distances import Poisson as Poisson
from tidegate.losses.distances import SquaredHinge as SquaredHinge
from tidegate.losses.distances import Tversky as Tversky
from tidegate.losses.functions import BCE as BCE
from tidegate.losses.functions import KLD as KLD
from tidegate.losses.functions import MAE as MAE
from tidegate.losses.functions import MAPE as MAPE
from tidegate.losses.functions import MSE as MSE
from tidegate.losses.functions import MSLE as MSLE
from tidegate.losses.functions import bce as bce
from tidegate.losses.functions import binary_crossentropy as binary_crossentropy
from tidegate.losses.functions import binary_focal_crossentropy as binary_focal_crossentropy
from tidegate.losses.functions import categorical_crossentropy as categorical_crossentropy
from tidegate.losses.functions import categorical_focal_crossentropy as categorical_focal_crossentropy
from tidegate.losses.functions import categorical_hinge as categorical_hinge
from tidegate.losses.functions import classes_of as classes_of
from tidegate.losses.functions import cosine as cosine
from tidegate.losses.functions import cosine_proximity as cosine_proximity
from tidegate.losses.functions import cosine_similarity as cosine_similarity
from tidegate.losses.functions import dice as dice
from tidegate.losses.functions import fitting as fitting
from tidegate.losses.functions import hinge as hinge
from tidegate.losses.functions import huber as huber
from tidegate.losses.functions import huber_loss as huber_loss
from tidegate.losses.functions import kl_divergence as kl_divergence
from tidegate.losses.functions import kld as kld
from tidegate.losses.functions import kullback_leibler_divergence as kullback_leibler_divergence
from tidegate.losses.functions import log_cosh as log_cosh
from tidegate.losses.functions import logcosh as logcosh
from tidegate.losses.functions import mae as mae
from tidegate.losses.functions import mape as mape
from tidegate.losses.functions import mean_absolute_error as mean_absolute_error
from tidegate.losses.functions import mean_absolute_percentage_error as mean_absolute_percentage_error
from tidegate.losses.functions import mean_squared_error as mean_squared_error
from tidegate.losses.functions import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from tidegate.losses.functions import mse as mse
from tidegate.losses.functions import msle as msle
from tidegate.losses.functions import poisson as poisson
from tidegate.losses.functions import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from tidegate.losses.functions import squared_hinge as squared_hinge
from tidegate.losses.functions import tversky as tversky
from tidegate.losses.names import CLASSES as CLASSES
from tidegate.losses.names import FUNCTIONS as FUNCTIONS
from tidegate.losses.names import KNOWN as KNOWN
from tidegate.losses.names import SPELLINGS as SPELLINGS
from tidegate.losses.names import deserialize as deserialize
from tidegate.losses.names import get as get
from tidegate.losses.names import serialize as serialize

__all__ = [
    "Loss",
    "LossFunctionWrapper",
    *CLASSES,
    *(f.__name__ for f in FUNCTIONS),
    *SPELLINGS,
    "deserialize",
    "get",
    "serialize",
]
