"""`python -m tests.interleavings --examples 100000` tries so many orders of transactions, others each time.

On SQLite, or with --postgresql on a server of its own. Where a promise is broken it ends with the steps.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

from synthmill.app.core.db import Database, migrate
from tests.interleavings.promises import play
from tests.interleavings.steps import PLAY
from tests.interleavings.world import Step, opened, world
from tests.stack.postgres import running_postgres

_BATCH = 100
"""Orders between two lines that say how far it is."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.interleavings", description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="of the first batch")
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="interleavings-")))
        url = f"sqlite:///{folder / 'synthmill.db'}"
        if options.postgresql:
            url = stack.enter_context(running_postgres(folder)).new_database()
        with closing(Database(url)) as database:
            migrate(database)
        services = stack.enter_context(opened(folder, url))
        done, steps_taken, began = 0, 0, time.monotonic()
        while done < options.examples:
            batch = min(_BATCH, options.examples - done)

            @seed(options.seed + done)
            @settings(
                max_examples=batch, deadline=None, database=None, suppress_health_check=list(HealthCheck)
            )
            @given(PLAY)
            def orders(steps: list[Step]) -> None:
                nonlocal steps_taken
                steps_taken += len(steps)
                with world(services) as made:
                    play(made, steps)

            orders()
            done += batch
            seconds = time.monotonic() - began
            print(f"{done:,} orders, {steps_taken:,} steps held, {seconds:,.0f} s", flush=True)


if __name__ == "__main__":
    main()
