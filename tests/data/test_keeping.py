"""A frame comes back from its file as it was, and a file that is none is refused."""

import json
import zipfile

import numpy as np
import pytest

from tidegate.data import Frame, Standard, frame
from tidegate.errors import DataError


def small() -> Frame:
    table = {
        "shop": ["a"] * 6 + ["b"] * 5,
        "sold": np.arange(11.0),
        "day": [f"2024-01-0{k}" for k in "12345612345"],
    }
    return frame(table, look_back=2, series="shop", dates="day").split(0.9, scaler=Standard())[0]


def test_a_frame_survives(tmp_path):
    f = small()
    f.save(tmp_path / "f.npz")
    g = Frame.load(tmp_path / "f.npz")
    assert repr(g) == repr(f)
    np.testing.assert_array_equal(np.asarray(g.x), np.asarray(f.x))
    assert g.restore(g.y).to_dict()["date"].tolist() == f.restore(f.y).to_dict()["date"].tolist()
    assert list(tmp_path.iterdir()) == [tmp_path / "f.npz"]


def test_no_file_and_no_frame(tmp_path):
    with pytest.raises(DataError, match="got no file"):
        Frame.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("no zip")
    with pytest.raises(DataError, match="is no frame"):
        Frame.load(tmp_path / "text.npz")
    with pytest.raises(DataError, match="cannot be written"):
        small().save(tmp_path / "absent" / "f.npz")


@pytest.mark.parametrize("name", ["values", "segments", "owners", "plain", "dates"])
def test_damaged_parts_are_refused(tmp_path, name):
    path = tmp_path / "f.npz"
    small().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays[name] = (
        np.array([[0, 10**6]]) if name == "segments" else arrays[name][:-1].astype(arrays[name].dtype)
    )
    np.savez(path, **arrays)
    with pytest.raises(DataError, match="is no frame"):
        Frame.load(path)


def test_pickled_objects_are_never_opened(tmp_path):
    path = tmp_path / "f.npz"
    small().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **{**arrays, "owners": np.array([print], dtype=object)})
    with pytest.raises(DataError, match="is no frame"):
        Frame.load(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"mask_value": "x"},
        {"first_row": [1]},
        {"missing": "drop"},
        {"frequency": ["eons", 1, 1]},
        "[" * 100_000,
    ],
    ids=lambda changed: str(changed)[:20],
)
def test_wrong_words_and_numbers_are_refused(tmp_path, changed):
    path = tmp_path / "f.npz"
    small().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    text = (
        changed if isinstance(changed, str) else json.dumps(json.loads(arrays["plain"].tobytes()) | changed)
    )
    np.savez(path, **{**arrays, "plain": np.frombuffer(text.encode(), np.uint8)})
    with pytest.raises(DataError, match="is no frame"):
        Frame.load(path)


def test_columns_that_are_not_there(tmp_path):
    path = tmp_path / "f.npz"
    small().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    plain = json.loads(arrays["plain"].tobytes())
    plain["targets"] = ["price"]
    arrays["plain"] = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    np.savez(path, **arrays)
    with pytest.raises(DataError, match="columns that are not there"):
        Frame.load(path)


def test_a_packed_file_is_not_unpacked(tmp_path):
    path = tmp_path / "f.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("values.npy", bytes(10_000_000))
    with pytest.raises(DataError, match="more than it does"):
        Frame.load(path)
