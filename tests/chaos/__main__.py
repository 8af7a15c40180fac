"""`python -m tests.chaos --seeds N` plays seeds 0 to N - 1, `--seed K` one; 1 if an invariant broke."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.chaos.report import record
from tests.chaos.run import run
from tests.chaos.scenario import scenario

_OWN_MOUNTS = "CHAOS_OWN_MOUNTS"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--no-log", action="store_true", help="leave benchmarks/CHAOS.md as it is")
    parser.add_argument(
        "--together",
        type=int,
        default=min(2, os.cpu_count() or 1),
        help="how many seeds at once: most of a seed is waiting",
    )
    options = parser.parse_args()
    _have_own_mounts()
    if options.seed is not None:
        return 0 if _play(options.seed, options.no_log) else 1
    seeds = range(options.first, options.first + options.seeds)
    own = ["--no-log"] if options.no_log else []
    broken = []
    with ThreadPoolExecutor(options.together) as pool:
        for seed, (held, said) in zip(
            seeds, pool.map(lambda seed: _play_apart(seed, own), seeds), strict=True
        ):
            print(said, end="", flush=True)
            broken += [] if held else [seed]
    if broken:
        print(f"broken: seeds {', '.join(map(str, broken))}; again with: make chaos SEED={broken[0]}")
    return 1 if broken else 0


def _play_apart(seed: int, own: list[str]) -> tuple[bool, str]:
    """Play a seed in a process of its own: whether all held, and what it said."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--seed", str(seed), *own],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.returncode == 0, ran.stdout


def _play(seed: int, no_log: bool) -> bool:
    """Whether every invariant held; the run's folder, logs included, is kept where not."""
    wanted = scenario(seed)
    print(
        f"seed {seed} ({wanted.backend}): {', '.join(f'{n} at {t:.1f} s' for t, n in wanted.faults)}",
        flush=True,
    )
    folder = Path(tempfile.mkdtemp(prefix=f"chaos-{seed}-"))
    result = run(wanted, folder, mounts=os.environ.get(_OWN_MOUNTS) == "1")
    if not no_log:
        record(result)
    if result.violations:
        print(f"seed {seed}: {len(result.violations)} broken after {result.seconds:.0f} s; logs in {folder}")
        for violation in result.violations:
            print(f"    {violation}")
    else:
        print(f"seed {seed}: all held, {result.seconds:.0f} s")
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    return not result.violations


def _have_own_mounts() -> None:
    """Go on in a mount namespace of our own, where the system allows one: a full disk needs a small disk."""
    if _OWN_MOUNTS in os.environ:
        return
    unshare = shutil.which("unshare")
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    command = [unshare or "unshare", *as_root, "--mount"]
    possible = (
        unshare is not None
        and subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    )
    os.environ[_OWN_MOUNTS] = "1" if possible else "0"
    if possible:
        os.execv(command[0], [*command, sys.executable, "-m", "tests.chaos", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
