"""Facts that numbers mean nothing without."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.environments import ROOT


def facts() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "processor": f"{_processor()}, {os.cpu_count()} CPUs seen",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "load": f"{os.getloadavg()[0]:.1f} before the run",
        "commit": _commit(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def tree() -> Path:
    """The tree whose engine is measured: the first on PYTHONPATH, or this one."""
    first = os.environ.get("PYTHONPATH", "").split(os.pathsep)[0]
    return Path(first) if first else ROOT


def _commit() -> str:
    asked = ["git", "-C", str(tree()), "describe", "--always", "--dirty"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


_ASKED = """
from importlib.util import find_spec
from synthmill.generators.version import ENGINE_VERSION
print(ENGINE_VERSION, bool(find_spec("synthmill.generators.kernels.backend")))
"""


def engine() -> str:
    """The engine's version and what its kernels are made with, asked of the tree that is measured."""
    environment = {**os.environ, "PYTHONPATH": str(tree())}
    found = subprocess.run(
        [sys.executable, "-P", "-c", _ASKED], capture_output=True, text=True, check=True, env=environment
    )
    version, compiled = found.stdout.split()
    libraries = ["numpy", "pyarrow", *(["numba"] if compiled == "True" else [])]
    return f"engine {version} on " + ", ".join(f"{name} {metadata.version(name)}" for name in libraries)
