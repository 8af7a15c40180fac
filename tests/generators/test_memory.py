"""What a process gives back."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMPILER = """
from pathlib import Path
from synthmill.generators.kernels.memory import forget_code
import numba

def in_memory():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("RssFile:")[2].split()[0])

numba.njit("int64(int64)")(lambda number: number + 1)
before = in_memory()
forget_code("llvm")
print(before - in_memory(), numba.njit("int64(int64)")(lambda number: number + 2)(40))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says it")
def test_the_compilers_code_is_given_back_and_runs_again() -> None:
    ran = subprocess.run([sys.executable, "-c", COMPILER], capture_output=True, text=True, check=True)
    freed, answer = map(int, ran.stdout.split())
    assert answer == 42
    assert freed > 20_000
