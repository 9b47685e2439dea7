"""A model in the spelling of Keras 2: module paths, argument names and methods that Keras 3 no longer has."""

import numpy as np
import tensorflow as tf
from keras.layers.core import Activation, Dense, Dropout
from keras.layers.embeddings import Embedding
from keras.layers.recurrent import LSTM
from keras.models import Sequential
from keras.optimizers import SGD, Adam, RMSprop
from keras.utils.np_utils import to_categorical

tf.random.set_seed(1)
rng = np.random.RandomState(0)
codes = rng.randint(1, 9, size=(60, 6))
kind = (codes[:, 0] > 4).astype(int)

for optimizer in (SGD(lr=0.1, momentum=0.3), Adam(lr=0.01), RMSprop(lr=0.01)):
    model = Sequential()
    model.add(Embedding(10, 4, input_length=6))
    model.add(LSTM(8))
    model.add(Dropout(0.1))
    model.add(Dense(2))
    model.add(Activation("softmax"))
    model.compile(loss="categorical_crossentropy", optimizer=optimizer, metrics=["acc"])
    seen = model.fit(codes, to_categorical(kind), epochs=2, batch_size=10, verbose=0)
    assert set(seen.history) == {"loss", "acc"}
    assert model.predict_classes(codes).shape == (60,)

drawn = np.random.RandomState(5).rand(3)
np.random.seed(5)
tf.random.set_seed(99)  # leaves NumPy's generator alone
assert np.array_equal(np.random.rand(3), drawn)
print("all ran")
