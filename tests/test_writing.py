"""One file, whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tidegate.data import Frame, frame, read_csv
from tidegate.errors import ArgumentError
from tidegate.writing import put


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    goal, first, second = tmp_path / "file", threading.Event(), threading.Event()

    def slow(stream: BinaryIO) -> None:
        stream.write(b"slow ")
        first.set()
        assert second.wait(10)
        stream.write(b"slow")

    thread = threading.Thread(target=put, args=(goal, slow))
    thread.start()
    assert first.wait(10)
    put(goal, lambda stream: stream.write(b"quick"))
    assert goal.read_bytes() == b"quick"
    second.set()
    thread.join()
    assert goal.read_bytes() == b"slow slow"
    assert list(tmp_path.iterdir()) == [goal]


def test_after_an_error_the_old_one_stands_alone(tmp_path: Path) -> None:
    goal = tmp_path / "file"
    goal.write_text("old")

    def fails(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(goal, fails)
    assert goal.read_text() == "old" and list(tmp_path.iterdir()) == [goal]


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_modes_and_links_are_as_if_written_in_place(tmp_path: Path) -> None:
    goal, plain, link = tmp_path / "file", tmp_path / "plain", tmp_path / "latest"
    plain.write_text("")
    put(goal, lambda stream: None)
    assert goal.stat().st_mode == plain.stat().st_mode
    goal.chmod(0o600)
    link.symlink_to(goal)
    put(link, lambda stream: stream.write(b"new"))
    assert link.is_symlink() and goal.read_text() == "new"
    assert goal.stat().st_mode & 0o777 == 0o600


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    put(tmp_path / ("é" * 127), lambda stream: None)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "call", [read_csv, Frame.load, lambda path: frame([1.0, 2, 3], look_back=1).save(path)]
)
def test_what_is_no_path_is_refused(call: Any) -> None:
    with pytest.raises(ArgumentError, match="expects a path; got None"):
        call(None)
