"""Formulas over the columns of a row: a small language, typed, of which nothing is ever executed."""
