"""Companies: called as companies are, with their country's legal forms, all different where it is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from synthmill.generators.columns.locales import LOCALES, locale_data
from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells, rows_of


@pytest.mark.parametrize("locale", LOCALES)
def test_a_name_has_a_line_of_business_or_two_founders_and_a_legal_form_as_often_as_it_is(
    locale: str,
) -> None:
    of = locale_data(locale)["companies"]
    forms = dict(zip(of["legal_forms"]["words"], of["legal_forms"]["weights"], strict=True))
    space = "" if locale_data(locale)["last_name_first"] is not None else " "
    seen: Counter[str] = Counter()
    for name in cells("company", 4_000, locale=locale).to_pylist():
        form = max((form for form in forms if name.endswith(space + form)), key=len)
        seen[form] += 1
        stem = name.removesuffix(space + form)
        if " & " not in stem:
            assert any(
                stem.startswith(line + space) if of["line_first"] else stem.endswith(space + line)
                for line in of["lines"]
            ), name
    assert_shares(seen, forms)


@pytest.mark.parametrize("locale", ["de_DE", "da_DK", "zh_CN"])
def test_names_are_all_different_where_a_unique_key_asks_for_it(locale: str) -> None:
    def table(rows: int) -> dict[str, Any]:
        columns = [{"name": "id", "kind": "sequence"}, {"name": "c", "kind": "company", "locale": locale}]
        return {"tables": [{"name": "t", "rows": rows, "columns": columns, "unique_keys": [["c"]]}]}

    names = rows_of(table(4_000), "t")["c"].to_pylist()
    assert len(set(names)) == 4_000
    with pytest.raises(InvalidRequestError, match="different values"):
        rows_of(table(100_000), "t", 0, 1)
