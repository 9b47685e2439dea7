"""The layers.

>>> from tidegate.models import Sequential
>>> Sequential([LSTM(50, input_shape=(10, 1)), Dense(1)]).output_shape
(None, 1)
"""

from __future__ import annotations

from tidegate.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from tidegate.layers.attention import AdditiveAttention, Attention, MultiHeadAttention
from tidegate.layers.base import Layer
from tidegate.layers.bidirectional import Bidirectional
from tidegate.layers.categories import CategoryEncoding, Discretization
from tidegate.layers.configs import deserialize, serialize
from tidegate.layers.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from tidegate.layers.convolution import Conv1D, Conv1DTranspose
from tidegate.layers.core import Identity, Lambda, Masking
from tidegate.layers.dense import Dense
from tidegate.layers.depthwise import DepthwiseConv1D, SeparableConv1D
from tidegate.layers.einsum_dense import EinsumDense
from tidegate.layers.embedding import Embedding
from tidegate.layers.group_normalization import GroupNormalization, RMSNormalization
from tidegate.layers.gru import GRU
from tidegate.layers.input import Input, InputLayer
from tidegate.layers.input_spec import InputSpec
from tidegate.layers.lookup import IntegerLookup, StringLookup
from tidegate.layers.lstm import LSTM
from tidegate.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from tidegate.layers.noise import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
)
from tidegate.layers.normalization import BatchNormalization, LayerNormalization, UnitNormalization
from tidegate.layers.pooling import AveragePooling1D, GlobalAveragePooling1D, GlobalMaxPooling1D, MaxPooling1D
from tidegate.layers.preprocessing import Normalization, Rescaling
from tidegate.layers.rnn import RNN, GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells
from tidegate.layers.shaping import (
    Cropping1D,
    Flatten,
    Permute,
    RepeatVector,
    Reshape,
    UpSampling1D,
    ZeroPadding1D,
)
from tidegate.layers.simple_rnn import SimpleRNN
from tidegate.layers.spelling import older_layer as __getattr__  # noqa: F401
from tidegate.layers.text import Hashing, TextVectorization
from tidegate.layers.time_distributed import TimeDistributed
from tidegate.layers.variable import Variable
from tidegate.layers.wrapper import Wrapper

AvgPool1D, MaxPool1D = AveragePooling1D, MaxPooling1D  # further names of Keras
GlobalAvgPool1D, GlobalMaxPool1D = GlobalAveragePooling1D, GlobalMaxPooling1D
Convolution1D, Convolution1DTranspose, SeparableConvolution1D = Conv1D, Conv1DTranspose, SeparableConv1D

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "Average",
    "AveragePooling1D",
    "AvgPool1D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Cropping1D",
    "Dense",
    "DepthwiseConv1D",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAvgPool1D",
    "GlobalMaxPool1D",
    "GlobalMaxPooling1D",
    "GroupNormalization",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPool1D",
    "MaxPooling1D",
    "Maximum",
    "Minimum",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "RMSNormalization",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SeparableConv1D",
    "SeparableConvolution1D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "SpatialDropout1D",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling1D",
    "Variable",
    "Wrapper",
    "ZeroPadding1D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]
