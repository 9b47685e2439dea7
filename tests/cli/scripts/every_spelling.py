"""The ways in which scripts of ten years import the same few things."""

import keras
import tensorflow as tf
import tensorflow.keras as tk
import tf_keras
from keras import backend as K
from keras import utils
from keras.preprocessing import sequence
from keras.preprocessing.sequence import pad_sequences
from keras.utils import to_categorical
from keras.utils.np_utils import to_categorical as old_path
from tensorflow import keras as from_tf
from tensorflow.compat.v1.keras.utils import to_categorical as version_one
from tensorflow.keras.utils import *  # noqa: F403
from tensorflow.python.keras.utils import to_categorical as private

assert sequence.pad_sequences is pad_sequences is utils.pad_sequences
assert to_categorical is old_path is version_one is private is tf.keras.utils.to_categorical
assert tk.utils.to_categorical is to_categorical is tf_keras.utils.to_categorical
assert from_tf is tf.keras and "utils" in dir(tf.keras)
assert int(keras.__version__.split(".")[0]) == 3 and "tidegate" in keras.__version__
assert "tidegate" in tf.__version__ and tf.version.VERSION == tf.__version__
assert tf.config.list_physical_devices("GPU") == []
tf.get_logger().setLevel("ERROR")
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
K.clear_session()
assert K.floatx() == "float32" and K.epsilon() == 1e-7
assert not hasattr(keras, "applications") and not hasattr(keras.utils, "__wrapped__")
try:
    from keras.utils import plot_everything
except ImportError:
    plot_everything = None
assert plot_everything is None
print("all served")
