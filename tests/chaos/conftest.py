from __future__ import annotations

from tests.core.conftest import (
    backend,
    database,
    principal,
    services,
    storage_settings,
    submit,
    work,
    worker,
)

__all__ = ["backend", "database", "principal", "services", "storage_settings", "submit", "work", "worker"]
