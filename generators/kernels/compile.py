"""`python -m synthmill.generators.kernels.compile`: compile for this CPU, so that no worker has to."""

from __future__ import annotations

import sys

from synthmill.generators.kernels.backend import compile_all


def main() -> None:
    try:
        seconds, made = compile_all()
    except OSError as error:
        sys.exit(f"The kernels can't be compiled: {error}")
    if made:
        print(f"Compiled {made} kernels for this CPU in {seconds:.0f} s.")
    else:
        print(f"The kernels are compiled for this CPU already; loading them took {seconds:.1f} s.")


if __name__ == "__main__":
    main()
