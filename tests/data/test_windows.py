"""Windows are views on the table, at any size, and hold what a plain loop would put into them."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data import frame
from tidegate.data.windows import pick, samples, slide


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_is_copied(dtype):
    table = np.arange(60, dtype=dtype).reshape(20, 3)
    f = frame(table, look_back=4, horizon=2, inputs=[0, 1], targets=[2])
    for view in (f.values, f.x, f.y, f.latest()):
        assert np.shares_memory(view, table)
        assert view.dtype == dtype
    assert f.x.strides == (table.strides[0], table.strides[0], table.strides[1])
    table[5, 2] = -1  # a view sees it
    assert f.y[0, 1] == -1


def test_views_cannot_be_written():
    f = frame(np.arange(10.0), look_back=3)
    with pytest.raises(ValueError, match="read-only"):
        f.x[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        f.y[0] = 1


def test_every_other_column_is_a_view_and_scattered_ones_are_one_copy():
    table = np.arange(50.0).reshape(10, 5)
    assert np.shares_memory(pick(table, [0, 2, 4]), table)
    scattered = pick(table, [0, 1, 4])
    assert not np.shares_memory(scattered, table)
    assert scattered.tolist() == table[:, [0, 1, 4]].tolist()
    f = frame(table, look_back=3, inputs=[0, 1, 4], targets=[3])
    assert f.values.shape == (10, 4)  # the columns once, not the windows
    assert np.shares_memory(f.x, f.values)
    assert f.y[:, 0].tolist() == table[3:, 3].tolist()


def test_split_parts_are_views():
    table = np.arange(40.0).reshape(20, 2)
    for part in frame(table, look_back=3).split(at=0.5):
        assert np.shares_memory(part.x, table)
        assert np.shares_memory(part.y, table)


def test_ten_million_rows_cost_no_memory():
    table = np.zeros((10_000_000, 1), dtype=np.float32)
    tracemalloc.start()
    f = frame(table, look_back=96, horizon=24)
    train, test = f.split(at=0.8)
    shapes = f.x.shape, f.y.shape, train.x.shape, test.y.shape, repr(f)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert shapes[0] == (10_000_000 - 119, 96, 1)  # 3.8 GB, were it copied
    assert peak < 2_000_000


def test_a_memory_mapped_table_stays_on_disk(tmp_path):
    path = tmp_path / "table.npy"
    np.save(path, np.arange(1000.0).reshape(500, 2))
    table = np.load(path, mmap_mode="r")
    f = frame(table, look_back=10)
    assert np.shares_memory(f.x, table)
    assert f.x[-1, -1].tolist() == [996, 997]


def test_rows_in_reverse_are_still_a_view():
    table = np.arange(10.0)[::-1]
    f = frame(table, look_back=3)
    assert np.shares_memory(f.x, table)
    assert f.x[0].ravel().tolist() == [9, 8, 7]
    assert f.y[0].tolist() == [6]


def test_windows_beyond_the_table_are_refused():
    with pytest.raises(ValueError, match="exceed 5 rows"):
        slide(np.zeros((5, 1)), length=3, start=1, count=3, stride=1)


sizes = st.integers(1, 6)


@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 4),
    look_back=sizes,
    horizon=sizes,
    gap=st.integers(0, 4),
    stride=st.integers(1, 5),
    data=st.data(),
)
def test_windows_equal_a_plain_loop(rows, columns, look_back, horizon, gap, stride, data):
    table = np.random.default_rng(rows).normal(size=(rows, columns))
    some = st.lists(st.integers(0, columns - 1), min_size=1, unique=True)
    inputs, targets = data.draw(some), data.draw(some)
    x, y, start = [], [], 0
    while start + look_back + gap + horizon <= rows:
        x.append(table[start : start + look_back][:, inputs])
        first = start + look_back + gap
        y.append(table[first : first + horizon][:, targets])
        start += stride
    assert samples(rows, look_back, horizon, gap, stride) == len(x)
    if not x:
        return
    f = frame(
        table, look_back=look_back, horizon=horizon, inputs=inputs, targets=targets, gap=gap, stride=stride
    )
    assert len(f) == len(x)
    assert np.array_equal(f.x, np.array(x))
    assert np.array_equal(f.y.reshape(len(x), horizon, len(targets)), np.array(y))
    assert np.array_equal(f.latest()[0], table[-look_back:][:, inputs])
