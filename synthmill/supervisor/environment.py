"""The settings that the processes of a stack run with."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from synthmill.app.core.settings import Settings
from synthmill.supervisor.embedding import EmbeddedParts

BUCKET = "synthmill"
PREFIX = "SYNTHMILL_"


def server_environment(
    given: Mapping[str, str],
    data: Path,
    host: str,
    port: int,
    parts: EmbeddedParts,
    grpc_port: int | None = None,
) -> dict[str, str]:
    """What is given, with the embedded parts filled in, and the programs beside this Python found first."""
    environment = {
        f"{PREFIX}DATABASE_URL": f"sqlite:///{data / 'synthmill.db'}",
        f"{PREFIX}STORAGE_URL": f"file://{data / 'objects'}",
        # An empty value is no value: it must not hide a default.
        **{name: value for name, value in given.items() if value or not name.startswith(PREFIX)},
        f"{PREFIX}DATA": str(data),
        f"{PREFIX}HOST": host,
        f"{PREFIX}PORT": str(port),
        **({} if grpc_port is None else {f"{PREFIX}GRPC_PORT": str(grpc_port)}),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",
    }
    if parts.valkey is not None:
        environment[f"{PREFIX}REDIS_URL"] = parts.valkey.part.url
    if parts.seaweedfs is not None:
        seaweedfs = parts.seaweedfs.part
        environment |= {
            f"{PREFIX}STORAGE_URL": f"s3://{BUCKET}",
            f"{PREFIX}S3_ENDPOINT": seaweedfs.endpoint,
            f"{PREFIX}S3_REGION": "us-east-1",
            f"{PREFIX}S3_ACCESS_KEY": seaweedfs.access_key,
            f"{PREFIX}S3_SECRET_KEY": seaweedfs.secret_key,
        }
        # Below its own limit jobs would wait for a store that takes nothing.
        least = Settings.min_free_bytes + seaweedfs.least_free_bytes()
        environment.setdefault(f"{PREFIX}MIN_FREE_BYTES", str(least))
    return environment


def settings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are Synthmill's."""
    return {name: value for name, value in environment.items() if name.startswith(PREFIX)}
