"""Memory by address, for kernels that go over arrays of many types at once.

An address is an int64. Nothing is checked: who makes addresses keeps the arrays alive and says how far each
may be read and written. `copy32` always moves 32 bytes, however few are wanted; what is written next covers
the rest.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_I8, _I64 = ir.IntType(8), ir.IntType(64)


def _pointer(builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, kind.as_pointer())


def _loader(bits: int) -> Any:
    def load(typingctx: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            value = builder.load(_pointer(builder, args[0], ir.IntType(bits)), align=1)
            return value if bits == 64 else builder.zext(value, _I64)

        return types.int64(types.int64), codegen

    return intrinsic(load)


def _storer(bits: int) -> Any:
    def store(typingctx: Any, address: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kind = ir.IntType(bits)
            narrow = args[1] if bits == 64 else builder.trunc(args[1], kind)
            builder.store(narrow, _pointer(builder, args[0], kind), align=1)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(store)


def _copier(size: int) -> Any:
    def copy(typingctx: Any, target: Any, source: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kind = ir.VectorType(_I8, size)
            value = builder.load(_pointer(builder, args[1], kind), align=1)
            builder.store(value, _pointer(builder, args[0], kind), align=1)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), codegen

    return intrinsic(copy)


load8, load16, load32, load64 = (_loader(bits) for bits in (8, 16, 32, 64))
store8, store16, store32, store64 = (_storer(bits) for bits in (8, 16, 32, 64))
copy16, copy32 = _copier(16), _copier(32)


@intrinsic
def zero_bytes(typingctx: Any, value: Any) -> Any:
    """How many of the lowest bytes of a number that isn't 0 are 0."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zeros = builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))
        return builder.lshr(zeros, ir.Constant(_I64, 3))

    return types.int64(types.int64), codegen


_HYPHENS = (8, 13, 18, 23)


@intrinsic
def store_uuid(typingctx: Any, target: Any, source: Any) -> Any:
    """Write the 16 bytes at `source` as a UUID's 36 characters. Lower-case digits, no loop and no table."""

    def constant(kind: Any, values: Any) -> Any:
        return ir.Constant(ir.VectorType(kind, len(values)), values)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = builder.load(_pointer(builder, args[1], ir.VectorType(_I8, 16)), align=1)
        upper = builder.lshr(numbers, constant(_I8, [4] * 16))
        lower = builder.and_(numbers, constant(_I8, [15] * 16))
        turns = constant(ir.IntType(32), [half * 16 + at for at in range(16) for half in (0, 1)])
        digits = builder.shuffle_vector(upper, lower, turns)
        letters = builder.icmp_unsigned(">", digits, constant(_I8, [9] * 32))
        steps = builder.select(letters, constant(_I8, [ord("a") - 10] * 32), constant(_I8, [ord("0")] * 32))
        characters = builder.add(digits, steps)
        hyphens = constant(_I8, [ord("-")] * 32)
        order, taken = [], 0
        for at in range(36):
            order.append(32 if at in _HYPHENS else taken)
            taken += at not in _HYPHENS
        for start, stop in ((0, 32), (32, 36)):
            kind = ir.VectorType(_I8, stop - start)
            piece = builder.shuffle_vector(characters, hyphens, constant(ir.IntType(32), order[start:stop]))
            place = builder.add(args[0], ir.Constant(_I64, start))
            builder.store(piece, _pointer(builder, place, kind), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
