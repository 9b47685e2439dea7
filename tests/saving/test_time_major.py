"""Files of tf.keras whose layers take the timesteps in front."""

from __future__ import annotations

import copy
import gzip
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.saving.make_time_major import HERE, X
from tidegate.models import load_model
from tidegate.saving.time_major import samples_first


def test_a_file_opens_with_the_samples_in_front(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(gzip.decompress((HERE / "time_major.h5.gz").read_bytes()))
    with pytest.warns(UserWarning, match=r"model.h5: its layers took \(timesteps, samples, features\)"):
        model = load_model(path)
    last, steps = model.predict(X.transpose(1, 0, 2))
    with np.load(HERE / "time_major.npz") as expected:
        np.testing.assert_allclose(last, expected["last"], atol=1e-6)
        np.testing.assert_allclose(steps.transpose(1, 0, 2), expected["steps"], atol=1e-6)
    assert model.input_shape == (None, 5, 3)


def layer(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": config}


@pytest.mark.parametrize(
    "layers",
    [
        [layer("LSTM", time_major=True), layer("GRU", time_major=False)],
        [layer("LSTM", time_major=True), layer("Flatten")],
        [layer("LSTM", time_major=True), layer("Concatenate", axis=1)],
        [layer("LSTM", time_major=False, batch_input_shape=[None, 5, 3])],
    ],
)
def test_what_looks_at_other_axes_is_left_as_it_is(layers: list[Any]) -> None:
    described = {"class_name": "Sequential", "config": {"layers": layers}}
    before = copy.deepcopy(described)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert samples_first(described, "a file") == before
