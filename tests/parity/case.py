"""What a parity case is, and what every family of cases shares.

A case takes the package (anything with `layers`, `models`, `losses`, `metrics`, `optimizers`) and returns a
compiled model with its data. Only what both Keras and this package understand is used. The cases of one
subject are a family: `families/<name>.py` with `CASES = Cases()`, and `golden/<name>.npz` beside it.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Case = tuple[Any, Any, Any, dict[str, Any]]  # model, x, y, arguments of fit; x and y may be lists or dicts
Make = Callable[[Any], Case]
EPOCHS = 3
HERE = Path(__file__).parent


class Cases(dict[str, Make]):
    """The cases of a family by name; `@CASES.case` adds one."""

    def case(self, function: Make) -> Make:
        assert function.__name__ not in self, function.__name__
        self[function.__name__] = function
        return function


def families() -> dict[str, Cases]:
    """Return all cases by family."""
    names = sorted(path.stem for path in (HERE / "families").glob("*.py"))
    return {name: importlib.import_module(f"tests.parity.families.{name}").CASES for name in names}


def golden(family: str) -> Path:
    """Return where the numbers of a family lie."""
    return HERE / "golden" / f"{family}.npz"


def pack(path: Path, numbers: Mapping[str, np.ndarray], versions: str) -> None:
    """Write arrays by name: all of one type after one another, and an index of names, types and shapes.

    Hundreds of small arrays with a header each would be five times as large.
    """
    flat = {
        kind: np.concatenate([[], *(a.ravel() for a in numbers.values() if a.dtype == kind)]).astype(kind)
        for kind in ("float32", "float64")
    }
    index = {name: [str(a.dtype), *a.shape] for name, a in numbers.items()}
    assert {kind for kind, *_ in index.values()} <= set(flat), "only floats are kept"
    text = json.dumps({"versions": versions, "index": index}).encode()
    np.savez_compressed(path, index=np.frombuffer(text, np.uint8), **flat)


def unpack(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays by name."""
    with np.load(path) as file:
        index = json.loads(file["index"].tobytes())["index"]
        flat = {kind: file[kind] for kind in ("float32", "float64")}
    found, at = {}, dict.fromkeys(flat, 0)
    for name, (kind, *shape) in index.items():
        size = int(np.prod(shape))
        found[name] = flat[kind][at[kind] : at[kind] + size].reshape(shape)
        at[kind] += size
    return found


def first(data: Any, n: int) -> Any:
    """Return the first samples of an array, or of each in a list, tuple or dict."""
    if isinstance(data, dict):
        return {key: first(value, n) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(first(value, n) for value in data)
    return data[:n]


def batch_of_scores(net: Any) -> int:
    """Return by how many samples a model is evaluated: no other than before where it goes on over batches."""
    return 5 if any(getattr(layer, "stateful", False) for layer in net.layers) else 11


def leaves(data: Any) -> list[np.ndarray]:
    """Return the arrays or numbers in lists, tuples and dicts, in order."""
    if isinstance(data, dict):
        data = [data[key] for key in sorted(data)]
    if isinstance(data, list | tuple):
        return [leaf for value in data for leaf in leaves(value)]
    return [np.asarray(data)]


def sequences(n: int, steps: int, features: int, seed: int = 0) -> tuple[np.ndarray, np.random.RandomState]:
    """Return normal numbers (n, steps, features), and the generator that made them."""
    rng = np.random.RandomState(seed)
    return rng.randn(n, steps, features).astype("float32"), rng


def sequential(k: Any, x: np.ndarray, layers: list[Any], dtype: str = "float32") -> Any:
    """Return a Sequential of the package for samples like those of x."""
    return k.models.Sequential([k.layers.Input(shape=x.shape[1:], dtype=dtype), *layers])
