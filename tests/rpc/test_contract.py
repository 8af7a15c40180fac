from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.rpc.released import RELEASED, broken, promises

ROOT = Path(__file__).parents[2]


def test_the_generated_code_is_what_protoc_makes_of_the_contract(tmp_path: Path) -> None:
    made = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    files = [f"synthmill/proto/{path.name}" for path in (ROOT / "proto").glob("*.proto")]
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I", ".", *made, *files], cwd=ROOT, check=True
    )
    for path in (tmp_path / "synthmill" / "proto").iterdir():
        assert (ROOT / "proto" / path.name).read_text() == path.read_text(), f"{path.name}: run make proto"


def test_no_promise_of_the_contract_is_broken_and_none_is_forgotten() -> None:
    released = RELEASED.read_text().splitlines()
    assert not broken(promises(), released)
    assert promises() == released, "add what is new: python -m tests.rpc.released"


def test_a_changed_number_type_or_name_breaks_a_promise() -> None:
    released = ["m.f = 1 single 9"]
    for changed in ("m.f = 2 single 9", "m.f = 1 single 4", "m.g = 1 single 9", "m.f = 1 repeated 9"):
        assert broken([changed], released) == released
    assert not broken(["m.f = 1 single 9", "m.g = 2 single 9"], released)
