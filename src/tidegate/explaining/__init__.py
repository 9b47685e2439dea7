"""What a thing is, in words and pictures: `explain` and `trace`.

>>> import numpy as np
>>> print(explain(np.zeros((100, 4, 3))))
x (samples=100, timesteps=4, features=3)
  100 samples; each is read step by step, 4 steps, with 3 numbers at a step
  sample 0: t=0 [0, 0, 0], t=1 [0, 0, 0], t=2 [0, 0, 0] …
<BLANKLINE>
A first layer that fits
    LSTM(50, input_shape=(4, 3))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.data import Frame, Sequences
from tidegate.data.ragged import are_sequences
from tidegate.errors import ArgumentError, complaint
from tidegate.explaining.explanation import Explanation, Section
from tidegate.explaining.of_data import of_array, of_frame, of_sequences, of_table
from tidegate.explaining.pictures.svg import Picture
from tidegate.explaining.tracing import Trace, trace
from tidegate.language import say

__all__ = ["Explanation", "Picture", "Section", "Trace", "explain", "trace"]


def explain(thing: Any, x: Any = None, y: Any = None) -> Explanation:
    """Say what a thing is: what its axes mean, what one sample of it is, and what to write next.

    Parameters
    ----------
    thing : table (dict of columns, dataframe, `Table`), array, `Frame`, `Sequences`, list of strings or of
        sequences, layer or model
    x, y : for a model, the data that it is to be trained on: whether they fit is said as well

    Returns
    -------
    Explanation
        `print` writes its text; a notebook shows it with pictures; `save("page.html")` writes a page.

    Raises
    ------
    ArgumentError
        For a thing that is none of these.

    Examples
    --------
    >>> from tidegate.data import frame
    >>> text = explain(frame({"sales": [10.0, 20, 30, 40, 50]}, look_back=3)).text
    >>> print(text.splitlines()[0])
    2 samples cut from 5 rows
    """
    from tidegate.explaining.of_model import of_layer, of_model
    from tidegate.layers import Layer
    from tidegate.models.network import Network

    if isinstance(thing, Network):
        if x is None:
            return Explanation(of_model(thing))
        from tidegate.explaining.of_fit import of_fit

        beside = of_fit(thing, x, y)  # first: a model without input_shape knows its shapes with the data
        return Explanation([*of_model(thing), *beside])
    if x is not None or y is not None:
        raise ArgumentError(
            complaint(
                "explain", say("x and y beside a model alone"), say("a {kind}", kind=type(thing).__name__)
            )
        )
    if isinstance(thing, Layer):
        return Explanation(of_layer(thing))
    if isinstance(thing, Frame):
        return Explanation(of_frame(thing))
    if isinstance(thing, Sequences):
        return Explanation(of_sequences(thing))
    if are_sequences(thing):
        from tidegate.data import sequences

        return Explanation(of_sequences(sequences(thing)))
    if isinstance(thing, np.ndarray) and not thing.dtype.names:
        return Explanation(of_array(thing))
    if isinstance(thing, list | tuple):
        return Explanation(of_array(np.asarray(thing)))
    if thing is None or isinstance(thing, str | bytes | bool | int | float) or callable(thing):
        came = say("a {kind}", kind=type(thing).__name__)
        raise ArgumentError(complaint("explain", say("a table, array, frame, layer or model"), came))
    return Explanation(of_table(thing))
