"""Which rows of another table a row may refer to: those that match it, those that exist at its time.

`parameters` and `wanted` say what a recipe asks for, `reference` picks the way in which it is done: `index`
(and `alive`) for tables of up to `index.MAX_INDEXED_ROWS`, `children` and `ordered` for longer ones.
`founding` finds out while planning whether there is a row for every row that refers; `ranks` is what trees
are made of. Kinds import this package; it imports none.
"""
