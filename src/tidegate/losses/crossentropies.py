"""Losses of classes: the crossentropies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.losses import functions
from tidegate.losses.base import Named


def _smoothing(who: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ArgumentError(
            complaint(
                who,
                say("{name} from {least} to {most}", name="label_smoothing", least=0, most=1),
                repr(value),
            )
        )
    return float(value)


class BinaryCrossentropy(Named):
    """-mean(y log p + (1 - y) log(1 - p)), for sigmoid outputs.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the sigmoid.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/2 by this share.
    axis : int, default -1
        Over which the mean is taken.
    """

    says: ClassVar[Any] = staticmethod(functions.binary_crossentropy)
    probabilities = True

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        smoothing = _smoothing(type(self).__name__, label_smoothing)
        kwargs |= {"from_logits": bool(from_logits), "label_smoothing": smoothing, "axis": axis}
        super().__init__(*args, **kwargs)


class CategoricalCrossentropy(BinaryCrossentropy):
    """-Σ y log p over the classes, for softmax outputs and one-hot targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    label_smoothing : float, default 0.0
        Targets drawn towards 1/classes by this share.
    axis : int, default -1
        That of the classes.
    """

    says = staticmethod(functions.categorical_crossentropy)
    probabilities = False


class SparseCategoricalCrossentropy(Named):
    """-log p of the right class, for softmax outputs and whole-number targets.

    Parameters
    ----------
    from_logits : bool, default False
        The outputs come before the softmax.
    ignore_class : int, optional
        Positions of this class count nothing.
    axis : int, default -1
        That of the classes.
    """

    says = staticmethod(functions.sparse_categorical_crossentropy)
    sparse = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        attrs = {"from_logits": bool(from_logits), "ignore_class": ignore_class, "axis": axis}
        super().__init__(reduction, name, dtype, **attrs)
        self.ignore_class = ignore_class

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a loss."""
        return {k: v for k, v in super().get_config().items() if k != "axis" or v != -1}


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """The binary crossentropy, each number times (1 - the share given to what is true)^gamma.

    Parameters
    ----------
    apply_class_balancing : bool, default False
        Weigh the classes by alpha and 1 - alpha.
    alpha : float, default 0.25
    gamma : float, default 2.0
    from_logits, label_smoothing, axis : as `BinaryCrossentropy`
    """

    says = staticmethod(functions.binary_focal_crossentropy)

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        **kwargs: Any,
    ) -> None:
        kwargs |= {"apply_class_balancing": apply_class_balancing, "alpha": alpha, "gamma": gamma}
        super().__init__(from_logits, label_smoothing, axis, **kwargs)


class CategoricalFocalCrossentropy(BinaryCrossentropy):
    """Σ -alpha (1 - p)^gamma y log p over the classes.

    Parameters
    ----------
    alpha : float, or one for each class, default 0.25
    gamma : float, default 2.0
    from_logits, label_smoothing, axis : as `CategoricalCrossentropy`
    """

    says = staticmethod(functions.categorical_focal_crossentropy)
    probabilities = False

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        **kwargs: Any,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, alpha=alpha, gamma=gamma, **kwargs)
