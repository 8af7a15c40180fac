"""Numbers made with the kernels, at planning or row by row; no compiled twins of their own."""
