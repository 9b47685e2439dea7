"""Write docs/keras_names.json: the public names of Keras 3 with their arguments, asked of an installed Keras.

    python docs/make_keras_names.py

Facts alone, so that docs/keras.md can be made, and checked, where no Keras is installed.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

MODULES = (
    "layers", "models", "losses", "metrics", "optimizers", "optimizers.schedules", "callbacks", "initializers",
    "regularizers", "constraints", "activations", "utils", "backend", "ops", "random", "saving", "tree", "config",
)  # fmt: skip
METHODS = {"models": ("Model", "Sequential"), "layers": ("Layer",)}
# What images, audio, several devices and the writing of layers in another framework's terms need.
ELSEWHERE = re.compile(
    r"2D|3D|2d|3d|^Random|Crop|Image|image|Resizing|Auto|MixUp|CutMix|Solarization|Spectrogram|Jax|Torch|Flax|TFSM|"
    r"Pipeline|Mel|stft|istft|fft|Quantized|quantiz|Reversible|Contrast|Equaliz|Erasing|MaxNumBoundingBoxes|"
    r"stateless_|symbolic_call|rematerialized|jax|Posterization|Grayscale|Float8|DeviceMesh|distribut|bounding|affine|map_coordinates|legacy|experimental|GPTQ|AWQ"
)


def arguments(thing: Any) -> list[str]:
    """Return the names of the arguments, without self and without those that stand for any other."""
    try:
        found = inspect.signature(thing.__init__ if inspect.isclass(thing) else thing).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name != "self"]


def members(module: Any) -> dict[str, list[str]]:
    """Return the public names of a module with their arguments."""
    found = {}
    for name in sorted(vars(module)):
        thing = getattr(module, name)
        if not name.startswith("_") and not inspect.ismodule(thing) and not ELSEWHERE.search(name):
            found[name] = arguments(thing)
    return found


def main() -> None:
    """Ask the installed Keras, and write the file."""
    import keras

    names: dict[str, Any] = {path: members(importlib.import_module(f"keras.{path}")) for path in MODULES}
    for path, classes in METHODS.items():
        for cls in classes:
            thing = getattr(importlib.import_module(f"keras.{path}"), cls)
            public = [n for n in dir(thing) if not n.startswith("_") and not ELSEWHERE.search(n)]
            names[f"{path}.{cls}"] = {
                n: arguments(getattr(thing, n)) if callable(getattr(thing, n)) else [] for n in sorted(public)
            }
    names = {"version": keras.__version__, **names}
    path = Path(__file__).with_name("keras_names.json")
    lines = json.dumps(names, indent=1)
    path.write_text(re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", lines) + "\n")


if __name__ == "__main__":
    main()
