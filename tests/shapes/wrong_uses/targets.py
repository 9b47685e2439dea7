"""X beside y, weights and states."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import EVERY, FIT, LSTM_52, SPARSE, YES_NO, Wrong

TARGETS: list[Wrong] = [
    Wrong(
        "fewer targets than samples",
        LSTM_52 + "y = y[:30]\n" + FIT,
        ("X of 40 samples and y of 30",),
        ("X = $0", "X = $1"),
    ),
    Wrong(
        "more targets than samples",
        LSTM_52 + "X = X[:30]\n" + FIT,
        ("X of 30 samples and y of 40",),
        ("y = $0", "y = $1"),
    ),
    Wrong(
        "targets in a row, not a column",
        LSTM_52 + "y = y.T\n" + FIT,
        ("X of 40 samples and y of 1", "each sample has a row"),
        ("y = $0",),
    ),
    Wrong(
        "every step and one target",
        EVERY + FIT,
        (
            "mean_squared_error on Dense 'last' expects y of the output's shape (samples=40, timesteps=5, outputs=1)",
            "got y (samples=40, outputs=1)",
            "on LSTM 'reader' for one target a sample",
        ),
        ("return_sequences=True => $0",),
    ),
    Wrong(
        "every step of a bidirectional layer and one target",
        "model = made(Bidirectional(LSTM(4, return_sequences=True), name='both'), Dropout(0.1), Dense(1))\n"
        + FIT,
        ("timesteps=5, outputs=1", "on Bidirectional 'both'"),
        ("return_sequences=True => $0",),
    ),
    Wrong(
        "every step and one class",
        "model = made(LSTM(4, return_sequences=True, name='reader'), Dense(3, activation='softmax'),"
        " loss='sparse_categorical_crossentropy')\ny = kinds\n" + FIT,
        ("y (samples=40, timesteps=5)", "got y (samples=40)", "LSTM 'reader'"),
        ("return_sequences=True => $0",),
    ),
    Wrong(
        "one output and a target at each step",
        LSTM_52 + "y = draw.random((40, 5, 1))\n" + FIT,
        ("y (samples=40, timesteps=5, outputs=1)", "on LSTM 'reader' for a target at each step"),
        ("name='reader' => $0", "y = $1", "y = $2 & Dense(1, name='last') => $3"),
    ),
    Wrong(
        "one output and a number at each step, in two axes",
        LSTM_52 + "y = draw.random((40, 5))\n" + FIT,
        ("got y (samples=40, timesteps=5)", "on LSTM 'reader'"),
        ("name='reader' => $0", "Dense(1, name='last') => $1"),
    ),
    Wrong(
        "one class and a class at each step",
        SPARSE + "y = np.repeat(kinds[:, None], 5, axis=1)\n" + FIT,
        ("got y (samples=40, timesteps=5)",),
        ("input_shape=(5, 2) => input_shape=(5, 2), $0", "y = $1"),
    ),
    Wrong(
        "three targets, one unit",
        LSTM_52 + "y = draw.random((40, 3))\n" + FIT,
        ("(samples=40, outputs=1)", "got y (samples=40, outputs=3)"),
        ("Dense(1, name='last') => $0", "y = $1"),
    ),
    Wrong(
        "one target, three units",
        "model = made(LSTM(4), Dense(3, name='last'))\n" + FIT,
        ("(samples=40, outputs=3)", "got y (samples=40, outputs=1)", "Dense 'last'"),
        ("Dense(3, name='last') => $0",),
    ),
    Wrong(
        "one target and an LSTM at the end",
        "model = made(LSTM(4, name='last'))\n" + FIT,
        ("(samples=40, outputs=4)", "on top of LSTM 'last'"),
        ("LSTM(4, name='last') => LSTM(4, name='last'), $0",),
    ),
    Wrong(
        "sixteen units at each step and one number at each",
        EVERY.replace("Dense(1,", "Dense(16,") + "y = X[..., 0]\n" + FIT,
        ("got y (samples=40, timesteps=5)", "one number at each of 5 steps"),
        ("Dense(16, name='last') => $0",),
    ),
    Wrong(
        "three numbers at each step, one unit",
        EVERY + "y = draw.random((40, 5, 3))\n" + FIT,
        ("timesteps=5, outputs=1", "timesteps=5, outputs=3"),
        ("Dense(1, name='last') => $0", "y = $1"),
    ),
    Wrong(
        "outputs before timesteps in y",
        EVERY.replace("Dense(1,", "Dense(3,") + "y = draw.random((40, 3, 5))\n" + FIT,
        ("timesteps=5, outputs=3", "timesteps come before outputs"),
        ("y = $0",),
    ),
    Wrong(
        "an encoder and decoder for other steps than y has",
        "model = made(LSTM(4), RepeatVector(3), LSTM(4, return_sequences=True), TimeDistributed(Dense(1)))\n"
        "y = draw.random((40, 5, 1))\n" + FIT,
        ("timesteps=3, outputs=1", "timesteps=5, outputs=1"),
        ("RepeatVector(3) => $0", "y = $1"),
    ),
    Wrong(
        "a decoder with one unit too few",
        "model = made(LSTM(4), RepeatVector(5), LSTM(4, return_sequences=True),"
        " TimeDistributed(Dense(1), name='last'))\ny = X\n" + FIT,
        ("TimeDistributed 'last'", "timesteps=5, outputs=2"),
        ("TimeDistributed(Dense(1), name='last') => $0", "y = $1"),
    ),
    Wrong(
        "weights of other samples",
        LSTM_52 + "sample_weight = np.ones(30)\nmodel.fit(X, y, sample_weight=sample_weight)",
        ("sample_weight with 40 rows, as y has; got 30",),
        ("X, y = $0, $1",),
    ),
    Wrong(
        "more weights than samples",
        LSTM_52 + "sample_weight = np.ones(50)\nmodel.fit(X, y, sample_weight=sample_weight)",
        ("sample_weight with 40 rows, as y has; got 50",),
        ("sample_weight = $0",),
    ),
    Wrong(
        "weights of classes as those of samples",
        YES_NO
        + "y, sample_weight = kinds % 2, np.array([1.0, 5.0])\nmodel.fit(X, y, sample_weight=sample_weight)",
        ("sample_weight with 40 rows, as y has; got 2", "one for each class"),
        ("sample_weight=sample_weight => $0",),
    ),
    Wrong(
        "weights of classes in a list",
        YES_NO + "y = kinds % 2\nmodel.fit(X, y, class_weight=[1, 5])",
        ("class_weight as a dict; got [1, 5]",),
        ("class_weight=[1, 5] => $0",),
    ),
    Wrong(
        "one initial state for an LSTM",
        "h, c = Input((4,)), Input((4,))\nz = LSTM(4, name='reader')(Input((5, 2)), initial_state=[h])",
        ("LSTM 'reader' expects 2 initial states of shape (samples, 4)",),
        ("initial_state=[h] => $0",),
    ),
    Wrong(
        "two initial states for a GRU",
        "h, c = Input((4,)), Input((4,))\nz = GRU(4, name='reader')(Input((5, 2)), initial_state=[h, c])",
        ("GRU 'reader' expects 1 initial state of shape (samples, 4)",),
        ("initial_state=[h, c] => $0",),
    ),
    Wrong(
        "initial states of other units",
        "h, c = Input((3,)), Input((3,))\nz = LSTM(4, name='reader')(Input((5, 2)), initial_state=[h, c])",
        ("2 initial states of shape (samples, 4)",),
        ("initial_state=[h, c] => initial_state=[$0(h), $0(c)]",),
    ),
]
