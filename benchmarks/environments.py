"""The peers, each in an environment of its own, made when it is first needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = ROOT / "build" / "benchmarks"
CONTESTANTS = HERE / "contestants"


def names() -> list[str]:
    return sorted(path.stem for path in (HERE / "peers").glob("*.txt"))


def executable(environment: str, program: str = "python") -> str:
    """A program of a peer's environment, which is made if it isn't there or isn't what peers/*.txt says."""
    folder = FOLDER / environment
    asked = (HERE / "peers" / f"{environment}.txt").read_text()
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != asked:
        print(f"installing {', '.join(asked.split())}", file=sys.stderr)
        uv = [sys.executable, "-m", "uv", "--quiet"]
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run(
            [*uv, "pip", "install", "--python", str(folder / "bin" / "python"), *asked.split()], check=True
        )
        stamp.write_text(asked)
    return str(folder / "bin" / program)


def versions() -> list[str]:
    """What peers/*.txt pins."""
    return [line for name in names() for line in (HERE / "peers" / f"{name}.txt").read_text().split()]
