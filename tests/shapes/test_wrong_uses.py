"""Each wrong use is refused with a message that names the axes, and whose own proposals, when executed, work."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tests.shapes.wrong_uses import BEFORE, WRONG, Wrong
from tidegate.errors import TidegateError
from tidegate.language import speaking
from tidegate.layers import Layer

WAY = re.compile(r"`([^`]+)`(?: in place of \w+ '\w+'| as the first layer)?(?: gives \(([^)]*)\))?")
AXIS = re.compile(r"\w+=\d+")  # an axis and its size
HAN = re.compile("[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[a-z]{2,}(?: [a-z]+){2,}")  # three English words in a row
CODE = re.compile("`[^`]+`")


def run(code: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(BEFORE + code, space)
    return space


def refused(code: str) -> str:
    with pytest.raises(TidegateError) as caught:
        run(code)
    line, wrong = caught.tb.tb_next.tb_next.tb_lineno, len((BEFORE + code).splitlines())  # type: ignore[union-attr]
    assert line == wrong, "refused before the wrong line"
    return str(caught.value)


def mended(code: str, mend: str, ways: list[str]) -> str:
    """Return the code with the proposals of a message in it."""
    for part in mend.split(" & "):
        filled = re.sub(r"\$(\d)", lambda found: ways[int(found[1])], part)
        if " => " in part:
            old, new = part.split(" => ")[0], filled.split(" => ")[1]
            if old.startswith("name="):
                new = f"{old}, {new}"
            assert old in code, f"{old} does not stand in the code"
            code = code.replace(old, new)
        else:
            before, wrong = code.rsplit("\n", 1) if "\n" in code else ("", code)
            code = f"{before}\n{filled}\n{wrong}"
    return code


def sizes(promise: str) -> tuple[int, ...]:
    return tuple(int(size) for size in re.findall(r"=(\d+)", promise))


@pytest.mark.parametrize("use", WRONG, ids=[use.name for use in WRONG])
def test_a_wrong_use_is_refused_and_mended_by_its_message(use: Wrong) -> None:
    message = refused(use.code)
    for said in use.says:
        assert said in message
    found = WAY.findall(message)
    ways = [way for way, _ in found]
    tried = {int(k) for mend in use.mends for k in re.findall(r"\$(\d)", mend)}
    assert tried | set(use.aside) == set(range(len(ways))), f"proposals that nobody tries in: {message}"
    for mend in use.mends:
        code = mended(use.code, mend, ways)
        try:
            run(code)
        except Exception as error:
            raise AssertionError(f"{message}\n\nmended by {mend}:\n{code}\n\n{error}") from error
    space = run(use.code.rsplit("\n", 1)[0] if "\n" in use.code else "")
    for k, (way, promise) in enumerate(found):
        if promise and k in tried:
            made = eval(way, space)
            made = made(space["X"]) if isinstance(made, Layer) else made
            assert np.shape(made) == sizes(promise), f"{way} promises {promise}"


@pytest.mark.parametrize("use", WRONG, ids=[use.name for use in WRONG])
def test_it_is_told_in_chinese_with_the_same_axes_and_proposals(use: Wrong) -> None:
    english = refused(use.code)
    with speaking("zh"):
        chinese = refused(use.code)
    both = f"{english}\n{chinese}"
    assert sorted(CODE.findall(chinese)) == sorted(CODE.findall(english)), both
    told, same = CODE.sub("", chinese), CODE.sub("", english)
    assert sorted(AXIS.findall(told)) == sorted(AXIS.findall(same)), both
    assert HAN.search(told) and not SENTENCE.search(told), both


def test_there_are_enough() -> None:
    assert len({use.name for use in WRONG}) == len(WRONG) >= 60
