"""WebSocket frames as the server writes them (RFC 6455, section 5): whole, unmasked, uncompressed."""

from __future__ import annotations

import struct

NORMAL = 1000
POLICY = 1008
TOO_BIG = 1009
INTERNAL = 1011
RESTARTING = 1012
TRY_LATER = 1013

PING = b"\x89\x00"
_TEXT = 0x81


def text_frame(text: str) -> bytes:
    """One text message: encode it once and send the same bytes to everybody."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", _TEXT, size) + payload
    if size < 65_536:
        return struct.pack("!BBH", _TEXT, 126, size) + payload
    return struct.pack("!BBQ", _TEXT, 127, size) + payload
