"""How the numbers of a column are written: with decimal commas, with marks between thousands, with a sign of a unit.

A way of writing is taken where each value of the column has it and no other way gives other numbers; that it was taken
is noted. 1,234 alone may be a thousand or one and a bit: such a column is refused, not guessed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tidegate.language import say

__all__ = ["Reading", "read"]

SIGNS = "%‰$€£¥₹₽°"  # of one unit; a word such as kW may as well be a name, and is not taken off
APART = " '’\u00a0\u202f"  # what else than point and comma stands between thousands
# The decimal mark and what parts thousands, and what is said of it.
WAYS = {
    (",", ""): "the comma was read as the decimal point",
    (".", ","): "the comma was read as parting thousands",
    (",", "."): "the comma was read as the decimal point, the point as parting thousands",
    (".", APART): "blanks and apostrophes were read as parting thousands",
    (",", APART): "the comma was read as the decimal point, blanks and apostrophes as parting thousands",
}

_ENDS = rf"^([+-]?)\s*([{SIGNS}]?)\s*(.*?)\s*(°[CF]|[{SIGNS}]?)$"


class Reading(NamedTuple):
    """The numbers of a column, NaN or null where there is none.

    Attributes
    ----------
    numbers : polars Series of floats
    notes : how they were read, in words
    doubt : what one of its values may be, where several ways give several numbers
    """

    numbers: Any
    notes: list[str]
    doubt: str = ""


def read(texts: Any, name: str) -> Reading:
    """Return what the texts of a column mean as numbers; where some are none, these are null.

    Parameters
    ----------
    texts : polars Series of str, null where a value is missing
    name : the column, for what is said

    Examples
    --------
    >>> import polars as pl
    >>> read(pl.Series(["€1.037,50", "€12,00"]), "price").numbers.to_list()
    [1037.5, 12.0]
    >>> read(pl.Series(["1,037", "12"]), "price").doubt
    '1.037 or 1037'
    """
    plain = _floats(texts)
    if plain.null_count() == texts.null_count():
        return Reading(plain, [])
    sign, bare = _without_sign(texts)
    notes = [say("column {name!r}: {sign!r} was left out", name=name, sign=sign)] if sign else []
    numbers = _floats(bare)
    if numbers.null_count() == texts.null_count():
        return Reading(numbers, notes)
    found = [(_in_way(bare, *way), said) for way, said in WAYS.items() if _all(bare, *way)]
    if not found:
        return Reading(plain, [])
    first, said = found[0]
    for other, _ in found[1:]:
        if not first.equals(other):
            at = int((first != other).arg_true()[0])
            return Reading(plain, [], say(" or ").join(f"{one[at]:.15g}" for one in (first, other)))
    return Reading(first, [*notes, say("column {name!r}: {said}", name=name, said=say(said))])


def _floats(texts: Any) -> Any:
    import polars as pl

    return texts.cast(pl.Float64, strict=False)


def _without_sign(texts: Any) -> tuple[str, Any]:
    """Return the sign that stands before or behind every number, '' for none, and the texts without it."""
    parts = {k: texts.str.extract(_ENDS, k).fill_null("") for k in (1, 2, 3, 4)}
    known = texts.is_not_null()
    for place, rest in ((2, (1, 3, 4)), (4, (1, 2, 3))):
        signs = parts[place].filter(known).unique().to_list()
        if len(signs) == 1 and signs[0]:
            bare = parts[rest[0]] + parts[rest[1]] + parts[rest[2]]
            return signs[0], bare.set(~known, None)
    return "", texts


def _all(texts: Any, point: str, apart: str) -> bool:
    """Return whether every text is a number of that way of writing."""
    parted = rf"[1-9]\d{{0,2}}(?:[{apart}]\d{{3}})+|" if apart else ""
    pattern = rf"^[+-]?(?:{parted}\d*)(?:[{point}]\d+)?(?:[eE][+-]?\d+)?$"
    return bool(texts.drop_nulls().str.contains(pattern).all()) and (
        _in_way(texts, point, apart).null_count() == texts.null_count()
    )


def _in_way(texts: Any, point: str, apart: str) -> Any:
    bare = texts.str.replace_all(f"[{apart}]", "") if apart else texts
    return _floats(bare.str.replace(point, ".", literal=True))
