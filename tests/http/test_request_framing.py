"""How far a request has come is the same however its bytes were cut; bodies end where gunicorn ends them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from hypothesis import given
from hypothesis import strategies as st

from synthmill.app.http.request_framing import MAX_HEAD_BYTES, MAX_LINE_BYTES, Progress, RequestFraming

LIMIT = 1_000
HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def framed(data: bytes, cuts: tuple[int, ...] = ()) -> RequestFraming:
    """The framing after these bytes came, in pieces; nothing is fed once it is decided."""
    framing = RequestFraming(LIMIT)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for begin, end in pairwise(edges):
        framing.feed(data[begin:end])
        if framing.progress not in (Progress.HEAD, Progress.BODY):
            break
    return framing


def test_a_request_without_a_body_is_whole_with_its_head() -> None:
    assert framed(b"GET / HTTP/1.1\r\nHost: x\r\n").progress is Progress.HEAD
    assert framed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").progress is Progress.WHOLE
    assert framed(b"\r\nGET / HTTP/1.1\r\n\r\n").progress is Progress.WHOLE


def test_a_body_of_known_length_is_waited_for() -> None:
    head = HEAD + b"content-LENGTH: 5\r\n\r\n"
    assert framed(head + b"1234").progress is Progress.BODY
    assert framed(head + b"12345").progress is Progress.WHOLE
    assert framed(head + b"12345GET /next").progress is Progress.WHOLE


def test_a_body_beyond_the_limit_is_not_waited_for() -> None:
    assert framed(HEAD + b"Content-Length: 1001\r\n\r\n").progress is Progress.LONG
    assert framed(HEAD + b"Content-Length: 1000\r\n\r\n").progress is Progress.BODY
    assert framed(HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n").progress is Progress.LONG


def test_chunks_are_waited_for_up_to_the_limit() -> None:
    assert framed(CHUNKED + b"5\r\n12345\r\n").progress is Progress.BODY
    assert framed(CHUNKED + b"5\r\n12345\r\n0\r\n").progress is Progress.BODY
    assert framed(CHUNKED + b"5;a=b\r\n12345\r\n0\r\n\r\n").progress is Progress.WHOLE
    assert framed(CHUNKED + b"0\r\nX-Trailer: 1\r\n\r\n").progress is Progress.WHOLE
    assert framed(CHUNKED + b"fffff\r\n" + b"x" * 80_000).progress is Progress.LONG


@pytest.mark.parametrize(
    "body",
    [b"-1\r\n\r\n", b"x\r\n", b"\r\n", b"+5\r\n", b"0x5\r\n", b"5\r\n123456\r\n", b"5 5\r\n", b"5\n12345\n",
     b"1" * 17 + b"\r\n", b"5;" + b"x" * (MAX_LINE_BYTES + 1), b"1\r\nx\r\n" * 40_000],
)  # fmt: skip
def test_chunks_that_cannot_be_read_are_refused_with_400(body: bytes) -> None:
    refusal = framed(CHUNKED + body).refusal
    assert refusal is not None
    assert refusal.status == 400
    assert refusal.fix


def test_a_head_without_an_end_is_refused_with_431() -> None:
    refusal = framed(HEAD + b"X: " + b"x" * MAX_HEAD_BYTES).refusal
    assert refusal is not None
    assert refusal.status == 431


@pytest.mark.parametrize(
    "lines",
    [b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: -5", b"Content-Length: 5x", b"Expect: tea",
     b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked\r\nContent-Length: 5", b"Host: x\nX: y"],
)  # fmt: skip
def test_what_gunicorn_refuses_is_handed_to_it_at_once(lines: bytes) -> None:
    data = HEAD + lines + b"\r\n\r\n"
    assert framed(data).progress is Progress.WHOLE
    waited, refused = parse(data)
    assert not waited
    assert isinstance(refused, ParseException)


def test_only_a_client_of_http_1_1_waits_for_100_continue() -> None:
    tail = b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
    assert framed(HEAD + tail).awaits_continue
    assert not framed(HEAD.replace(b"1.1", b"1.0") + tail).awaits_continue
    whole = framed(HEAD + tail + b"12345")
    assert whole.without_expectation() == HEAD + b"Content-Length: 5\r\n\r\n12345"
    assert framed(HEAD + tail.replace(b"5\r\n\r", b"5000\r\n\r")).without_expectation().count(b"Expect") == 1


@pytest.mark.parametrize(
    "line", [b"X-API-Key: abc", b"authorization:  bearer abc ", b"AUTHORIZATION: Bearer abc"]
)
def test_the_key_is_read_from_either_header(line: bytes) -> None:
    assert framed(HEAD + line + b"\r\n\r\n").key == b"abc"
    assert framed(HEAD + b"\r\n").key is None


def test_the_address_is_the_one_that_the_last_trusted_proxy_was_told() -> None:
    framing = framed(HEAD + b"X-Forwarded-For: 6.6.6.6, 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n\r\n")
    reported = [framing.forwarded_for(proxies) for proxies in (1, 2, 3, 4)]
    assert reported == ["2.2.2.2", "1.1.1.1", "6.6.6.6", ""]


class Source(IterUnreader):  # type: ignore[misc]
    """Bytes that gunicorn reads; it remembers whether more were wanted than there are."""

    waited = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        data: bytes = super().chunk(size_hint)
        self.waited |= not data
        return data


def parse(data: bytes) -> tuple[bool, Exception | None]:
    """Whether gunicorn would wait for more than these bytes to read a request, and what it would refuse."""
    source = Source([data])
    try:
        Request(Config(), source, ("127.0.0.1", 1)).body.read()
    except (ParseException, NoMoreData) as error:
        return source.waited, error
    return source.waited, None


LINES = st.sampled_from(
    [b"Content-Length: 5", b"Content-Length: 0", b"Transfer-Encoding: chunked", b"Expect: 100-continue",
     b"A: b", b"Connection: close", b"X-API-Key: k"]
)  # fmt: skip
PIECES = st.sampled_from(
    [b"5\r\n12345\r\n", b"0\r\n\r\n", b"0\r\n", b"a;x=y\r\n1234567890\r\n", b"12345", b"\r\n", b"-1\r\n",
     b"X: y\r\n", b"A"]
)  # fmt: skip
MESSAGE = st.builds(
    lambda lines, pieces: HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + b"".join(pieces),
    st.lists(LINES, max_size=3),
    st.lists(PIECES, max_size=5),
)
CUTS = st.lists(st.integers(0, 200), max_size=6).map(tuple)


@given(MESSAGE, CUTS)
def test_the_cut_of_the_bytes_makes_no_difference(data: bytes, cuts: tuple[int, ...]) -> None:
    whole, cut = framed(data), framed(data, cuts)
    assert (cut.progress, cut.refusal, cut.key) == (whole.progress, whole.refusal, whole.key)


@given(MESSAGE)
def test_gunicorn_waits_for_nothing_where_a_request_is_whole_and_only_there(data: bytes) -> None:
    waited, refused = parse(data)
    if framed(data).progress is Progress.WHOLE:
        assert not waited
    elif framed(data).progress is Progress.BODY:
        assert waited or refused is not None
