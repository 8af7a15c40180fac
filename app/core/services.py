"""All clients of other services, built in one place and handed to the code that needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from synthmill.app.core.confined.executor import Executor, InProcessExecutor
from synthmill.app.core.confined.limits import Limits
from synthmill.app.core.confined.pool import Pool
from synthmill.app.core.db.engine import Database
from synthmill.app.core.messaging.bus import Bus, RedisBus
from synthmill.app.core.messaging.outbox import deliver
from synthmill.app.core.messaging.queue import CeleryQueue, Queue
from synthmill.app.core.rate_limit import LocalRateLimit, RateLimit, RedisRateLimit
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import Storage, open_storage


@dataclass(frozen=True)
class Services:
    settings: Settings
    db: Database
    storage: Storage
    bus: Bus
    queue: Queue
    rate_limit: RateLimit = field(default_factory=LocalRateLimit)
    executor: Executor = field(default_factory=InProcessExecutor)

    def __post_init__(self) -> None:
        self.db.on_commit = partial(deliver, bus=self.bus, queue=self.queue)

    def close(self) -> None:
        """Close connections; the services can't be used afterwards."""
        self.executor.close()
        self.rate_limit.close()
        self.bus.close()
        self.storage.close()
        self.queue.close()
        self.db.close()


def build(settings: Settings) -> Services:
    """The services that these settings name. Nothing is connected until it is first used."""
    return Services(
        settings=settings,
        db=Database(settings.database_url),
        storage=open_storage(settings),
        bus=RedisBus(settings.redis_url),
        queue=CeleryQueue(settings.redis_url),
        rate_limit=RedisRateLimit(settings.redis_url),
        executor=Pool(settings.request_processes, settings.request_wait_seconds, Limits.of(settings)),
    )
