"""Is a forecast luck? The same forecast from several seeds, beside the two naive ones.

python benchmarks/forecast_seeds.py examples/airline-passengers.csv --target Passengers --horizon 12
"""

from __future__ import annotations

import argparse
import time

from tidegate.toolkit import forecast
from tidegate.toolkit.forecasting import LSTM


def main() -> int:
    """Print a line for each seed; return 1 where a naive forecast was as good as one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--target", required=True)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--seeds", type=int, default=5, help="how many")
    parser.add_argument("--fill", action="store_true", help="carry the last value on where one is missing")
    given = parser.parse_args()

    print("seed   method                  mean error      RMSE   seconds")
    beaten = True
    for seed in range(given.seeds):
        start = time.perf_counter()
        made = forecast(given.file, target=given.target, horizon=given.horizon, fill=given.fill, seed=seed)
        took = time.perf_counter() - start
        rows = made.scores if seed == 0 else {LSTM: made.scores[LSTM]}
        for name, score in reversed(rows.items()):
            mine = name == LSTM
            head, tail = (f"{seed:>4}", f"{took:>10.1f}") if mine else ("   -", "")
            print(f"{head}   {name:<22} {score.mae:>11.4g} {score.rmse:>9.4g}{tail}", flush=True)
        beaten &= made.winner == LSTM
    print(f"the LSTM beats both naive forecasts from {'every' if beaten else 'not every'} seed")
    return 0 if beaten else 1


if __name__ == "__main__":
    raise SystemExit(main())
