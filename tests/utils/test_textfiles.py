"""Texts in folders as a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.errors import ArgumentError, DataError
from tidegate.utils import text_dataset_from_directory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("neg", "pos"):
        (tmp_path / kind).mkdir()
        for k in range(5):
            (tmp_path / kind / f"{k}.txt").write_text(f"{kind} {k} tide", encoding="utf-8")
    return tmp_path


def rows(dataset: Any) -> list[tuple[str, Any]]:
    return [(str(x), y.tolist()) for xs, ys in dataset for x, y in zip(xs, ys, strict=True)]


def test_each_text_comes_with_its_class(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = text_dataset_from_directory(folder, batch_size=4, shuffle=False)
    assert found.class_names == ["neg", "pos"] and len(found) == 3
    assert rows(found) == [(f"{kind} {k} tide", n) for n, kind in enumerate(("neg", "pos")) for k in range(5)]
    assert capsys.readouterr().out == "Found 10 files belonging to 2 classes.\n"


def test_the_subsets_share_the_files(folder: Path) -> None:
    both = text_dataset_from_directory(folder, validation_split=0.2, subset="both", seed=7, verbose=False)
    alone = [
        text_dataset_from_directory(folder, validation_split=0.2, subset=s, seed=7, verbose=False)
        for s in ("training", "validation")
    ]
    for a, b, n in zip(both, alone, (8, 2), strict=True):
        assert sorted(rows(a)) == sorted(rows(b)) and len(rows(a)) == n
    assert len({text for part in both for text, _ in rows(part)}) == 10


@pytest.mark.parametrize(("mode", "label"), [("binary", 0.0), ("categorical", [1.0, 0.0]), ("int", 0)])
def test_labels_come_as_asked(folder: Path, mode: str, label: Any) -> None:
    found = text_dataset_from_directory(folder, label_mode=mode, shuffle=False, max_length=5, verbose=False)
    assert rows(found)[0] == ("neg 0", label)


def test_texts_may_come_alone(folder: Path) -> None:
    found = text_dataset_from_directory(folder, labels=None, label_mode=None, batch_size=None, verbose=False)
    assert sorted(map(str, found))[0] == "neg 0 tide" and len(found) == 10
    given = text_dataset_from_directory(folder, labels=np.arange(10), shuffle=False, verbose=False)
    assert [y for _, y in rows(given)] == list(range(10))


def test_mistakes_are_named(folder: Path) -> None:
    with pytest.raises(ArgumentError, match=r"validation_split=0\.2, subset=None"):
        text_dataset_from_directory(folder, validation_split=0.2)
    with pytest.raises(ArgumentError, match="label_mode among"):
        text_dataset_from_directory(folder, label_mode="float")
    with pytest.raises(DataError, match="nothing at"):
        text_dataset_from_directory(folder / "none")
    (folder / "empty").mkdir()
    with pytest.raises(DataError, match=r"\.txt files in"):
        text_dataset_from_directory(folder / "empty")
    with pytest.raises(DataError, match="a label for each file; got 3 of 10"):
        text_dataset_from_directory(folder, labels=[0, 1, 2])
