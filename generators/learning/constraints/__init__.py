"""Rules by the user that every row of a model holds: by construction if that can be, else by drawing again.

`parameters` says which there are, `apply` what each comes to for a table.
"""
