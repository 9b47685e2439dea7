"""The GRU layer."""

from __future__ import annotations

from typing import Any

from tidegate import ops
from tidegate.layers.recurrent import Gated

__all__ = ["GRU"]


class GRU(Gated):
    """Gated recurrent unit over a sequence.

    With h_0 = 0, for t = 1..T::

        pz, pr, pg = split(x_t @ kernel + bias[0], 3)
        qz, qr, qg = split(h_{t-1} @ recurrent_kernel + bias[1], 3)
        z, r = σ(pz + qz), σ(pr + qr)
        h_t = z * h_{t-1} + (1 - z) * φ(pg + r * qg)

    where φ is `activation` and σ is `recurrent_activation`.

    Parameters
    ----------
    units : int
        Size U of the state. At least 1.
    activation : str or function, default "tanh"
        φ, any function that acts on each number by itself. All of them run at the same speed.
    recurrent_activation : str or function, default "sigmoid"
        σ, of the gates.
    use_bias : bool, default True
    kernel_initializer : default "glorot_uniform"
    recurrent_initializer : default "orthogonal"
    bias_initializer : default "zeros"
    reset_after : bool, default True
        The reset gate acts on what the state was multiplied to, as above. If False, it acts on the state before::

            h_t = z * h_{t-1} + (1 - z) * φ(pg + (r * h_{t-1}) @ recurrent_kernel[:, 2U:])

        as in the first versions of Keras; it runs slower.
    return_sequences, go_backwards, zero_output_for_mask, input_shape and the others : as in `LSTM`

    Attributes
    ----------
    kernel : float32 parameter of shape (F, 3U), gate order z, r, g
    recurrent_kernel : float32 parameter of shape (U, 3U)
    bias : float32 parameter of shape (2, 3U), (3U,) with `reset_after=False`, or None

    Call arguments
    --------------
    sequences : (samples, timesteps, features)
    initial_state : (samples, units), alone or in a list, optional

    Returns
    -------
    (samples, units), or (samples, timesteps, units) with `return_sequences`; with `return_state` a list of it and
    the last state

    Raises
    ------
    ArgumentError
        If `units` is below 1, or an activation is unknown or couples the units.
    ShapeError
        If the input is not (samples, timesteps, features).

    Notes
    -----
    Masks act as in `LSTM`.

    References
    ----------
    Cho et al. 2014.

    Examples
    --------
    >>> import numpy as np
    >>> layer = GRU(4)
    >>> layer(np.zeros((2, 10, 1))).shape
    (2, 4)
    >>> [w.shape for w in layer.get_weights()]
    [(1, 12), (4, 12), (2, 12)]
    """

    cell_name = "gru_cell"

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        *,
        reset_after: bool = True,
        **kwargs: Any,
    ) -> None:
        self.reset_after = bool(reset_after)
        self.op = ops.gru if self.reset_after else ops.gru_before
        functions = {"activation": activation, "recurrent_activation": recurrent_activation}
        initial = (kernel_initializer, recurrent_initializer, bias_initializer)
        super().__init__(units, functions, use_bias, *initial, **kwargs)

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)  # one row for x, one for h

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make such a layer, with Keras's keys."""
        return {**super().get_config(), "reset_after": self.reset_after}
