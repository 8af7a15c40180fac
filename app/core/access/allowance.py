"""How often a client may ask within a minute: a key where there is a valid one, else an address."""

from __future__ import annotations

from typing import Literal

from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.core.rate_limit import WINDOW, Verdict
from synthmill.app.core.services import Services

Policy = Literal["key", "address"]


def spend(services: Services, policy: Policy, client: str) -> Verdict | None:
    """Count one request of a client; None where clients of this sort may make any number."""
    settings = services.settings
    limit = settings.rate_limit if policy == "key" else settings.anonymous_rate_limit
    return services.rate_limit.spend(f"{policy}:{client}", limit) if limit > 0 else None


def require_allowed(policy: Policy, verdict: Verdict | None) -> None:
    """Raises TooManyRequestsError where the request that was counted was one too many."""
    if verdict is not None and not verdict.allowed:
        raise TooManyRequestsError(
            f"this {policy} has made {verdict.limit:,} requests within {WINDOW} seconds, "
            "which is all it may make",
            verdict.reset,
        )
