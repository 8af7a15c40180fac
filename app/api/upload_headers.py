"""What the headers of an upload say of its bytes: their type, their name, their sha256."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import parse_options_header

from synthmill.generators.errors import InvalidRequestError

MAX_LENGTH = 255
OCTETS = "application/octet-stream"

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110's word for it
_MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*[\x21-\x7e][\x20-\x7e]*)?")
_DIGEST = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/=]*):[ \t]*(?=$|,|;)")
_DIGEST_HEADERS = ("Repr-Digest", "Content-Digest")


def media_type(req: Request) -> str:
    """The Content-Type; `application/octet-stream` where there is none.

    Raises UnsupportedMediaType for a body that wraps the file in something else.
    """
    if req.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("the body must be the file's own bytes: send no Content-Encoding")
    if req.mimetype == "multipart/form-data":
        raise UnsupportedMediaType(
            "the body must be the file's own bytes, not a form: curl --data-binary @FILE instead of --form"
        )
    given = req.headers.get("Content-Type", "") or OCTETS
    if not _MEDIA_TYPE.fullmatch(given) or len(given) > MAX_LENGTH:
        raise InvalidRequestError.one(
            "Content-Type", "is no media type", f"such as text/csv, at most {MAX_LENGTH} characters"
        )
    return given


def file_name(req: Request, asked: str | None) -> str | None:
    """The name asked for in the query, else that of Content-Disposition. Raises InvalidRequestError."""
    field, given = "name", asked
    if asked is None:
        field = "Content-Disposition"
        given = parse_options_header(req.headers.get(field))[1].get("filename")
    if given is None:
        return None
    if not given.isprintable() or not 1 <= len(given) <= MAX_LENGTH or set(given) & set("/\\"):
        raise InvalidRequestError.one(
            field, "is no file name", f"1 to {MAX_LENGTH} printable characters, no slashes"
        )
    return given


def digests(req: Request) -> dict[str, str]:
    """The sha256 in hexadecimal, by the header that says it (RFC 9530). Other algorithms are passed over."""
    return dict(_digests(req))


def _digests(req: Request) -> Iterator[tuple[str, str]]:
    for header in _DIGEST_HEADERS:
        given = ",".join(req.headers.getlist(header))
        if "sha-256" not in given:
            continue
        try:
            found = [base64.b64decode(one, validate=True) for one in _DIGEST.findall(given)]
        except binascii.Error:
            found = []
        if len(found) != 1 or len(found[0]) != 32:
            raise InvalidRequestError.one(
                header, "has no readable sha-256", "sha-256=:...: with 32 bytes in base 64"
            )
        yield header, found[0].hex()
