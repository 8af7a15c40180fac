"""With what number the command ends, and the words it has for what went wrong."""

from __future__ import annotations

from synthmill.errors import (
    ApiError,
    ClientError,
    ForbiddenError,
    JobFailedError,
    NotFoundError,
    RefusedRequestError,
    UnauthorizedError,
)
from synthmill.generators.errors import DamagedDatasetError, InvalidRequestError, UnknownNameError

OK, ERROR, USAGE, AUTH, NOT_FOUND, JOB_FAILED, DIFFERENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

MEANINGS = {
    OK: "all went well",
    ERROR: "something went wrong: no server, no space, a damaged download ...",
    USAGE: "the command or the request is wrong; the option or field is named",
    AUTH: "no API key, or one that isn't accepted",
    NOT_FOUND: "the job, dataset, template, strategy or key asked for isn't there",
    JOB_FAILED: "the job failed or was stopped",
    DIFFERENT: "something isn't as it must be: a dataset isn't what its recipe makes",
    INTERRUPTED: "interrupted (Ctrl-C)",
}

_CODES: tuple[tuple[type[Exception], int], ...] = (
    (UnauthorizedError, AUTH),
    (ForbiddenError, AUTH),
    (NotFoundError, NOT_FOUND),
    (UnknownNameError, NOT_FOUND),
    (RefusedRequestError, USAGE),
    (InvalidRequestError, USAGE),
    (JobFailedError, JOB_FAILED),
)

EXPECTED = (ClientError, DamagedDatasetError, InvalidRequestError, UnknownNameError, OSError)
"""What can happen to anybody; anything else is a fault of ours and keeps its traceback."""


def exit_code(error: Exception) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), ERROR)


def lines(error: Exception) -> list[str]:
    """One line per problem: the field, the reason, and what would be right."""
    if isinstance(error, InvalidRequestError):
        return [str(one) for one in error.errors]
    if isinstance(error, ApiError):
        problems = error.lines()
        if error.status >= 500 and error.request_id:
            problems[-1] += f" (request {error.request_id})"
        return problems
    if isinstance(error, OSError) and not isinstance(error, ClientError) and error.strerror:
        return [f"{error.filename}: {error.strerror}" if error.filename else error.strerror]
    return [str(error) or type(error).__name__]
