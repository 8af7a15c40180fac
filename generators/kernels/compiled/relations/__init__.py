"""See `synthmill.generators.kernels.relations`."""
