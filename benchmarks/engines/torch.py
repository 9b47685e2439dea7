"""PyTorch: nn.LSTM and fused Adam, the loop as its users write it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.workloads import Array, Workload


class Net(nn.Module):
    """The model of a workload."""

    def __init__(self, work: Workload) -> None:
        super().__init__()
        self.embedding = nn.Embedding(work.codes, work.features) if work.codes else None
        self.lstm = nn.LSTM(work.features, work.units[0], num_layers=len(work.units), batch_first=True)
        self.dense = nn.Linear(work.units[-1], work.outputs)
        self.sequences = work.sequences

    def forward(self, x: Any) -> Any:
        if self.embedding is not None:
            x = self.embedding(x)
        h, _ = self.lstm(x)
        return self.dense(h if self.sequences else h[:, -1])


class Unrolled(Net):
    """The same with the activation written by hand, which nn.LSTM does not have."""

    def forward(self, x: Any) -> Any:
        lstm = self.lstm
        h = c = x.new_zeros(x.shape[0], lstm.hidden_size)
        for t in range(x.shape[1]):
            z = x[:, t] @ lstm.weight_ih_l0.T + h @ lstm.weight_hh_l0.T + lstm.bias_ih_l0
            i, f, g, o = z.chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.relu(g)
            h = torch.sigmoid(o) * torch.relu(c)
        return self.dense(h)


class Racer:
    """One model of a workload.

    nn.LSTM knows tanh alone. Another activation is validated with the loop over steps written out; what is
    timed is nn.LSTM with its tanh, or that loop where the variant "loop" is asked for.
    """

    def __init__(self, work: Workload, variant: str = "") -> None:
        self.work, self.name, self.loop = work, f"PyTorch {torch.__version__}", variant == "loop"
        other = work.activation != "tanh"
        if self.loop and not other:
            raise NotImplementedError("nn.LSTM does this one")
        x, y = work.data()
        self.x = torch.from_numpy(x.astype(np.int64) if work.codes else x)
        self.y = torch.from_numpy(y.argmax(axis=1) if work.classes else y)
        self.loss = nn.CrossEntropyLoss() if work.classes else nn.MSELoss()
        self.fresh(Unrolled if other else Net)

    def fresh(self, kind: type[Net]) -> None:
        """Make the model anew with the workload's weights."""
        self.net = kind(self.work)
        given = iter(torch.from_numpy(w) for w in self.work.weights())
        with torch.no_grad():
            if self.net.embedding is not None:
                self.net.embedding.weight.copy_(next(given))
            for k in range(len(self.work.units)):
                for name in ("weight_ih", "weight_hh", "bias_ih"):
                    getattr(self.net.lstm, f"{name}_l{k}").copy_(next(given).T)
                getattr(self.net.lstm, f"bias_hh_l{k}").zero_()
            self.net.dense.weight.copy_(next(given).T)
            self.net.dense.bias.copy_(next(given))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=1e-3, eps=1e-7, fused=True)

    def second_bias(self, trained: bool) -> None:
        """PyTorch adds two biases, Keras has one: the second stays zero while both are compared."""
        for name, parameter in self.net.lstm.named_parameters():
            if name.startswith("bias_hh"):
                parameter.requires_grad_(trained)

    def step(self, rows: Any) -> Any:
        self.optimizer.zero_grad()
        loss = self.loss(self.net(self.x[rows]), self.y[rows])
        loss.backward()
        self.optimizer.step()
        return loss

    def predict(self, x: Array) -> Array:
        with torch.inference_mode():
            out = self.net(torch.from_numpy(x.astype(np.int64) if self.work.codes else x))
            return (torch.softmax(out, dim=-1) if self.work.classes else out).numpy()

    def losses(self, steps: int) -> list[float]:
        b = self.work.batch
        self.second_bias(False)
        found = [float(self.step(torch.arange(k * b, (k + 1) * b))) for k in range(steps)]
        self.second_bias(True)
        return found

    def weights(self) -> list[Array]:
        found = [self.net.embedding.weight] if self.net.embedding is not None else []
        for k in range(len(self.work.units)):
            found += [getattr(self.net.lstm, f"{n}_l{k}").T for n in ("weight_ih", "weight_hh", "bias_ih")]
        return [w.detach().numpy() for w in (*found, self.net.dense.weight.T, self.net.dense.bias)]

    def threads(self, n: int) -> bool:
        torch.set_num_threads(n)
        return True

    def train(self, steps: int) -> tuple[float, int]:
        if type(self.net) is Unrolled and not self.loop:
            self.fresh(Net)  # validated; from here on it is nn.LSTM that is timed
            self.train(2)
        b, every = self.work.batch, self.work.batches()
        start = time.perf_counter()
        for k in range(steps):
            if k % every == 0:
                order = torch.randperm(every * b)
            self.step(order[k % every * b : (k % every + 1) * b])
        return time.perf_counter() - start, steps

    def call(self, n: int) -> float:
        x = self.x[: self.work.batch]
        start = time.perf_counter()
        with torch.inference_mode():
            for _ in range(n):
                self.net(x)
        return time.perf_counter() - start
