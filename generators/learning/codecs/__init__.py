"""How columns are learnt: a module for each codec. `by_kind` knows them by the names that model files have.

Only `generators.learning` imports this.
"""
