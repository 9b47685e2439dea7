"""One value from ten steps of one feature, start to end: regression.py tidegate | keras."""

import importlib
import sys

import numpy as np

library = sys.argv[1]
layers = importlib.import_module(f"{library}.layers")
models = importlib.import_module(f"{library}.models")

rng = np.random.RandomState(0)
walk = np.cumsum(rng.rand(110) - 0.5)
x = np.stack([walk[i : i + 10] for i in range(100)])[:, :, np.newaxis]
y = walk[10:110].reshape(100, 1)

net = models.Sequential()
net.add(layers.LSTM(4, input_shape=(10, 1)))
net.add(layers.Dense(1))
net.compile(loss="mse", optimizer="adam")
history = net.fit(x, y, batch_size=10, epochs=50)

assert len(history.history["loss"]) == 50
assert history.history["loss"][-1] < history.history["loss"][0]
assert net.predict(x).shape == (100, 1)
flat = net.evaluate(x, y[:, 0])  # (samples,) is as good as (samples, 1)
assert np.isclose(flat, net.evaluate(x, y), rtol=1e-5)
