"""Texts from grammars: parameters, slots and labels of the kind `sentences`, which alone imports this."""
