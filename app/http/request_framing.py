"""Where a request ends, found out from its bytes as they come, so that no thread has to wait for them.

It decides nothing that gunicorn's parser decides: whatever that would refuse is handed to it at once, and
what is handed over is judged by it again. So being wrong here costs a wait, never another meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MAX_HEAD_BYTES = 65_536
MAX_LINE_BYTES = 8_190
"""Of a chunk's size with its extensions, as gunicorn takes it."""
_SLACK_BYTES = 65_536
"""Gunicorn reads a little ahead of what a view asks for; it must find that without waiting."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([^\r\n]*)", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding:([^\r\n]*)", re.IGNORECASE)
_EXPECT = re.compile(rb"\r\nexpect:[ \t]*([^\r\n]*)", re.IGNORECASE)
_KEY = re.compile(
    rb"\r\n(?:x-api-key:[ \t]*|authorization:[ \t]*bearer[ \t]+)([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE
)
_FORWARDED = re.compile(rb"\r\nx-forwarded-for:([^\r\n]*)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?")


class Progress(Enum):
    """How far a request has come."""

    HEAD = "head"
    BODY = "body"
    WHOLE = "whole"
    """All of it is here, or what is here is enough for gunicorn to refuse it."""
    LONG = "long"
    """The body is longer than a body may be that is read beforehand: its receiver reads the rest."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Refusal:
    """Why a request is not read on."""

    status: int
    reason: str
    fix: str


class RequestFraming:
    """One request, and whatever its sender sent after it. `feed` it; `progress` says how far it is."""

    def __init__(self, max_body: int) -> None:
        self.buffer = bytearray()
        self.progress = Progress.HEAD
        self.refusal: Refusal | None = None
        self.awaits_continue = False
        """Whether its sender waits for `100 Continue` before it sends a body."""
        self.key: bytes | None = None
        """The API key that it names, right or wrong."""
        self._max_body = max_body
        self._searched = 0
        self._end = 0
        """Where a body of known length ends; of chunks, where the next line begins or a chunk ends."""
        self._body_at = 0
        self._chunked = self._in_chunk = self._trailers = False
        self._framing_bytes = 0

    def feed(self, data: bytes) -> None:
        self.buffer += data
        if self.progress is Progress.HEAD:
            self._find_head()
        if self.progress is Progress.BODY:
            self._find_end()

    @property
    def body_bytes(self) -> int:
        """Bytes that came after the head."""
        return len(self.buffer) - self._body_at if self._body_at else 0

    def forwarded_for(self, proxies: int) -> str:
        """The client's address, as the last of so many proxies was given it; else an empty text."""
        head = bytes(self.buffer[: self._body_at])
        named = b",".join(_FORWARDED.findall(head)).split(b",")
        return named[-proxies].strip().decode("latin-1") if len(named) >= proxies else ""

    def without_expectation(self) -> bytes:
        """All bytes, of a body that is here already without the line `Expect: 100-continue`."""
        if not self.awaits_continue or self.progress is not Progress.WHOLE:
            return bytes(self.buffer)
        return _EXPECT.sub(b"", bytes(self.buffer[: self._body_at])) + self.buffer[self._body_at :]

    def _find_head(self) -> None:
        # One empty line before a request is passed over (RFC 9112, section 2.2).
        begin = 2 if self.buffer[:2] == b"\r\n" else 0
        found = self.buffer.find(b"\r\n\r\n", max(begin, self._searched - 3))
        if found >= 0:
            self._body_at = self._end = found + 4
            self._read_head(bytes(self.buffer[begin : found + 4]))
        elif self._has_bare_line_feed():
            self.progress = Progress.WHOLE
        elif len(self.buffer) > MAX_HEAD_BYTES:
            self._refuse(431, f"is larger than {MAX_HEAD_BYTES:,} bytes", "send shorter header fields")
        self._searched = len(self.buffer)

    def _has_bare_line_feed(self) -> bool:
        begin = max(0, self._searched - 1)
        came = self.buffer[begin:]
        return came.count(b"\n") - came.startswith(b"\n") * (begin > 0) != came.count(b"\r\n")

    def _read_head(self, head: bytes) -> None:
        key = _KEY.search(head)
        self.key = key[1] if key and key[1] else None
        lengths, codings, expected = _LENGTH.findall(head), _CODING.findall(head), _EXPECT.findall(head)
        is_old = head.split(b"\r\n", 1)[0].endswith(b"HTTP/1.0")
        odd_length = len(lengths) > 1 or not all(length.strip().isdigit() for length in lengths)
        odd_coding = codings and (lengths or is_old or b"chunked" not in codings[-1].lower())
        odd_expectation = any(expectation.strip().lower() != b"100-continue" for expectation in expected)
        if odd_length or odd_coding or odd_expectation:
            self.progress = Progress.WHOLE
            return
        self.progress = Progress.BODY
        if codings:
            self._chunked = True
        else:
            length = int(lengths[0][:20]) if lengths else 0
            self._end += length
            if length > self._max_body:
                self.progress = Progress.LONG
        self.awaits_continue = bool(expected) and not is_old

    def _find_end(self) -> None:
        if not self._chunked:
            if len(self.buffer) >= self._end:
                self.progress = Progress.WHOLE
            return
        while self.progress is Progress.BODY and self._pass_line():
            pass
        if self.progress is Progress.BODY:
            if self.body_bytes - self._framing_bytes > self._max_body + _SLACK_BYTES:
                self.progress = Progress.LONG
            elif self.body_bytes > 2 * (self._max_body + _SLACK_BYTES):
                self._refuse(400, "has more framing than content", "send larger chunks and no trailers")

    def _pass_line(self) -> bool:
        """Go past the CRLF behind a chunk's bytes, or a line; False where it isn't all here yet."""
        if self._in_chunk:
            seam = self.buffer[self._end : self._end + 2]
            if len(seam) < 2:
                return False
            if seam != b"\r\n":
                self._refuse(400, "has a chunk that doesn't end where its size says", _CHUNKS)
            self._end += 2
            self._in_chunk = False
            return True
        line_end = self.buffer.find(b"\r\n", self._end, self._end + MAX_LINE_BYTES + 2)
        if line_end < 0:
            started = self.buffer[self._end : self._end + MAX_LINE_BYTES + 3]
            if len(started) > MAX_LINE_BYTES + 2 or b"\n" in started:
                self._refuse(400, "has a chunk whose size can't be read", _CHUNKS)
            return False
        self._take_line(bytes(self.buffer[self._end : line_end]))
        return True

    def _take_line(self, line: bytes) -> None:
        self._framing_bytes += len(line) + 4
        self._end += len(line) + 2
        if self._trailers:
            if not line:
                self.progress = Progress.WHOLE
        elif size := _CHUNK_SIZE.fullmatch(line):
            length = int(size[1], 16)
            self._trailers, self._in_chunk = length == 0, length > 0
            self._end += length
        else:
            self._refuse(400, "has a chunk whose size can't be read", _CHUNKS)

    def _refuse(self, status: int, reason: str, fix: str) -> None:
        self.progress, self.refusal = Progress.REFUSED, Refusal(status, reason, fix)


_CHUNKS = "each chunk is its size in hexadecimal digits, CRLF, so many bytes, CRLF (RFC 9112, section 7.1)"
