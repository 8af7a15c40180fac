"""Conformance: whether a dataset is what a recipe declares, column by column, with p-values.

`report.conformance` makes the report, `page.page` an HTML page of it. `docs/conformance.md` says what is
checked how.
"""
