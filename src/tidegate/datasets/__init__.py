"""The texts that Keras's examples train on, read from the files that Keras has downloaded before."""

from tidegate.datasets import imdb, reuters

__all__ = ["imdb", "reuters"]
