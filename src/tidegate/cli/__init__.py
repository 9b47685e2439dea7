"""The commands: `tidegate run` and `tidegate forecast`."""
