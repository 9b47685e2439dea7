"""What stands in X."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import CODED, FIT, LSTM_51, LSTM_52, YES_NO, Wrong

CONTENTS: list[Wrong] = [
    Wrong(
        "codes beyond the table",
        CODED + "X = codes\n" + FIT,
        ("codes from 0 to 9", "got 24 in X at sample 0"),
        ("input_dim=10 => $0",),
    ),
    Wrong(
        "codes from 1",
        CODED + "X = codes % 10 + 1\n" + FIT,
        ("codes from 0 to 9", "10 in X at sample"),
        ("X = $0", "input_dim=10 => $1"),
    ),
    Wrong(
        "codes below 0",
        CODED + "X = codes % 10 - 1\n" + FIT,
        ("codes from 0 to 9", "-1 in X at sample"),
        ("X = $0 & input_dim=10 => $1", "X = $2"),
    ),
    Wrong(
        "measurements into an Embedding",
        CODED + "X = X[..., 0]\n" + FIT,
        ("whole-number codes", "at sample 0, timestep 0", "measurements"),
        ("X = $0 & Embedding(input_dim=10, output_dim=4, input_length=5),  => ",),
    ),
    Wrong(
        "gaps among codes",
        CODED + "X = (codes % 10).astype(float)\nX[3, 2] = np.nan\n" + FIT,
        ("X with NaN at sample 3, timestep 2",),
        ("X = $0",),
    ),
    Wrong(
        "text as codes",
        CODED + "X = np.array([list('abcde')] * 40)\n" + FIT,
        ("X expects numbers; got text, 'a' at position (0, 0)",),
        ("X = $0",),
    ),
    Wrong(
        "numbers as text",
        LSTM_52 + "X = X.astype(str)\n" + FIT,
        ("got text,", "the text is numbers"),
        ("X = $0",),
    ),
    Wrong(
        "labels as text",
        YES_NO + "y = np.array(['no', 'yes'] * 20)\n" + FIT,
        ("y expects numbers; got text, 'no' at position (0,)",),
        ("y = $0",),
    ),
    Wrong(
        "codes of unequal length",
        "model = made(Embedding(5, 4), LSTM(4), Dense(1))\nX, y = [[1, 2], [3]], y[:2]\n" + FIT,
        ("samples of one length; got rows of 1 to 2 timesteps",),
        ("X = $0", "X = $0 & Embedding(5, 4) => $1", "X = $2 & Embedding(5, 4) => $3"),
    ),
    Wrong(
        "series of unequal length",
        "model = made(LSTM(4), Dense(1))\nX, y = [[0.1, 0.2], [0.3]], y[:2]\n" + FIT,
        ("rows of 1 to 2 timesteps", "Masking"),
        ("X = $0", "X = $0 & made( => made($1, "),
    ),
    Wrong(
        "an array of lists of unequal length",
        "model = made(LSTM(4), Dense(1))\nX, y = np.array([np.ones(3), np.ones(4)], dtype=object), y[:2]\n"
        + FIT,
        ("rows of 3 to 4 timesteps",),
        ("X = $0", "X = $0 & made( => made($1, "),
    ),
    Wrong(
        "sequences of several features, of unequal length",
        "model = made(LSTM(4), Dense(1))\nX, y = [np.ones((3, 2)), np.ones((4, 2))], y[:2]\n" + FIT,
        ("rows of 3 to 4 timesteps",),
        ("X = $0", "X = $0 & made( => made($1, "),
    ),
    Wrong(
        "objects that are numbers", LSTM_52 + "X = X.astype(object)\n" + FIT, ("dtype object",), ("X = $0",)
    ),
    Wrong(
        "an array of arrays",
        LSTM_52 + "held = np.empty(40, object)\nheld[:] = list(X)\nX = held\n" + FIT,
        ("an array of arrays",),
        ("X = $0",),
    ),
    Wrong(
        "None among the numbers",
        LSTM_52 + "X = X.astype(object)\nX[3, 2, 1] = None\n" + FIT,
        ("None at position (3, 2, 1)",),
        ("X = $0",),
    ),
    Wrong(
        "dates",
        LSTM_51 + "X = np.arange(200).reshape(40, 5, 1).astype('M8[D]')\n" + FIT,
        ("X expects numbers; got dates",),
        ("X = $0",),
        aside=(1,),
    ),
    Wrong("durations", LSTM_51 + "X = np.ones((40, 5, 1), 'm8[s]')\n" + FIT, ("got durations",), ("X = $0",)),
    Wrong(
        "complex numbers",
        LSTM_52 + "X = X + 1j\n" + FIT,
        ("complex numbers",),
        ("X = $0 & input_shape=(5, 2) => input_shape=(5, 4)", "X = $1"),
    ),
    Wrong(
        "a gap in X",
        LSTM_52 + "X[3, 2, 1] = np.nan\n" + FIT,
        ("nan at sample 3, timestep 2, feature 1",),
        ("X = $0", "$1 & X, y = $2, $3"),
    ),
    Wrong(
        "infinity in X",
        LSTM_52 + "X[3, 2, 1] = np.inf\n" + FIT,
        ("inf at sample 3, timestep 2, feature 1",),
        ("X = $0", "$1 & X, y = $2, $3"),
    ),
    Wrong(
        "a gap in y",
        LSTM_52 + "y[7] = np.nan\n" + FIT,
        ("nan at sample 7, output 0",),
        ("$0 & X, y = $1, $2",),
    ),
]
