"""The format `markdown`: a table as people write it in README files."""

import synthmill.plugins as sm

ESCAPES = str.maketrans({"|": "\\|", "\n": " ", "\r": " "})


class Markdown:
    name, extension, media_type = "markdown", "md", "text/markdown"
    compressions, compresses_inside = sm.COMPRESSIONS, False

    def codec(self, compression):
        # The number changes whenever the bytes do.
        return f"markdown 1{sm.compression_codec(compression)}"

    def prefix(self, table, compression):
        names = [column.name for column in table.columns]
        return sm.compress(text([names, ["---"] * len(names)]), compression)

    def encode(self, table, cells, compression):
        columns = sm.to_batch(cells, table.schema).to_pydict().values()
        return sm.Encoded(sm.compress(text(zip(*columns, strict=True)), compression))

    def suffix(self, table, compression, blocks):
        return b""


def text(rows):
    return "".join(f"| {' | '.join(map(cell, row))} |\n" for row in rows).encode()


def cell(value):
    return "" if value is None else str(value).translate(ESCAPES)


FORMAT = Markdown()
