"""Pure functions over arrays of unsigned 64-bit numbers: the plain numpy reference of the engine.

House rule of this package, which makes values equal on every machine: integer operations, and of floating
point only what IEEE 754 rounds exactly (+ - * / sqrt, floor, comparisons, frexp, ldexp). No numpy
Generator, no log, exp, power or sin of numpy or the C library, no BLAS, no floating-point reduction.
"""
