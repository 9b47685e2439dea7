"""Chinese texts by the English ones that stand in the code, a module for each part of the package.

Names of code and of axes stay as they are written there.
"""

from tidegate.catalogue_zh import (
    command,
    data,
    explaining,
    files,
    forecast,
    grammar,
    helpers,
    layers,
    models,
    ops,
    training,
)

__all__ = ["CATALOGUE"]

CATALOGUE: dict[str, str] = {
    **grammar.TEXTS,
    **training.TEXTS,
    **models.TEXTS,
    **data.TEXTS,
    **layers.TEXTS,
    **ops.TEXTS,
    **explaining.TEXTS,
    **forecast.TEXTS,
    **files.TEXTS,
    **helpers.TEXTS,
    **command.TEXTS,
}
