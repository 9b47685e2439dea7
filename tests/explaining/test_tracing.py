"""What `trace` says happened inside a layer is what its output came from."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import trace
from tidegate.errors import ArgumentError
from tidegate.layers import GRU, LSTM, Bidirectional, Dense, Embedding, SimpleRNN
from tidegate.models import Sequential

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 6, 2)).astype(np.float32)


def test_the_equations_of_an_lstm_hold() -> None:
    model = Sequential([LSTM(4, return_sequences=True, input_shape=(6, 2), name="memory")])
    t = trace(model, X)["memory"]
    np.testing.assert_allclose(t["h"], model.predict(X, verbose=0), atol=1e-6)
    np.testing.assert_allclose(t["h"], t["o"] * np.tanh(t["c"]), atol=1e-6)
    before = np.concatenate([np.zeros((3, 1, 4)), t["c"][:, :-1]], axis=1)
    np.testing.assert_allclose(t["c"], t["f"] * before + t["i"] * t["g"], atol=1e-6)
    for gate in "ifo":
        assert ((t[gate] > 0) & (t[gate] < 1)).all()


@pytest.mark.parametrize("layer", [GRU, SimpleRNN])
def test_the_states_of_other_layers(layer: type) -> None:
    model = Sequential([layer(5, return_sequences=True, input_shape=(6, 2), name="memory")])
    np.testing.assert_allclose(trace(model, X)["memory"]["h"], model.predict(X, verbose=0), atol=1e-6)


def test_masked_steps_keep_the_state() -> None:
    codes = np.array([[0, 0, 3, 1], [2, 1, 1, 3]])
    model = Sequential([Embedding(4, 3, mask_zero=True, input_length=4), LSTM(2, name="memory"), Dense(1)])
    h = trace(model, codes)["memory"]["h"]
    assert (h[0, :2] == 0).all()
    assert (h[1] != 0).all()


def test_both_directions_have_their_names() -> None:
    model = Sequential([Bidirectional(LSTM(2, name="memory"), input_shape=(6, 2))])
    found = trace(model, X)
    assert set(found) == {"forward_memory", "backward_memory"}
    ends = np.concatenate([found[k]["h"][:, -1] for k in ("forward_memory", "backward_memory")], axis=1)
    np.testing.assert_allclose(ends, model.predict(X, verbose=0), atol=1e-6)


def test_wrong_uses() -> None:
    model = Sequential([LSTM(2, input_shape=(6, 2), name="memory"), Dense(1)])
    with pytest.raises(
        ArgumentError, match=r"1 to 1000 samples; got 1001. Instead: trace\(model, x\[:1000\]\)"
    ):
        trace(model, np.zeros((1001, 6, 2)))
    with pytest.raises(KeyError, match="Did you mean"):
        trace(model, X)["memry"]
    with pytest.raises(ArgumentError, match="with LSTM, GRU or SimpleRNN layers"):
        trace(Sequential([Dense(1, input_shape=(2,))]), np.zeros((3, 2)))
    with pytest.raises(ArgumentError, match="a sample below 3"):
        trace(model, X).picture(sample=3)


def test_a_picture_of_each_layer() -> None:
    model = Sequential([LSTM(2, input_shape=(6, 2), return_sequences=True), GRU(3)])
    found = trace(model, X)
    for name in found:
        assert found.picture(name, sample=2).svg.startswith("<svg")
