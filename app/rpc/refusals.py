"""Every refusal as a gRPC status with details: the code, the fields, the fixes that REST answers with."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn, TypeAlias, get_args

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from synthmill.app.core import errors as core
from synthmill.app.core.observability import counters
from synthmill.app.http.json_guard import MalformedJsonError
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError

DOMAIN = "synthmill"
"""Of every ErrorInfo: whose codes its `reason` is one of."""

Refusal: TypeAlias = core.CoreError | InvalidRequestError | UnknownNameError | MalformedJsonError

CODES: Mapping[str, int] = {
    "invalid-request": Code.INVALID_ARGUMENT,
    "malformed-json": Code.INVALID_ARGUMENT,
    "limit-exceeded": Code.INVALID_ARGUMENT,
    "idempotency-mismatch": Code.INVALID_ARGUMENT,
    "request-entity-too-large": Code.RESOURCE_EXHAUSTED,
    "not-found": Code.NOT_FOUND,
    "conflict": Code.FAILED_PRECONDITION,
    "precondition-failed": Code.FAILED_PRECONDITION,
    "unauthorized": Code.UNAUTHENTICATED,
    "too-many-requests": Code.RESOURCE_EXHAUSTED,
    "disk-full": Code.RESOURCE_EXHAUSTED,
    "storage-unavailable": Code.UNAVAILABLE,
    "busy": Code.UNAVAILABLE,
    "client-gone": Code.CANCELLED,
}
"""By the code of an error; the reason of its ErrorInfo is the same word in capitals."""
_RETRY_SECONDS = 5
_MOST_BYTES, _MOST_CHARACTERS = 4_096, 1_000
"""Of fields at fault, and of one text: clients take no more than 8 KiB of trailers."""
_EXPECTED: tuple[type[Exception], ...] = get_args(Refusal)

_log = logging.getLogger(__name__)


class CallEndedError(Exception):
    """The call is over, though nothing is wrong with it; the status says why."""

    def __init__(self, status: Status) -> None:
        self.status = status
        super().__init__(status.message)


@contextmanager
def refusing(context: grpc.ServicerContext, method: str) -> Iterator[None]:
    """End the call with the status of what is raised inside; what isn't expected is INTERNAL and logged."""
    try:
        yield
    except CallEndedError as end:
        _abort(context, end.status)
    except _EXPECTED as refusal:
        _abort(context, status_of(refusal))
    except Exception as error:
        # The library itself raises where the client has gone.
        if not context.is_active():
            raise
        number = secrets.token_hex(12)
        _log.error("call %s of %s failed", number, method, exc_info=error)
        info = ErrorInfo(reason="INTERNAL_ERROR", domain=DOMAIN, metadata={"call_id": number})
        _abort(
            context,
            _status(Code.INTERNAL, "an unexpected error; the server's log has it under call_id", info),
        )


def status_of(refusal: Exception) -> Status:
    """The status that says what a refusal says, as far as the trailers of a call have room."""
    code: str = getattr(refusal, "code", "")
    if code == core.StorageError.code:
        counters.count("storage_errors")
    details: list[Message] = [ErrorInfo(reason=_reason(code), domain=DOMAIN)]
    fields: tuple[FieldError, ...] = tuple(getattr(refusal, "errors", ()))
    if fields:
        details.append(_bad_request(fields))
    if isinstance(refusal, core.TooManyRequestsError):
        details.append(RetryInfo(retry_delay=Duration(seconds=refusal.retry_after)))
    elif CODES[code] == Code.UNAVAILABLE:
        details.append(RetryInfo(retry_delay=Duration(seconds=_RETRY_SECONDS)))
    return _status(CODES[code], _message(refusal, len(fields)), *details)


def _message(refusal: Exception, fields: int) -> str:
    if isinstance(refusal, InvalidRequestError) and fields > 1:
        return f"{fields} fields can't be accepted as they are"
    return _cut(str(refusal) or "no valid API key; send one as x-api-key or as authorization: Bearer")


def _bad_request(fields: Iterable[FieldError]) -> BadRequest:
    shown = BadRequest()
    for one in fields:
        found = BadRequest.FieldViolation(field=_cut(one.field), description=_cut(_described(one)))
        if shown.ByteSize() + found.ByteSize() > _MOST_BYTES:
            break
        shown.field_violations.append(found)
    return shown


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def going_away(after: int) -> CallEndedError:
    """The process ends; watching can go on with another one after this number."""
    info = ErrorInfo(reason="GOING_AWAY", domain=DOMAIN, metadata={"after": str(after)})
    retry = RetryInfo(retry_delay=Duration(seconds=1))
    message = f"the server is stopping; watch again after {after}"
    return CallEndedError(_status(Code.UNAVAILABLE, message, info, retry))


def _abort(context: grpc.ServicerContext, status: Status) -> NoReturn:
    """End the call with this status."""
    context.abort_with_status(rpc_status.to_status(status))
    raise AssertionError("abort_with_status always raises")


def _status(code: int, message: str, *details: Message) -> Status:
    packed = []
    for detail in details:
        packed.append(AnyMessage())
        packed[-1].Pack(detail)
    return Status(code=code, message=message, details=packed)


def _reason(code: str) -> str:
    return code.replace("-", "_").upper()


def _described(error: FieldError) -> str:
    return f"{error.reason}; {error.fix}" if error.fix else error.reason
