"""Which Ed25519 public keys are none: points of low order, and spellings that stand for another key.

Under a key of low order a signature of nobody verifies for many messages, and two spellings of one key are two key ids:
one human with two votes. RFC 8032 leaves both to the verifier.
"""

from __future__ import annotations

P = 2**255 - 19
_ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
_Y8 = int.from_bytes(bytes.fromhex(_ORDER_8), "little")
_LOW = frozenset({0, 1, P - 1, _Y8, P - _Y8})  # y of the eight points whose order divides eight


def montgomery(public: bytes) -> bytes:
    """The X25519 public key (RFC 7748, the same point) of a raw Ed25519 public key that is not weak."""
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    return ((1 + y) * pow(1 - y, -1, P) % P).to_bytes(32, "little")


def is_weak(public: bytes) -> bool:
    """Whether a raw public key is of low order, or not the one spelling of its point."""
    if len(public) != 32:
        return True
    y = int.from_bytes(public, "little") & ((1 << 255) - 1)
    return y >= P or y in _LOW
