"""Times by a rate of hours, days and years, in lives of parents, by schedules and in sessions.

Kinds and `tables` import this package.
"""
