"""All files or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tidegate.errors import DataError
from tidegate.toolkit.files import check_directory, together


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    with together(tmp_path / "a" / "b", "one") as desk:
        (desk / "one").write_text("1")
        assert not (tmp_path / "a" / "b").exists()
    assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["one"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]


def test_in_a_folder_that_exists_files_are_replaced_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    (tmp_path / "other").write_text("mine")
    with together(tmp_path, "one") as desk:
        (desk / "one").write_text("new")
        assert (tmp_path / "one").read_text() == "old"
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"one": "new", "other": "mine"}


@pytest.mark.parametrize("exists", [True, False])
def test_after_an_error_nothing_stays(tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "out"
    if exists:
        target.mkdir()

    def interrupted() -> None:
        with together(target, "one") as desk:
            (desk / "one").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.rglob("*")) == ([target] if exists else [])


def test_stopped_half_way_there_is_no_key_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(source: Path, goal: Path) -> None:
        if goal.name == "z":
            raise OSError(28, "No space left on device")
        source.rename(goal)

    names = ("key", "model", "z")
    for name in names:
        (tmp_path / name).write_text("old")

    def write() -> None:
        with together(tmp_path, "key") as desk:
            for name in names:
                (desk / name).write_text("new")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(DataError, match=r"No space left on device\. Some files there are new, others old"):
        write()
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"model": "new", "z": "old"}


def test_a_new_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with together(tmp_path / "made", "one"):
        pass
    assert (tmp_path / "made").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(DataError, match="is a file, not a folder"):
            check_directory(path)


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert check_directory(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert not list(tmp_path.iterdir())
