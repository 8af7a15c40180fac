"""What jobs can be of: a file a kind, found by its `KIND`. Nothing imports them; see app/core/jobs/kind.py."""
