"""Files of Keras 1, Keras 2 and tf.keras compute here what they computed there."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.layers import LSTM, Dense
from tidegate.models import Sequential, load_model
from tidegate.saving import hdf5
from tidegate.saving.older import modern, modern_training

pytest.importorskip("h5py")

from tests.saving import old_files as old  # it needs h5py

RNG = np.random.default_rng(7)
FIT: dict[str, Any] = {"batch_size": 4, "shuffle": False, "verbose": 0}


def draw(*shape: int) -> Any:
    return RNG.normal(size=shape).astype("float32")


X, Y = draw(8, 5, 2), draw(8, 1)


def close(model: Any, expected: Any) -> None:
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-4, atol=1e-5)


# Keras 1.


@pytest.mark.parametrize("consume_less", ["cpu", "gpu"])
def test_a_model_of_keras_1(tmp_path: Path, consume_less: str) -> None:
    W, U, b = draw(2, 12), draw(3, 12), draw(12)
    kernel, bias = draw(3, 1), draw(1)
    config = {
        "class_name": "Sequential",
        "config": [
            old.lstm_of_keras_1("lstm_1", 3, [None, 5, 2], consume_less=consume_less),
            {"class_name": "Dropout", "config": {"p": 0.0, "trainable": True, "name": "dropout_1"}},
            old.dense_of_keras_1("dense_1", 1, 3),
        ],
    }
    if consume_less == "gpu":
        weights = [("lstm_1_W", W), ("lstm_1_U", U), ("lstm_1_b", b)]
    else:  # W_i, U_i, b_i, then those of c, f and o
        i, f, c, o = (slice(k * 3, k * 3 + 3) for k in range(4))
        weights = [
            (f"lstm_1_{part}_{gate}", array[..., at])
            for gate, at in (("i", i), ("c", c), ("f", f), ("o", o))
            for part, array in (("W", W), ("U", U), ("b", b))
        ]
    layers = [
        ("lstm_1", weights),
        ("dropout_1", []),
        ("dense_1", [("dense_1_W", kernel), ("dense_1_b", bias)]),
    ]
    training = {
        "optimizer_config": {
            "class_name": "RMSprop", "config": {"lr": 0.002, "rho": 0.9, "epsilon": 1e-8, "decay": 0.1}
        },
        "loss": "mse", "metrics": ["accuracy"], "sample_weight_mode": None, "loss_weights": None,
    }  # fmt: skip
    model = load_model(old.write_h5(tmp_path / "k1.h5", layers, "1.2.2", config, training))
    close(model, old.lstm(X, W, U, b)[:, -1] @ kernel + bias)
    assert model.optimizer is not None
    assert (model.optimizer.learning_rate, model.optimizer.decay) == (0.002, 0.1)
    assert model.metrics_names == ["loss", "accuracy"]
    model.save(tmp_path / "again.keras")
    close(load_model(tmp_path / "again.keras"), model.predict(X, verbose=0))


def test_words_of_keras_1() -> None:
    conv = {
        "nb_filter": 4, "filter_length": 3, "border_mode": "same", "subsample_length": 1, "bias": True,
        "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
        "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}, "b_constraint": {"name": "NonNeg"},
        "init": "uniform", "input_dim": 2, "input_length": 5,
    }  # fmt: skip
    assert modern({"class_name": "Convolution1D", "config": conv}) == {
        "class_name": "Conv1D",
        "config": {
            "filters": 4, "kernel_size": 3, "padding": "same", "strides": 1, "use_bias": True,
            "kernel_regularizer": {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.01}},
            "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2, "axis": 0}},
            "bias_constraint": {"class_name": "NonNeg", "config": {}}, "kernel_initializer": "uniform",
        },
    }  # fmt: skip
    embedding = {"input_dim": 7, "output_dim": 3, "init": "uniform", "dropout": 0.0, "mask_zero": True}
    assert modern({"class_name": "Embedding", "config": embedding})["config"] == {
        "input_dim": 7, "output_dim": 3, "embeddings_initializer": "uniform", "mask_zero": True
    }  # fmt: skip


# Keras 2.


def test_a_model_of_keras_2_with_wrappers(tmp_path: Path) -> None:
    one, other = ([draw(2, 12), draw(3, 12), draw(12)] for _ in range(2))
    kernel, bias = draw(6, 1), draw(1)
    inner = old.recurrent_of_keras_2("LSTM", "lstm_1", 3, return_sequences=True)
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "sequential_1",
            "layers": [
                {
                    "class_name": "Bidirectional",
                    "config": {"name": "bidirectional_1", "trainable": True, "batch_input_shape": [None, 5, 2],
                               "dtype": "float32", "layer": inner, "merge_mode": "concat"},
                },
                {
                    "class_name": "TimeDistributed",
                    "config": {"name": "time_distributed_1", "trainable": True,
                               "layer": old.dense_of_keras_2("dense_1", 1)},
                },
            ],
        },
    }  # fmt: skip
    names = ("kernel:0", "recurrent_kernel:0", "bias:0")
    sides = [
        (f"bidirectional_1/{side}_lstm_1/{n}", a)
        for side, arrays in (("forward", one), ("backward", other))
        for n, a in zip(names, arrays, strict=True)
    ]
    layers = [
        ("bidirectional_1", sides),
        (
            "time_distributed_1",
            [("time_distributed_1/kernel:0", kernel), ("time_distributed_1/bias:0", bias)],
        ),
    ]
    model = load_model(old.write_h5(tmp_path / "k2.h5", layers, "2.2.4", config))
    both = np.concatenate([old.lstm(X, *one), old.lstm(X[:, ::-1], *other)[:, ::-1]], -1)
    close(model, both @ kernel + bias)
    assert not model.compiled


@pytest.mark.parametrize("file", ["model", "weights"])
def test_cudnn_lstm(tmp_path: Path, file: str) -> None:
    kernel, recurrent, bias = draw(2, 12), draw(3, 12), draw(24)
    config = {
        "class_name": "Sequential",
        "config": [old.cudnn_of_keras_2("CuDNNLSTM", "c", 3, batch_input_shape=[None, 5, 2])],
    }
    layers = [("c", [("c/kernel:0", kernel), ("c/recurrent_kernel:0", recurrent), ("c/bias:0", bias)])]
    path = old.write_h5(tmp_path / "c.h5", layers, "2.2.4", config if file == "model" else None)
    if file == "model":
        model = load_model(path)
    else:
        model = Sequential([LSTM(3, input_shape=(5, 2))])
        model.load_weights(path)
    # cuDNN took the numbers of each gate, in their order, as a matrix (units, inputs)
    W = np.concatenate([g.ravel().reshape(3, 2).T for g in np.split(kernel, 4, 1)], 1)
    U = np.concatenate([g.ravel().reshape(3, 3).T for g in np.split(recurrent, 4, 1)], 1)
    close(model, old.lstm(X, W, U, bias[:12] + bias[12:], old.sigmoid)[:, -1])


def test_cudnn_gru(tmp_path: Path) -> None:
    kernel, recurrent, bias = draw(2, 9), draw(3, 9), draw(18)
    config = {
        "class_name": "Sequential",
        "config": [old.cudnn_of_keras_2("CuDNNGRU", "c", 3, batch_input_shape=[None, 5, 2])],
    }
    layers = [("c", [("c/kernel:0", kernel), ("c/recurrent_kernel:0", recurrent), ("c/bias:0", bias)])]
    model = load_model(old.write_h5(tmp_path / "c.h5", layers, "2.2.4", config))
    W = np.concatenate([g.ravel().reshape(3, 2).T for g in np.split(kernel, 3, 1)], 1)
    U = np.concatenate([g.ravel().reshape(3, 3).T for g in np.split(recurrent, 3, 1)], 1)
    close(model, old.gru(X, W, U, bias.reshape(2, 9), old.sigmoid)[:, -1])


# How training goes on from the files of each age.


def trained() -> Sequential:
    model = Sequential([LSTM(3, input_shape=(5, 2), recurrent_activation="hard_sigmoid_2"), Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, **FIT)
    return model


def state(model: Sequential) -> tuple[Any, list[Any], list[Any]]:
    """Return the iterations of an Adam, its first and its second moments."""
    assert model.optimizer is not None
    iterations, _, *rest = model.optimizer.state()
    return iterations, rest[0::2], rest[1::2]


ADAM = {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7, "amsgrad": False}
KERAS_2 = {
    "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.001, "decay": 0.0, **ADAM}},
    "loss": "mean_squared_error", "metrics": ["mae"], "sample_weight_mode": None, "loss_weights": None,
}  # fmt: skip
TF_2_4 = {
    "loss": {"class_name": "MeanSquaredError", "config": {"reduction": "auto", "name": "mean_squared_error"}},
    "metrics": [[{"class_name": "MeanMetricWrapper",
                  "config": {"name": "mae", "dtype": "float32", "fn": "mean_absolute_error"}}]],
    "weighted_metrics": None, "loss_weights": None,
    "optimizer_config": {"class_name": "Adam",
                         "config": {"name": "Adam", "learning_rate": 0.001, "decay": 0.0, **ADAM}},
}  # fmt: skip
TF_2_12 = {
    **TF_2_4,
    "optimizer_config": {
        "class_name": "Custom>Adam",
        "config": {"name": "Adam", "weight_decay": None, "clipnorm": None, "global_clipnorm": None,
                   "clipvalue": None, "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
                   "jit_compile": True, "is_legacy_optimizer": False, "learning_rate": 0.001, **ADAM},
    },
}  # fmt: skip


@pytest.mark.parametrize("age", ["2.2.4", "2.4.0", "2.12.0"])
def test_training_goes_on_from_a_file_of_keras_2(tmp_path: Path, age: str) -> None:
    model = trained()
    t, m, v = state(model)
    names = ["lstm/lstm_cell/kernel", "lstm/lstm_cell/recurrent_kernel", "lstm/lstm_cell/bias",
             "dense/kernel", "dense/bias"]  # fmt: skip
    shape = {"batch_input_shape": [None, 5, 2]}
    stack = [old.recurrent_of_keras_2("LSTM", "lstm", 3, **shape), old.dense_of_keras_2("dense", 1)]
    config: Any = {"class_name": "Sequential", "config": {"name": "s", "layers": stack}}
    if age == "2.2.4":
        training = KERAS_2
        vhats = [np.zeros(1, "float32")] * len(m)
        arrays = [("training/Adam/iterations:0", t)]
        arrays += [(f"training/Adam/Variable_{k}:0", a) for k, a in enumerate([*m, *v, *vhats])]
    elif age == "2.4.0":
        training = TF_2_4
        entry = {"class_name": "InputLayer", "config": {
            **shape, "dtype": "float32", "sparse": False, "ragged": False, "name": "lstm_input"}}  # fmt: skip
        stack.insert(0, entry)
        arrays = [("Adam/iter:0", t)]
        arrays += [
            (f"Adam/{n}/{s}:0", a) for s, of in (("m", m), ("v", v)) for n, a in zip(names, of, strict=True)
        ]
    else:
        training = TF_2_12
        arrays = [("iteration:0", t), ("learning_rate:0", np.float32(0.001))]
        arrays += [(f"Adam/{s}/{n}:0", a) for n, *two in zip(names, m, v, strict=True)
                   for s, a in zip("mv", two, strict=True)]  # fmt: skip
    w = model.get_weights()
    layers = [("lstm", list(zip([f"{n}:0" for n in names[:3]], w[:3], strict=True))),
              ("dense", list(zip([f"{n}:0" for n in names[3:]], w[3:], strict=True)))]  # fmt: skip
    again = load_model(old.write_h5(tmp_path / "m.h5", layers, f"{age}-tf", config, training, arrays))
    expected = model.fit(X, Y, epochs=2, **FIT).history
    found = again.fit(X, Y, epochs=2, **FIT).history
    assert found["loss"] == expected["loss"]
    assert list(found) == ["loss", "mae"]


def test_a_state_that_does_not_fit_is_named(tmp_path: Path) -> None:
    w = trained().get_weights()
    config = {"class_name": "Sequential", "config": [
        old.recurrent_of_keras_2("LSTM", "lstm", 3, batch_input_shape=[None, 5, 2]),
        old.dense_of_keras_2("dense", 1),
    ]}  # fmt: skip
    layers = [("lstm", list(zip("abc", w[:3], strict=True))), ("dense", list(zip("de", w[3:], strict=True)))]
    state = [("iterations:0", np.int64(3)), ("m:0", np.zeros(9, "float32"))]
    path = old.write_h5(tmp_path / "m.h5", layers, "2.2.4", config, KERAS_2, state)
    with pytest.warns(UserWarning, match="goes on with a fresh optimizer"):
        load_model(path)


def test_losses_and_metrics_as_tf_keras_wrote_them() -> None:
    found = modern_training(
        {
            "loss": {"out": {"class_name": "LossFunctionWrapper", "config": {"fn": "mse", "name": "x"}}},
            "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "fn": "binary_accuracy"}}]],
            "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1, "decay": 0.0}},
        }
    )  # fmt: skip
    assert found["loss"] == {"out": "mse"} and found["metrics"] == [["accuracy"]]
    assert found["optimizer"] == {"class_name": "SGD", "config": {"lr": 0.1}}


# tf.keras 2.12 to 2.15 as .keras.


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_an_archive_of_tf_keras(tmp_path: Path, slash: str) -> None:
    W, U, b = draw(2, 12), draw(3, 12), draw(12)
    lstm = old.recurrent_of_keras_2("LSTM", "lstm", 3, batch_input_shape=[None, 5, 2])
    lstm.update(module="keras.layers", registered_name=None)
    lstm["config"]["kernel_initializer"] = {
        "module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None},
        "registered_name": None,
    }  # fmt: skip
    config = {
        "module": "keras", "class_name": "Sequential", "registered_name": "Sequential",
        "config": {"name": "s", "layers": [lstm]}, "build_config": {"input_shape": [None, 5, 2]},
        "compile_config": {
            "optimizer": {"module": "keras.optimizers", "registered_name": None, **TF_2_12["optimizer_config"],
                          "class_name": "Adam"},
            "loss": "mse", "metrics": ["accuracy"], "weighted_metrics": None, "loss_weights": None,
            "run_eagerly": None, "steps_per_execution": None, "jit_compile": None,
        },
    }  # fmt: skip
    at = slash.join(["_layer_checkpoint_dependencies", "lstm", "cell"])
    weights = hdf5.write({f"{at}/vars/{k}": a for k, a in enumerate((W, U, b))}, {})
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as made:
        made.writestr("metadata.json", json.dumps({"keras_version": "2.13.1"}))
        made.writestr("config.json", json.dumps(config))
        made.writestr("model.weights.h5", io.BytesIO(weights).getvalue())
    model = load_model(tmp_path / "m.keras")
    close(model, old.lstm(X, W, U, b)[:, -1])
    assert model.metrics_names == ["loss", "accuracy"]
