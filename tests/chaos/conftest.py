from __future__ import annotations

from tests.core.conftest import (
    database_url,
    principal,
    services,
    storage_settings,
    submit,
    work,
    worker,
)

__all__ = ["database_url", "principal", "services", "storage_settings", "submit", "work", "worker"]
