"""Attention: each step of one sequence takes a mean of the steps of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate import ops
from tidegate.errors import ShapeError, complaint
from tidegate.layers.base import Layer
from tidegate.layers.noise import share
from tidegate.layers.windows import among
from tidegate.ops import Spec, Value
from tidegate.shapes import Shape
from tidegate.utils.random import draw_seed

__all__ = ["AdditiveAttention", "Attention"]

_FAR = 1e9  # what is taken off the score of a step that does not count, as in Keras


class Attention(Layer):
    """Dot-product attention (Luong et al. 2015): with query q, value v and key k (the value where none is given)::

        score[i, j] = scale q_i · k_j           or, score_mode="concat", w Σ tanh(scale (q_i + k_j))
        y_i = Σ_j softmax(score_i)_j v_j

    Parameters
    ----------
    use_scale : bool, default False
        Whether there is a scale that is trained.
    score_mode : str, default "dot"
        "dot" or "concat".
    dropout : float, default 0
        Share of the weights of the mean that is set to 0 while training.
    seed : int, optional

    Call arguments
    --------------
    inputs : [query (samples, Tq, D), value (samples, Tv, E)] or [query, value, key (samples, Tv, D)]
    mask : [of the query, of the value]; by default those that the inputs carry
    return_attention_scores : bool, default False
        Also give the weights of the mean, (samples, Tq, Tv).
    use_causal_mask : bool, default False
        Step i sees steps up to i alone.

    Returns
    -------
    (samples, Tq, E)

    Examples
    --------
    >>> import numpy as np
    >>> Attention()([np.zeros((2, 3, 4)), np.ones((2, 5, 4))]).shape
    (2, 3, 4)
    """

    supports_masking = True

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        who = type(self).__name__
        self.use_scale = bool(use_scale)
        self.score_mode = among(who, "score_mode", score_mode, ("dot", "concat"))
        self.dropout, self.seed = share(who, "dropout", dropout, f"{who}(dropout=0.1)"), seed
        self._drawn = draw_seed() if seed is None else int(seed)
        self.scale: Any = None
        self.concat_score_weight: Any = None
        super().__init__(**kwargs)

    def _shapes(self, input_shape: Any) -> list[Shape]:
        """Return the shapes of query, value and key, or raise where they are not that."""
        many = isinstance(input_shape, list | tuple) and len(input_shape) in (2, 3)
        if not many or any(isinstance(s, int | type(None)) or len(s) != 3 for s in input_shape):
            who = type(self).__name__
            raise ShapeError(
                complaint(
                    f"{who} '{self.name}'",
                    "[query, value] or [query, value, key], each (samples, timesteps, features)",
                    f"{input_shape}",
                    f"{who}()([query, value])",
                )
            )
        q, v, k = (tuple(s) for s in (*input_shape, input_shape[1])[:3])
        if not (_alike(q[2], k[2]) and _alike(v[1], k[1])):
            raise ShapeError(
                complaint(
                    f"{type(self).__name__} '{self.name}'",
                    "as many features in query and key, and as many steps in value and key",
                    f"query {q}, value {v}, key {k}",
                )
            )
        return [q, v, k]

    def build(self, input_shape: Any) -> None:
        """Make the weights of the score."""
        self._shapes(input_shape)
        if self.use_scale:
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                shape=(), initializer="ones", name="concat_score_weight"
            )

    def _scaled(self, x: Value) -> Value:
        return x if self.scale is None else ops.multiply(x, self.scale)

    def _scores(self, q: Value, k: Value) -> Value:
        """Record the score of each step of q with each step of k: (B, Tq, Tv)."""
        if self.score_mode == "dot":
            return self._scaled(ops.matmul(q, ops.transpose(k, axes=(0, 2, 1))))
        similar = ops.sum(ops.activation(self._scaled(_pairs(q, k)), function="tanh"), axis=-1)
        y: Value = ops.multiply(similar, self.concat_score_weight)
        return y

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Record scores, weights and the mean."""
        self._shapes([x.shape for x in inputs])
        q, v, k = (*inputs, inputs[1])[:3]
        q_mask, v_mask = (*mask, None)[:2] if isinstance(mask, list | tuple) else (None, None)
        scores = self._scores(q, k)
        counts: Any = None if v_mask is None else ops.reshape(v_mask, shape=(1, v_mask.shape[1]))
        if use_causal_mask:
            seen = np.tril(np.ones((scores.shape[1] or 1, scores.shape[2] or 1), np.float32))
            counts = seen if counts is None else ops.logical_and(counts, seen)
        if counts is not None:
            scores = ops.where(counts, scores, ops.subtract(scores, _FAR))
        weights = ops.softmax(scores)
        used = weights
        if training and self.dropout:
            used = ops.dropout(weights, rate=self.dropout, seed=self._drawn)
        y = ops.matmul(used, v)
        if q_mask is not None:
            y = ops.where(ops.reshape(q_mask, shape=(q_mask.shape[1], 1)), y, 0.0)
        return (y, used) if return_attention_scores else y

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return (samples, Tq, E)."""
        q, v, _ = self._shapes(input_shape)
        return (*q[:-1], v[-1])

    def compute_output_spec(self, x: Any, return_attention_scores: bool = False, **more: Any) -> Any:
        """Return what comes out for symbolic inputs, the weights too where they are asked for."""
        q, v, _ = self._shapes([t.shape for t in x])
        y = Spec((*q[:-1], v[-1]))
        return (y, Spec((*q[:-1], v[1]))) if return_attention_scores else y

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the mask of the query."""
        return mask[0] if isinstance(mask, list | tuple) else None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }


class AdditiveAttention(Attention):
    """Additive attention (Bahdanau et al. 2015): as `Attention`, with score[i, j] = Σ scale tanh(q_i + k_j).

    Parameters
    ----------
    use_scale : bool, default True
        Whether there is a scale for each feature, that is trained.
    dropout : float, default 0
        Share of the weights of the mean that is set to 0 while training.
    seed : int, optional

    Call arguments
    --------------
    As of `Attention`.

    Returns
    -------
    (samples, Tq, E)

    Examples
    --------
    >>> import numpy as np
    >>> AdditiveAttention()([np.zeros((2, 3, 4)), np.ones((2, 5, 4))]).shape
    (2, 3, 4)
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Any) -> None:
        if "score_mode" in kwargs:
            self._refuse("score_mode")
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Make the scale."""
        q, _, _ = self._shapes(input_shape)
        if self.use_scale:
            if q[-1] is None:
                raise ShapeError(
                    complaint(f"AdditiveAttention '{self.name}'", "features of a known number", f"{q}")
                )
            self.scale = self.add_weight(shape=(q[-1],), initializer="glorot_uniform", name="scale")

    def _scores(self, q: Value, k: Value) -> Value:
        y: Value = ops.sum(self._scaled(ops.activation(_pairs(q, k), function="tanh")), axis=-1)
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        config = super().get_config()
        del config["score_mode"]
        return config


def _pairs(q: Value, k: Value) -> Value:
    """Return q_i + k_j for all pairs of steps: (B, Tq, Tv, D)."""
    (_, Tq, D), (_, Tv, _) = q.shape, k.shape
    y: Value = ops.add(ops.reshape(q, shape=(Tq, 1, D)), ops.reshape(k, shape=(1, Tv, D)))
    return y


def _alike(a: int | None, b: int | None) -> bool:
    return a is None or b is None or a == b
