"""TensorFlow's event files, as TensorBoard reads them: numbers by name and step.

A file is a row of records: length, its checksum, the bytes, their checksum. The bytes are a protocol buffer, of
which only what a number needs is written::

    Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5 }
    Summary { Value value = 1 }     Value { string tag = 1; float simple_value = 2 }
"""

from __future__ import annotations

import functools
import os
import platform
import struct
import time
from pathlib import Path

__all__ = ["EventWriter", "crc32c", "record"]

POLYNOMIAL = 0x82F63B78  # of Castagnoli, bits reversed


@functools.cache
def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


def crc32c(data: bytes) -> int:
    """Return the checksum CRC-32C.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc, table = 0xFFFFFFFF, _table()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _masked(data: bytes) -> bytes:
    """Return the checksum as it stands in a file: rotated and shifted, since data may hold checksums itself."""
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data: bytes) -> bytes:
    """Return one record of a file."""
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def _varint(n: int) -> bytes:
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return bytes([*out, n])


def _bytes(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


class EventWriter:
    """Appends numbers to a new event file in a folder, which is made where it is missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"events.out.tfevents.{int(time.time()):010d}.{platform.node()}.{os.getpid()}"
        taken = sum(1 for _ in folder.glob(f"{stem}.*"))
        self._stream = (folder / f"{stem}.{taken}.v2").open("xb")
        self._event(_bytes(3, b"brain.Event:2"))

    def scalar(self, tag: str, value: float, step: int) -> None:
        """Write one number."""
        number = _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
        self._event(b"\x10" + _varint(step & (1 << 64) - 1) + _bytes(5, _bytes(1, number)))

    def _event(self, fields: bytes) -> None:
        self._stream.write(record(b"\x09" + struct.pack("<d", time.time()) + fields))

    def flush(self) -> None:
        """Let a reader see what was written."""
        self._stream.flush()

    def close(self) -> None:
        """End the file."""
        self._stream.close()
