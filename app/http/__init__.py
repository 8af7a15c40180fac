"""What the faces share: who asks, how often, headers, tracing, waiting. Knows the core; only faces import it."""
