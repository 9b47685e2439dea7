"""Changes bytes of a file of a model, and says whether each change loads or is refused. Its memory is bounded.

python tests/saving/mutate.py FILE COUNT SEED
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import warnings
from pathlib import Path

from tidegate.errors import TidegateError
from tidegate.models import load_model

MEMORY = 2 << 30  # bytes of addresses, most of them the libraries'


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a file with some bytes changed, zeroed or filled, or cut off."""
    made, at = bytearray(data), chance.randrange(len(data))
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(made[:at])
    if kind == 1:
        made[at : at + 8] = bytes([chance.choice((0, 255))]) * len(made[at : at + 8])
    elif kind == 2:  # the head, where the layout stands
        made[at % 4096] ^= 1 << chance.randrange(8)
    else:
        for _ in range(chance.choice((1, 2, 5, 20))):
            made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def main(file: str, count: int, seed: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    data, loaded = Path(file).read_bytes(), 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m{Path(file).suffix}"
        for k in range(count):
            path.write_bytes(mutated(data, random.Random(seed + k)))
            print(f"seed {seed + k}", file=sys.stderr, flush=True)  # the last one said is the one that failed
            try:
                load_model(path)
                loaded += 1
            except TidegateError as error:
                if not str(error).startswith(str(path)) or "\n" in str(error):
                    raise RuntimeError("a refusal that does not name the file in one line") from error
    print(f"{loaded} of {count} load")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
