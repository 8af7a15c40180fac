"""Blocks, and the files that they make up."""

from __future__ import annotations

import pytest
from blake3 import blake3

from synthmill.generators.datasets.blocks import file_prefix, file_suffix, make_blocks
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS, file_name, media_type
from tests.generators.visits import output, recipe

EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]
RECIPE = recipe()
PLAN = make_plan(RECIPE)
TABLE = PLAN.table("visits")


def file_in_parts(parts: list[tuple[int, int]], out: Output) -> bytes:
    made = {part: list(make_blocks(PLAN, "visits", *part, out)) for part in reversed(parts)}
    in_order = [one for part in parts for one in made[part]]
    bodies = b"".join(body for _, body in in_order)
    return file_prefix(TABLE, out) + bodies + file_suffix(TABLE, out, [block for block, _ in in_order])


def test_the_table_has_three_blocks() -> None:
    assert TABLE.blocks == 3


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_any_cut_gives_the_same_file(name: str, compression: str) -> None:
    out = output(name, compression)
    files = {
        file_in_parts([(0, 3)], out),
        file_in_parts([(0, 1), (1, 3)], out),
        file_in_parts([(0, 2), (2, 3)], out),
        file_in_parts([(0, 1), (1, 2), (2, 3)], out),
    }
    assert len(files) == 1


def test_blocks_tell_their_place_rows_size_and_hash() -> None:
    made = list(make_blocks(PLAN, "visits", 1, 3, output()))
    assert [block.index for block, _ in made] == [1, 2]
    assert [block.rows for block, _ in made] == [TABLE.block_rows, TABLE.rows - 2 * TABLE.block_rows]
    for block, body in made:
        assert (block.size, block.digest) == (len(body), blake3(body).digest())


def test_blocks_are_made_when_they_are_asked_for() -> None:
    blocks = make_blocks(PLAN, "visits", 0, 3, output())
    assert next(blocks)[0].index == 0
    blocks.close()  # type: ignore[attr-defined]
    assert next(blocks, None) is None


def test_a_range_without_blocks_gives_none() -> None:
    assert list(make_blocks(PLAN, "visits", 2, 2, output())) == []


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (0, 4), (2, 1)])
def test_blocks_outside_the_table_are_refused(first: int, last: int) -> None:
    with pytest.raises(ValueError, match="it has 3"):
        make_blocks(PLAN, "visits", first, last, output())


def test_an_unknown_table_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        make_blocks(PLAN, "nobody", 0, 1, output())


def test_an_output_begun_with_another_codec_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"codec: .* csv 1 isal 9\.9"):
        make_blocks(PLAN, "visits", 0, 1, Output("csv", "gzip", "csv 1 isal 9.9"))


def test_the_end_of_a_file_needs_all_blocks_in_order() -> None:
    blocks = [block for block, _ in make_blocks(PLAN, "visits", 0, 3, output("parquet"))]
    for wrong in (blocks[:2], blocks[::-1], blocks[1:]):
        with pytest.raises(ValueError, match="all of its 3 blocks"):
            file_suffix(TABLE, output("parquet"), wrong)


@pytest.mark.parametrize(
    ("name", "compression", "file", "media"),
    [
        ("csv", "none", "orders.csv", "text/csv"),
        ("csv", "gzip", "orders.csv.gz", "application/gzip"),
        ("jsonl", "zstd", "orders.jsonl.zst", "application/zstd"),
        ("parquet", "none", "orders.parquet", "application/vnd.apache.parquet"),
        ("parquet", "zstd", "orders.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_files_are_named_by_table_format_and_compression(
    name: str, compression: str, file: str, media: str
) -> None:
    assert file_name("orders", output(name, compression)) == file
    assert media_type(output(name, compression)) == media
