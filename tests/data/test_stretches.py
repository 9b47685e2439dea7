"""Several series, gaps and missing values: no window lies where it must not, and none that may is left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data import MinMax, Windows, frame
from tidegate.errors import DataError

DAYS = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")


def shops(*sizes):
    """Return a long table of several series: `sold` is 100 times the number of the series and the row in it."""
    labels = np.repeat([f"shop {k}" for k in range(len(sizes))], sizes)
    return {
        "shop": labels,
        "day": np.concatenate([DAYS[:n] for n in sizes]),
        "sold": np.concatenate([100.0 * (k + 1) + np.arange(n) for k, n in enumerate(sizes)]),
        "holiday": np.concatenate([np.arange(n) % 2 for n in sizes]).astype(float),
        "size": np.repeat([10.0 * (k + 1) for k in range(len(sizes))], sizes),
    }


@given(
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    look_back=st.integers(1, 4),
    horizon=st.integers(1, 3),
    gap=st.integers(0, 2),
    stride=st.integers(1, 3),
    absent=st.sets(st.integers(0, 47), max_size=6),
)
def test_windows_are_those_that_a_plain_loop_finds(sizes, look_back, horizon, gap, stride, absent):
    table = shops(*sizes)
    table["sold"][[row for row in absent if row < sum(sizes)]] = np.nan
    x, y = [], []
    first = 0
    for n in sizes:
        values = table["sold"][first : first + n]
        for start in range(0, n - (look_back + gap + horizon) + 1, stride):
            past = values[start : start + look_back]
            then = values[start + look_back + gap :][:horizon]
            if not np.isnan([*past, *then]).any():
                x.append(past)
                y.append(then)
        first += n
    arguments = {"series": "shop", "inputs": "sold", "missing": "skip", "look_back": look_back}
    arguments |= {"horizon": horizon, "gap": gap, "stride": stride}
    if not x:
        with pytest.raises(DataError, match=r"need at least|follow one another|holds a missing value"):
            frame(table, **arguments)
        return
    f = frame(table, **arguments)
    np.testing.assert_array_equal(np.asarray(f.x)[:, :, 0], x)
    np.testing.assert_array_equal(np.asarray(f.y), y)


def test_series_in_mixed_rows_are_sorted_apart():
    table = shops(5, 4)
    mixed = np.random.default_rng(0).permutation(9)
    by_day = mixed[np.argsort(table["day"][mixed], kind="stable")]
    f = frame({name: column[by_day] for name, column in table.items()}, look_back=2, series="shop")
    assert "rows were sorted by series" in f.notes
    rows = {tuple(row) for row in np.asarray(f.x)[:, :, 0].tolist()}
    assert rows == {(100, 101), (101, 102), (102, 103), (200, 201), (201, 202)}


def test_many_series_are_framed_without_copies():
    f = frame(shops(9, 9), look_back=3, series="shop", inputs=["sold"])
    assert isinstance(f.x, Windows)
    assert np.shares_memory(f.x.array, f.values)
    x, y = f.to_arrays()
    assert isinstance(x, np.ndarray)
    np.testing.assert_array_equal(x[:, -1, 0] + 1, y[:, 0])


def test_windows_read_like_an_array():
    f = frame(shops(6, 5), look_back=2, series="shop", inputs=["sold", "holiday"])
    whole = np.asarray(f.x)
    assert f.x.shape == whole.shape
    assert f.x.size == whole.size
    assert len(f.x) == len(whole)
    for key in (0, -1, slice(1, 4), [0, 2], (2, 1), (slice(0, 3), 0, 1), np.arange(len(whole)) % 2 == 0, ...):
        np.testing.assert_array_equal(np.asarray(f.x[key]), whole[key], err_msg=str(key))
    assert isinstance(f.x[1:3], Windows)
    with pytest.raises(ValueError, match="copy"):
        np.array(f.x, copy=False)


def test_known_and_static_columns():
    f = frame(
        shops(6, 6), look_back=2, horizon=3, series="shop", targets="sold", known="holiday", static="size"
    )
    assert f.inputs == ("sold", "holiday")
    (x, known, static), y = f.to_arrays()
    assert x.shape == (4, 2, 2)
    assert known.shape == (4, 3, 1)
    np.testing.assert_array_equal(known[:, :, 0], y % 100 % 2)
    np.testing.assert_array_equal(static[:, 0], [10, 10, 20, 20])
    assert "Model([x, known, static], y)" in str(f.expected_model())


def test_a_static_column_that_changes_is_refused():
    table = shops(4, 4)
    table["size"][6] = 21
    with pytest.raises(DataError, match="'size' takes 20 and 21 in the rows of series 'shop 1'"):
        frame(table, look_back=2, series="shop", static="size")


def test_several_series_are_split_at_one_date_and_scaled_by_their_older_rows():
    scaler = MinMax()
    train, test = frame(shops(10, 6), look_back=2, series="shop", inputs="sold").split(
        "2024-01-05", scaler=scaler
    )
    assert scaler.inverse(np.array([[0.0], [1.0]])).ravel().tolist() == [
        100,
        203,
    ]  # rows before the split alone
    assert train.restore(train.y)["sold"].ravel().tolist() == [102, 103, 202, 203]
    assert test.restore(test.y)["sold"].ravel().tolist() == [104, 105, 106, 107, 108, 109, 204, 205]


def test_three_parts_share_no_target():
    parts = frame(np.arange(20.0), look_back=3).split(0.6, 0.8)
    found = [part.y.ravel().tolist() for part in parts]
    assert found == [list(range(3, 12)), list(range(12, 16)), list(range(16, 20))]
    with pytest.raises(DataError, match="ascending order"):
        frame(np.arange(20.0), look_back=3).split(0.8, 0.6)


def test_latest_of_each_series_and_its_dates():
    f = frame(shops(5, 4), look_back=2, series="shop", inputs="sold")
    np.testing.assert_array_equal(f.latest()[:, :, 0], [[103, 104], [202, 203]])
    assert f.future_dates().astype(str).tolist() == [["2024-01-06"], ["2024-01-05"]]
    rows = f.restore(np.array([[1.0], [2.0]]), latest=True).to_dict()
    assert rows["series"].tolist() == ["shop 0", "shop 1"]


def test_gaps_are_refused_kept_skipped_or_filled():
    days = np.delete(DAYS[:12], [4, 5])
    table = {"sold": np.delete(np.arange(12.0), [4, 5])}
    with pytest.raises(DataError, match=r"2 are missing between 2024-01-04 and 2024-01-07 .*gaps='fill'"):
        frame(table, look_back=2, dates=days)
    assert len(frame(table, look_back=2, dates=days, gaps="keep")) == 8
    skipped = frame(table, look_back=2, dates=days, gaps="skip")
    np.testing.assert_array_equal(np.asarray(skipped.y).ravel(), [2, 3, 8, 9, 10, 11])
    filled = frame(table, look_back=2, dates=days, gaps="fill")
    np.testing.assert_array_equal(filled.y.ravel(), np.arange(2.0, 12))
    assert filled.notes == ("2 rows put in where dates were missing, by straight lines",)


def test_uneven_dates_are_refused_with_a_way_out():
    days = DAYS[[0, 1, 3, 8, 9, 21]]
    with pytest.raises(DataError, match=r"no fixed step.*every='1d'.*gaps='keep'"):
        frame({"sold": np.arange(6.0)}, look_back=2, dates=days, gaps="fill")


def test_missing_rows_are_masked_and_their_targets_left_out():
    values = np.arange(20.0).reshape(10, 2)
    values[4, 1] = np.nan
    f = frame(values, look_back=3, targets=[0, 1], missing="mask", mask_value=-5)
    assert not np.isnan(np.asarray(f.x)).any()
    assert not np.isnan(np.asarray(f.y)).any()
    assert (
        np.asarray(f.x)[2] == [[6, 7], [-5, -5], [10, 11]]
    ).all()  # row 4 is no target, so start 1 is left out
    assert str(f.expected_model()).startswith("Sequential([Masking(-5, input_shape=(3, 2)), LSTM(50)")
    values[7] = -5
    with pytest.raises(DataError, match="Row 7 holds mask_value=-5 in each input"):
        frame(values, look_back=3, missing="mask", mask_value=-5)


def test_words_become_columns():
    table = {"sky": ["sun", "rain", "sun", "sun", "snow"], "sold": [1.0, 2, 3, 4, 5]}
    with pytest.raises(DataError, match="text='one_hot'"):
        frame(table, look_back=2)
    f = frame(table, look_back=2, targets="sold", text="one_hot")
    assert f.inputs == ("sky=rain", "sky=snow", "sky=sun", "sold")
    np.testing.assert_array_equal(f.x[0], [[0, 0, 1, 1], [1, 0, 0, 2]])


def test_a_series_without_a_name_is_refused():
    with pytest.raises(DataError, match="row 1: the name of the series is missing"):
        frame({"shop": ["a", None, "b"], "sold": [1.0, 2, 3]}, look_back=1, series="shop")


def test_dates_of_each_series_are_checked_by_themselves():
    table = shops(4, 4)
    table["day"][6] = table["day"][5]
    with pytest.raises(DataError, match=r"2024-01-02 stands twice, in series 'shop 1', row 5 and"):
        frame(table, look_back=2, series="shop")
