"""What a confined process may take for one request."""

from __future__ import annotations

from dataclasses import dataclass, replace

from synthmill.app.core.settings import Settings


@dataclass(frozen=True)
class Limits:
    cpu_seconds: float
    seconds: float
    """Until the answer is there, whatever else the machine does."""
    memory_bytes: int
    """More than the process has before it begins."""
    answer_bytes: int
    cpu_setting: str = "SYNTHMILL_REQUEST_CPU_SECONDS"
    """What to change for more CPU."""

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(
            settings.request_cpu_seconds,
            settings.request_work_seconds,
            settings.request_memory_bytes,
            settings.answer_bytes,
        )

    @classmethod
    def of_jobs(cls, settings: Settings) -> Limits:
        """For the plan of a job, which each of its workers makes once, too."""
        seconds, setting = settings.plan_cpu_seconds, "SYNTHMILL_PLAN_CPU_SECONDS"
        return replace(cls.of(settings), cpu_seconds=seconds, cpu_setting=setting)

    @classmethod
    def of_rules(cls, settings: Settings) -> Limits:
        """For the domain rules of a whole job, which nobody waits for."""
        seconds = settings.rules_cpu_seconds
        return cls(seconds, 4 * seconds, settings.rules_memory_bytes, settings.answer_bytes)
