"""A key that is revoked loses its open WebSockets within seconds."""

from __future__ import annotations

from functools import partial

from synthmill.app.core.access.keys import revoked_among
from synthmill.app.core.services import Services
from synthmill.app.live.frames import POLICY
from synthmill.app.live.hub import Hub

LOOK_SECONDS = 3


class Revocation:
    """Asks the database now and then about the keys of all open connections. For the hub's thread."""

    def __init__(self, hub: Hub, services: Services) -> None:
        self._hub, self._services = hub, services
        self._looking = False

    def start(self) -> None:
        self._hub.every(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        principals = {connection.principal for connection in self._hub.connections()}
        keys = {principal.key_id for principal in principals if principal is not None}
        if keys and not self._looking:
            self._looking = True
            self._hub.work(partial(revoked_among, self._services, keys), self._close, self._failed)

    def _close(self, revoked: set[str]) -> None:
        self._looking = False
        if not revoked:
            return
        for connection in self._hub.connections():
            if connection.principal is not None and connection.principal.key_id in revoked:
                connection.close(POLICY, "the key was revoked")

    def _failed(self) -> None:
        self._looking = False
