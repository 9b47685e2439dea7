"""A user's own classes and functions, which files name and which stand beside the built-in ones.

>>> @register_keras_serializable(package="mine")
... class Wave:
...     pass
>>> get_registered_name(Wave), custom("mine>Wave") is Wave
('mine>Wave', True)
>>> with custom_object_scope({"wave": Wave}):
...     custom("wave") is Wave
True
>>> custom("wave") is None
True
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = [
    "CustomObjectScope",
    "copying",
    "custom",
    "custom_object_scope",
    "described",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "in_scope",
    "is_copying",
    "register_keras_serializable",
    "resolved",
]

Thing = TypeVar("Thing")
_everywhere: dict[str, Any] = {}
_names: dict[Any, str] = {}
_here: ContextVar[tuple[Mapping[str, Any], ...]] = ContextVar("custom objects", default=())
_copied: ContextVar[dict[str, Any] | None] = ContextVar("what a copy is made of", default=None)


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Thing], Thing]:
    """Let files name a class or a function of one's own, as 'package>name'.

    Parameters
    ----------
    package : str, default "Custom"
    name : str, optional
        By default that of the class.
    """

    def register(thing: Thing) -> Thing:
        full = f"{package}>{name or getattr(thing, '__name__', '')}"
        _everywhere[full], _names[thing] = thing, full
        return thing

    return register


def get_custom_objects() -> dict[str, Any]:
    """Return the names known everywhere; what is written into it is known from then on."""
    return _everywhere


class CustomObjectScope:
    """Names of a user's own classes and functions, known inside a `with` block.

    Parameters
    ----------
    custom_objects : dict of name: class or function
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        if custom_objects is not None and not isinstance(custom_objects, Mapping):
            raise ArgumentError(
                complaint(
                    "custom_objects", say("a dict of names"), repr(custom_objects), "{'MyLayer': MyLayer}"
                )
            )
        self.custom_objects = dict(custom_objects or {})
        self._before: list[Token[Any]] = []

    def __enter__(self) -> CustomObjectScope:
        self._before.append(_here.set((self.custom_objects, *_here.get())))
        return self

    def __exit__(self, *args: object) -> None:
        _here.reset(self._before.pop())


custom_object_scope = CustomObjectScope


@contextlib.contextmanager
def copying() -> Iterator[dict[str, Any]]:
    """Let what is described in this block be made anew from its description, a user's own things included.

    These are found by their names in what it gives, and within the block.
    """
    kept: dict[str, Any] = {}
    before, here = _copied.set(kept), _here.set((kept, *_here.get()))
    try:
        yield kept
    finally:
        _copied.reset(before)
        _here.reset(here)


def is_copying() -> bool:
    """Return whether descriptions are made for copies alone, so that functions may stand in them."""
    return _copied.get() is not None


def _named(thing: Any) -> str:
    """Return the name by which a user's own class or function is described."""
    name = get_registered_name(thing) if hasattr(thing, "__name__") else type(thing).__name__
    kept = _copied.get()
    if kept is not None:
        known = next((key for key, one in kept.items() if one is thing), None)
        name = known or f"{name} {len(kept)}"  # two of one name stay apart
        kept[name] = thing
    return name


def in_scope() -> bool:
    """Return whether a block gives names of one's own."""
    return any(_here.get())


def custom(name: Any) -> Any:
    """Return the user's own thing of that name, or None."""
    if isinstance(name, str):
        for scope in (*_here.get(), _everywhere):
            if name in scope:
                return scope[name]
    return None


def get_registered_name(obj: Any) -> str:
    """Return the name under which files know a class or a function."""
    return _names.get(obj) or str(obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return what stands under a name, or None."""
    for scope in (custom_objects or {}, module_objects or {}):
        if custom(name) is None and name in scope:
            return scope[name]
    return custom(name)


def resolved(identifier: Any) -> Any:
    """Return the user's own object that a name or a description of a file stands for; anything else as it is."""
    if isinstance(identifier, str):
        found = custom(identifier)
        return identifier if found is None else found
    if not isinstance(identifier, dict) or "class_name" not in identifier:
        return identifier
    name = identifier.get("class_name")
    if name == "function":
        return resolved(identifier.get("registered_name") or identifier.get("config"))
    found = custom(identifier.get("registered_name") or name)
    built_in = str(identifier.get("module") or "").partition(".")[0] in ("keras", "tf_keras", "tidegate")
    if found is None and identifier.get("registered_name") and not built_in:
        raise ArgumentError(
            complaint(
                say("a saved model"),
                say("classes that are here"),
                repr(name),
                f"custom_objects={{{name!r}: {name}}}",
            )
        )
    if found is None:
        return identifier
    config = dict(identifier.get("config") or {})
    return found.from_config(config) if hasattr(found, "from_config") else found(**config)


def described(obj: Any, module: str | None, config: Any = None) -> dict[str, Any]:
    """Return an object as Keras writes it into a file: a built-in one by its module, a user's own by its name.

    Parameters
    ----------
    obj : object with `get_config`, or a function
    module : where Keras has it, if it is built in; None of what is described by its name all the same
    config : its arguments; by default what `get_config` gives
    """
    cls = type(obj)
    own = module is None or cls.__module__.partition(".")[0] != "tidegate"
    if own and not hasattr(obj, "get_config"):
        name = _named(obj)
        return {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}
    config = obj.get_config() if config is None else config
    return {
        "module": cls.__module__ if own else module,
        "class_name": cls.__name__,
        "config": config,
        "registered_name": _named(cls) if own else None,
    }
