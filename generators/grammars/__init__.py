"""Weighted grammars that write readable text: what they say, what is refused, and what kernels run.

`syntax` reads one alternative, `grammar` a whole grammar with all that can be wrong with it, `tables` makes
the arrays of `kernels.grammar`, and `built_in` has the grammars that come with the package. Nothing here
knows of columns.
"""
