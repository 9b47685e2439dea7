"""Models with several inputs and outputs, parts used twice and models in models, asked by every verb."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.scripts import differences, plain
from tests.parity.draws.spec import chance, made, of, some

STEPS, WIDTH = 4, 3
GOALS: dict[str, tuple[Any, Any, list[Any]]] = {
    "numbers": (None, ["mse", "mae", of("losses.Huber", delta=0.5), of("losses.MeanSquaredError", reduction="sum")],
                ["mae", "mse", of("metrics.RootMeanSquaredError"), ("metrics.MeanAbsoluteError", {"name": "far"})]),
    "bits": ("sigmoid", ["binary_crossentropy", of("losses.BinaryCrossentropy", label_smoothing=0.1)],
             ["accuracy", "acc", of("metrics.Precision"), of("metrics.AUC", num_thresholds=9), "bce"]),
    "classes": ("softmax", ["sparse_categorical_crossentropy"],
                ["accuracy", of("metrics.SparseTopKCategoricalAccuracy", k=2), "sparse_categorical_accuracy"]),
}  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """What is drawn of a model, how its data are given, and what it is asked."""

    seed: int
    kinds: list[str]  # of each input: "steps", "masked", "row" or "codes"
    join: str
    shared: bool
    nested: str
    heads: list[dict[str, Any]]
    outputs: str  # "list", "dict"
    x_form: str
    y_form: str
    compiled: dict[str, Any]
    weights: str
    verbs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "joined"

    def build(self, k: Any) -> Any:
        """Return the compiled model."""
        k.utils.clear_session()
        inputs, flows = [], []
        step_layer = k.layers.LSTM(WIDTH, name="shared") if self.shared else None
        for i, kind in enumerate(self.kinds):
            shape = {"row": (WIDTH,), "codes": (STEPS,)}.get(kind, (STEPS, WIDTH))
            x = k.layers.Input(shape, name=f"in_{i}", **({"dtype": "int32"} if kind == "codes" else {}))
            inputs.append(x)
            if kind == "codes":
                x = k.layers.Embedding(6, WIDTH, mask_zero=True, name=f"table_{i}")(x)
            elif kind == "masked":
                x = k.layers.Masking(name=f"mask_{i}")(x)
            if kind == "row":
                flows.append(k.layers.Dense(WIDTH, "tanh", name=f"row_{i}")(x))
            elif step_layer is not None:
                flows.append(step_layer(x))
            else:
                flows.append(k.layers.GRU(WIDTH, name=f"steps_{i}")(x))
        if len(flows) > 1:
            x = getattr(k.layers, self.join)(name="join")(flows)
        else:
            x = flows[0]
        if self.nested != "none":
            width = x.shape[-1]
            inner_in = k.layers.Input((width,))
            block = k.layers.Dense(width, "tanh", name="within")
            if self.nested == "sequential":
                inner = k.models.Sequential([inner_in, block], name="inner")
            else:
                inner = k.models.Model(
                    inner_in, k.layers.Add(name="and")([block(inner_in), inner_in]), name="inner"
                )
            x = inner(x)
            if self.nested == "twice":
                x = inner(x)
        outs = [
            k.layers.Dense(head["units"], GOALS[head["goal"]][0], name=head["name"])(x) for head in self.heads
        ]
        names = [head["name"] for head in self.heads]
        outputs: Any = (
            dict(zip(names, outs, strict=True))
            if self.outputs == "dict"
            else outs
            if len(outs) > 1
            else outs[0]
        )
        given: Any = inputs[0] if len(inputs) == 1 else inputs
        if self.x_form == "dict model":
            given = {f"in_{i}": x for i, x in enumerate(inputs)}
        model = k.models.Model(given, outputs)
        model.compile(**{key: _made(k, value) for key, value in self.compiled.items()})
        return model

    def data(self) -> tuple[Any, Any, Any]:
        rng = np.random.RandomState(self.seed % 2**31)
        n = 12
        xs = []
        for kind in self.kinds:
            shape = (n, WIDTH) if kind == "row" else (n, STEPS) if kind == "codes" else (n, STEPS, WIDTH)
            x = rng.randint(0, 6, shape) if kind == "codes" else rng.randn(*shape)
            if kind == "masked":
                x = x * (np.arange(STEPS) < rng.randint(1, STEPS + 1, (n, 1)))[..., None]
            xs.append(x.astype("int32" if kind == "codes" else "float32"))
        ys = []
        for head in self.heads:
            raw = rng.randn(n, head["units"])
            y = {"bits": 1.0 * (raw > 0), "classes": raw.argmax(axis=-1)}.get(head["goal"], raw)
            ys.append(y.astype("int32" if head["goal"] == "classes" else "float32"))
        ws = [rng.rand(n).astype("float32") for _ in self.heads]
        return xs, ys, ws

    def given(self) -> tuple[Any, Any, Any]:
        """Return the data in the forms in which they are given."""
        xs, ys, ws = self.data()
        ins = [f"in_{i}" for i in range(len(xs))]
        outs = [head["name"] for head in self.heads]
        x: Any = xs[0] if len(xs) == 1 else xs
        if "dict" in self.x_form:
            x = dict(zip(ins, xs, strict=True))
        elif self.x_form == "tuple":
            x = tuple(xs)
        y: Any = ys[0] if len(ys) == 1 else ys
        w: Any = ws[0] if len(ws) == 1 else ws
        if self.y_form == "dict":
            y, w = dict(zip(outs, ys, strict=True)), dict(zip(outs, ws, strict=True))
        return x, y, {"all": w, "column": _columns(w), "none": None}[self.weights]

    def play(self, k: Any, before: list[np.ndarray] | None = None) -> Any:
        """Return what the verbs answer, and the weights before and after them."""
        model = self.build(k)
        if before is not None:
            model.set_weights(before)
        before = [np.array(w) for w in model.get_weights()]
        x, y, w = self.given()
        found = []
        for verb, more in self.verbs:
            more = dict(more)
            if verb in ("fit", "evaluate", "predict"):
                more["verbose"] = 0
            if verb == "fit":
                more["shuffle"] = False
            if verb in ("predict", "predict_on_batch"):
                answer = getattr(model, verb)(x, **more)
            else:
                answer = getattr(model, verb)(x, y, sample_weight=w, **more)
            found.append(plain(answer.history if verb == "fit" else answer))
        return [found, [np.array(w) for w in model.get_weights()]], before

    def apart(self, theirs: Any, ours: Any) -> list[str]:
        """Return in words where the two differ."""
        theirs.utils.set_random_seed(self.seed % 1000)
        try:
            expected, before = self.play(theirs)
        except Exception:  # of one target in a dict, say, or of a loss for some outputs alone
            return []
        found, _ = self.play(ours, before)
        return differences(plain(found), plain(expected), 1e-4, 1e-4)


def _made(k: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _made(k, each) for key, each in value.items()}
    return made(k, value)


def _columns(w: Any) -> Any:
    if isinstance(w, dict):
        return {key: each[:, None] for key, each in w.items()}
    return [each[:, None] for each in w] if isinstance(w, list) else w[:, None]


def joined(seed: int) -> Joined:
    draw = Random(seed)
    kinds = [draw.choice(["steps", "masked", "row", "codes"]) for _ in range(draw.randint(1, 3))]
    heads = []
    for i in range(draw.choice([1, 2, 2, 3])):
        goal = draw.choice(list(GOALS))
        heads.append(
            {"goal": goal, "units": 3 if goal == "classes" else draw.randint(1, 2), "name": "ABC"[i] + "_out"}
        )
    by_name = chance(draw, 2)
    outputs = draw.choice(["list", "list", "dict"])
    several = len(heads) > 1
    said: dict[str, list[Any]] = {"loss": [], "metrics": [], "weighted_metrics": []}
    for head in heads:
        _, among, metrics = GOALS[head["goal"]]
        said["loss"].append(draw.choice(among))
        said["metrics"].append(draw.sample(metrics, draw.randint(0, 2)))
        said["weighted_metrics"].append(draw.sample(metrics, draw.randint(0, 1)))
    if several and by_name and outputs == "list" and chance(draw, 4):
        said["loss"][draw.randrange(len(heads))] = None
    names = [head["name"] for head in heads]
    spoken: dict[str, Any] = {}
    for key, values in said.items():
        if key != "loss" and chance(draw, 3):
            continue
        if not several and outputs == "list":
            spoken[key] = values[0]
        elif by_name or outputs == "dict":
            spoken[key] = {n: v for n, v in zip(names, values, strict=True) if v is not None}
        else:
            spoken[key] = values
    if several and chance(draw, 2):
        rates = [draw.choice([0.5, 1.0, 2]) for _ in heads]
        spoken["loss_weights"] = (
            dict(zip(names, rates, strict=True)) if by_name or outputs == "dict" else rates
        )
    spoken["optimizer"] = of("optimizers.SGD", learning_rate=0.01, **some(draw, 2, momentum=[0.9]))
    among = ["train_on_batch", "test_on_batch", "evaluate", "fit", "predict", "predict_on_batch"]
    verbs: list[tuple[str, dict[str, Any]]] = []
    for _ in range(draw.randint(1, 4)):
        verb = draw.choice(among)
        more: dict[str, Any] = {}
        if verb in ("fit", "evaluate", "predict"):
            more["batch_size"] = draw.choice([4, 5, 12, 100])
        if verb == "fit":
            more |= {"epochs": 2} | some(draw, 3, validation_split=[0.25], initial_epoch=[1])
        if verb in ("evaluate", "train_on_batch", "test_on_batch"):
            more |= some(draw, 2, return_dict=[True])
        verbs.append((verb, more))
    return Joined(
        seed, kinds, draw.choice(["Add", "Concatenate", "Multiply", "Average", "Maximum"]), chance(draw, 3),
        draw.choice(["none", "none", "sequential", "functional", "twice"]), heads, outputs,
        draw.choice(["list", "list", "dict", "dict model"]),
        draw.choice(["list", "dict"]) if outputs == "list" else "dict",
        spoken, draw.choice(["none", "none", "all", "column"]), verbs,
    )  # fmt: skip
