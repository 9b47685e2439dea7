"""Random calls on what this package and an installed Keras both have beside training, and their answers compared.

    KERAS_BACKEND=torch python -m pytest tests/parity/doors.py         some minutes
    TIDEGATE_PARITY=50 ...                                             fewer of each kind
    TIDEGATE_PARITY_FROM=7 ...                                         those of the seeds from 7 on

Not part of `make test`; `make parity` runs it. What Keras refuses is not compared: it refuses less than it should,
and more. What the draws leave out, as Keras is wrong there, stands beside them.
"""

from __future__ import annotations

import os
import random
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import tidegate
from tests.parity.draws.beginning import begun
from tests.parity.draws.describing import described
from tests.parity.draws.files import filed
from tests.parity.draws.functions import flowing, function
from tests.parity.draws.joined import joined
from tests.parity.draws.losses import loss
from tests.parity.draws.metrics import metric
from tests.parity.draws.preparing import preparation
from tests.parity.draws.scripts import Flowing, differences, play
from tests.parity.draws.watching import schedule, watching
from tidegate.errors import ArgumentError, ShapeError

os.environ.setdefault("KERAS_BACKEND", "torch")
backend = pytest.importorskip("tests.parity.backend")
backend.like_the_others()
keras = backend.WithOlder()

TIMES = int(os.environ.get("TIDEGATE_PARITY", "300"))
FROM = int(os.environ.get("TIDEGATE_PARITY_FROM", random.randrange(10**6)))
RELATIVE, ABSOLUTE = 1e-5, 1e-5
DRAWS: list[Callable[[int], Any]] = [metric, loss, preparation, function, flowing, watching, schedule]
SLOWER: dict[Callable[[int], Any], int] = {described: 1, begun: 1, joined: 3, filed: 6}  # so many times fewer


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("draw", SLOWER, ids=lambda draw: draw.__name__)
def test_what_one_has_from_the_other_is_the_same_in_both(draw: Callable[[int], Any]) -> None:
    found = []
    for seed in range(FROM, FROM + TIMES // SLOWER[draw]):
        drawn = draw(seed)
        apart = drawn.apart(keras, tidegate)
        if apart:
            found.append(f"{draw.__name__}({seed}): {drawn!r}\n" + "\n".join(apart))
    assert not found, f"{len(found)} differ:\n" + "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_random_calls_are_answered_as_in_keras(draw: Callable[[int], Any]) -> None:
    found: list[str] = []
    compared = 0
    for seed in range(FROM, FROM + TIMES):
        script = draw(seed)
        try:
            expected = play(keras, script)
        except Exception:
            continue
        compared += 1
        try:
            apart = differences(play(tidegate, script), expected, RELATIVE, ABSOLUTE)
        except (ArgumentError, ShapeError) as e:
            # in a model the first axis is that of the samples, which no function goes over, and numbers are not there
            apart = [] if isinstance(script, Flowing) else [str(e)]
        except Exception:
            apart = [traceback.format_exc()]
        if apart:
            found.append(f"{draw.__name__}({seed}): {script!r}\n" + "\n".join(apart))
    assert not found, f"{len(found)} of {compared} differ:\n" + "\n\n".join(found)
    assert compared > TIMES / 2
