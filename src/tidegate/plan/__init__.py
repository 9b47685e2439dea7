"""From recorded ops to a step that is replayed: differentiate, place, run.

`Step` says what is computed, `Plan` makes it ready and runs it; `Parameter` holds a weight, `State` what samples hand
on to the next batch.
"""

from tidegate.plan.differentiate import differentiate
from tidegate.plan.fold import fold
from tidegate.plan.parameters import Parameter, gather
from tidegate.plan.plan import Plan
from tidegate.plan.states import State, assign, begin_recording
from tidegate.plan.step import Step, Update

__all__ = [
    "Parameter",
    "Plan",
    "State",
    "Step",
    "Update",
    "assign",
    "begin_recording",
    "differentiate",
    "fold",
    "gather",
]
