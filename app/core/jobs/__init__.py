"""What all jobs have in common, whatever their kind: submitted, paused, stopped, watched, cleared away."""
