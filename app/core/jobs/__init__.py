"""Jobs: laid out, begun, paused, stopped, watched, cleared away."""
