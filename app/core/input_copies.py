"""Copies of inputs that this machine keeps in its data folder, by sha256, whoever's they are."""

from __future__ import annotations

from collections.abc import Iterable

from synthmill.app.core.services import Services
from synthmill.generators.engine.input_cache import InputCache


def input_copies(services: Services) -> InputCache:
    return InputCache(services.settings.data / "inputs", services.settings.input_cache_bytes)


def discard_copies(services: Services, sha256s: Iterable[str]) -> None:
    """Remove what this machine has of these inputs, as far as no process holds it."""
    for sha256 in sha256s:
        input_copies(services).discard(sha256)
