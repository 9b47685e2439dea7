"""The engines that are raced. Each has one class, `Racer`, made for a workload and the variant behind
the dash of the engine's name; it raises NotImplementedError for a workload that is not for it::

    name                       versions, for the table
    predict(x) -> array        the outputs, classes as probabilities
    losses(steps) -> list      the loss of each of the first steps, batches in order, one batch a step
    weights() -> list          after that, in Keras's order
    threads(n)                 use so many; False where the engine does not let itself be told
    train(steps) -> (s, n)     seconds for about so many steps, and how many it were
    call(n) -> s               seconds for n predictions of the workload's batch
"""

from __future__ import annotations

ENGINES = {
    "tidegate": "Tidegate",
    "torch": "PyTorch",
    "torch-loop": "PyTorch, own loop",
    "keras-jax": "Keras on JAX",
    "keras-tensorflow": "Keras on TensorFlow",
    "onnxruntime": "ONNX Runtime",
}
