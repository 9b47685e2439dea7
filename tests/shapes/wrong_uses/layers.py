"""Layers on layers."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import FIT, Wrong

LAYERS: list[Wrong] = [
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
