"""What the torch backend of Keras does unlike those of JAX and TensorFlow, put right before anything is compared."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import keras

FAR = -1e30


class WithOlder:
    """Keras, with what it keeps of Keras 2 under the names that it had there."""

    def __init__(self) -> None:
        self.__name__ = "keras"
        older = {
            name: importlib.import_module(f"keras.src.legacy.preprocessing.{name}")
            for name in ("text", "sequence")
        }
        self.preprocessing = SimpleNamespace(**older)

    def __getattr__(self, name: str) -> Any:
        return getattr(keras, name)


def like_the_others() -> None:
    """Let torch's backend of Keras do what the others do."""
    if keras.backend.backend() == "torch":
        _leave_weights_alone()
        _take_the_place_of_scores()
        _keep_what_was_read()


def _leave_weights_alone() -> None:
    """Not multiply the weights of a batch by its mask in place, and then weigh batches and metrics by them."""
    loss = importlib.import_module("keras.src.losses.loss")
    masked = loss.apply_mask

    def apply_mask(sample_weight: Any, mask: Any, dtype: Any, reduction: Any) -> Any:
        return masked(None if sample_weight is None else sample_weight + 0.0, mask, dtype, reduction)

    loss.apply_mask = apply_mask


def _take_the_place_of_scores() -> None:
    """Attend with a number in the place of each score that the mask leaves out.

    Torch's backend adds one that is so low that the score is lost in it, but the gradient still reaches query and key
    through the sum: it shows where all scores of a step are left out.
    """
    nn = importlib.import_module("keras.src.backend.torch.nn")
    attend = nn.dot_product_attention

    def dot_product_attention(query: Any, key: Any, value: Any, mask: Any = None, **more: Any) -> Any:
        if mask is None:
            return attend(query, key, value, **more)
        scores = keras.ops.einsum("btnh,bsnh->bnts", query, key) * more["scale"]
        weights = keras.ops.softmax(keras.ops.where(mask, scores, FAR))
        return keras.ops.einsum("bnts,bsnh->btnh", weights, value)

    nn.dot_product_attention = dot_product_attention


def _keep_what_was_read() -> None:
    """Let ScheduleFreeAdamW find the mean from the momentum before its step.

    It reads the momentum, changes it in place, and computes with what it has read.
    """
    cls = importlib.import_module("keras.src.optimizers.schedule_free_adamw").ScheduleFreeAdamW
    step = cls.update_step

    def update_step(self: Any, gradient: Any, variable: Any, learning_rate: Any) -> None:
        held = self._momentums[self._get_variable_index(variable)]
        self._momentums[self._get_variable_index(variable)] = _Held(held)
        step(self, gradient, variable, learning_rate)
        self._momentums[self._get_variable_index(variable)] = held

    cls.update_step = update_step


class _Held:
    """A variable whose `value` is a copy."""

    def __init__(self, variable: Any) -> None:
        self._variable = variable

    @property
    def value(self) -> Any:
        return self._variable.value.clone()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._variable, name)

    def __rmul__(self, other: Any) -> Any:
        return other * self._variable
