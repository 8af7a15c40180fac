"""Differentially private fits: noise that is exact, a budget that is kept, and a model made of both.

Only `generators.learning.fitting` and `.parameters` import this. docs/learning-privacy.md says what is
promised.
"""
