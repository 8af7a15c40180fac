"""The kinds of jobs, a file each, found by its `KIND`: see app/core/jobs/kind.py. Nothing imports them."""
