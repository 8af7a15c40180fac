"""The column kind `part_number`: a series, some digits and a check digit, such as `AX-48213-7`."""

import numpy as np
import pyarrow as pa

import synthmill.plugins as sm


class PartNumberParameters(sm.ColumnParameters):
    series = sm.TextField("What each part number begins with.", longest=8, default="AX", examples=["BR"])
    digits = sm.WholeField("How many digits follow.", 1, 12, default=5, examples=[7])


def compile_part_number(parameters: dict, scope: sm.Scope) -> sm.Column:
    key, digits = scope.key(), parameters["digits"]
    series = f"{parameters['series']}-".encode()

    def cells(rows: sm.Rows) -> sm.Cells:
        number = sm.bounded(rows.draw(key), 10**digits).astype(np.int64)
        check = sum(place * (number // 10 ** (place - 1) % 10) for place in range(1, digits + 1)) % 10
        return sm.Concat((series, sm.Digits(number, digits), b"-", sm.Digits(check, 1)))

    return sm.Column(pa.string(), cells, width=len(series) + digits + 2)


KIND = sm.Kind(
    name="part_number",
    title="Part number",
    description="A series, digits and a check digit.",
    Parameters=PartNumberParameters,
    compile=compile_part_number,
    example={"series": "AX", "digits": 5},
)
