"""Where word lists by locale come from: run in an environment of requirements/extraction.txt.

What it writes is kept in the repository, so that values depend on the engine's version and on nothing that is
installed.
"""
