"""Which rows of another table a row may refer to: those that match it, those that exist at its time.

`parameters` says what a recipe may ask for, `chooser` picks the way in which it is done: `index` (and `alive`)
for tables of up to `index.MAX_INDEXED_ROWS`, `children` and `ordered` for longer ones. `founding` finds out
while planning whether there is a row for every row that refers. Kinds import this package; it imports none.
"""
