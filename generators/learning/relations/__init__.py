"""How columns follow from one another: what is found on a fit, and holds in rows that are made by construction.

A formula (`formulas`), an ordered pair (`differences`), a column that another decides (`lookups`), columns
that are null together (`nulls`).
"""
