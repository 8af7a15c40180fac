"""A table's file once all of its blocks are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from synthmill.generators.datasets.blocks import Block, file_prefix, file_suffix
from synthmill.generators.datasets.hashes import Section, root, section
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output


@dataclass(frozen=True)
class WholeFile:
    """What stands around the blocks, the file's size and its root: none of it needs the blocks' bytes.

    `suffix`, `size` and `root` are asked for when `blocks` are all of the table's, in order; they raise
    ValueError where they aren't.
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
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.prefix) + sum(block.size for block in self.blocks) + len(self.suffix)

    @cached_property
    def root(self) -> str:
        """The file's identity, see `synthmill.generators.datasets.hashes.root`; 64 hexadecimal digits."""
        return root(self.sections()).hex()

    def sections(self) -> Iterator[Section]:
        """Prefix, blocks, suffix: what the file consists of, without a gap."""
        yield section(self.prefix)
        for block in self.blocks:
            yield Section(block.size, block.digest)
        yield section(self.suffix)
