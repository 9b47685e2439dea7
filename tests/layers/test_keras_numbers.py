"""The numbers that Keras's own tests of its recurrent layers expect, as facts.

Weights of one constant each and inputs that are counted up; where all units are alike, a number stands for all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tidegate import ops
from tidegate.initializers import Constant
from tidegate.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    Layer,
    LSTMCell,
    SimpleRNN,
    TimeDistributed,
)


def counted(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def constant(kind: Any, units: int, *starts: float, **arguments: Any) -> Any:
    """Return a layer whose kernel, recurrent kernel and bias are a number each."""
    each = zip(("kernel", "recurrent", "bias"), starts or (0.01, 0.02, 0.03), strict=True)
    return kind(units, **{f"{name}_initializer": Constant(value) for name, value in each}, **arguments)


def assert_same(y: Any, expected: Any) -> None:
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)


def assert_all_units(y: Any, expected: Any) -> None:
    assert_same(y, np.repeat(np.asarray(expected)[..., None], np.shape(y)[-1], axis=-1))


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        (LSTM, {}, [0.6288687, 0.86899155, 0.9460773]),
        (LSTM, {"implementation": 1, "unroll": True}, [0.6288687, 0.86899155, 0.9460773]),
        (LSTM, {"go_backwards": True}, [0.35622165, 0.74789524, 0.8872726]),
        (LSTM, {"unit_forget_bias": False}, [0.57019705, 0.8661914, 0.9459622]),
        (LSTM, {"use_bias": False}, [0.54986924, 0.86226785, 0.9443936]),
        (GRU, {}, [0.5217289, 0.6371659, 0.39384964]),
        (GRU, {"go_backwards": True}, [0.24406259, 0.611516, 0.3928808]),
    ],
    ids=str,
)
def test_a_sequence(kind: Any, arguments: dict[str, Any], expected: list[float], isa: str) -> None:
    assert_all_units(constant(kind, 3, **arguments)(counted(3, 6, 4)), expected)


@pytest.mark.parametrize("unroll", [False, True])
def test_a_sequence_of_simple_rnn(unroll: bool, isa: str) -> None:
    x = counted(2, 3, 4)
    assert_all_units(constant(SimpleRNN, 4, unroll=unroll)(x), [0.405432, 0.73605347])
    assert_all_units(constant(SimpleRNN, 4, go_backwards=True, unroll=unroll)(x), [0.11144729, 0.5528889])


@pytest.mark.parametrize(
    ("kind", "backwards", "expected"),
    [
        (LSTM, False, [[0.20574439, 0.3558822], [0.64930826, 0.66276]]),
        (LSTM, True, [[0.13281618, 0.2790356], [0.5839337, 0.5992567]]),
        (GRU, False, [[0.23774096, 0.33508456], [0.83659905, 1.0227708]]),
        (GRU, True, [[0.13486053, 0.23261218], [0.78257304, 0.9691353]]),
    ],
)
def test_from_a_state(kind: Any, backwards: bool, expected: list[list[float]], isa: str) -> None:
    state = counted(2, 2)
    layer = constant(kind, 2, go_backwards=backwards, return_state=True)
    y, h, *_ = layer(counted(2, 4, 3), initial_state=[state] * layer.op.cells)
    assert_same(y, expected)
    assert_same(h, expected)


def test_simple_rnn_from_a_state(isa: str) -> None:
    x, state = counted(2, 4, 3), counted(2, 4)
    assert_all_units(constant(SimpleRNN, 4)(x, initial_state=state), [0.33621645, 0.6262637])
    backwards = constant(SimpleRNN, 4, go_backwards=True)
    assert_all_units(backwards(x, initial_state=state), [0.07344437, 0.43043602])


@pytest.mark.parametrize(
    ("kind", "batches", "expected"),
    [
        (LSTM, 3, [0.3124785, 0.6863672]),
        (GRU, 2, [0.29542392, 0.5885018]),
        (SimpleRNN, 2, [0.40559256, 0.7361247]),
    ],
)
def test_a_layer_with_a_state_of_its_own(kind: Any, batches: int, expected: list[float], isa: str) -> None:
    layer = constant(kind, 4, stateful=True)
    for _ in range(2):
        y = [layer(counted(2, 3, 4)) for _ in range(batches)][1]
        assert_all_units(y, expected)
        layer.reset_state()


HOLES = [[True, True, False, True], [True, False, False, True]]
ENDS = [[True, True, True, False], [True, True, False, False]]


@pytest.mark.parametrize(
    ("kind", "mask", "expected"),
    [
        (SimpleRNN, HOLES, [[0.0599281, 0.15122814, 0, 0.32394567], [0.3969304, 0, 0, 0.608085]]),
        (GRU, HOLES, [[0.03606692, 0.09497581, 0, 0.19393763], [0.16051409, 0, 0, 0.30818558]]),
        (LSTM, ENDS, [[0.01588910, 0.05552048, 0.11755939, 0], [0.14185596, 0.28556206, 0, 0]]),
    ],
)
def test_under_a_mask(kind: Any, mask: list[list[bool]], expected: list[list[float]], isa: str) -> None:
    x, counts = counted(2, 4, 3), np.array(mask)
    zeroed = constant(kind, 2, return_sequences=True, zero_output_for_mask=True)
    assert_all_units(zeroed(x, mask=counts), expected)
    repeated = np.array(expected)
    for t in range(1, 4):
        repeated[:, t] = np.where(counts[:, t], repeated[:, t], repeated[:, t - 1])
    assert_all_units(constant(kind, 2, return_sequences=True)(x, mask=counts), repeated)
    assert_all_units(constant(kind, 2, unroll=True)(x, mask=counts), repeated[:, -1])


@pytest.mark.parametrize(
    ("kind", "units", "mask", "expected"),
    [
        (SimpleRNN, 4, HOLES, [0.07376196, 0.43645123]),
        (GRU, 2, HOLES, [0.11669192, 0.28380975]),
        (LSTM, 2, [row[::-1] for row in ENDS], [0.15341201, 0.3844719]),
    ],
)
def test_backwards_under_a_mask(kind: Any, units: int, mask: Any, expected: list[float], isa: str) -> None:
    layer = constant(kind, units, go_backwards=True)
    assert_all_units(layer(counted(2, 4, 3), mask=np.array(mask)), expected)
    if kind is SimpleRNN:
        assert_all_units(
            constant(kind, units)(counted(2, 4, 3), mask=np.array(mask)), [0.32951632, 0.61799484]
        )


# --- both directions --------------------------------------------------------------------------------------------------


def test_both_directions(isa: str) -> None:
    x, forward = counted(2, 3, 4), constant(SimpleRNN, 2)
    there, back = [0.39687276, 0.7237238], [0.10004295, 0.53391594]
    assert_same(Bidirectional(forward)(x), np.repeat(np.c_[there, back], 2, axis=1))
    assert_all_units(Bidirectional(forward, merge_mode="ave")(x), [0.24845785, 0.6288199])
    one, other = Bidirectional(forward, merge_mode=None)(x)
    assert_all_units(one, there)
    assert_all_units(other, back)
    backward = constant(SimpleRNN, 2, 0.03, 0.02, 0.01, go_backwards=True)
    assert_all_units(Bidirectional(forward, "mul", backward_layer=backward)(x), [0.08374989, 0.6740834])
    summed = Bidirectional(constant(GRU, 2, return_sequences=True), merge_mode="sum")
    assert_all_units(summed(x), [[0.20937867, 0.34462988, 0.40290534], [0.59829646, 0.6734641, 0.6479671]])


def test_both_directions_and_their_states(isa: str) -> None:
    x = counted(2, 4, 3)
    carried = Bidirectional(constant(LSTM, 2, stateful=True))
    for _ in range(2):
        carried(x)
        assert_same(carried(x), np.repeat([[0.26234663, 0.16959146], [0.6137073, 0.5381646]], 2, axis=1))
        carried.reset_state()
    given = Bidirectional(constant(LSTM, 2))(x, initial_state=[counted(2, 2) * k for k in (1, 2, 3, 4)])
    assert_same(
        given,
        [[0.20794602, 0.4577124, 0.14046375, 0.48191673], [0.6682636, 0.6711909, 0.60943645, 0.60950446]],
    )
    y, *states = Bidirectional(constant(LSTM, 2, return_state=True))(x)
    expected = [
        [0.1990008, 0.52335435],
        [0.35567185, 1.0492687],
        [0.12659755, 0.44717982],
        [0.2501858, 0.941473],
    ]
    for state, numbers in zip(states, expected, strict=True):
        assert_all_units(state, numbers)
    assert_same(y, np.concatenate([states[0], states[2]], axis=1))


def test_both_directions_under_a_mask(isa: str) -> None:
    y = Bidirectional(constant(GRU, 2))(counted(2, 4, 3), mask=np.array(HOLES))
    assert_same(y, np.repeat([[0.19393763, 0.11669192], [0.30818558, 0.28380975]], 2, axis=1))


# --- cells of one's own -----------------------------------------------------------------------------------------------


class OneState(Layer):
    """h_t = x_t W + h_{t-1} R, all ones."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units), "ones", "kernel")
        self.recurrent_kernel = self.add_weight((self.units, self.units), "ones", "recurrent_kernel")

    def call(self, inputs: Any, states: Any) -> Any:
        h = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent_kernel)
        return h, [h]


class TwoStates(OneState):
    """The same state twice, and their sum for an output."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.state_size, self.output_size = [units, units], units  # type: ignore[assignment]

    def call(self, inputs: Any, states: Any) -> Any:
        h, _ = super().call(inputs, states)
        return h + h, [h, h]


@pytest.mark.parametrize(("cell", "times"), [(OneState, 1), (TwoStates, 2)])
def test_a_cell_of_ones_own(cell: Any, times: int) -> None:
    x = np.ones((1, 2, 3))
    assert_all_units(RNN(cell(2))(x), [9 * times])
    y, *states = RNN(cell(2), return_sequences=True, return_state=True)(x)
    assert_all_units(y, [[3 * times, 9 * times]])
    assert len(states) == times
    for state in states:
        assert_all_units(state, [9])
    y, *states = RNN(cell(2), return_state=True)(np.ones((2, 3, 2)), initial_state=[np.ones((2, 2))] * times)
    assert_all_units(y, [22 * times] * 2)
    for state in states:
        assert_all_units(state, [22, 22])


@pytest.mark.parametrize(("cell", "times"), [(OneState, 1), (TwoStates, 2)])
def test_a_cell_of_ones_own_carries_its_states(cell: Any, times: int) -> None:
    layer = RNN(cell(2), stateful=True, return_state=True)
    for _ in range(2):
        layer(np.ones((1, 2, 3)))
        y, *states = layer(np.ones((1, 2, 3)))
        assert_all_units(y, [45 * times])
        for state in states:
            assert_all_units(state, [45])
        layer.reset_state()


def test_a_cell_of_ones_own_backwards_and_under_a_mask() -> None:
    assert_all_units(RNN(OneState(2), go_backwards=True)(counted(2, 3, 4)), [202, 538])
    x, mask = counted(2, 4, 3), np.array(ENDS)
    for unroll in (False, True):
        assert_all_units(RNN(OneState(2), unroll=unroll)(x, mask=mask), [57, 126])
        y = RNN(OneState(2), return_sequences=True, unroll=unroll)(x, mask=mask)
        assert_all_units(y, [[3, 18, 57, 57], [39, 126, 126, 126]])


def test_cells_of_ones_own_one_on_the_other() -> None:
    x, cells = counted(2, 3, 4), [OneState(3), OneState(2)]
    y, low, high = RNN(cells, return_sequences=True, return_state=True)(x)
    assert_all_units(y, [[18, 156, 786], [162, 1020, 4386]])
    assert_all_units(low, [158, 782])
    assert_all_units(high, [786, 4386])
    y, low, high = RNN([TwoStates(3), TwoStates(2)], return_sequences=True, return_state=True)(x)
    assert_all_units(y, [[72, 624, 3144], [648, 4080, 17544]])
    for state in low:
        assert_all_units(state, [158, 782])
    for state in high:
        assert_all_units(state, [1572, 8772])
    for kind, expected in ((OneState, [34092, 173196]), (TwoStates, [136368, 692784])):
        layer = RNN([kind(3), kind(2)], stateful=True)
        layer(x)
        assert_all_units(layer(x), expected)


def test_lstm_cells_one_on_the_other_under_a_mask(isa: str) -> None:
    cells = [LSTMCell(1, kernel_initializer="ones", recurrent_initializer="ones") for _ in range(2)]
    mask = np.array([[True, True, True], [True, True, False]])
    y = RNN(cells)(np.ones((2, 3, 4)), mask=mask)
    np.testing.assert_allclose(y, [[0.7793], [0.5998]], atol=1e-4)


# --- a layer at each step ---------------------------------------------------------------------------------------------


def test_a_layer_at_each_step() -> None:
    layer = TimeDistributed(Dense(1, kernel_initializer=Constant(0.01), use_bias=False))
    assert_all_units(layer(counted(3, 2, 4)), [[0.06, 0.22], [0.38, 0.54], [0.7, 0.86]])


class Masked(Layer):
    """The sum of the features over a hundred, 0 where the mask is."""

    supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        y = ops.sum(inputs, axis=-1, keepdims=True) * 0.01
        return y if mask is None else y * ops.reshape(mask, (-1, 1))


def test_a_layer_at_each_step_gets_its_mask() -> None:
    mask = np.array([[False, True], [True, False], [True, True]])
    y = TimeDistributed(Masked())(counted(3, 2, 4), mask=mask)
    assert_all_units(y, [[0, 0.22], [0.38, 0], [0.7, 0.86]])
