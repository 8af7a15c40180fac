"""What must be there before the server's own processes start: database, bucket, first key."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from synthmill.servers.errors import StackError

if TYPE_CHECKING:
    from synthmill.app.core.services import Services

BUCKET_SECONDS = 15.0
SHOWN_CHARACTERS = 14
"""Of a key: as many as a list of keys shows."""


def load() -> None:
    """Import what `prepare` needs: half a second of work that can go on while the parts start."""
    import boto3  # noqa: F401


def check_settings(environment: Mapping[str, str]) -> None:
    """Raises StackError for a setting that can't be used, before anything is started."""
    from synthmill.app.core.settings import Settings, SettingsError

    try:
        Settings.from_env(environment)
    except SettingsError as error:
        raise StackError(str(error)) from None


def build_services(environment: Mapping[str, str]) -> Services:
    """The services that this environment names. Raises StackError for an address that can't be used."""
    from synthmill.app.core.errors import CoreError
    from synthmill.app.core.services import build
    from synthmill.app.core.settings import Settings

    try:
        return build(Settings.from_env(environment))
    except CoreError as error:
        raise StackError(str(error)) from None


def prepare(services: Services, stored_token: str | None, say: Callable[[str], None]) -> str | None:
    """Migrate the database, make bucket or folder and the first key; `say` is called with what a person
    should know of it.

    Answers the API key to show: a new one, or the stored one if it is still good; None if there is neither.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from synthmill.app.core.access.keys import authenticate, first_key
    from synthmill.app.core.db.migrate import MigrationError, migrate
    from synthmill.app.core.errors import UnauthorizedError

    try:
        migrate(services.db, say)
        token = first_key(services)
        if token is None and stored_token is not None:
            with suppress(UnauthorizedError):
                authenticate(services, stored_token)
                token = stored_token
    except MigrationError as error:
        raise StackError(str(error)) from None
    except SQLAlchemyError as error:
        raise StackError(f"the database can't be used: {str(error).splitlines()[0]}") from None
    _ensure_storage(services)
    return token


def key_line(key: str | None, is_new: bool) -> str:
    """What is said of the first key: all of it once only, for what is printed ends in logs."""
    if key is None:
        return "API key: not known in this data folder; use one you have"
    if is_new:
        return f"API key, shown this once: {key}"
    return (
        f"API key: {key[:SHOWN_CHARACTERS]}..., shown when it was made; another: synthmill keys create NAME"
    )


def _ensure_storage(services: Services) -> None:
    """A store that has just opened its port may need a moment before it takes a bucket."""
    from synthmill.app.core.errors import StorageError

    end = time.monotonic() + BUCKET_SECONDS
    while True:
        try:
            return services.storage.ensure()
        except StorageError as error:
            if time.monotonic() > end:
                raise StackError(f"the storage can't be used: {error}") from None
        time.sleep(0.1)
