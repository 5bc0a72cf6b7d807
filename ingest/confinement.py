"""What the kernel refuses to a process that reads documents.

Rule: no such process makes a network connection or, unless it has to call for the recognition of pictures, starts
a program. Nothing in Dossier tries to; this holds if a library that reads documents does, by its own will or a
document's. On Linux (x86-64 and ARM64) a filter of system calls refuses them with "permission denied" (seccomp(2);
the numbers are those of asm/unistd.h); elsewhere, and where a container has taken the filter away, nothing is
refused. It is one wall more, not a sandbox: files can be read and written as before.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from typing import NamedTuple


class _Numbers(NamedTuple):
    """The identifier of an architecture (linux/audit.h) and the numbers of its calls."""

    architecture: int
    network: tuple[int, ...]  # socket, connect, io_uring_setup (which can do both)
    programs: tuple[int, ...]  # execve, execveat


_KNOWN = {
    "x86_64": _Numbers(0xC000003E, (41, 42, 425), (59, 322)),
    "aarch64": _Numbers(0xC00000B7, (198, 203, 425), (221, 281)),
}
_OTHER_ABI = 0x40000000  # x32: other numbers for the same calls
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES  # linux/seccomp.h
_NO_NEW_PRIVILEGES, _SET_FILTER, _BY_FILTER = 38, 22, 2  # linux/prctl.h


def confine(*, programs: bool) -> bool:
    """Give up, for this process and all that it starts, what it does not need; whether the kernel has agreed.

    programs: it may start programs. To be called before there are other threads.
    """
    known = _KNOWN.get(os.uname().machine) if sys.platform == "linux" else None
    if known is None:
        return False
    import ctypes

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    code = _filter(known, known.network if programs else known.network + known.programs)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(code) // 8, ctypes.addressof(buffer))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return bool(prctl(_SET_FILTER, _BY_FILTER, ctypes.addressof(program), 0, 0) == 0)


def _filter(known: _Numbers, refused: tuple[int, ...]) -> bytes:
    """The filter's instructions: 16 bits what, 8 bits each how many to leap if so and if not, 32 bits operand. It
    sees the call's number at offset 0 and the architecture at 4 (struct seccomp_data)."""
    last = len(refused) + 1  # tests of the number, of which the first is for the other ABI
    instructions = [(_LOAD, 0, 0, 4), (_EQUAL, 0, last + 1, known.architecture), (_LOAD, 0, 0, 0)]
    instructions.append((_AT_LEAST, last, 0, _OTHER_ABI))
    instructions += [(_EQUAL, last - place, 0, number) for place, number in enumerate(refused, start=1)]
    instructions += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
