"""Small scripts in the spelling of a given year, each run as `tidegate run` runs it.

All run in one process, apart from the other tests since Keras is served in it, each as a `__main__` of its
own; what became of each is told as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

# What stands before each: the data that a script would have read.
DATA = """
import numpy as np
np.random.seed(7)
X = np.random.rand(12, 5, 1).astype("float32")
y = X.sum(axis=(1, 2))
kind = (y > y.mean()).astype(int)
codes = np.random.randint(1, 9, size=(12, 6))
"""

SCRIPTS = {
    # Keras 0.3 and 1
    "1.0 sequential": """
from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.layers.recurrent import LSTM
model = Sequential()
model.add(LSTM(output_dim=4, input_dim=1, input_length=5, return_sequences=False))
model.add(Dropout(p=0.2))
model.add(Dense(output_dim=1, init="uniform"))
model.add(Activation("linear"))
model.compile(loss="mse", optimizer="rmsprop")
model.fit(X, y, nb_epoch=2, batch_size=4, verbose=0)
assert model.predict(X).shape == (12, 1)
""",
    "1.2 inner_init": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential([LSTM(4, init="glorot_uniform", inner_init="orthogonal", forget_bias_init="one",
                         inner_activation="hard_sigmoid", consume_less="cpu", input_shape=(5, 1)),
                    Dense(1, bias=False)])
model.compile("adam", "mean_squared_error")
assert len(model.get_weights()) == 4
""",
    "1.2 embedding": """
from keras.models import Sequential
from keras.layers.embeddings import Embedding
from keras.layers import LSTM, Dense
from keras.preprocessing import sequence
padded = sequence.pad_sequences([[1, 2], [3]], maxlen=6)
model = Sequential()
model.add(Embedding(10, 3, input_length=6, init="normal"))
model.add(LSTM(4))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(codes, kind, nb_epoch=1, verbose=0)
assert model.predict_classes(padded).shape == (2, 1) and model.predict_proba(padded).shape == (2, 1)
""",
    "1.2 np_utils": """
from keras.utils import np_utils
from keras.utils.np_utils import to_categorical
assert np_utils.to_categorical([0, 2], nb_classes=4).shape == (2, 4)
""",
    "1.2 objectives": """
from keras import objectives
from keras.objectives import mean_squared_error
assert float(objectives.mean_squared_error(np.ones((1, 2)), np.zeros((1, 2)))[0]) == 1
""",
    "1.2 functional": """
from keras.layers import Input, Dense, LSTM
from keras.models import Model
from keras.engine.topology import Layer
a = Input(shape=(5, 1))
model = Model(input=a, output=Dense(1)(LSTM(3)(a)))
model.compile("sgd", "mse")
model.fit(X, y, nb_epoch=1, verbose=0)
""",
    "1.2 fit_generator": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
def batches():
    while True:
        yield X[:4], y[:4]
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
model.compile("sgd", "mse")
history = model.fit_generator(batches(), samples_per_epoch=12, nb_epoch=2, verbose=0)
assert len(history.history["loss"]) == 2
""",
    "1.2 merge": """
from keras.layers import Input, Dense, LSTM, merge
from keras.models import Model
a, b = Input(shape=(5, 1)), Input(shape=(5, 1))
joined = merge([LSTM(3)(a), LSTM(2)(b)], mode="concat", concat_axis=-1)
model = Model(input=[a, b], output=Dense(1)(joined))
assert joined.shape == (None, 5) and model.predict([X, X]).shape == (12, 1)
""",
    # Keras 2.0 to 2.15
    "2.0 optimizers": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
from keras.optimizers import SGD, Adam, RMSprop
for optimizer in (SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True), Adam(lr=0.001), RMSprop(lr=0.01)):
    model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
    model.compile(loss="mse", optimizer=optimizer)
    model.fit(X, y, epochs=1, verbose=0)
""",
    "2.1 stateful": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential()
model.add(LSTM(4, batch_input_shape=(4, 5, 1), stateful=True))
model.add(Dense(1))
model.compile(loss="mean_squared_error", optimizer="adam")
for i in range(2):
    model.fit(X, y, epochs=1, batch_size=4, verbose=0, shuffle=False)
    model.reset_states()
assert model.predict(X, batch_size=4).shape == (12, 1)
""",
    "2.1 acc": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["acc"])
h = model.fit(X, kind, epochs=1, validation_split=0.25, verbose=0).history
assert set(h) == {"loss", "acc", "val_loss", "val_acc"}
""",
    "2.1 callbacks": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
from keras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, LambdaCallback
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
model.compile("adam", "mse")
stop = EarlyStopping(monitor="val_loss", patience=1, verbose=0, mode="auto")
model.fit(X, y, epochs=3, validation_data=(X, y), callbacks=[stop, ReduceLROnPlateau(patience=1)], verbose=0)
""",
    "2.2 backend loss": """
from keras import backend as K
from keras.models import Sequential
from keras.layers import LSTM, Dense
def rmse(y_true, y_pred):
    return K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1))
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
model.compile("adam", loss=rmse, metrics=[rmse])
h = model.fit(X, y, epochs=1, verbose=0).history
assert set(h) == {"loss", "rmse"}
K.clear_session()
""",
    "2.2 tokenizer": """
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.models import Sequential
from keras.layers import Embedding, LSTM, Dense
texts = ["the tide comes", "the tide goes", "low tide"]
tokenizer = Tokenizer(num_words=10)
tokenizer.fit_on_texts(texts)
data = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=4)
model = Sequential([Embedding(10, 3, input_length=4), LSTM(3), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(data, np.array([0, 1, 1]), epochs=1, verbose=0)
""",
    "2.2 timeseries generator": """
from keras.preprocessing.sequence import TimeseriesGenerator
from keras.models import Sequential
from keras.layers import LSTM, Dense
series = np.arange(30.0).reshape(-1, 1) / 30
batches = TimeseriesGenerator(series, series, length=5, batch_size=4)
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
model.compile("adam", "mse")
model.fit_generator(batches, epochs=1, verbose=0)
assert model.predict_generator(batches).shape == (25, 1)
""",
    "2.2 wrappers": """
from keras.wrappers.scikit_learn import KerasRegressor
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import cross_val_score
def baseline():
    model = Sequential()
    model.add(Dense(3, input_dim=5, kernel_initializer="normal", activation="relu"))
    model.add(Dense(1, kernel_initializer="normal"))
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model
estimator = KerasRegressor(build_fn=baseline, epochs=1, batch_size=5, verbose=0)
assert cross_val_score(estimator, X[..., 0], y, cv=2).shape == (2,)
""",
    "2.2 time distributed": """
from keras.models import Sequential
from keras.layers import LSTM, Dense
from keras.layers.wrappers import Bidirectional, TimeDistributed
model = Sequential()
model.add(Bidirectional(LSTM(3, return_sequences=True), input_shape=(5, 1)))
model.add(TimeDistributed(Dense(1)))
model.compile("adam", "mse")
model.fit(X, X, epochs=1, verbose=0)
""",
    "2.2 encoder and decoder": """
from keras.models import Model
from keras.layers import Input, LSTM, Dense
encoder_inputs = Input(shape=(None, 1))
_, h, c = LSTM(3, return_state=True)(encoder_inputs)
decoder_inputs = Input(shape=(None, 1))
out, _, _ = LSTM(3, return_sequences=True, return_state=True)(decoder_inputs, initial_state=[h, c])
model = Model([encoder_inputs, decoder_inputs], Dense(1)(out))
model.compile("rmsprop", "mse")
model.fit([X, X], X, epochs=1, verbose=0)
""",
    "2.2 regularizers": """
from keras import regularizers
from keras.regularizers import l2
from keras.models import Sequential
from keras.layers import LSTM, Dense
model = Sequential([LSTM(3, kernel_regularizer=l2(0.01), recurrent_regularizer=regularizers.l1(0.01), dropout=0.1,
                         recurrent_dropout=0.1, input_shape=(5, 1)), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y, epochs=1, verbose=0)
""",
    "2.3 cudnn": """
from keras.layers import CuDNNLSTM, CuDNNGRU, Dense
from keras.models import Sequential
model = Sequential([CuDNNLSTM(3, input_shape=(5, 1), return_sequences=True), CuDNNGRU(2), Dense(1)])
model.compile("adam", "mse")
""",
    "2.3 conv": """
from keras.models import Sequential
from keras.layers.convolutional import Conv1D
from keras.layers.pooling import MaxPooling1D
from keras.layers.normalization import BatchNormalization
from keras.layers.advanced_activations import LeakyReLU
from keras.layers import LSTM, Dense
model = Sequential([Conv1D(4, 3, padding="same", input_shape=(5, 1)), LeakyReLU(), MaxPooling1D(2), LSTM(3),
                    BatchNormalization(), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y, epochs=1, verbose=0)
""",
    # TensorFlow 1
    "tf 1.14": """
import tensorflow as tf
from tensorflow.python.keras.models import Sequential
from tensorflow.python.keras.layers import LSTM, Dense
tf.set_random_seed(1)
tf.logging.set_verbosity(tf.logging.ERROR)
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1)])
model.compile(loss="mae", optimizer="adam")
model.fit(X, y, epochs=1, verbose=0)
""",
    "tf 1 session": """
import tensorflow as tf
from keras import backend as K
config = tf.ConfigProto()
config.gpu_options.allow_growth = True
K.set_session(tf.Session(config=config))
assert not tf.test.is_gpu_available()
""",
    "tf compat v1": """
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
from tensorflow.compat.v1.keras.models import Sequential
from tensorflow.compat.v1.keras.layers import LSTM
assert Sequential([LSTM(3, input_shape=(5, 1))]).output_shape == (None, 3)
""",
    # tf.keras 2
    "tf 2.0": """
import tensorflow as tf
print(tf.__version__)
for gpu in tf.config.experimental.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
tf.random.set_seed(42)
model = tf.keras.models.Sequential([tf.keras.layers.LSTM(3, input_shape=(5, 1)), tf.keras.layers.Dense(1)])
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=0.01), loss=tf.keras.losses.MeanSquaredError())
model.fit(X, y, epochs=1, verbose=0)
assert len(tf.config.list_physical_devices("CPU")) == 1
""",
    "tf 2.3 data": """
import tensorflow as tf
dataset = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(12).batch(4).prefetch(tf.data.AUTOTUNE)
model = tf.keras.Sequential([tf.keras.layers.LSTM(3), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
history = model.fit(dataset, epochs=2, validation_data=dataset, verbose=0)
assert len(history.history["val_loss"]) == 2
""",
    "tf 2 windows": """
import tensorflow as tf
def windowed(series, size, batch):
    d = tf.data.Dataset.from_tensor_slices(tf.expand_dims(series, axis=-1))
    d = d.window(size + 1, shift=1, drop_remainder=True)
    d = d.flat_map(lambda w: w.batch(size + 1)).shuffle(100).map(lambda w: (w[:-1], w[1:]))
    return d.batch(batch).prefetch(1)
model = tf.keras.models.Sequential([tf.keras.layers.LSTM(3, return_sequences=True), tf.keras.layers.Dense(1)])
model.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.SGD(momentum=0.9), metrics=["mae"])
model.fit(windowed(np.arange(40.0) / 40, 6, 8), epochs=1, verbose=0)
""",
    "tf 2.6 timeseries dataset": """
import tensorflow as tf
from tensorflow.keras.preprocessing import timeseries_dataset_from_array
table = np.random.rand(50, 2).astype("float32")
dataset = tf.keras.utils.timeseries_dataset_from_array(table[:-6], table[6:, :1], sequence_length=6, batch_size=16)
for batch in dataset.take(1):
    inputs, targets = batch
print(inputs.numpy().shape)
model = tf.keras.Sequential([tf.keras.layers.LSTM(3), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
model.fit(dataset, epochs=1, verbose=0)
""",
    "tf 2 tensors": """
import tensorflow as tf
a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
assert tf.reduce_mean(a).numpy() == 2.5 and tf.square(a).numpy()[1, 1] == 16
assert tf.reshape(a, [-1]).shape == (4,) and tf.cast(a, tf.int32).numpy().dtype == np.int32
v = tf.Variable(1.0)
v.assign_add(2.0)
assert v.numpy() == 3 and tf.random.normal((2, 3)).shape == (2, 3)
""",
    "tf 2.12 legacy optimizer": """
from tensorflow.keras.optimizers.legacy import Adam
from tensorflow.keras.layers.experimental.preprocessing import TextVectorization
assert float(Adam(learning_rate=0.5).learning_rate) == 0.5
""",
    "tf 2 texts": """
import tensorflow as tf
texts = ["low tide", "a high tide again", "low", "high water"] * 3
pairs = tf.data.Dataset.from_tensor_slices((np.array(texts), np.array([0, 1, 0, 1] * 3))).shuffle(12).batch(4)
for example, label in pairs.take(1):
    assert len(example.numpy()) == len(label.numpy()) == 4
encoder = tf.keras.layers.TextVectorization(max_tokens=50)
encoder.adapt(pairs.map(lambda text, label: text))
assert encoder(example)[:3].numpy().shape[0] == 3
model = tf.keras.Sequential([
    encoder,
    tf.keras.layers.Embedding(len(encoder.get_vocabulary()), 4, mask_zero=True),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(3)),
    tf.keras.layers.Dense(1),
])
alone, padded = model.predict(np.array(["high tide"])), model.predict(np.array(["high tide", "the " * 20]))
np.testing.assert_allclose(alone[0], padded[0], atol=1e-6)
loss = tf.keras.losses.BinaryCrossentropy(from_logits=True)
model.compile(loss=loss, optimizer=tf.keras.optimizers.Adam(1e-4), metrics=["accuracy"])
model.fit(pairs, epochs=1, validation_data=pairs, validation_steps=2, verbose=0)
text = tf.keras.Input(shape=(1,), dtype=tf.string)
assert tf.keras.Model(text, model.layers[1](encoder(text)))(tf.constant([["low tide"]])).numpy().shape == (1, 2, 4)
""",
    "tf 2.15 rate": """
import tensorflow as tf
from tensorflow.keras import backend as K
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.compile(tf.keras.optimizers.Adam(0.5), "mse")
K.set_value(model.optimizer.learning_rate, 0.25)
assert abs(float(K.get_value(model.optimizer.learning_rate)) - 0.25) < 1e-7
model.optimizer.learning_rate = 0.125
assert float(model.optimizer.lr) == 0.125
""",
    "tf_keras": """
import tf_keras as keras
model = keras.Sequential([keras.layers.GRU(3, input_shape=(5, 1)), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(X, y, epochs=1, verbose=0)
""",
    # Keras 3
    "3.0 input": """
import keras
from keras import layers, ops
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((5, 1)), layers.LSTM(3), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss=lambda t, p: ops.mean(ops.square(t - p), axis=-1))
model.fit(X, y, epochs=1, verbose=0)
model.summary(print_fn=lambda text: None)
""",
    "3.0 own layer": """
import keras
from keras import ops
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones", trainable=True, name="w")
    def call(self, x):
        return ops.tanh(x * self.w)
inputs = keras.Input((5, 1))
model = keras.Model(inputs, keras.layers.Dense(1)(Scale()(keras.layers.LSTM(3)(inputs))))
model.compile("adam", "mse")
model.fit(X, y, epochs=1, verbose=0)
""",
    "3.0 save": """
import keras, os, tempfile
model = keras.Sequential([keras.Input((5, 1)), keras.layers.LSTM(3), keras.layers.Dense(1)])
path = os.path.join(tempfile.mkdtemp(), "model.keras")
model.save(path)
assert np.array_equal(keras.models.load_model(path).predict(X, verbose=0), model.predict(X, verbose=0))
""",
    "1.2 activations of the layers": """
from keras.models import Model
from keras.layers import Input, Dense, LSTM
from keras import backend as K
a = Input(shape=(5, 1))
b = LSTM(3, return_sequences=True)(a)
model = Model(a, Dense(1)(LSTM(2)(b)))
inside = K.function([model.input, K.learning_phase()], [b])
(found,) = inside([X, 0])
assert found.shape == (12, 5, 3)
np.testing.assert_allclose(found, Model(a, b).predict(X, verbose=0))
""",
    "2.2 backend in a loss": """
from keras.models import Sequential
from keras.layers import Dense, Lambda, LSTM
from keras import backend as K
def huber(y_true, y_pred):
    error = y_true - y_pred
    return K.mean(K.switch(K.abs(error) < 0.5, 0.5 * K.square(error), 0.5 * K.abs(error) - 0.125), axis=-1)
def angle(y_true, y_pred):
    return -K.sum(K.l2_normalize(y_true, axis=-1) * K.l2_normalize(y_pred, axis=-1), axis=-1)
model = Sequential([LSTM(4, return_sequences=True, input_shape=(5, 1)), Lambda(lambda x: K.reverse(x, 1)),
                    Lambda(lambda x: K.concatenate([x, x])), Lambda(K.batch_flatten), Dense(1)])
model.compile("adam", huber, metrics=[angle])
assert model.layers[3].output_shape == (None, 40)
model.fit(X, y, epochs=1, verbose=0)
""",
    "2.5 modules of one class": """
from keras.layers.rnn.lstm import LSTM
from keras.layers.normalization.batch_normalization import BatchNormalization
from keras.optimizers import adam_v2
from keras.optimizer_v2.gradient_descent import SGD
from keras.src.models import Sequential
from tensorflow.keras.optimizers.experimental import AdamW
from tensorflow.keras.experimental import CosineDecay
import keras, tensorflow as tf
assert LSTM is keras.layers.LSTM and Sequential is keras.Sequential and SGD is tf.optimizers.SGD
assert adam_v2.Adam(learning_rate=0.5).learning_rate == 0.5
assert tf.keras.callbacks.experimental.BackupAndRestore is keras.callbacks.BackupAndRestore
""",
    "packages beside keras": """
from keras_preprocessing.sequence import pad_sequences
from keras_preprocessing import text
from tensorflow.python.client import device_lib
assert pad_sequences([[1]], 2).tolist() == [[0, 1]] and text.Tokenizer
assert [d.device_type for d in device_lib.list_local_devices()] == ["CPU"]
""",
    "tf functions as activations": """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.LSTM(3, activation=tf.nn.relu, input_shape=(5, 1)),
                             tf.keras.layers.Dense(2, tf.nn.softmax), tf.keras.layers.Dense(1, tf.nn.leaky_relu)])
assert model.layers[0].get_config()["activation"] == "relu"
def loss(y_true, y_pred):
    size = tf.multiply(0.1, tf.reduce_mean(tf.abs(y_pred), axis=-1))
    return tf.reduce_mean(tf.math.squared_difference(y_true, y_pred), axis=-1) + size
model.compile(tf.optimizers.Adam(), loss, metrics=[tf.metrics.MeanAbsoluteError()])
model.fit(X, y, epochs=1, verbose=0)
""",
    "2.2 accuracy is acc": """
from keras.models import Sequential
from keras.layers import Dense, LSTM
from keras.callbacks import BaseLogger, ModelCheckpoint
model = Sequential([LSTM(3, input_shape=(5, 1)), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
saver = ModelCheckpoint("best-{epoch:02d}-{val_acc:.2f}.hdf5", monitor="val_acc", save_best_only=True)
history = model.fit(X, kind, epochs=2, validation_split=0.25, verbose=0, callbacks=[saver, BaseLogger()]).history
assert len(history["acc"]) == len(history["val_acc"]) == 2
""",
    "tf 2.4 mixed precision": """
import tensorflow as tf
from tensorflow.keras import mixed_precision
mixed_precision.set_global_policy("mixed_float16")
assert tf.keras.mixed_precision.global_policy().variable_dtype == "float32"
assert tf.keras.losses.Reduction.SUM == "sum"
""",
    "a star brings older names and the root's": """
from keras.layers import *
from tensorflow.keras import *
from keras.constraints import maxnorm, nonneg, unitnorm
from keras.regularizers import l1l2
assert CuDNNLSTM is LSTM and Model is models.Model
inputs = Input(shape=(5, 1))
output = Dense(1, kernel_constraint=maxnorm(4), kernel_regularizer=l1l2(0.01, 0.01))(CuDNNGRU(2)(inputs))
Model(inputs, output).compile("adam", "mse")
""",
    "2.2 estimator's model": """
from keras.wrappers.scikit_learn import KerasRegressor
from keras.models import Sequential
from keras.layers import Dense
from sklearn.model_selection import GridSearchCV
def create(units=1):
    model = Sequential([Dense(units, input_dim=5), Dense(1)])
    model.compile("adam", "mse")
    return model
grid = GridSearchCV(KerasRegressor(build_fn=create, epochs=1, verbose=0), {"units": [1, 2]}, cv=2).fit(X[..., 0], y)
grid.best_estimator_.model.summary()
""",
    "2.2 K.conv1d": """
from keras import backend as K
from keras.layers import Conv1D
for padding in ("valid", "same", "causal"):
    for strides in (1, 2):
        layer = Conv1D(3, 3, strides=strides, padding=padding, use_bias=False)
        expected = layer(X)
        np.testing.assert_allclose(K.conv1d(X, layer.get_weights()[0], strides, padding), expected, atol=1e-6)
""",
    "2.5 names without an ending": """
import tensorflow as tf, os
model = tf.keras.Sequential([tf.keras.layers.LSTM(3, input_shape=(5, 1)), tf.keras.layers.Dense(1)])
model.compile("adam", "mse")
keep = [tf.keras.callbacks.ModelCheckpoint("cp/at-{epoch:02d}-{loss:.2f}.ckpt", save_weights_only=True),
        tf.keras.callbacks.ModelCheckpoint("whole-{epoch:02d}-{loss:.3f}")]
model.fit(X, y, epochs=2, verbose=0, callbacks=keep)
latest = tf.train.latest_checkpoint("cp")
assert latest.startswith("cp/at-02-".replace("/", os.sep)) and latest.endswith(".ckpt")
expected = model.predict(X)
model.save("my_model")
model.save("models/of_today/first")
np.testing.assert_array_equal(tf.keras.models.load_model("my_model").predict(X), expected)
model.set_weights([0 * w for w in model.get_weights()])
model.load_weights(latest)
np.testing.assert_array_equal(model.predict(X), expected)
""",
    "tf 2 what answers to numpy": """
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.LSTM(3, input_shape=(5, 1)), tf.keras.layers.Dense(1)])
assert model(X).numpy().shape == model(X, training=True).numpy().shape == (12, 1)
loss = tf.keras.losses.MeanSquaredError()
assert loss(y[:, None], model(X)).numpy() == np.float32(loss(y[:, None], model(X)))
metric = tf.keras.metrics.MeanAbsoluteError()
metric.update_state(y[:, None], model(X))
assert f"{metric.result():.2f}" == f"{metric.result().numpy():.2f}"
pairs = tf.data.Dataset.from_tensor_slices((X, y)).batch(4)
assert pairs.element_spec[0].shape == (4, 5, 1) and repr(pairs) == "<Dataset elements=3>"
""",
    "tf 2 masks between layers": """
import tensorflow as tf
padded = np.array([[1, 2, 0, 0], [3, 4, 5, 0]])
embedded = tf.keras.layers.Embedding(9, 4, mask_zero=True)(padded)
assert embedded._keras_mask.numpy().tolist() == (padded != 0).tolist()
lstm = tf.keras.layers.LSTM(3)
found = lstm(embedded)
np.testing.assert_allclose(found, lstm(embedded.numpy(), mask=padded != 0), atol=1e-6)
assert not np.allclose(found, lstm(embedded.numpy()))
model = tf.keras.Sequential([lstm])
np.testing.assert_allclose(model(embedded), found, atol=1e-6)
""",
    "tf 2 models without a shape inside of another": """
import tensorflow as tf
from tensorflow.keras import layers
class Autoencoder(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = tf.keras.Sequential([layers.LSTM(4), layers.Dense(2)])
        self.decoder = tf.keras.Sequential([layers.RepeatVector(5), layers.LSTM(4, return_sequences=True)])
    def call(self, x):
        return self.decoder(self.encoder(x))
model = Autoencoder()
model.compile("adam", tf.keras.losses.MeanSquaredError())
model.fit(X, np.tile(X, 4), epochs=1, verbose=0)
assert model.encoder(X).numpy().shape == (12, 2)
said = []
model.summary(print_fn=said.append)
assert "(None, 2)" in said[0] and "(None, 5, 4)" in said[0]
inputs = tf.keras.Input((5, 1))
assert tf.keras.Model(inputs, tf.keras.Sequential([layers.GRU(3)])(inputs)).output_shape == (None, 3)
assert tf.keras.Sequential([layers.GRU(3)])(X, training=True).shape == (12, 3)
""",
    "tf 2 train_step": """
import tensorflow as tf
from tensorflow import keras
class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.compiled_metrics.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}
inputs = keras.Input(shape=(5, 1))
model = CustomModel(inputs, keras.layers.Dense(1)(keras.layers.LSTM(3)(inputs)))
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(X, y, epochs=2, validation_data=(X, y), verbose=0).history
assert set(history) == {"loss", "mae", "val_loss", "val_mae"}
""",
    "2.2 imdb": """
import os, tempfile
os.environ["KERAS_HOME"] = home = tempfile.mkdtemp()
os.mkdir(os.path.join(home, "datasets"))
reviews = np.empty(4, object)
reviews[:] = [[1, 2], [3], [4, 5, 6], [7]]
held = {f"{a}_{b}": reviews if a == "x" else np.arange(4) % 2 for a in "xy" for b in ("train", "test")}
np.savez(os.path.join(home, "datasets", "imdb.npz"), **held)
from keras.datasets import imdb, reuters
from keras.utils.data_utils import get_file
import keras
(x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=8)
assert keras.preprocessing.sequence.pad_sequences(x_train, maxlen=5).shape == (4, 5)
assert get_file("imdb.npz", origin="https://s3.amazonaws.com/text-datasets/imdb.npz").startswith(home)
""",
    "tf 2 texts in folders": """
import os, re, string, tempfile
import tensorflow as tf
from tensorflow import keras
folder = tempfile.mkdtemp()
for kind in ("neg", "pos"):
    os.mkdir(os.path.join(folder, kind))
    for k in range(4):
        with open(os.path.join(folder, kind, f"{k}.txt"), "w") as file:
            file.write(f"A {kind} tide!<br />High {k}")
raw = keras.utils.text_dataset_from_directory(folder, batch_size=2, seed=1, verbose=False)
def standardize(texts):
    texts = tf.strings.regex_replace(tf.strings.lower(texts), "<br />", " ")
    return tf.strings.regex_replace(texts, "[%s]" % re.escape(string.punctuation), "")
vectorize = keras.layers.TextVectorization(standardize=standardize, max_tokens=50, output_sequence_length=5)
vectorize.adapt(raw.map(lambda x, y: x))
assert set(vectorize.get_vocabulary()) >= {"tide", "high", "neg"}
data = raw.map(lambda x, y: (vectorize(tf.expand_dims(x, -1)), y)).cache().prefetch(1)
model = keras.Sequential([keras.layers.Embedding(50, 3), keras.layers.GRU(2), keras.layers.Dense(1, "sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(data, epochs=1, verbose=0)
""",
    "tf 2 places beside words": """
import tensorflow as tf
from tensorflow.keras import layers
class PositionalEmbedding(layers.Layer):
    def __init__(self, length, words, size, **kwargs):
        super().__init__(**kwargs)
        self.words, self.places = layers.Embedding(words, size), layers.Embedding(length, size)
    def call(self, inputs):
        return self.words(inputs) + self.places(tf.range(start=0, limit=tf.shape(inputs)[-1], delta=1))
    def compute_mask(self, inputs, mask=None):
        return tf.math.not_equal(inputs, 0)
inputs = tf.keras.Input((None,), dtype="int64")
model = tf.keras.Model(inputs, layers.GRU(2)(PositionalEmbedding(12, 9, 4)(inputs)))
assert model.predict(codes).shape == (12, 2) and model.predict(codes[:, :4]).shape == (12, 2)
class Halves(layers.Layer):
    def call(self, inputs):
        return tf.split(inputs, 2, axis=1)
    def compute_mask(self, inputs, mask=None):
        return tf.split(mask, 2, axis=1)
first, second = Halves()(layers.Embedding(9, 3, mask_zero=True)(codes - 1))
np.testing.assert_array_equal(second._keras_mask, codes[:, 3:] != 1)
""",
    "tf 2 functions": """
import tensorflow as tf
assert tf.range(start=0, limit=4, delta=2).numpy().tolist() == [0, 2] and tf.range(3).dtype == np.int32
assert tf.nest.flatten({"a": 1, "b": (2, 3)}) == [1, 2, 3]
assert tf.nest.map_structure(lambda a, b: a + b, [1, (2,)], [3, (4,)]) == [4, (6,)]
assert tf.random.categorical(np.log([[0.0001, 0.9999]]), 5).numpy().mean() > 0.5
assert sorted(tf.random.shuffle(tf.range(5), seed=1).numpy()) == [0, 1, 2, 3, 4]
assert tf.random_normal_initializer()(shape=(2, 3)).shape == (2, 3)
assert tf.nn.embedding_lookup(tf.eye(3), [2, 0]).numpy().tolist() == [[0, 0, 1], [1, 0, 0]]
assert tf.tile([[1, 2]], tf.concat([tf.expand_dims(None, -1), tf.constant([2])], axis=0)).shape == (1, 4)
assert tf.fill([2], 7).numpy().tolist() == [7, 7] and tf.add_n([X, X]).shape == X.shape
assert tf.sequence_mask([1, 3], 3).numpy().tolist() == [[True, False, False], [True] * 3]
""",
    "tf 2 whole numbers in layers of one's own": """
import tensorflow as tf
class Block(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.table, self.rnn = tf.keras.layers.Embedding(9, 3), tf.keras.layers.LSTM(2)
    def call(self, inputs):
        return self.rnn(self.table(inputs))
assert Block()(codes).shape == (12, 2)
assert tf.keras.layers.Dense(2)(codes).shape == tf.keras.layers.LSTM(2)(codes[..., None]).shape == (12, 2)
class Numbers(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.out, self.lstm = tf.keras.layers.Dense(1), tf.keras.layers.LSTM(2)
    def call(self, inputs):
        return tf.concat([self.out(inputs["flat"]), self.lstm(inputs["steps"])], axis=-1)
assert Numbers()({"flat": codes, "steps": codes[..., None]}).shape == (12, 3)
""",
    "3.0 variables": """
import keras, os, tempfile
from keras import ops
v = keras.Variable(np.zeros(2), dtype="float32", name="v")
v.assign(np.ones(2))
v.assign_add(v * 2)
assert np.asarray(v).tolist() == [3, 3] and v.name == "v" and float(ops.sum(v)) == 6
class Scale(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = keras.Variable(1.5)
        self.shift = keras.Variable("zeros", shape=(3,), trainable=False)
    def call(self, x):
        return x * self.scale + self.shift
inputs = keras.Input((5, 1))
model = keras.Model(inputs, keras.layers.Dense(1)(Scale()(keras.layers.LSTM(3)(inputs))))
model.compile("adam", "mse")
model.fit(X, y, epochs=1, verbose=0)
scale, shift = model.layers[2].get_weights()
assert scale != 1.5 and not shift.any() and len(model.layers[2].trainable_weights) == 1
path = os.path.join(tempfile.mkdtemp(), "model.keras")
model.save(path)
again = keras.saving.load_model(path, custom_objects={"Scale": Scale})
np.testing.assert_array_equal(again.predict(X), model.predict(X))
assert ops.mean(model.layers[-1].kernel) == model.layers[-1].get_weights()[0].mean()
""",
    "absent by name": """
import keras
for name in ("estimator", "applications"):
    try:
        getattr(keras, name)
    except AttributeError as why:
        assert f"keras.{name}: " in str(why), why
    else:
        raise AssertionError(name)
""",
}

DRIVER = """
import contextlib, io, json, sys, types, traceback
from tidegate.cli import serve
serve.install()
told = {}
for name, text in json.load(sys.stdin).items():
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(text, name, "exec"), main.__dict__)
        told[name] = ""
    except BaseException:
        told[name] = traceback.format_exc(limit=-6)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRIVER],
        input=json.dumps({name: DATA + text for name, text in SCRIPTS.items()}),
        capture_output=True, text=True, timeout=240, env=dict(os.environ), cwd=tmp_path_factory.mktemp("scripts"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_its_year_runs(told: dict[str, str], name: str) -> None:
    assert told[name] == "", told[name]
