"""What the core refuses to do, and why: a code for programs, a text and the fields at fault for people."""

from __future__ import annotations

from typing import ClassVar

from synthmill.generators.errors import FieldError


class CoreError(Exception):
    """An expected refusal; its text is meant for the caller."""

    code: ClassVar[str] = ""
    """What sort of refusal it is; empty where no caller of a face ever gets it."""
    errors: tuple[FieldError, ...] = ()
    """Field by field what is wrong, why, and what would be right."""


class NotFoundError(CoreError):
    """No such thing in this key's workspace; the same answer whether it exists elsewhere or not."""

    code = "not-found"

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(f"no {what} {name!r} in this workspace")


class ConflictError(CoreError):
    """The thing is not in a state that allows this."""

    code = "conflict"

    def __init__(self, reason: str, fix: str = "") -> None:
        self.errors = (FieldError("state", reason, fix),)
        super().__init__(reason)


class PreconditionFailedError(CoreError):
    """The thing isn't what the caller takes it for: somebody has changed it meanwhile."""

    code = "precondition-failed"

    def __init__(self, reason: str, fix: str) -> None:
        self.errors = (FieldError("If-Match", reason, fix),)
        super().__init__(reason)


class UnauthorizedError(CoreError):
    """No key, or one that is not (or no longer) valid."""

    code = "unauthorized"


class LimitExceededError(CoreError):
    """More than a setting, or a limit that a page of docs states, allows."""

    code = "limit-exceeded"

    def __init__(self, field: str, reason: str, fix: str = "") -> None:
        self.errors = (FieldError(field, reason, fix),)
        super().__init__(f"{field}: {reason}")


class TooLargeError(LimitExceededError):
    """A body of more bytes than one may have."""

    code = "request-entity-too-large"


class IncompleteBodyError(CoreError):
    """The client went away, or was too slow, before all of the body had come."""

    code = "incomplete-body"


class TooManyRequestsError(CoreError):
    """More at once, or in a short while, than one client may have; `retry_after` is in seconds."""

    code = "too-many-requests"

    def __init__(self, reason: str, retry_after: int, field: str = "", fix: str = "") -> None:
        self.retry_after = retry_after
        self.errors = (FieldError(field, reason, fix),) if field else ()
        super().__init__(reason)


class BusyError(CoreError):
    """All that such requests are worked on with is in use, or isn't there yet; it will be soon."""

    code = "busy"


class CallerGoneError(CoreError):
    """The client has closed the connection: no answer is sent."""

    code = "client-gone"

    def __init__(self) -> None:
        super().__init__("the connection was closed before there was an answer")


class IdempotencyMismatchError(CoreError):
    """This Idempotency-Key was used before with another body."""

    code = "idempotency-mismatch"

    def __init__(self) -> None:
        reason = "this Idempotency-Key was used before with another body"
        self.errors = (FieldError("Idempotency-Key", reason, "a new key for a new body"),)
        super().__init__(reason)


class FullError(CoreError):
    """There is no room on the server's own disk."""

    code = "disk-full"


class StorageError(CoreError):
    """The object store refused, failed or can't be reached."""

    code = "storage-unavailable"


class MissingUploadError(StorageError):
    """There is no such upload of this key: it was aborted, or has ended otherwise."""

    def __init__(self, key: str, upload_id: str) -> None:
        self.key, self.upload_id = key, upload_id
        super().__init__(f"there is no upload {upload_id!r} of {key}")


class MissingObjectError(StorageError):
    """There is no object of this key."""

    code = "not-found"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"no object {key!r}")
