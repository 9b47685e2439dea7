"""Descriptions: what `serialize` says of a drawn object, and what the description of one package is in the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.parity.draws import losses, metrics
from tests.parity.draws.layers import cell_arguments, recurrent
from tests.parity.draws.scripts import differences, plain
from tests.parity.draws.spec import ACTIVATIONS, CONSTRAINTS, REGULARIZERS, Spec, chance, held, made, of, some
from tests.parity.draws.training import OPTIMIZERS, optimizer

INITIALIZERS: dict[str, dict[str, list[Any]]] = {
    "Zeros": {}, "Ones": {}, "Constant": {"value": [0.5, 2]}, "Identity": {},  # whose gain Keras does not write
    "Orthogonal": {"gain": [0.5], "seed": [3]}, "OrthogonalInitializer": {"gain": [2.0]},
    **{name: {"mean": [1.0], "stddev": [0.1], "seed": [3]} for name in ("RandomNormal", "TruncatedNormal")},
    "RandomUniform": {"minval": [-1.0], "maxval": [0.2], "seed": [4]},
    "VarianceScaling": {"scale": [2.0], "mode": ["fan_out", "fan_avg"], "seed": [1],
                        "distribution": ["uniform", "untruncated_normal"]},
    **{name: {"seed": [7]} for name in ("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform",
                                        "LecunNormal")},
}  # fmt: skip
NUMBERED: dict[str, list[Any]] = {"rate": [0.2, 0.5], "seed": [3]}
WINDOWED: dict[str, list[Any]] = {"kernel_size": [2, (3,), [2]], "strides": [2, (2,)], "padding": ["same"],
                                  "use_bias": [False], "activation": ACTIVATIONS}  # fmt: skip
MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
NEEDED: dict[str, dict[str, Any]] = {
    "Dense": {"units": 3}, "Embedding": {"input_dim": 5, "output_dim": 2}, "RepeatVector": {"n": 2},
    "Reshape": {"target_shape": (2, 3)}, "Permute": {"dims": (2, 1)}, "Activation": {"activation": "relu"},
    "Conv1D": {"filters": 2, "kernel_size": 2}, "SeparableConv1D": {"filters": 2, "kernel_size": 2},
    "DepthwiseConv1D": {"kernel_size": 2}, "Conv1DTranspose": {"filters": 2, "kernel_size": 2},
    "MultiHeadAttention": {"num_heads": 2, "key_dim": 3}, "Rescaling": {"scale": 0.5}, "Dot": {"axes": 1},
    "MaxPooling1D": {"pool_size": 2},
    "AveragePooling1D": {"pool_size": 2}, "Normalization": {"mean": 0.5, "variance": 1.5},
    "EinsumDense": {"equation": "abc,cd->abd", "output_shape": (None, 4)}, "Dropout": {"rate": 0.1},
    "SpatialDropout1D": {"rate": 0.1}, "GaussianDropout": {"rate": 0.1}, "AlphaDropout": {"rate": 0.1},
    "GaussianNoise": {"stddev": 0.1}, "ConvLSTM1D": {"filters": 2, "kernel_size": 2},
    "CategoryEncoding": {"num_tokens": 4},
}  # fmt: skip
LAYERS: dict[str, dict[str, list[Any]]] = {
    "Dense": {"use_bias": [False], "activation": ACTIVATIONS, "activity_regularizer": REGULARIZERS,
              "kernel_initializer": ["he_uniform", of("initializers.RandomNormal", stddev=0.1)]},
    "EinsumDense": {"activation": ACTIVATIONS, "bias_axes": ["d"]},
    "Embedding": {"mask_zero": [True], "embeddings_regularizer": REGULARIZERS, "embeddings_constraint": CONSTRAINTS},
    "Activation": {"activation": ACTIVATIONS}, "Dropout": {**NUMBERED, "noise_shape": [(None, 1, 3)]},
    "SpatialDropout1D": NUMBERED, "GaussianDropout": NUMBERED, "AlphaDropout": NUMBERED,
    "GaussianNoise": {"seed": [2]}, "Masking": {"mask_value": [-1.0]}, "RepeatVector": {},
    "Reshape": {"target_shape": [(-1,)]},
    "Permute": {}, "Flatten": {}, "Identity": {}, "ActivityRegularization": {"l1": [0.1], "l2": [0.2]},
    "Conv1D": {**WINDOWED, "padding": ["causal", "same"], "data_format": ["channels_last"]},
    "SeparableConv1D": {**WINDOWED, "depth_multiplier": [2]},
    "DepthwiseConv1D": {**WINDOWED, "depth_multiplier": [2]}, "Conv1DTranspose": WINDOWED,
    "ConvLSTM1D": {"strides": [2], "padding": ["same"], "return_sequences": [True], "dropout": [0.1]},
    **{name: {"pool_size": [3, (2,)], "strides": [1, (2,)], "padding": ["same"]} for name in
       ("MaxPooling1D", "AveragePooling1D")},
    **{name: {"keepdims": [True]} for name in ("GlobalMaxPooling1D", "GlobalAveragePooling1D")},
    "UpSampling1D": {"size": [3]}, "ZeroPadding1D": {"padding": [2, (1, 0)]},
    **{name: {} for name in MERGING}, "Concatenate": {"axis": [1]},
    "Dot": {"normalize": [True], "axes": [(1, 2), [2, 1]]},
    "BatchNormalization": {"axis": [1], "momentum": [0.9], "epsilon": [0.01], "center": [False], "scale": [False],
                           "gamma_initializer": ["zeros"], "beta_regularizer": REGULARIZERS},
    "LayerNormalization": {"axis": [1, [1, 2]], "epsilon": [0.01], "center": [False], "scale": [False]},
    "GroupNormalization": {"groups": [2], "axis": [-1], "epsilon": [0.01], "center": [False]},
    "RMSNormalization": {"axis": [1], "epsilon": [0.01]}, "UnitNormalization": {"axis": [1]},
    "MultiHeadAttention": {"value_dim": [2], "dropout": [0.1], "use_bias": [False], "output_shape": [3], "seed": [1],
                           "kernel_regularizer": REGULARIZERS},
    "Attention": {"use_scale": [True], "score_mode": ["concat"], "dropout": [0.1]},
    "AdditiveAttention": {"use_scale": [False], "dropout": [0.1]},
    "ReLU": {"max_value": [6.0], "negative_slope": [0.1], "threshold": [0.5]}, "LeakyReLU": {"negative_slope": [0.2]},
    "ELU": {"alpha": [0.5]}, "PReLU": {"shared_axes": [[1]], "alpha_initializer": ["ones"]},
    "Softmax": {"axis": [1, [1, 2]]}, "Rescaling": {"offset": [1.0]},
    "Normalization": {"mean": [1.0], "variance": [2.0]}, "CategoryEncoding": {"output_mode": ["one_hot", "count"]},
}  # fmt: skip
LOST = ("Huber", "CosineSimilarity")  # whose arguments Keras does not write


@dataclass(frozen=True)
class Described:
    """An object of a module whose description is asked for."""

    module: str
    makes: Spec
    name: str

    def apart(self, theirs: Any, ours: Any) -> list[str]:
        """Return in words where a description that one package reads from the other is not its own."""
        return [
            f"{reads.__name__} reads: {each}"
            for reads, writes in ((theirs, ours), (ours, theirs))
            for each in differences(
                plain(
                    self._said(reads, _read(reads, self.module, self._said(writes, made(writes, self.makes))))
                ),
                plain(self._said(reads, made(reads, self.makes))),
                1e-6,
                1e-6,
            )
        ]

    def _said(self, k: Any, thing: Any) -> Any:
        """Return the description of a thing, as a file would hold it."""
        said = json.loads(json.dumps(getattr(k, self.module).serialize(thing)))
        said["config"].pop("attention_axes", None)  # None or the steps
        if self.module == "metrics":
            said["config"].pop("dtype")  # of tables Keras 3 says int32
        return said


def _read(k: Any, module: str, said: Any) -> Any:
    return getattr(k, module).deserialize(said)


def described(seed: int) -> Described:
    draw = Random(seed)
    kind = draw.choice(
        ["layers"] * 6 + ["optimizers", "losses", "metrics", "initializers", "regularizers", "constraints"]
    )
    named: dict[str, Any] = {"name": draw.choice(["mine", "a_1"])}
    if kind == "layers":
        spec = layer(draw)
        spec = (
            spec[0],
            spec[1]
            | named
            | (some(draw, 8, trainable=[False]) if spec[0] != "layers.SpatialDropout1D" else {}),
        )
    elif kind == "optimizers":
        spec = optimizer(
            draw, [o for o in OPTIMIZERS if o[0] != "Lamb"]
        )  # which Keras cannot read with torch
        spec = spec[0], spec[1] | named
    elif kind == "losses":
        cls, choices = draw.choice([pair for each in losses.KINDS.values() for pair in each.values()])
        choices = {} if cls in LOST else choices
        spec = f"losses.{cls}", some(draw, 2, **choices, reduction=losses.REDUCTIONS, name=["mine"])
    elif kind == "metrics":
        name, choices = draw.choice([pair for each in metrics.KINDS.values() for pair in each.items()])
        choices = {} if name in LOST else choices
        given = some(draw, 2, **{key: values for key, values in choices.items() if values}) | named
        given |= {key: choices[key][0] for key in metrics.NEEDED if key in choices}
        if isinstance(given.get("thresholds"), tuple):
            given["thresholds"] = [*given["thresholds"]]
        spec = f"metrics.{name}", given | ({metrics.AT[name]: 0.5} if name in metrics.AT else {})
    elif kind == "initializers":
        name = draw.choice(list(INITIALIZERS))
        spec = of(f"initializers.{name}", **some(draw, 2, **INITIALIZERS[name]))
    else:
        spec = draw.choice(
            [s for s in (REGULARIZERS if kind == "regularizers" else CONSTRAINTS) if isinstance(s, tuple)]
        )
    return Described(kind, spec, spec[0])


def layer(draw: Random) -> Spec:
    """Draw a layer with some of its arguments."""
    way = draw.randint(0, 5)
    if way == 0:
        spec = recurrent(
            draw,
            **some(draw, 2, return_sequences=[True], return_state=[True], dropout=[0.2], stateful=[True]),
        )
        spec[1].pop("activity_regularizer", None)  # which a SimpleRNN of Keras forgets
        return spec if chance(draw, 2) else wrapped(draw, spec)
    if way == 1:
        return cell_arguments(draw, draw.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"]), None)
    name = draw.choice(list(LAYERS))
    given = {**NEEDED.get(name, {}), **some(draw, 3, **{k: v for k, v in LAYERS[name].items() if v})}
    if name in ("Dense", "Conv1D", "LSTM"):
        given |= held(draw, "kernel", every=4)
    if name in ("GaussianNoise", "Dropout") and "seed" in given and chance(draw, 2):
        given.pop("seed")
    spec = of(f"layers.{name}", **given)
    return wrapped(draw, spec) if name in ("Dense", "Dropout") and chance(draw, 3) else spec


def wrapped(draw: Random, spec: Spec) -> Spec:
    inner = spec[0], spec[1] | {"name": "inner"}
    if spec[0] in ("layers.Dense", "layers.Dropout"):
        return of("layers.TimeDistributed", layer=inner)
    inner[1].pop("go_backwards", None)
    return of("layers.Bidirectional", layer=inner, **some(draw, 2, merge_mode=["sum", "ave"]))
