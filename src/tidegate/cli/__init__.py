"""The commands: `tidegate run`, `tidegate forecast` and `tidegate explain`."""
