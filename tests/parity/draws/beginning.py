"""Initializers: what is drawn by chance cannot be compared number by number, but how it is spread can."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from tests.parity.draws.describing import INITIALIZERS
from tests.parity.draws.spec import Spec, made, of, some

FIXED = ("Zeros", "Ones", "Constant", "Identity")
MOST = 20_000  # numbers that are drawn, of which mean, spread and ends are then known to a few hundredths


@dataclass(frozen=True)
class Begun:
    """An initializer and a shape."""

    name: str
    makes: Spec
    shape: tuple[int, ...]

    def apart(self, theirs: Any, ours: Any) -> list[str]:
        """Return in words where the two spread their numbers differently."""
        found, expected = (self._drawn(k) for k in (ours, theirs))
        if self.makes[0].rpartition(".")[2] in FIXED:
            return [] if np.array_equal(found, expected) else [f"{found} in place of {expected}"]
        if found.dtype != expected.dtype or found.shape != expected.shape:
            return [f"{found.dtype} {found.shape} in place of {expected.dtype} {expected.shape}"]
        apart = []
        if "Orthogonal" in self.name:
            a, b = (m.reshape(-1, m.shape[-1]) for m in (found, expected))
            a, b = (m.T @ m if m.shape[0] >= m.shape[1] else m @ m.T for m in (a, b))
            return [] if np.allclose(a, b, atol=1e-4) else ["not orthogonal in the same way"]
        scale = float(expected.std()) or 1.0
        told = {"mean": np.mean, "spread": np.std}
        if "uniform" in str(self.makes).lower():  # torch's normal numbers are not cut where they should be
            told |= {"least": np.min, "most": np.max}
        for what, f in told.items():
            if abs(float(f(found)) - float(f(expected))) > 0.05 * scale:
                apart.append(f"{what} {f(found)} in place of {f(expected)}")
        again = self._drawn(ours)
        if ("seed" in self.makes[1]) != np.array_equal(found, again):
            apart.append("the seed does not say what is drawn")
        return apart

    def _drawn(self, k: Any) -> np.ndarray:
        found = made(k, self.makes)(self.shape)
        return np.asarray(found.detach() if hasattr(found, "detach") else found)


def begun(seed: int) -> Begun:
    draw = Random(seed)
    name = draw.choice(list(INITIALIZERS))
    spec = of(f"initializers.{name}", **some(draw, 2, **INITIALIZERS[name]))
    if name == "Identity":
        shape: tuple[int, ...] = (draw.randint(1, 4), draw.randint(1, 4))
    elif "Orthogonal" in name:
        shape = draw.choice([(3, 3), (2, 5), (5, 2), (2, 3, 4), (1, 4), (2, 2, 3)])
    else:
        width = draw.choice([1, 10, 100])
        shape = draw.choice([(MOST // width, width), (width, MOST // width), (2, MOST // 20, 10), (MOST,)])
    return Begun(spec[0], spec, shape)
