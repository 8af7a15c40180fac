"""Kernels of what goes on in time: walks, recursions, quotes, cycles, and times that rise."""
