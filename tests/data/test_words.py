"""Columns of words as codes: numbered by the training part, each an input of its own, kept and explained."""

import numpy as np
import pytest

import tidegate
from tidegate.data import Frame, Standard, frame
from tidegate.errors import DataError

DAYS = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]")
WEEKDAYS = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])[np.arange(40) % 7]


def shops(**columns):
    """Return a long table of two series with a word of each row (sky) and one of each series (kind)."""
    return {
        "shop": np.repeat(["north", "south"], 40),
        "day": np.tile(DAYS, 2),
        "weekday": np.tile(WEEKDAYS, 2),
        "kind": np.repeat(["kiosk", "market"], 40),
        "sold": np.arange(80.0),
        **columns,
    }


def one(n=12, **columns):
    return {"sky": ["sun", "rain", "sun"] * (n // 3), "sold": np.arange(float(n)), **columns}


def test_codes_stand_beside_the_numbers():
    f = frame(one(), look_back=3, text="codes")
    (x, sky), y = f.to_arrays()
    assert f.inputs == ("sold",)
    assert x.shape == (9, 3, 1)
    assert sky.dtype == np.int32
    assert sky[0].tolist() == [2, 1, 2]  # rain, sun
    assert y[0].tolist() == [3]


def test_every_role_has_an_input_of_its_own():
    f = frame(
        shops(),
        look_back=7,
        horizon=2,
        series="shop",
        targets="sold",
        known="weekday",
        static="kind",
        text="codes",
    )
    assert [(s.name, s.role, s.array.shape[1:]) for s in f.sources] == [
        ("x", "x", (7, 1)),
        ("weekday", "x", (7,)),
        ("weekday (known)", "known", (2,)),
        ("kind", "static", (1,)),
    ]
    arrays = {s.name: np.asarray(s.array) for s in f.sources}
    weekday = f.words[0]
    rows = np.asarray(f.starts)[:, None]
    assert (
        weekday.decode(arrays["weekday"].ravel())
        == np.tile(WEEKDAYS, 2)[rows + np.arange(7)].ravel().tolist()
    )
    ahead = np.tile(WEEKDAYS, 2)[rows + 7 + np.arange(2)]
    assert weekday.decode(arrays["weekday (known)"].ravel()) == ahead.ravel().tolist()
    assert f.words[1].decode(arrays["kind"].ravel()) == np.repeat(["kiosk", "market"], len(f) // 2).tolist()


def test_the_training_part_alone_says_which_words_there_are():
    table = one(12)
    table["sky"][9:] = ["snow", "sun", "hail"]
    train, test = frame(table, look_back=3, text="codes").split(8)
    assert train.words[0].vocabulary == test.words[0].vocabulary == ("rain", "sun")
    assert np.asarray(test.sources[1].array)[-1].tolist() == [2, 0, 2]  # rows 8 to 10: sun, snow, sun
    assert test.notes == ("2 rows hold words of 'sky' that the training part does not: code 0",)
    assert train.notes == ()


def test_a_frame_with_words_survives_its_file(tmp_path):
    f = frame(one(), look_back=3, text="codes").split(8, scaler=Standard())[1]
    f.save(tmp_path / "f.npz")
    g = Frame.load(tmp_path / "f.npz")
    assert repr(g) == repr(f)
    np.testing.assert_array_equal(g.sources[1].array, f.sources[1].array)


@pytest.mark.parametrize(("name", "value"), [("codes", 7), ("codes", -2)])
def test_codes_without_a_word_are_refused_in_a_file(tmp_path, name, value):
    path = tmp_path / "f.npz"
    frame(one(), look_back=3, text="codes").save(path)
    with np.load(path) as file:
        arrays = dict(file)
    arrays[name][0, 3] = value
    np.savez(path, **arrays)
    with pytest.raises(DataError, match="stand for no word"):
        Frame.load(path)


@pytest.mark.parametrize("missing", ["refuse", "skip", "mask", "keep"])
def test_a_missing_word(missing):
    table = one(12)
    table["sky"][4] = None
    if missing == "refuse":
        with pytest.raises(DataError, match="Column 'sky', row 4: the value is missing"):
            frame(table, look_back=3, text="codes")
        return
    f = frame(table, look_back=3, text="codes", missing=missing)
    sky = np.asarray(f.sources[1].array)
    assert len(f) == {"skip": 6, "mask": 9, "keep": 9}[missing]
    assert (sky == 0).any() == (missing != "skip")


def test_gaps_are_filled_with_the_word_before():
    table = {
        "day": np.delete(DAYS[:9], 4),
        "sky": ["a", "b", "c", "d", "e", "f", "g", "h"],
        "sold": np.arange(8.0),
    }
    f = frame(table, look_back=2, text="codes", gaps="fill")
    assert f.words[0].decode(f.words[0].codes) == ["a", "b", "c", "d", "d", "e", "f", "g", "h"]
    assert f.values[:, 0].tolist() == [0, 1, 2, 3, 3.5, 4, 5, 6, 7]


def test_words_alone_are_no_x():
    with pytest.raises(
        DataError, match=r"a column of numbers.*words in each of 'sky'.*inputs=\['sky', 'sold'\]"
    ):
        frame(one(), look_back=3, text="codes", inputs="sky", targets="sold")


def test_a_static_word_that_changes_is_refused():
    with pytest.raises(DataError, match="'weekday' takes 'Mon' and 'Tue' in the rows of series 'north'"):
        frame(
            shops(), look_back=3, series="shop", targets="sold", inputs="sold", static="weekday", text="codes"
        )


@pytest.mark.parametrize("horizon", [1, 2])
@pytest.mark.parametrize("missing", ["refuse", "mask"])
def test_the_proposed_model_trains_and_foresees(horizon, missing):
    f = frame(
        shops(), look_back=7, horizon=horizon, series="shop", targets="sold", known="weekday", static="kind",
        text="codes", missing=missing,
    )  # fmt: skip
    train, test = f.split("2024-02-01", scaler=Standard())
    code = str(train.expected_model()).replace("LSTM(50", "LSTM(3")
    assert code in str(tidegate.explain(train)).replace("LSTM(50", "LSTM(3").replace("\n    ", "\n")
    space = {name: getattr(tidegate.layers, name) for name in tidegate.layers.__all__}
    exec(code, space | {"Model": tidegate.Model}, made := {})
    model = made["model"]
    model.compile("adam", "mse")
    history = model.fit(*train.to_arrays(), epochs=1, verbose=0).history
    assert np.isfinite(history["loss"][0])
    latest = test.latest({"weekday": ["Sat", "Sun"][:horizon]})
    forecast = test.restore(model.predict(latest, verbose=0), latest=True)
    assert forecast.values.shape == (2, horizon, 1)


def test_what_is_known_of_the_steps_to_come():
    table = one(12, price=np.arange(12.0), day=DAYS[:12])
    f = frame(table, look_back=3, horizon=2, targets="sold", known=["price", "sky"], text="codes")
    with pytest.raises(
        DataError, match=r"latest expects known with 'price', 'sky'; got none. Instead: latest\(\{'pr"
    ):
        f.latest()
    with pytest.raises(DataError, match=r"'sky' of shape \(1, 2\); got shape \(1,\)"):
        f.latest({"price": [1, 2], "sky": ["sun"]})
    train, _ = f.split(9, scaler=Standard())
    x, sky, known, coming = train.latest({"price": [4.0, 5.0], "sky": ["snow", "sun"]})
    assert x.shape == (1, 3, 2)  # price and sold
    assert sky.tolist() == [[2, 1, 2]]
    assert coming.tolist() == [[0, 2]]
    np.testing.assert_allclose(known[0, :, 0], (np.array([4, 5]) - 4) / np.arange(9).std())


def test_explain_shows_words_and_what_they_stand_for():
    text = str(tidegate.explain(frame(one(), look_back=3, text="codes", targets="sold")))
    assert "sky: sun, rain, sun" in text
    assert "sky: rain=1, sun=2" in text
