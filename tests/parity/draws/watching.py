"""Callbacks on drawn histories: the numbers of each epoch are told to them, and what they decide is kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.scripts import plain
from tests.parity.draws.spec import Spec, chance, made, some

FILES = [
    "m.keras",
    "{epoch}.keras",
    "{epoch:02d}-{loss:.1f}.weights.h5",
    "w.weights.h5",
    "{epoch}-{val_acc:.2f}.keras",
]


@dataclass(frozen=True)
class Watching:
    """A callback, the epochs at which it begins, and the logs of each; "FOLDER" in its arguments is a folder."""

    name: str
    arguments: dict[str, Any]
    first: int
    history: list[dict[str, float]]
    batches: int

    def play(self, k: Any) -> list[Any]:
        """Return what was decided in each epoch, and what is left at the end."""
        with tempfile.TemporaryDirectory() as folder:
            return self._within(k, Path(folder))

    def _within(self, k: Any, folder: Path) -> list[Any]:
        given = {
            key: value.replace("FOLDER", str(folder)) if isinstance(value, str) else value
            for key, value in self.arguments.items()
        }
        model = k.models.Sequential([k.layers.Input((1,)), k.layers.Dense(1, use_bias=False)])
        model.compile(k.optimizers.SGD(0.1), "mse", metrics=["accuracy"])
        model.evaluate(np.zeros((1, 1)), np.zeros((1, 1)), verbose=0)  # by which Keras knows its metrics
        callback = made(k, (self.name, given))
        callback.set_model(model)
        callback.set_params({"epochs": 20, "steps": self.batches, "verbose": 0})
        callback.on_train_begin({})
        found: list[Any] = []
        for epoch, logs in enumerate(self.history, self.first):
            model.stop_training = False
            model.set_weights([np.full((1, 1), float(epoch), "float32")])
            callback.on_epoch_begin(epoch)
            for batch in range(self.batches):
                callback.on_train_batch_begin(batch)
                callback.on_train_batch_end(batch, dict(logs))
            told = dict(logs)
            callback.on_epoch_end(epoch, told)
            files = {p.name: _weight(k, p) for p in sorted(folder.iterdir()) if p.suffix in (".keras", ".h5")}
            found.append([bool(model.stop_training), float(model.optimizer.learning_rate), told, files])
            if model.stop_training:
                break
        callback.on_train_end({})
        texts = {p.name: p.read_text() for p in sorted(folder.glob("*.csv"))}
        return [plain(found), plain(model.get_weights()), texts]


def _weight(k: Any, path: Path) -> float:
    """Return the one weight in a file: by it one sees when the file was written."""
    model = k.models.Sequential([k.layers.Input((1,)), k.layers.Dense(1, use_bias=False)])
    if path.name.endswith(".weights.h5"):
        model.load_weights(path)
    else:
        model = k.models.load_model(path, compile=False)
    return float(model.get_weights()[0][0, 0])


def halved(epoch: int, rate: float) -> float:
    return rate / 2 if epoch % 2 else rate


def by_epoch(epoch: int) -> float:
    return 0.1 / (epoch + 1)


def watching(seed: int) -> Watching:
    draw = Random(seed)
    first = draw.choice([0, 0, 0, 3])
    history = []
    for _ in range(draw.randint(1, 9)):
        odd = draw.choice([None] * 10 + [float("nan"), float("inf"), -float("inf"), 0.0])
        loss = round(draw.uniform(0, 2), 1) if odd is None else odd
        logs = {"loss": loss, "accuracy": round(draw.random(), 1), "val_loss": round(draw.uniform(-1, 2), 1)}
        history.append(logs | {"val_accuracy": round(draw.random(), 1), "odd": loss})
    watched: dict[str, Any] = {
        "monitor": draw.choice(["loss", "val_loss", "val_accuracy", "accuracy"]),
        **some(draw, 2, mode=["min", "max"]),
    }
    name = draw.choice(["EarlyStopping", "EarlyStopping", "ReduceLROnPlateau", "ReduceLROnPlateau", "ModelCheckpoint",
                        "LearningRateScheduler", "CSVLogger", "TerminateOnNaN"])  # fmt: skip
    arguments: dict[str, Any] = {}
    batches = 2
    if name == "EarlyStopping":
        arguments = watched | some(
            draw, 2, patience=[0, 1, 2, 3], min_delta=[0.3, -0.3, 0.0], baseline=[0.5, 0.0],
            restore_best_weights=[True], start_from_epoch=[1, 3, 5],
        )  # fmt: skip
    elif name == "ReduceLROnPlateau":
        arguments = watched | {"patience": draw.choice([0, 1, 2])}
        arguments |= some(
            draw, 2, factor=[0.5, 0.9], min_delta=[0.3, 0.0], cooldown=[1, 2], min_lr=[0.03, 0.2]
        )
    elif name == "ModelCheckpoint":
        only = chance(draw, 2)
        among = [f for f in FILES if f.endswith(".weights.h5") == only and "acc" not in f]
        arguments = {"filepath": f"FOLDER/{draw.choice(among)}", "save_weights_only": only}
        if chance(draw, 2):
            arguments |= (
                watched | {"save_best_only": True} | some(draw, 2, initial_value_threshold=[0.5, 1.0])
            )
        arguments |= some(draw, 3, save_freq=[1, 3])
        if "save_freq" in arguments and "loss" not in arguments.get("monitor", "loss"):
            arguments["monitor"] = "loss"
    elif name == "LearningRateScheduler":
        arguments = {"schedule": draw.choice([halved, by_epoch])}
    elif name == "CSVLogger":
        arguments = {"filename": "FOLDER/log.csv"} | some(draw, 2, separator=[";", "\t"], append=[True])
    if name == "CSVLogger":
        for k, logs in enumerate(history):
            if chance(draw, 3) and k:
                logs.pop("odd")
    return Watching(f"callbacks.{name}", arguments, first, history, batches)


# by these t_mul no step is the end of a period, where Keras's float32 is rounded to one side or the other
SCHEDULES: dict[str, dict[str, list[Any]]] = {
    "ExponentialDecay": {"decay_rate": [0.5, 0.96], "staircase": [True]},
    "InverseTimeDecay": {"decay_rate": [0.5, 2.0], "staircase": [True]},
    "PolynomialDecay": {"end_learning_rate": [0.01, 0.2], "power": [2.0, 0.5], "cycle": [True]},
    "CosineDecay": {"alpha": [0.1, 1.0], "warmup_target": [0.5, 0.05], "warmup_steps": [0, 3, 10]},
    "CosineDecayRestarts": {"t_mul": [1.0, 1.37, 3.3], "m_mul": [0.5, 1.0], "alpha": [0.1]},
    "PiecewiseConstantDecay": {},
}


@dataclass(frozen=True)
class Scheduled:
    """A learning rate schedule, asked at some steps."""

    makes: Spec
    steps: list[Any]

    def play(self, k: Any) -> Any:
        """Return its rate at each step, and its description."""
        schedule = made(k, self.makes)
        return [[plain(schedule(step)) for step in self.steps], plain(schedule.get_config())]


def schedule(seed: int) -> Scheduled:
    draw = Random(seed)
    name = draw.choice(list(SCHEDULES))
    if name == "PiecewiseConstantDecay":
        n = draw.randint(1, 3)
        boundaries = sorted(draw.sample(range(20), n))
        arguments: dict[str, Any] = {
            "boundaries": boundaries,
            "values": [round(draw.random(), 2) for _ in range(n + 1)],
        }
    else:
        steps = draw.choice([1, 3, 10, 10.0])
        arguments = {"initial_learning_rate": draw.choice([0.1, 1.0, 0]) or 0.01}
        arguments["first_decay_steps" if name == "CosineDecayRestarts" else "decay_steps"] = steps
        arguments |= some(draw, 2, **SCHEDULES[name])
        if name in ("ExponentialDecay", "InverseTimeDecay"):
            arguments.setdefault("decay_rate", 0.9)
    kinds: list[Any] = [int, float, np.int64, np.float32]
    return Scheduled(
        (f"optimizers.schedules.{name}", arguments),
        [draw.choice(kinds)(draw.randint(0, 40)) for _ in range(6)],
    )
