"""The hashes by which Keras spreads words over bins: FarmHash's Fingerprint64, and SipHash-2-4 where there is a salt.

Both are the same on every machine, so that codes of a model trained elsewhere mean the same here.

>>> fingerprint(b"tide") % 10, siphash(b"tide", 3, 4) % 10
(6, 7)
"""

from __future__ import annotations

import struct
from typing import Any

from tidegate.errors import ArgumentError, complaint
from tidegate.language import say

__all__ = ["bucket_of", "fingerprint", "siphash", "two_keys"]

K0, K1, K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
ALL = 2**64 - 1


def two_keys(who: str, salt: Any) -> list[int] | None:
    """Return a salt as the two numbers that SipHash takes; None where there is none."""
    keys = [salt, salt] if isinstance(salt, int) else salt
    if keys is not None and not (
        isinstance(keys, list | tuple) and len(keys) == 2 and all(isinstance(k, int) for k in keys)
    ):
        raise ArgumentError(complaint(who, say("salt as one whole number or two"), repr(salt), "salt=1337"))
    return None if keys is None else list(keys)


def bucket_of(token: Any, keys: list[int] | None, buckets: int) -> int:
    """Return the place of a word or a whole number among so many buckets."""
    said = str(token).encode()
    return (fingerprint(said) if keys is None else siphash(said, *keys)) % buckets


def _at(s: bytes, k: int) -> int:
    """Return the 8 bytes from place k on as a number."""
    return int.from_bytes(s[k : k + 8], "little")


def _turn(v: int, by: int) -> int:
    """Return 64 bits turned to the right."""
    v &= ALL
    return (v >> by) | (v << (64 - by)) & ALL


def _shift(v: int) -> int:
    v &= ALL
    return v ^ v >> 47


def _mix(u: int, v: int, by: int) -> int:
    """Return one number of two."""
    a = _shift((u ^ v) * by)
    return _shift(((v & ALL) ^ a) * by) * by & ALL


def _four(s: bytes, k: int, a: int, b: int) -> tuple[int, int]:
    """Return two numbers of two and of the 32 bytes from place k on."""
    w, x, y, z = (_at(s, k + 8 * n) for n in range(4))
    a += w
    b = _turn(b + a + z, 21)
    c = a
    a += x + y
    return (a + z) & ALL, (b + _turn(a, 44) + c) & ALL


def fingerprint(s: bytes) -> int:
    """Return FarmHash's Fingerprint64."""
    n = len(s)
    by = (K2 + 2 * n) & ALL
    if n == 0:
        return K2
    if n < 4:
        y, z = s[0] + (s[n // 2] << 8), n + (s[-1] << 2)
        return _shift(y * K2 ^ z * K0) * K2 & ALL
    if n < 8:
        first, last = int.from_bytes(s[:4], "little"), int.from_bytes(s[-4:], "little")
        return _mix(n + (first << 3), last, by)
    if n <= 16:
        a, b = _at(s, 0) + K2 & ALL, _at(s, n - 8)
        return _mix(_turn(b, 37) * by + a & ALL, (_turn(a, 25) + b) * by & ALL, by)
    if n <= 64:
        a, b = _at(s, 0) * (K1 if n <= 32 else K2), _at(s, 8)
        c, d = _at(s, n - 8) * by, _at(s, n - 16) * K2
        y, z = _turn(a + b, 43) + _turn(c, 30) + d & ALL, a + _turn(b + K2, 18) + c & ALL
        if n <= 32:
            return _mix(y, z, by)
        z = _mix(y, z, by)
        e, f = _at(s, 16) * by, _at(s, 24)
        g, h = (y + _at(s, n - 32)) * by, (z + _at(s, n - 24)) * by
        return _mix(_turn(e + f, 43) + _turn(g, 30) + h & ALL, e + _turn(f + a, 18) + g & ALL, by)
    return _long(s)


def _long(s: bytes) -> int:
    """Return the fingerprint of more than 64 bytes."""
    n = len(s)
    x, y = 81, 81 * K1 + 113
    z = _shift(y * K2 + 113) * K2
    v, w = (0, 0), (0, 0)
    x = x * K2 + _at(s, 0)
    end = (n - 1) // 64 * 64

    def block(k: int, by: int, crossed: int, added: int) -> None:
        nonlocal x, y, z, v, w
        x = _turn(x + y + v[0] + _at(s, k + 8), 37) * by & ALL
        y = _turn(y + v[1] + _at(s, k + 48), 42) * by & ALL
        x ^= w[1] * crossed & ALL
        y += v[0] * added + _at(s, k + 40)
        z = _turn(z + w[0], 33) * by & ALL
        v = _four(s, k, v[1] * by, x + w[0])
        w = _four(s, k + 32, z + w[1], y + _at(s, k + 16))
        z, x = x, z

    for k in range(0, end, 64):
        block(k, K1, 1, 1)
    by = K1 + ((z & 255) << 1)
    w = (w[0] + (n - 1 & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    block(n - 64, by, 9, 9)
    return _mix(_mix(v[0], w[0], by) + _shift(y) * K0 + z & ALL, _mix(v[1], w[1], by) + x & ALL, by)


def siphash(s: bytes, key: int, second: int) -> int:
    """Return SipHash-2-4 under a key of two numbers (Aumasson and Bernstein, 2012)."""
    a, b = key ^ 0x736F6D6570736575, second ^ 0x646F72616E646F6D
    c, d = key ^ 0x6C7967656E657261, second ^ 0x7465646279746573

    def turn(rounds: int) -> None:
        nonlocal a, b, c, d
        for _ in range(rounds):
            a, c = a + b & ALL, c + d & ALL
            b, d = _turn(b, 51) ^ a, _turn(d, 48) ^ c
            a, c = _turn(a, 32) + d & ALL, c + b & ALL
            d, b = _turn(d, 43) ^ a, _turn(b, 47) ^ c
            c = _turn(c, 32)

    padded = s + bytes(-(len(s) + 1) % 8) + bytes([len(s) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        d ^= word
        turn(2)
        a ^= word
    c ^= 255
    turn(4)
    return a ^ b ^ c ^ d
