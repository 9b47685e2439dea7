"""Targets that are classes."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import FIT, LSTM_52, ONE_HOT, SPARSE, YES_NO, Wrong

CLASSES: list[Wrong] = [
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
]
