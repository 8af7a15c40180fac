"""Domain rules: sentences about a trade's data, checked by queries over a dataset's tables.

`fields` says what a rule looks like, `syntax` what a query may be, `sandbox` where it runs, `check` how rules
are checked, `made` on which rows where there are no files. Rooms above this one may import it: recipes, which
refuse a broken query, conformance and the faces.
"""
