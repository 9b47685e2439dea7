"""The policies of Keras's `mixed_precision`, of which there is one: everything is float32.

>>> global_policy().name
'float32'
"""

from __future__ import annotations

from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say
from tidegate.spelling import note

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]


class DTypePolicy:
    """The types of weights and of results, which are float32 here whatever is asked for.

    Parameters
    ----------
    name : "float32"; "mixed_float16" and "mixed_bfloat16" are taken for it, with a note.
    """

    compute_dtype = variable_dtype = "float32"

    def __init__(self, name: str = "float32") -> None:
        if name not in ("float32", "mixed_float16", "mixed_bfloat16"):
            raise ArgumentError(complaint(say("a policy"), say("'float32', the one there is"), repr(name)))
        if name != "float32":
            note(say("the policy '{name}'", name=name), say("'float32': all is computed in it"))
        self.name = "float32"


Policy = DTypePolicy


def global_policy() -> DTypePolicy:
    """Return the one policy."""
    return DTypePolicy()


def set_global_policy(policy: Any) -> None:
    """Accept a policy that float32 can stand for."""
    DTypePolicy(policy if isinstance(policy, str) else getattr(policy, "name", ""))


dtype_policy, set_dtype_policy = global_policy, set_global_policy
