"""How many axes X has, and which."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import CODED, FIT, LSTM_51, LSTM_52, TWO, Wrong

AXES: list[Wrong] = [
    Wrong(
        "table of measurements",
        LSTM_52 + "X = draw.random((40, 5))\n" + FIT,
        ("LSTM 'reader' expects (samples=any, timesteps=5, features=2)", "got X (samples=40, columns=5)"),
        ("X = $0 & input_shape=(5, 2) => $1", "X = $2 & input_shape=(5, 2) => $3"),
    ),
    Wrong(
        "table of one feature's steps",
        LSTM_51 + "X = X[..., 0]\n" + FIT,
        ("timesteps=5, features=1", "X (samples=40, columns=5)", "if its columns are timesteps"),
        ("X = $0", "X = $1 & input_shape=(5, 1) => $2"),
    ),
    Wrong(
        "table of features of one step",
        LSTM_52.replace("(5, 2)", "(1, 5)") + "X = X[..., 0]\n" + FIT,
        ("timesteps=1, features=5", "features of one step"),
        ("X = $0", "X = $1 & input_shape=(1, 5) => $2"),
    ),
    Wrong(
        "table with all steps in a row",
        LSTM_52 + "X = X.reshape(40, 10)\n" + FIT,
        ("X (samples=40, columns=10)", "each row holds all steps"),
        ("X = $0", "X = $1 & input_shape=(5, 2) => $2", "X = $3 & input_shape=(5, 2) => $4"),
    ),
    Wrong(
        "codes without an Embedding",
        LSTM_51 + "X = codes\n" + FIT,
        ("got X (samples=40, timesteps=5)", "timesteps=5, features=16", "if each number is a code"),
        ("LSTM(4, input_shape=(5, 1) => $0, LSTM(4", "X = $1 & input_shape=(5, 1) => $2", "X = $3"),
    ),
    Wrong(
        "codes into a model for one-hot",
        LSTM_52.replace("(5, 2)", "(5, 25)") + "X = codes.astype(float)\n" + FIT,
        ("features=25", "X (samples=40, timesteps=5)"),
        ("LSTM(4, input_shape=(5, 25) => $0, LSTM(4", "X = $1", "X = $2 & input_shape=(5, 25) => $3"),
    ),
    Wrong(
        "codes into an open model",
        "model = made(LSTM(4), Dense(1))\nX = codes\n" + FIT,
        ("(samples=any, timesteps=any, features=any)", "X (samples=40, timesteps=5)"),
        ("made( => made($0, ", "X = $1", "X = $2"),
    ),
    Wrong(
        "table into an open model",
        "model = made(LSTM(4), Dense(1))\nX = X[..., 0]\n" + FIT,
        ("(samples=any, timesteps=any, features=any)", "X (samples=40, columns=5)"),
        ("X = $0", "X = $1"),
    ),
    Wrong(
        "data frame",
        LSTM_52
        + "import pandas\nX = pandas.DataFrame(X[:, 0], columns=['a', 'b'])\nX, old = X.to_numpy(), X\nmodel.fit(X, y)",
        ("X (samples=40, columns=2)",),
        ("X = $0 & input_shape=(5, 2) => $1", "X = $2 & input_shape=(5, 2) => $3"),
    ),
    Wrong(
        "one series, not cut into windows",
        LSTM_51 + "X = np.sin(np.arange(44.0))\n" + FIT,
        ("X (numbers=44)", "windows of the series first"),
        ("data = $0 & model.fit(X, y) => model.fit(data.x, data.y)", "X = $1"),
    ),
    Wrong(
        "one window to predict, steps alone",
        LSTM_51 + "X = X[0, :, 0]\nmodel.predict(X)",
        ("X (numbers=5)", "one sample of 5 timesteps"),
        ("X = $0",),
    ),
    Wrong(
        "batch[i] to predict",
        LSTM_52 + "batch, i = X, 3\nX = batch[i]\nmodel.predict(X)",
        ("got X (timesteps=5, features=2)", "this is one sample"),
        ("X = $0", "X = $1"),
        aside=(2,),
    ),
    Wrong(
        "batch[i] to evaluate",
        LSTM_52 + "batch, i = X, 3\nX, y = batch[i], y[[3]]\nmodel.evaluate(X, y)",
        ("got X (timesteps=5, features=2)",),
        ("X = $0", "X = $1"),
        aside=(2,),
    ),
    Wrong(
        "one sample of codes",
        CODED + "batch, i = codes % 10, 3\nX = batch[i]\nmodel.predict(X)",
        ("Embedding 'embedding", "(samples=any, timesteps=5)", "one sample"),
        ("X = $0",),
    ),
    Wrong(
        "an axis too many",
        LSTM_52 + "X = X[..., None]\n" + FIT,
        ("X (samples=40, timesteps=5, features=2, axis 3=1)",),
        ("X = $0",),
    ),
    Wrong(
        "samples in two axes",
        LSTM_52 + "X = X.reshape(8, 5, 5, 2)\n" + FIT,
        ("axis 3=2", "as samples have one axis"),
        ("X = $0",),
    ),
    Wrong(
        "features before timesteps",
        LSTM_52 + "X = X.transpose(0, 2, 1)\n" + FIT,
        ("X (samples=40, timesteps=2, features=5)", "timesteps come before features"),
        ("X = $0",),
    ),
    Wrong(
        "more features than the model has",
        LSTM_52 + "X = draw.random((40, 5, 3))\n" + FIT,
        ("features=2", "X (samples=40, timesteps=5, features=3)", "LSTM 'reader'"),
        ("input_shape=(5, 2) => $0",),
    ),
    Wrong(
        "more timesteps than Flatten has weights for",
        "model = made(LSTM(4, input_shape=(5, 2), return_sequences=True), Flatten(), Dense(1))\n"
        "X = draw.random((40, 6, 2))\n" + FIT,
        ("timesteps=5", "timesteps=6"),
        ("input_shape=(5, 2) => $0", "X = $1"),
    ),
    Wrong(
        "a bidirectional model and a table",
        "model = made(Bidirectional(LSTM(4), name='both'), Dense(1))\nX = X[..., 0]\n" + FIT,
        ("Bidirectional 'both' expects", "X (samples=40, columns=5)"),
        ("X = $0", "X = $1"),
    ),
    Wrong(
        "a convolution and a table",
        "model = made(Conv1D(4, 2, input_shape=(5, 1)), LSTM(4), Dense(1))\nX = X[..., 0]\n" + FIT,
        ("Conv1D 'conv1d", "X (samples=40, columns=5)"),
        ("X = $0", "X = $1 & input_shape=(5, 1) => $2 & Conv1D(4, 2 => Conv1D(4, 1"),
    ),
    Wrong(
        "two inputs, one of them a table",
        TWO + "X = {'a': X[..., 0], 'b': draw.random((40, 3))}\n" + FIT,
        ("LSTM 'reader'", "X['a'] (samples=40, columns=5)"),
        ("X['a'] = $0 & Input((5, 2) => Input((5, 1)",),
        aside=(1, 2, 3),
    ),
    Wrong(
        "validation data of another shape",
        LSTM_52
        + "X_val = X.transpose(0, 2, 1)\nX_ok, X = X, X_val\nmodel.fit(X_ok, y, validation_data=(X, y))",
        ("In validation_data: LSTM 'reader'", "X (samples=40, timesteps=2, features=5)"),
        ("X = $0",),
    ),
    Wrong(
        "a generator of tables",
        LSTM_51 + "X = X[..., 0]\nmodel.fit(iter([(X, y)]))",
        ("In batch 0 of the list_iterator: LSTM 'reader'", "X (samples=40, columns=5)"),
        ("X = $0", "X = $1 & input_shape=(5, 1) => $2"),
    ),
    Wrong(
        "a stateful model and a table",
        "model = made(LSTM(4, stateful=True, batch_input_shape=(40, 5, 1)), Dense(1))\nX = X[..., 0]\n"
        "model.fit(X, y, batch_size=40)",
        ("features=1", "X (samples=40, columns=5)"),
        ("X = $0",),
        aside=(1, 2),
    ),
    Wrong(
        "codes of one axis too many",
        CODED + "X = codes[..., None] % 10\n" + FIT,
        ("Embedding 'embedding", "X (samples=40, timesteps=5, features=1)"),
        ("X = $0",),
    ),
    Wrong(
        "one-hot into an Embedding",
        CODED + "X = to_categorical(codes % 10, 10)\n" + FIT,
        ("features=10", "if it is one-hot"),
        ("X = $0",),
    ),
]
