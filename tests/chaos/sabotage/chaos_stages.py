"""The two strategies of tests/strategies that have stages, so slow that faults come in the middle of them."""

from __future__ import annotations

import sys
import time
from typing import Any

from trial_strategies.ledger import Ledger
from trial_strategies.survey import Survey

_PAUSE_SECONDS = 0.1
_WORKS = "workers" in sys.orig_argv


class SlowLedger(Ledger):
    """One stage, whose blocks are combined."""

    def work(self, *given: Any) -> bytes:
        _pause()
        return super().work(*given)


class SlowSurvey(Survey):
    """Rounds whose blocks are kept, and that follow from the answers before."""

    def work(self, *given: Any) -> bytes:
        _pause()
        return super().work(*given)


def _pause() -> None:
    if _WORKS:
        time.sleep(_PAUSE_SECONDS)


LEDGER = SlowLedger(name="slow_ledger")
SURVEY = SlowSurvey(name="slow_survey")
