"""What the contract has promised: every line of released.txt holds for ever, new ones are added.

`python -m tests.rpc.released` adds what is new, and says what is broken instead of writing it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor import Descriptor, FileDescriptor

from synthmill.proto import jobs_pb2

FILES: tuple[FileDescriptor, ...] = (jobs_pb2.DESCRIPTOR,)
RELEASED = Path(__file__).with_name("released.txt")


def promises() -> list[str]:
    """Fields with number, type and label, values of enumerations, methods with what they take and give."""
    return sorted(line for file in FILES for line in _of_file(file))


def _of_file(file: FileDescriptor) -> Iterator[str]:
    for message in file.message_types_by_name.values():
        yield from _of_message(message)
    for enum in file.enum_types_by_name.values():
        yield from (f"{enum.full_name}.{value.name} = {value.number}" for value in enum.values)
    for service in file.services_by_name.values():
        for method in service.methods:
            gives = f"{'stream ' if method.server_streaming else ''}{method.output_type.full_name}"
            takes = f"{'stream ' if method.client_streaming else ''}{method.input_type.full_name}"
            yield f"{method.full_name}({takes}) gives {gives}"


def _of_message(message: Descriptor) -> Iterator[str]:
    for field in message.fields:
        other = field.message_type or field.enum_type
        label = "repeated" if field.is_repeated else "optional" if field.has_presence else "single"
        kind = other.full_name if other is not None else str(field.type)
        yield f"{field.full_name} = {field.number} {label} {kind}"


def broken(now: list[str], released: list[str]) -> list[str]:
    """The promises that don't hold any more."""
    return sorted(set(released) - set(now))


if __name__ == "__main__":
    lost = broken(promises(), RELEASED.read_text().splitlines() if RELEASED.exists() else [])
    if lost:
        sys.exit("clients would break without: " + "; ".join(lost))
    RELEASED.write_text("\n".join(promises()) + "\n")
