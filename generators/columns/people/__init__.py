"""People: their names by sex and years of birth, how these are written in addresses, and their phone numbers.

Kinds import this package; it imports none.
"""
