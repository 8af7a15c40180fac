"""Kernels of parents and children: how many each has, and whose a row is."""
