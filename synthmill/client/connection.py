"""Which server the client and the command speak to.

Arguments win over the environment, and an address over a data folder:
`url`, `data`, SYNTHMILL_URL (with SYNTHMILL_API_KEY), SYNTHMILL_DATA, and last the folder `data`, which
`make run` uses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from synthmill.errors import UnauthorizedError, UnreachableError

DEFAULT_DATA = Path("data")
CONNECTION_FILE = "connection.json"


@dataclass(frozen=True)
class Connection:
    url: str
    """Without a slash at the end."""
    key: str | None
    origin: str
    """Where the address came from, for messages."""


def find_connection(
    url: str | None = None,
    key: str | None = None,
    data: str | os.PathLike[str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Connection:
    """The server meant by these arguments and the environment.

    Raises UnreachableError if none is named, UnauthorizedError for a key that can't be one.
    """
    env = os.environ if environment is None else environment
    env_key = env.get("SYNTHMILL_API_KEY") or None
    if url:
        return _by_url(url, key or env_key, "the url given")
    if data:
        return read_connection(Path(data), key)
    if env.get("SYNTHMILL_URL"):
        return _by_url(env["SYNTHMILL_URL"], key or env_key, "SYNTHMILL_URL")
    if env.get("SYNTHMILL_DATA"):
        return read_connection(Path(env["SYNTHMILL_DATA"]), key)
    if (DEFAULT_DATA / CONNECTION_FILE).exists():
        return read_connection(DEFAULT_DATA, key)
    raise UnreachableError(
        "no server is named: give --data DIR or --url URL, set SYNTHMILL_DATA or SYNTHMILL_URL, "
        "or start one here with: synthmill up"
    )


def read_connection(folder: Path, key: str | None = None) -> Connection:
    """The server whose data folder this is, as `synthmill up` wrote it down. Raises UnreachableError."""
    file = folder / CONNECTION_FILE
    try:
        stored = json.loads(file.read_text())
        url, stored_key = str(stored["url"]), stored["api_key"]
    except FileNotFoundError:
        raise UnreachableError(
            f"no server runs in {folder} (there is no {file}); start one with: synthmill up --data {folder}"
        ) from None
    except OSError as error:
        raise UnreachableError(f"{file} can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise UnreachableError(f"{file} is not a connection file; start the server again") from None
    return _by_url(url, key or stored_key, str(file))


def _by_url(url: str, key: str | None, origin: str) -> Connection:
    if not url.startswith(("http://", "https://")):
        raise UnreachableError(
            f"{url!r} ({origin}) is not an address: it must start with http:// or https://"
        )
    if key is not None and not (key.isascii() and key.isprintable()):
        raise UnauthorizedError(401, "Unauthorized", "the API key holds characters that no key has")
    return Connection(url.rstrip("/"), key, origin)
