"""`python -m tests.strangers --cases 10000`: schemathesis against the whole API, half of it along links.

It ends with 1 where an answer was a 5xx, or not what the OpenAPI document says, or took over two seconds of a
processor; the first of each kind is printed.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.strangers.cases import Strangers
from tests.strangers.world import world_of_strangers

STEPS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    cases = parser.parse_args().cases
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, world_of_strangers(Path(folder)) as world:
        strangers = Strangers(world.app, world.token)
        operations = strangers.operations()
        found = strangers.findings

        def say() -> None:
            failures, seconds = len(found.failures), time.monotonic() - began
            print(f"{found.cases:,} cases, {failures} kinds of failures, {seconds:.0f} s", flush=True)

        # In another order each time, so that several short runs come to all operations, too.
        for operation in itertools.cycle(random.sample(operations, len(operations))):
            if found.cases >= cases // 2:
                break
            strangers.alone(operation, examples=20, derandomize=False)
            say()
        while found.cases < cases:
            strangers.along_links(runs=5, steps=STEPS, derandomize=False)
            say()
    for name, failure in found.failures.items():
        print(f"{name}\n{failure}\n", file=sys.stderr)
    reported = ", ".join(f"{count:,} x {status}" for status, count in sorted(found.statuses.items()))
    print(f"{found.cases:,} cases in {time.monotonic() - began:.0f} s: {reported}")
    print(f"kinds of failures: {len(found.failures)}")
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
