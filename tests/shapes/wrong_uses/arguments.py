"""Layers on arrays that do not suit them, and arguments that do not suit each other."""

from __future__ import annotations

from tests.shapes.wrong_uses.written import LSTM_52, Wrong

BOTH = "made(Input((5, 2)), Bidirectional(LSTM(4), backward_layer=LSTM(4, go_backwards=True)))"
OPS = "from tidegate.ops import concatenate, matmul, split, squeeze, transpose\n"
WORDS = "vocabulary = ['low', 'high', '', 'low']\n"

ARGUMENTS: list[Wrong] = [
    # ---- weights
    Wrong(
        "a weight that lies the other way round",
        LSTM_52 + "weights = model.get_weights()\nweights[0] = weights[0].T\nmodel.set_weights(weights)",
        ("kernel of shape (2, 16)", "an array of shape (16, 2)"),
        ("$0",),
    ),
    Wrong(
        "a bias as a column",
        LSTM_52
        + "weights = model.get_weights()\nweights[4] = [[[0.0]]]\nweights = [np.array(w) for w in weights]\n"
        "model.set_weights(weights)",
        ("bias of shape (1,)", "an array of shape (1, 1, 1)"),
        ("$0",),
    ),
    Wrong(
        "weights of other units",
        LSTM_52 + "layer = model.layers[1]\nlayer.set_weights([np.ones((3, 1)), np.ones(1)])",
        ("kernel of shape (4, 1)", "an array of shape (3, 1)"),
        ("[np.ones((3, 1)), np.ones(1)] => [np.ones(shape) for shape in $0]",),
    ),
    Wrong(
        "a layer called on other features",
        "layer = LSTM(4)\nx = layer(X)\nx = layer(X[..., :1])",
        ("expects 2 on the last axis", "got the shape (None, 5, 1)"),
        ("x = layer(X[..., :1]) => x = LSTM(4)(X[..., :1])",),
        aside=(0,),
    ),
    # ---- the axes of one input
    Wrong(
        "Permute of a sequence by three axes",
        "made(Input((5, 2)), Permute((3, 1, 2)))",
        ("Permute 'permute", "expects samples of 3 axes", "(None, 5, 2)"),
        ("Permute((3, 1, 2)) => $0",),
    ),
    Wrong(
        "Permute of a vector",
        "made(Input((5,)), Permute((2, 1)))",
        ("samples of 2 axes", "(None, 5)"),
        ("Permute((2, 1)) => $0, Permute((2, 1))",),
    ),
    Wrong(
        "Cropping1D of more than there is",
        "made(Input((5, 2)), Cropping1D((3, 2)))",
        ("Cropping1D 'cropping1d", "more than 5 timesteps"),
        ("Cropping1D((3, 2) => Cropping1D($0",),
    ),
    Wrong(
        "Cropping1D of the last state",
        "made(LSTM(4, input_shape=(5, 2), name='below'), Cropping1D((1, 1)))",
        ("(samples=any, units=4) from LSTM 'below'",),
        ("name='below' => $0",),
    ),
    Wrong(
        "a cell of one's own on the last state",
        "made(LSTM(4, input_shape=(5, 2), name='below'), RNN(LSTMCell(3)))",
        ("RNN 'rnn", "(samples, timesteps, features)", "from LSTM 'below'"),
        ("name='below' => $0",),
    ),
    Wrong(
        "normalization of an axis that is not there",
        "made(Input((5, 2)), LayerNormalization(axis=3))",
        ("axes from 1 to 2; got axis=3",),
        ("axis=3 => $0",),
    ),
    Wrong(
        "noise of fewer axes",
        "made(Input((5, 2)), Dropout(0.1, noise_shape=(None, 1)))",
        ("a noise_shape of 3 sizes",),
        ("noise_shape=(None, 1) => $0",),
    ),
    Wrong(
        "noise of other sizes",
        "made(Input((5, 2)), Dropout(0.1, noise_shape=(None, 3, 2)))",
        ("sizes that are 1, None or those of (None, 5, 2)",),
        ("noise_shape=(None, 3, 2) => $0",),
    ),
    # ---- two inputs
    Wrong(
        "Dot along other sizes",
        "a, b = Input((5, 2)), Input((3, 5))\nc = Dot(axes=-1)([a, b])",
        ("as many numbers along axes -1", "(None, 5, 2) and (None, 3, 5)"),
        ("Dot(axes=-1) => $0",),
    ),
    Wrong(
        "Dot of vectors of other sizes",
        "a, b = Input((4,)), Input((3,))\nc = Dot(axes=-1)([a, b])",
        ("(None, 4) and (None, 3)",),
        ("[a, b] => [a, $0(b)] & Dot(axes=-1) => $1",),
    ),
    Wrong(
        "attention of other features",
        "a, b = Input((5, 4)), Input((6, 3))\nc = Attention()([a, b])",
        ("as many features in query and key", "query (None, 5, 4), value (None, 6, 3)"),
        ("[a, b] => [a, $0(b)]",),
    ),
    Wrong(
        "attention with a key of other features",
        "a, b = Input((5, 4)), Input((6, 3))\nc = AdditiveAttention()([a, b, b])",
        ("AdditiveAttention 'additive_attention", "key (None, 6, 3)"),
        ("[a, b, b] => [a, b, $0(b)]",),
    ),
    Wrong(
        "attention with a key of other timesteps",
        "query, value, key = Input((5, 4)), Input((6, 4)), Input((7, 4))\nc = Attention()([query, value, key])",
        ("as many steps in value and key",),
        ("Attention()([query, value, key]) => $0",),
    ),
    # ---- ops
    Wrong(
        "concatenate along another axis",
        OPS + "a, b = Input((5, 2)), Input((4, 2))\nc = concatenate([a, b], axis=2)",
        ("concatenate expects arrays that differ on axis 2 alone", "(samples=any, timesteps=4, features=2)"),
        ("concatenate([a, b], axis=2) => $0",),
    ),
    Wrong(
        "matrices that do not fit",
        OPS + "a, b = Input((5, 2)), Input((4, 2))\nc = matmul(a, b)",
        ("(..., M, K) and (..., K, N)",),
        ("matmul(a, b) => $0",),
    ),
    Wrong(
        "matrices, the first the other way round",
        OPS + "a, b = Input((5, 2)), Input((5, 4))\nc = matmul(a, b)",
        ("(..., M, K) and (..., K, N)",),
        ("matmul(a, b) => $0",),
    ),
    Wrong(
        "the samples transposed",
        OPS + "x = Input((5, 2))\ny = transpose(x, (1, 0, 2))",
        ("each axis once, 0 first where that is the samples'",),
        ("transpose(x, (1, 0, 2)) => $0",),
    ),
    Wrong(
        "squeeze of a full axis",
        OPS + "x = Input((5, 1))\ny = squeeze(x, axis=1)",
        ("axes of size 1; got axis=1 of shape (None, 5, 1)",),
        ("squeeze(x, axis=1) => $0",),
    ),
    Wrong(
        "split into unequal parts",
        OPS + "x = Input((5, 2))\ny = split(x, 2, axis=1)",
        ("parts of equal size; got 5 in 2",),
        ("split(x, 2, axis=1) => $0",),
    ),
    # ---- arguments that do not suit each other
    Wrong(
        "Bidirectional in one direction",
        BOTH.replace("go_backwards=True", "go_backwards=False"),
        ("layers of opposite directions; got go_backwards=False for both",),
        ("go_backwards=False => $0",),
    ),
    Wrong(
        "Bidirectional over layers of other outputs",
        BOTH.replace("LSTM(4),", "LSTM(4, return_sequences=True),"),
        ("return_sequences alike in both layers; got True and False",),
        ("go_backwards=True => go_backwards=True, $0",),
    ),
    Wrong(
        "Bidirectional sum of other units",
        BOTH.replace("LSTM(4),", "LSTM(3), merge_mode='sum',"),
        ("as many units in both layers to sum them; got 3 and 4",),
        ("merge_mode='sum' => $0",),
    ),
    Wrong(
        "an unknown way to merge",
        "made(Input((5, 2)), Bidirectional(LSTM(4), merge_mode='append'))",
        ("merge_mode None or among", "got 'append'"),
        ("merge_mode='append' => $0",),
    ),
    Wrong(
        "strides and dilation",
        "made(Input((5, 2)), Conv1D(4, 2, strides=2, dilation_rate=2))",
        ("strides or dilation_rate above 1, not both",),
        ("strides=2 => $0", "dilation_rate=2 => $1"),
    ),
    Wrong(
        "filters that the groups do not divide",
        "made(Input((5, 2)), Conv1D(filters=5, kernel_size=2, groups=2))",
        ("filters that 2 groups divide; got 5",),
        ("filters=5 => $0",),
    ),
    Wrong(
        "channels that the groups do not divide",
        "made(Input((5, 3)), Conv1D(filters=4, kernel_size=2, groups=2))",
        ("channels that 2 groups divide; got 3",),
        ("groups=2 => $0",),
    ),
    Wrong(
        "states for a layer that keeps none",
        "layer = LSTM(4, name='reader')\nx = layer(X)\nlayer.reset_states([np.ones((40, 4))] * 2)",
        ("LSTM 'reader' expects stateful=True and 2 states",),
        ("name='reader' => $0",),
    ),
    Wrong(
        "mean and variance of other shapes",
        "X_train = X\nlayer = Normalization(mean=[1.0, 2.0], variance=1.0)",
        ("mean and variance of one shape; got (2,) and ()",),
        ("layer = Normalization(mean=[1.0, 2.0], variance=1.0) => $0",),
    ),
    # ---- words
    Wrong(
        "a word twice",
        WORDS + "layer = StringLookup(vocabulary=vocabulary)",
        ("each word once; got 'low' twice",),
        ("vocabulary=vocabulary => vocabulary=$0",),
    ),
    Wrong(
        "padding among the words",
        WORDS.replace(", 'low']", "]") + "layer = StringLookup(vocabulary=vocabulary, mask_token='')",
        ("the mask token in front; got '' among the words",),
        ("vocabulary=vocabulary => vocabulary=$0",),
    ),
    Wrong(
        "more words than there is room for",
        "layer = StringLookup(vocabulary=['a', 'b', 'c'], max_tokens=3)",
        ("at most 3 words; got 4 with the special ones",),
        ("max_tokens=3 => $0",),
    ),
    Wrong(
        "several words a sample where one text is read",
        "texts = [['low', 'tide'], ['high', 'tide']]\nlayer = TextVectorization()\nlayer.adapt(texts)",
        ("one text a sample; got shape (2, 2)",),
        ("adapt(texts) => adapt($0)",),
    ),
    Wrong(
        "a mode that there is not",
        "layer = Hashing(9, output_mode='words')",
        ("output_mode among int, one_hot, multi_hot, count",),
        ("output_mode='words' => $0",),
    ),
]
