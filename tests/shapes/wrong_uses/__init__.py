"""Wrong uses: what people write, what they are told, and how the message's own proposals mend it.

A mend is made of parts with " & " between them: "old => new" replaces text of the code, anything else is put before
the wrong line, which is the last one. $0, $1, ... stand for the proposals of the message, its code between backticks.
"""

from __future__ import annotations

from tests.shapes.wrong_uses.arguments import ARGUMENTS
from tests.shapes.wrong_uses.axes import AXES
from tests.shapes.wrong_uses.classes import CLASSES
from tests.shapes.wrong_uses.contents import CONTENTS
from tests.shapes.wrong_uses.layers import LAYERS
from tests.shapes.wrong_uses.targets import TARGETS
from tests.shapes.wrong_uses.written import BEFORE as BEFORE
from tests.shapes.wrong_uses.written import Wrong as Wrong

WRONG: list[Wrong] = [*AXES, *CONTENTS, *TARGETS, *CLASSES, *LAYERS, *ARGUMENTS]
