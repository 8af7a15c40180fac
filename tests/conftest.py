"""What holds for every test: real servers, started once per process and only when asked for,
and examples that are the same in every run unless the night asks for others."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.stack.fixtures"]

# A shell that runs us in the background, or nohup, has signals ignored; what we start would inherit that, and
# what the tests of interrupts send would not be heard.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# A busy machine must fail no test: nothing here depends on how long an example takes.
_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fixed", _ANY_SPEED, derandomize=True)
settings.register_profile("night", _ANY_SPEED, derandomize=False, print_blob=True)
settings.load_profile("fixed")
