"""Attention: each step of one sequence takes a mean of the steps of another."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tidegate import constraints, initializers, ops, regularizers
from tidegate.errors import ShapeError, complaint
from tidegate.language import say
from tidegate.layers.arguments import not_yet, seeded, whole
from tidegate.layers.base import Layer
from tidegate.layers.noise import share
from tidegate.layers.weighted import Weighted
from tidegate.layers.windows import among
from tidegate.ops import Spec, Value
from tidegate.shapes import Shape, elements

__all__ = ["AdditiveAttention", "Attention", "MultiHeadAttention"]

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
        self._drawn = seeded(who, seed)
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
                    say("[query, value] or [query, value, key], each (samples, timesteps, features)"),
                    f"{input_shape}",
                    f"{who}()([query, value])",
                )
            )
        q, v, k = (tuple(s) for s in (*input_shape, input_shape[1])[:3])
        if not (_alike(q[2], k[2]) and _alike(v[1], k[1])):
            who = type(self).__name__
            ways = f"`{who}()([query, value])`"
            if not _alike(q[2], k[2]):
                looked = "key" if len(input_shape) == 3 else "value"
                ways = say("`Dense({units})` on the {looked}", units=q[2], looked=looked)
            raise ShapeError(
                complaint(
                    f"{who} '{self.name}'",
                    say("as many features in query and key, and as many steps in value and key"),
                    say("query {q}, value {v}, key {k}", q=q, v=v, k=k),
                    ways,
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
                    complaint(
                        f"AdditiveAttention '{self.name}'",
                        say("features of a known number"),
                        f"{q}",
                        say("`Input(shape=(10, 8))` for 10 timesteps of 8 features"),
                    )
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


class _Projection(Weighted):
    """A matrix product of the last axes of each step, `axes` of them, to axes of the sizes `after`."""

    supports_masking = True  # the layer around it says which steps of the output count
    kernel: Any
    bias: Any

    def __init__(
        self, after: tuple[int, ...], axes: int, bias: bool, weights: dict[str, Any], name: str
    ) -> None:
        self.after, self.axes, self.use_bias = after, axes, bias
        for kind in ("kernel", "bias"):
            self._takes_weight(
                kind, *(weights[f"{kind}_{k}"] for k in ("initializer", "regularizer", "constraint"))
            )
        super().__init__(name=name)

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias."""
        inside = tuple(d or 0 for d in input_shape[-self.axes :])
        self._make("kernel", (*inside, *self.after))
        if self.use_bias:
            self._make("bias", self.after)

    def call(self, inputs: Value) -> Value:
        """Record the product."""
        steps = inputs.shape[1]
        K, N = elements(inputs.shape[-self.axes :]), elements(self.after)
        bias = ops.reshape(self.bias, (N,)) if self.use_bias else None
        y = ops.dense(ops.reshape(inputs, shape=(steps, K)), ops.reshape(self.kernel, (K, N)), bias)
        found: Value = ops.reshape(y, shape=(steps, *self.after))
        return found


class MultiHeadAttention(Layer):
    """Attention in several heads, each on projections of its own (Vaswani et al. 2017)::

        q, k, v = query @ Wq + bq, key @ Wk + bk, value @ Wv + bv            for each head
        y = concatenate of Σ_j softmax(q_i · k_j / sqrt(key_dim))_j v_j, @ Wo + bo

    Parameters
    ----------
    num_heads : int
        Heads H. At least 1.
    key_dim : int
        Features K of query and key in a head.
    value_dim : int, optional
        Features V of the value in a head; by default `key_dim`.
    dropout : float, default 0
        Share of the weights of the mean that is set to 0 while training.
    use_bias : bool, default True
    output_shape : int, optional
        Features of the output; by default those of the query.
    attention_axes : accepted at None or 1, the steps.
    flash_attention : accepted, as there is one way here.
    kernel_initializer, bias_initializer : default "glorot_uniform", "zeros"
    kernel_regularizer, bias_regularizer, activity_regularizer : default None
    kernel_constraint, bias_constraint : default None
    seed : int, optional

    Attributes
    ----------
    query_dense, key_dense, value_dense, output_dense : layers with the kernels (D, H, K), ... and (H, V, features)

    Call arguments
    --------------
    query : (samples, Tq, D)
    value : (samples, Tv, E)
    key : (samples, Tv, D), by default the value
    query_mask, value_mask, key_mask : by default those that the inputs carry
    attention_mask : (samples, Tq, Tv), ones where step i may look at step j
    return_attention_scores : bool, default False
        Also give the weights of the means, (samples, H, Tq, Tv).
    use_causal_mask : bool, default False
        Step i sees steps up to i alone.

    Returns
    -------
    (samples, Tq, features)

    Examples
    --------
    >>> import numpy as np
    >>> MultiHeadAttention(num_heads=2, key_dim=3)(np.zeros((2, 3, 4)), np.ones((2, 5, 4))).shape
    (2, 3, 4)
    """

    supports_masking = True

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        flash_attention: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        who, example = "MultiHeadAttention", "MultiHeadAttention(num_heads=2, key_dim=16)"
        self.num_heads = whole(who, "num_heads", num_heads, example)
        self.key_dim = whole(who, "key_dim", key_dim, example)
        self.value_dim = self.key_dim if value_dim is None else whole(who, "value_dim", value_dim, example)
        self.dropout, self.seed = share(who, "dropout", dropout, example), seed
        self.use_bias = bool(use_bias)
        features = next(iter(output_shape), 0) if isinstance(output_shape, list | tuple) else output_shape
        self.features = None if features is None else whole(who, "output_shape", features, example)
        axes = list(attention_axes) if isinstance(attention_axes, list | tuple) else attention_axes
        not_yet(
            who,
            attention_axes=(None if axes in ([1], 1) else axes, None),
            use_gate=(kwargs.pop("use_gate", False), False),
            sliding_window=(kwargs.pop("sliding_window", None), None),
        )
        self._weights = {
            "kernel_initializer": initializers.get(kernel_initializer),
            "bias_initializer": initializers.get(bias_initializer),
            "kernel_regularizer": regularizers.get(kernel_regularizer),
            "bias_regularizer": regularizers.get(bias_regularizer),
            "kernel_constraint": constraints.get(kernel_constraint),
            "bias_constraint": constraints.get(bias_constraint),
        }
        self._drawn = seeded(who, seed)
        H = self.num_heads
        self.query_dense = _Projection((H, self.key_dim), 1, self.use_bias, self._weights, "query")
        self.key_dense = _Projection((H, self.key_dim), 1, self.use_bias, self._weights, "key")
        self.value_dense = _Projection((H, self.value_dim), 1, self.use_bias, self._weights, "value")
        self.output_dense: Any = None
        self._shapes: dict[str, Shape] = {}
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)

    def build(self, input_shape: Shape) -> None:
        """Say how wide the output is; the projections are made when value and key are there."""
        if len(input_shape) != 3 or input_shape[-1] is None:
            raise ShapeError(
                complaint(
                    f"MultiHeadAttention '{self.name}'",
                    say("a query (samples, timesteps, features)"),
                    say("one of shape {shape}", shape=input_shape),
                    say("`Input(shape=(10, 8))` for 10 timesteps of 8 features"),
                )
            )
        features = self.features or input_shape[-1]
        self.output_dense = _Projection((features,), 2, self.use_bias, self._weights, "attention_output")

    def call(  # type: ignore[override]
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        training: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Record projections, scores, weights and means."""
        key = value if key is None else key
        self._shapes = {"query_shape": query.shape, "value_shape": value.shape, "key_shape": key.shape}
        masks = [
            (query_mask if query_mask is not None else query.mask, True),
            (value_mask if value_mask is not None else value.mask, False),
            (key_mask if key_mask is not None or key is value else key.mask, False),
        ]
        q = ops.transpose(self.query_dense.record(query), axes=(0, 2, 1, 3))  # (B, H, Tq, K)
        k = ops.transpose(self.key_dense.record(key), axes=(0, 2, 3, 1))  # (B, H, K, Tv)
        v = ops.transpose(self.value_dense.record(value), axes=(0, 2, 1, 3))  # (B, H, Tv, V)
        scores = ops.matmul(ops.multiply(q, self.key_dim**-0.5), k)  # (B, H, Tq, Tv)
        counts: list[Any] = [
            ops.reshape(m, shape=(1, m.shape[1], 1) if rows else (1, 1, m.shape[1]))
            for m, rows in masks
            if m is not None
        ]
        if attention_mask is not None:
            counts.append(ops.reshape(attention_mask, shape=(1, *attention_mask.shape[1:])))
        if use_causal_mask:
            counts.append(np.tril(np.ones((scores.shape[2], scores.shape[3]), np.float32)))
        if counts:
            allowed = functools.reduce(ops.logical_and, counts)
            weights = ops.softmax(ops.where(allowed, scores, -_FAR))
            if self.dropout or return_attention_scores:  # else, in Keras, who may see nothing sees all alike
                weights = ops.where(allowed, weights, 0.0)
        else:
            weights = ops.softmax(scores)
        used = weights
        if training and self.dropout:
            used = ops.dropout(weights, rate=self.dropout, seed=self._drawn)
        y = self.output_dense.record(ops.transpose(ops.matmul(used, v), axes=(0, 2, 1, 3)))
        return (y, used) if return_attention_scores else y

    def get_build_config(self) -> dict[str, Any]:
        """Return the shapes that the weights stand on, as Keras writes them."""
        return {"shapes_dict": {name: [None, *shape[1:]] for name, shape in self._shapes.items()}}

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        described = {}
        for name, thing in self._weights.items():
            module = {"initializer": initializers, "regularizer": regularizers, "constraint": constraints}
            described[name] = module[name.split("_")[1]].serialize(thing)
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "output_shape": self.features,
            "attention_axes": [1],
            **described,
            "seed": self.seed,
        }


def _pairs(q: Value, k: Value) -> Value:
    """Return q_i + k_j for all pairs of steps: (B, Tq, Tv, D)."""
    (_, Tq, D), (_, Tv, _) = q.shape, k.shape
    y: Value = ops.add(ops.reshape(q, shape=(Tq, 1, D)), ops.reshape(k, shape=(1, Tv, D)))
    return y


def _alike(a: int | None, b: int | None) -> bool:
    return a is None or b is None or a == b
