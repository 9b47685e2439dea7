"""How fast Tidegate is beside others, on this machine: `python -m benchmarks`."""
