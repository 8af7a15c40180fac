"""See `synthmill.generators.kernels.processes`."""
