"""Wrong uses: what people write, what they are told, and how the message's own proposals mend it.

A mend is made of parts with " & " between them: "old => new" replaces text of the code, anything else is put before
the wrong line, which is the last one. $0, $1, ... stand for the proposals of the message, its code between backticks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BEFORE", "WRONG", "Wrong"]

BEFORE = """
import numpy as np
import tidegate
from tidegate import Model, Sequential
from tidegate.layers import *
from tidegate.utils import pad_sequences, to_categorical

draw = np.random.default_rng(0)
X, y = draw.random((40, 5, 2)), draw.random((40, 1))
codes = draw.integers(0, 25, (40, 5))
codes[0, 1] = 24
kinds = np.arange(40) % 3

def made(*layers, loss="mse"):
    model = Sequential(list(layers))
    model.compile("adam", loss)
    return model
"""


@dataclass(frozen=True)
class Wrong:
    """One wrong use.

    Attributes
    ----------
    name : what is wrong
    code : its last line is refused
    says : what the message must hold
    mends : ways to mend it, by the proposals of the message
    aside : places of the proposals that are no code for these data
    """

    name: str
    code: str
    says: tuple[str, ...]
    mends: tuple[str, ...]
    aside: tuple[int, ...] = ()


LSTM_52 = "model = made(LSTM(4, input_shape=(5, 2), name='reader'), Dense(1, name='last'))\n"
LSTM_51 = LSTM_52.replace("(5, 2)", "(5, 1)")
EVERY = LSTM_52.replace("name='reader'", "return_sequences=True, name='reader'")
THREE = "model = made(LSTM(4, input_shape=(5, 2)), Dense(3, activation='softmax'), loss='{}')\n"
SPARSE = THREE.format("sparse_categorical_crossentropy")
ONE_HOT = THREE.format("categorical_crossentropy")
YES_NO = (
    "model = made(LSTM(4, input_shape=(5, 2)), Dense(1, activation='sigmoid'), loss='binary_crossentropy')\n"
)
CODED = "model = made(Embedding(input_dim=10, output_dim=4, input_length=5), LSTM(4), Dense(1))\n"
TWO = (
    "a, b = Input((5, 2), name='a'), Input((3,), name='b')\n"
    "model = Model([a, b], Dense(1)(concatenate([LSTM(3, name='reader')(a), b])))\n"
    "model.compile('adam', 'mse')\n"
)
FIT = "model.fit(X, y)"

WRONG: list[Wrong] = [
    # ---- X: how many axes, and which
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
    # ---- X: what stands in it
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
    # ---- X and y
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
    # ---- weights and states
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
        ("GRU 'reader' expects 1 initial states of shape (samples, 4)",),
        ("initial_state=[h, c] => $0",),
    ),
    Wrong(
        "initial states of other units",
        "h, c = Input((3,)), Input((3,))\nz = LSTM(4, name='reader')(Input((5, 2)), initial_state=[h, c])",
        ("2 initial states of shape (samples, 4)",),
        ("initial_state=[h, c] => initial_state=[$0(h), $0(c)]",),
    ),
    # ---- classes
    Wrong(
        "one-hot targets for whole-number classes",
        SPARSE + "y = np.eye(3)[kinds]\n" + FIT,
        ("one whole number for each position", "got y (samples=40, outputs=3)"),
        ("loss='sparse_categorical_crossentropy' => $0", "y = $1"),
    ),
    Wrong(
        "whole-number classes for one-hot targets",
        ONE_HOT + "y = kinds\n" + FIT,
        ("one-hot targets, y (samples=40, outputs=3)", "got y (samples=40)"),
        ("loss='categorical_crossentropy' => $0", "y = $1"),
    ),
    Wrong(
        "classes from 1 for one-hot targets",
        ONE_HOT + "y = kinds + 1\n" + FIT,
        ("one-hot targets",),
        ("y = $1",),
        aside=(0,),
    ),
    Wrong(
        "one-hot targets of two classes and one unit",
        YES_NO + "y = np.eye(2)[kinds % 2]\n" + FIT,
        ("outputs=1", "outputs=2", "if y is one-hot"),
        ("y = $0", "Dense(1, activation='sigmoid') => $1 & loss='binary_crossentropy' => $2"),
    ),
    Wrong(
        "softmax on one unit",
        YES_NO.replace("sigmoid", "softmax") + "y = kinds % 2\n" + FIT,
        ("two units or more under softmax", "always 1"),
        (
            "Dense(1, activation='softmax') => $0 & loss='binary_crossentropy' => $1",
            "Dense(1, activation='softmax') => $2 & loss='binary_crossentropy' => $3",
        ),
    ),
    Wrong(
        "softmax on one unit for a measurement",
        LSTM_52.replace("name='last'", "activation='softmax'") + FIT,
        ("two units or more under softmax",),
        ("Dense(1, activation='softmax') => $0", "Dense(1, activation='softmax') => $1"),
    ),
    Wrong(
        "softmax on one unit at each step",
        "model = made(LSTM(4, return_sequences=True), TimeDistributed(Dense(1, activation='softmax')),"
        " loss='binary_crossentropy')\ny = np.repeat(kinds[:, None] % 2, 5, axis=1)\n" + FIT,
        ("two units or more under softmax",),
        (
            "TimeDistributed(Dense(1, activation='softmax')) => $0 & loss='binary_crossentropy' => $1",
            "TimeDistributed(Dense(1, activation='softmax')) => $2 & loss='binary_crossentropy' => $3",
        ),
    ),
    Wrong(
        "softmax on one unit as a layer",
        "model = made(LSTM(4), Dense(1), Activation('softmax'), loss='binary_crossentropy')\ny = kinds % 2\n"
        + FIT,
        ("Activation 'activation", "always 1"),
        ("Activation('softmax') => $0 & loss='binary_crossentropy' => $1",),
    ),
    Wrong(
        "categorical_crossentropy on one unit",
        YES_NO.replace("binary_", "categorical_") + "y = kinds % 2\n" + FIT,
        ("a unit for each class", "one unit, whose share of the sum is always 1"),
        (
            "loss='categorical_crossentropy' => $0",
            "Dense(1, activation='sigmoid') => $1 & y = to_categorical(y)",
        ),
    ),
    Wrong(
        "whole-number classes on one unit",
        YES_NO.replace("binary_", "sparse_categorical_") + "y = kinds % 2\n" + FIT,
        ("classes from 0 to 0", "1 in y"),
        (
            "Dense(1, activation='sigmoid') => $0",
            "Dense(1, activation='sigmoid') => $1 & loss='sparse_categorical_crossentropy' => $2",
        ),
    ),
    Wrong(
        "a class more than units",
        SPARSE + "y = np.arange(40) % 4\n" + FIT,
        ("classes from 0 to 2; got 3 in y", "one unit for each class"),
        ("Dense(3, activation='softmax') => $0",),
    ),
    Wrong(
        "classes from 1",
        SPARSE + "y = kinds + 1\n" + FIT,
        ("classes from 0 to 2; got 3 in y", "counted from 0"),
        ("y = $0",),
    ),
    Wrong(
        "classes from -1",
        SPARSE + "y = kinds - 1\n" + FIT,
        ("classes from 0 to 2; got -1 in y",),
        ("y = $0",),
    ),
    Wrong(
        "classes far apart",
        SPARSE + "y = np.array([10, 20, 30])[kinds]\n" + FIT,
        ("got 30 in y, whose classes run from 10 to 30",),
        ("y = $0",),
    ),
    Wrong(
        "measurements as classes",
        SPARSE + "y = draw.random(40)\n" + FIT,
        ("whole-number classes", "measurement"),
        ("Dense(3, activation='softmax') => $0 & loss='sparse_categorical_crossentropy' => $1",),
    ),
    Wrong(
        "yes and no as 1 and -1",
        YES_NO + "y = np.array([-1, 1] * 20)\n" + FIT,
        ("targets from 0 to 1; got y from -1 to 1",),
        ("y = $0",),
    ),
    Wrong(
        "yes and no as 1 and 2", YES_NO + "y = np.array([1, 2] * 20)\n" + FIT, ("y from 1 to 2",), ("y = $0",)
    ),
    Wrong(
        "yes and no as 0 and 255",
        YES_NO + "y = np.array([0, 255] * 20)\n" + FIT,
        ("y from 0 to 255",),
        ("y = $0",),
    ),
    Wrong(
        "three classes and one unit",
        YES_NO + "y = kinds\n" + FIT,
        ("y from 0 to 2", "if y holds 3 classes"),
        (
            "Dense(1, activation='sigmoid') => $0 & loss='binary_crossentropy' => $1",
            "loss='binary_crossentropy' => $2 & Dense(1, activation='sigmoid') => $3",
        ),
    ),
    Wrong(
        "a measurement and binary_crossentropy",
        YES_NO + "y = draw.random(40) * 100\n" + FIT,
        ("targets from 0 to 1", "if y is a measurement"),
        ("loss='binary_crossentropy' => $0 & Dense(1, activation='sigmoid') => $1",),
    ),
    # ---- layers on layers
    Wrong(
        "an LSTM on the last state of another",
        "made(LSTM(4, input_shape=(5, 2), name='below'), LSTM(4, name='above'))",
        (
            "LSTM 'above' expects (samples, timesteps, features); got (samples=any, units=4) from LSTM 'below'",
        ),
        ("name='below' => $0",),
    ),
    Wrong(
        "the same, with Dropout between",
        "made(LSTM(4, input_shape=(5, 2), name='below'), Dropout(0.2), GRU(4, name='above'))",
        ("GRU 'above'", "on LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "the same, without input_shape",
        "model = made(LSTM(4, name='below'), LSTM(4, name='above'), Dense(1))\n" + FIT,
        ("LSTM 'above' expects", "from LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "the same, in a functional model",
        "a = Input((5, 2))\nb = LSTM(4, name='above')(LSTM(4, name='below')(a))",
        ("LSTM 'above' expects", "on LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "a Bidirectional on the last state",
        "made(GRU(4, input_shape=(5, 2), name='below'), Bidirectional(LSTM(4)))",
        ("(samples=any, units=4) from GRU 'below'",),
        ("name='below' => $0",),
    ),
    Wrong(
        "a convolution on the last state",
        "made(LSTM(4, input_shape=(5, 2), name='below'), Conv1D(3, 2, name='above'))",
        ("Conv1D 'above' expects", "LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "TimeDistributed on the last state",
        "made(LSTM(4, input_shape=(5, 2), name='below'), TimeDistributed(Dense(1), name='above'))",
        ("TimeDistributed 'above' expects (samples, timesteps, features)", "LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "RepeatVector on every step",
        "made(LSTM(4, input_shape=(5, 2), return_sequences=True, name='below'), RepeatVector(3, name='above'))",
        ("RepeatVector 'above' expects (samples, features)", "timesteps=5, units=4", "on LSTM 'below'"),
        ("return_sequences=True => $0",),
    ),
    Wrong(
        "RepeatVector on an Embedding",
        "made(Embedding(9, 4, input_length=5), RepeatVector(3))",
        ("RepeatVector 'repeat_vector", "timesteps=5, features=4"),
        ("RepeatVector(3) => $0, RepeatVector(3)",),
    ),
    Wrong(
        "an LSTM on a Dense without steps",
        "made(Dense(3, input_shape=(5,), name='below'), LSTM(4))",
        ("(samples=any, outputs=3) from Dense 'below'",),
        ("LSTM(4) => $0, LSTM(4)", "LSTM(4) => $1, LSTM(4)"),
    ),
    Wrong(
        "an LSTM on Flatten",
        "made(Input((5, 2)), Flatten(name='flat'), LSTM(4))",
        ("from Flatten 'flat'", "leave Flatten 'flat' out"),
        ("LSTM(4) => $0, LSTM(4)",),
    ),
    Wrong(
        "the samples in input_shape",
        "made(LSTM(4, input_shape=(40, 5, 2)), Dense(1))",
        ("without the samples",),
        ("input_shape=(40, 5, 2) => $0",),
    ),
    Wrong(
        "input_shape of one number",
        "made(LSTM(4, input_shape=(5,)), Dense(1))",
        ("(samples=any, features=5)", "each of 5 timesteps"),
        ("input_shape=(5,) => $0", "input_shape=(5,) => $1"),
    ),
    Wrong(
        "open features",
        "made(LSTM(4, input_shape=(5, None)), Dense(1))",
        ("features=any", "only the timesteps can stay open"),
        ("input_shape=(5, None) => $0",),
    ),
    Wrong(
        "Dense on open timesteps",
        "made(LSTM(4, return_sequences=True, input_shape=(None, 2)), Flatten(), Dense(1))",
        ("from Flatten", "the number of timesteps is open"),
        ("Flatten() => $0",),
    ),
    Wrong(
        "a convolution longer than the sequence",
        "made(Conv1D(4, 7, input_shape=(5, 2)), LSTM(4))",
        ("at least 7 timesteps; got (samples=any, timesteps=5, features=2)",),
        ("Conv1D(4, 7 => Conv1D(4, 7, $0", "Conv1D(4, 7 => Conv1D(4, $1"),
    ),
    Wrong(
        "pooling wider than the sequence",
        "made(MaxPooling1D(7, input_shape=(5, 2)), LSTM(4))",
        ("at least 7 timesteps; got (samples=any, timesteps=5, features=2)",),
        ("MaxPooling1D(7 => MaxPooling1D(7, $0", "MaxPooling1D(7 => MaxPooling1D($1"),
    ),
    Wrong(
        "Reshape to other numbers",
        "made(LSTM(4, input_shape=(5, 2), name='below'), Reshape((3, 2)))",
        ("6 numbers a sample for the shape (3, 2); got 4, of (samples=any, units=4) from LSTM 'below'",),
        ("Reshape((3, 2)) => $0",),
    ),
    Wrong(
        "Concatenate of other timesteps",
        "a, b = Input((5, 2)), Input((4, 2))\nc = Concatenate()([a, b])",
        ("(samples=any, timesteps=5, features=2) and (samples=any, timesteps=4, features=2)",),
        ("Concatenate() => $0",),
    ),
    Wrong(
        "Concatenate of a sequence and a vector",
        "a, b = Input((5, 2)), Input((3,))\nc = Concatenate()([LSTM(4, return_sequences=True)(a), b])",
        ("timesteps=5", "on the vector"),
        (", b]) => , $0(b)])", "return_sequences=True => $1"),
    ),
    Wrong(
        "Add of other units",
        "a = Input((5, 2))\nc = Add()([LSTM(4)(a), LSTM(3)(a)])",
        ("(samples=any, features=4) and (samples=any, features=3)",),
        (", LSTM(3)(a)]) => , $0(LSTM(3)(a))])", "Add() => $1"),
    ),
]
