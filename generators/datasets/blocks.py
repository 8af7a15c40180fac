"""From a recipe to the bytes of its files, a block at a time.

A table's file is `file_prefix`, the blocks' bytes in order and `file_suffix`. Where blocks begin is
decided by the plan, so the file is the same however the blocks are shared out among workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from synthmill.generators.datasets.hashes import Section, digest, root, section
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.pipeline import make_cells
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.engine.registry import REQUIREMENT, check_plugins
from synthmill.generators.engine.stages import NO_RESULTS, Results
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS, Block, codec

__all__ = ["Block", "WholeFile", "check_codec", "file_prefix", "file_suffix", "make_blocks", "write_all"]

PIECE_BYTES = 2**20
"""Linux keeps what is written at once in stretches of page cache as long as it can find. Stretches of some
MiB took it up to five times the CPU to find, where the machine is a virtual one that gives its free memory
back: a file of 140 MB cost 160 ms to write in blocks of 4.6 MB, and 34 ms in pieces of 1 MiB."""


def make_blocks(
    plan: Plan,
    table: str,
    first: int,
    last: int,
    output: Output,
    profile: TableProfile | None = None,
    results: Results = NO_RESULTS,
) -> Iterator[tuple[Block, bytes]]:
    """Blocks `first` to `last - 1` of a table, each made when it is asked for, and counted in a profile.

    Raises InvalidRequestError where the output's codec isn't ours (see `check_codec`), KeyError for
    a table that the plan doesn't have, ValueError for blocks outside the table, and for each block as
    `make_cells` does.
    """
    check_codec(output)
    found = plan.table(table)
    if not 0 <= first <= last <= found.blocks:
        raise ValueError(f"table {table} has no blocks {first} to {last}; it has {found.blocks}")
    # Nothing here holds on to a block that has been handed over: the next one may have its memory.
    return (_block(plan, found, number, output, profile, results) for number in range(first, last))


def _block(
    plan: Plan,
    table: TablePlan,
    number: int,
    output: Output,
    profile: TableProfile | None,
    results: Results,
) -> tuple[Block, bytes]:
    start, stop = table.block_range(number)
    cells = make_cells(plan, table.name, start, stop, None, results)
    if profile is not None:
        profile.add(number, cells)
    encoded = FORMATS.get(output.format).encode(table, cells, output.compression)
    block = Block(number, stop - start, len(encoded.body), digest(encoded.body), encoded.footer)
    return block, encoded.body


def check_codec(output: Output) -> None:
    """Refuse (InvalidRequestError) an output whose bytes this machine would write differently."""
    writer = output.codec.partition(" ")[0]
    if REQUIREMENT.fullmatch(writer):
        check_plugins([writer], "codec")
    ours = codec(output.format, output.compression)
    if output.codec != ours:
        raise InvalidRequestError.one(
            "codec",
            f"the output was begun with {output.codec}, and this machine writes {ours}",
            "use the same versions of Synthmill and its libraries, or generate again",
        )


def file_prefix(table: TablePlan, output: Output) -> bytes:
    return FORMATS.get(output.format).prefix(table, output.compression)


def file_suffix(table: TablePlan, output: Output, blocks: Sequence[Block]) -> bytes:
    """The file's end. `blocks` are all of the table's, in order (ValueError otherwise)."""
    if [block.index for block in blocks] != list(range(table.blocks)):
        raise ValueError(f"the end of {table.name} needs all of its {table.blocks} blocks in order")
    return FORMATS.get(output.format).suffix(table, output.compression, blocks)


@dataclass(frozen=True)
class WholeFile:
    """A table's file once all of its blocks are known: what stands around them, its size and its root.

    None of it needs the blocks' bytes. `suffix`, `size` and `root` are asked for when `blocks` are all of the
    table's, in order; they raise ValueError where they aren't.
    """

    table: TablePlan
    output: Output
    blocks: list[Block]

    @cached_property
    def prefix(self) -> bytes:
        return file_prefix(self.table, self.output)

    @cached_property
    def suffix(self) -> bytes:
        return file_suffix(self.table, self.output, self.blocks)

    @cached_property
    def first(self) -> Section:
        """The prefix."""
        return section(self.prefix)

    @cached_property
    def last(self) -> Section:
        """The suffix, which may have a tenth of a GB."""
        return section(self.suffix)

    @cached_property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.prefix) + sum(block.size for block in self.blocks) + len(self.suffix)

    @cached_property
    def root(self) -> str:
        """The file's identity, see `synthmill.generators.datasets.hashes.root`; 64 hexadecimal digits."""
        return root(self.sections()).hex()

    def sections(self) -> Iterator[Section]:
        """Prefix, blocks, suffix: what the file consists of, without a gap."""
        yield self.first
        yield from (Section(block.size, block.digest) for block in self.blocks)
        yield self.last


def write_all(file: BinaryIO, data: bytes) -> None:
    """All of the bytes, in pieces that the system takes quickly; `file` may be unbuffered."""
    left = memoryview(data)
    while left:
        left = left[file.write(left[:PIECE_BYTES]) :]
