"""Models as estimators of scikit-learn, which is imported when one is asked for.

>>> from tidegate.wrappers import KerasRegressor
>>> KerasRegressor(lambda: None, epochs=5).get_params()["epochs"]
5
"""

from __future__ import annotations

from typing import Any

from tidegate.language import say

__all__ = ["KerasClassifier", "KerasRegressor", "scikit_learn"]


def __getattr__(name: str) -> Any:
    if name == "scikit_learn" or name in __all__:
        import importlib

        try:
            module = importlib.import_module("tidegate.wrappers.scikit_learn")
        except ModuleNotFoundError as why:
            if (why.name or "").partition(".")[0] != "sklearn":
                raise
            raise ModuleNotFoundError(
                say("{name} needs scikit-learn; write: pip install 'tidegate[sklearn]'", name=name),
                name="sklearn",
            ) from None
        return module if name == "scikit_learn" else getattr(module, name)
    held = say("it has {a} and {b}", a=__all__[0], b=__all__[1])
    raise AttributeError(
        say("{module} has no {name!r}; {near}", module="tidegate.wrappers", name=name, near=held)
    )
