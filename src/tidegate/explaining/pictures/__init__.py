"""Pictures of tables, windows, shapes and networks, as SVG."""

from __future__ import annotations

from tidegate.explaining.pictures.heatmaps import gates
from tidegate.explaining.pictures.networks import mask, return_sequences, unrolled
from tidegate.explaining.pictures.svg import Picture
from tidegate.explaining.pictures.tables import block, forms, windows

__all__ = ["Picture", "block", "forms", "gates", "mask", "return_sequences", "unrolled", "windows"]
