"""Writes keras_keys.json: the keys by which Keras describes each layer. Needs keras.

KERAS_BACKEND=torch python -m tests.layers.make_keras_keys
"""

from __future__ import annotations

import json
from pathlib import Path

import keras

from tests.layers import test_contract

found = {}
test_contract.L = keras.layers
for make, _ in test_contract.ENTRIES.values():
    layer = make()
    found[type(layer).__name__] = sorted(keras.layers.serialize(layer)["config"])
Path(__file__).with_name("keras_keys.json").write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")
