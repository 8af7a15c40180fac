"""What can go wrong between this machine and a server, each said in words that a person can act on."""

from __future__ import annotations

from collections.abc import Iterable

from synthmill.generators.errors import FieldError


class ClientError(Exception):
    """Anything the client or the command reports; its text needs no traceback beside it."""


class UnreachableError(ClientError, ConnectionError):
    """No server answered: none is known, none listens, or the connection broke too often."""


class ServerAnswerError(ClientError):
    """Something answered that is not a Synthmill server, or not one we understand."""


class JobFailedError(ClientError):
    """The job ended without a dataset: it failed, or it was stopped."""

    def __init__(self, job_id: str, state: str, reason: str) -> None:
        self.job_id, self.state, self.reason = job_id, state, reason
        super().__init__(f"job {job_id} {state}" + (f": {reason}" if reason else ""))


class NotFinishedError(ClientError):
    """The job has no dataset yet."""


class DamagedDownloadError(ClientError):
    """The bytes that arrived are not those that the manifest promises; none of them were kept."""


class ApiError(ClientError):
    """The server refused a request. `status` is HTTP's, `errors` names the fields at fault, if any were."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        errors: Iterable[FieldError] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.status, self.title, self.detail = status, title, detail
        self.errors = tuple(errors)
        self.request_id, self.retry_after = request_id, retry_after
        super().__init__("\n".join(self.lines()))

    def lines(self) -> list[str]:
        """One line per problem: the fields at fault where there are any, else the reason."""
        if self.errors:
            return [str(error) for error in self.errors]
        return [self.detail or f"{self.title} (HTTP {self.status})"]


class UnauthorizedError(ApiError):
    """401: no key, or one that the server doesn't know."""


class ForbiddenError(ApiError):
    """403: the key may not do this."""


class NotFoundError(ApiError):
    """404: no such thing in the key's workspace."""


class ConflictError(ApiError):
    """409: the thing's state doesn't allow this now."""


class RefusedRequestError(ApiError):
    """400, 413 or 422: the request can't be carried out as it is written."""


class TooManyRequestsError(ApiError):
    """429: a limit on the key is reached; `retry_after` says in how many seconds to come back."""


class ServerFailedError(ApiError):
    """5xx: the fault is the server's."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: RefusedRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    413: RefusedRequestError,
    422: RefusedRequestError,
    429: TooManyRequestsError,
}


def error_class(status: int) -> type[ApiError]:
    """The class of `ApiError` for an HTTP status of 400 or above."""
    return _BY_STATUS.get(status, ServerFailedError if status >= 500 else ApiError)
