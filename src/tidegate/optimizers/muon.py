"""Muon: steps along the nearest orthogonal matrix, for weights that are matrices; Adam for the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tidegate import ops
from tidegate.arguments import listed
from tidegate.optimizers.base import INF, Optimizer
from tidegate.plan import Parameter, Update


class Muon(Optimizer):
    """Steps along the orthogonal matrix near the momentum, where a weight is a matrix (Jordan et al. 2024).

    With m = momentum m + g and u = g + momentum m::

        p -= learning_rate rms_rate √max(rows, columns) o(u)

    where o(u) is reached by `ns_steps` of x = a x + (b x xᵀ + c (x xᵀ)²) x from u / |u|. All weights that are no
    matrix, tables of an Embedding and those named in `exclude_layers` step as AdamW does.

    Parameters
    ----------
    learning_rate : float, default 0.001
    adam_beta_1, adam_beta_2, epsilon : float, default 0.9, 0.999, 1e-7
    weight_decay, adam_weight_decay : float, default 0.004
        Of the matrices, and of the others; None for the first leaves out both, as in Keras.
    exclude_layers : list of str, optional
        Expressions; a weight in whose path one is found steps as AdamW does.
    exclude_embeddings : bool, default True
    muon_a, muon_b, muon_c : float, default 3.4445, -4.775, 2.0315
    adam_lr_ratio : float, default 1
        What the learning rate is multiplied by for AdamW.
    momentum : float, default 0.95
    ns_steps : int, default 5
    nesterov : bool, default True
        False takes m for u.
    rms_rate : float or None, default 0.2
        None leaves the length of the step at the learning rate.
    clipnorm, clipvalue, global_clipnorm, use_ema and the others : as in `Optimizer`

    Raises
    ------
    ArgumentError
        If a number is out of range.

    Examples
    --------
    >>> Muon(0.01)
    <Muon learning_rate=0.01>
    """

    op = ops.muon
    orthogonal: ClassVar[float] = 1.0  # of the pass over matrices

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        *,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        self._take(0, 1, adam_beta_1=adam_beta_1, adam_beta_2=adam_beta_2, momentum=momentum)
        self._take(0, INF, epsilon=epsilon, adam_lr_ratio=adam_lr_ratio, ns_steps=ns_steps)
        self._take(-INF, INF, muon_a=muon_a, muon_b=muon_b, muon_c=muon_c)
        self._take(0, INF, rms_rate=rms_rate or 0.0, adam_weight_decay=adam_weight_decay or 0.0)
        self.rms_rate, self.adam_weight_decay = rms_rate, adam_weight_decay
        self.ns_steps, self.nesterov = int(ns_steps), bool(nesterov)
        self.exclude_layers = listed(
            "Muon", "exclude_layers", exclude_layers or [], "exclude_layers=['head']"
        )
        self.exclude_embeddings = bool(exclude_embeddings)
        super().__init__(learning_rate, weight_decay=weight_decay, **kwargs)

    def numbers(self) -> dict[str, float]:
        """Return the constants of the update of matrices."""
        return {name: float(getattr(self, name) or 0.0) for name in self.op.arguments}

    def _turns(self, p: Parameter) -> bool:
        """Whether a weight is a matrix that steps as one."""
        embedded = self.exclude_embeddings and "embedding" in p.path.lower()
        return p.ndim == 2 and not embedded and not any(re.search(k, p.path) for k in self.exclude_layers)

    def _main(self, parameters: Sequence[Parameter]) -> Update:
        matrices = [p for p in parameters if self._turns(p)]
        others = [p for p in parameters if not self._turns(p)]
        of_others = Update(self.op, {**self.numbers(), "orthogonal": 0.0}, only=others)
        return Update(self.op, self.numbers(), before=[of_others], only=matrices)

    def _decay_of(self, parameter: Parameter) -> float | None:
        return self.weight_decay if self._turns(parameter) else self.adam_weight_decay

    def _slots(self) -> list[np.ndarray[Any, Any]]:
        """Return of each weight m, and where Adam takes the step v as well."""
        assert self._update is not None
        of_others = next(u for u in self._update.before if u.op is self.op)
        views = zip(
            self._bound, self._views(self._update.slots[0]), *map(self._views, of_others.slots), strict=True
        )
        return [a for p, m, *adam in views for a in ([m] if self._turns(p) else adam)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such an optimizer."""
        config = super().get_config()
        del config["orthogonal"]
        names = ("adam_weight_decay", "exclude_layers", "exclude_embeddings")
        return {**config, **{name: getattr(self, name) for name in names}}
