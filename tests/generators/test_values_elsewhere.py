"""The golden values come out on other processors and with other versions of numpy."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

PROGRAM = """
import json, sys
import numpy
from synthmill.generators.kernels.backend import use
from tests.generators.golden_values import FILE, all_values
with use(sys.argv[1]):
    same = all_values() == json.loads(FILE.read_text())
print(numpy.__version__, same)
"""
DISPATCHED = " ".join(np._core._multiarray_umath.__cpu_dispatch__)  # type: ignore[attr-defined]
WIDE = " ".join(
    name for name in DISPATCHED.split() if name.startswith(("AVX512", "AVX2", "FMA3", "X86_V3", "X86_V4"))
)
OTHERS = ("2.0.2", "2.3.5")


def reported(kernels: str, changed: Mapping[str, str]) -> str:
    """The version of numpy, and whether its values are the golden ones."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, kernels],
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.night
@pytest.mark.parametrize("switched_off", [WIDE, DISPATCHED], ids=["AVX512 and AVX2", "everything"])
def test_values_are_the_same_without_wide_instructions(switched_off: str) -> None:
    assert switched_off
    assert reported("numpy", {"NPY_DISABLE_CPU_FEATURES": switched_off}) == f"{np.__version__} True"


@pytest.mark.night
@pytest.mark.skipif("x86" not in sysconfig.get_platform(), reason="names a kind of x86 processor")
def test_values_are_the_same_compiled_for_the_oldest_processor(tmp_path: Path) -> None:
    oldest = {
        "NUMBA_CPU_NAME": "x86-64",
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
        "NPY_DISABLE_CPU_FEATURES": DISPATCHED,
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4",
    }
    assert reported("numba", oldest) == f"{np.__version__} True"


@pytest.mark.night
@pytest.mark.parametrize("version", OTHERS)
def test_values_are_the_same_with_another_numpy(version: str, tmp_path: Path) -> None:
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(tmp_path), f"numpy=={version}"],
        capture_output=True,
        text=True,
    )
    if installed.returncode:
        pytest.skip(f"numpy {version} can't be had here: {installed.stderr.strip().splitlines()[-1]}")
    for kernels in ("numpy", "numba"):
        found = reported(kernels, {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")})
        assert found == f"{version} True"
