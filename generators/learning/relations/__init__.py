"""How columns follow from one another: found on a fit, and true of rows that are made, by construction.

A formula (`formulas`), an ordered pair (`differences`), a column that another decides (`lookups`), columns
that are null together (`nulls`).
"""
