"""What the core refuses to do, and why. `app/api` gives each of these an HTTP status."""

from __future__ import annotations


class CoreError(Exception):
    """An expected refusal; its text is meant for the caller."""


class NotFoundError(CoreError):
    """No such thing in this key's workspace; the same answer whether it exists elsewhere or not."""

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        super().__init__(f"no {what} {name!r} in this workspace")


class ConflictError(CoreError):
    """The thing is not in a state that allows this."""

    def __init__(self, reason: str, fix: str = "") -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


class PreconditionFailedError(CoreError):
    """The thing isn't what the caller takes it for: somebody has changed it meanwhile."""

    def __init__(self, reason: str, fix: str) -> None:
        self.reason, self.fix = reason, fix
        super().__init__(reason)


class UnauthorizedError(CoreError):
    """No key, or one that is not (or no longer) valid."""


class LimitExceededError(CoreError):
    """More than a default limit (docs/limits.md) allows."""

    def __init__(self, field: str, reason: str, fix: str = "") -> None:
        self.field, self.reason, self.fix = field, reason, fix
        super().__init__(f"{field}: {reason}")


class TooLargeError(LimitExceededError):
    """A body of more bytes than one may have."""


class IncompleteBodyError(CoreError):
    """The client went away, or was too slow, before all of the body had come."""


class TooManyRequestsError(CoreError):
    """More at once, or in a short while, than one client may have; `retry_after` is in seconds."""

    def __init__(self, reason: str, retry_after: int, field: str = "", fix: str = "") -> None:
        self.reason, self.retry_after, self.field, self.fix = reason, retry_after, field, fix
        super().__init__(reason)


class IdempotencyMismatchError(CoreError):
    """This Idempotency-Key was used before with another body."""


class FullError(CoreError):
    """There is no room on the server's own disk."""


class StorageError(CoreError):
    """The object store refused, failed or can't be reached."""


class MissingUploadError(StorageError):
    """There is no such upload of this key: it was aborted, or has ended otherwise."""

    def __init__(self, key: str, upload_id: str) -> None:
        self.key, self.upload_id = key, upload_id
        super().__init__(f"there is no upload {upload_id!r} of {key}")


class MissingObjectError(StorageError):
    """There is no object of this key."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"no object {key!r}")
