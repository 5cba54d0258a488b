"""Which of the processes that serve the pages the kernel deals new connections to, while one of them is starting again.

Closing the door of a process that has ended would reset whoever waits there, who cannot know what became of what they
sent. So it stays, and they are served by the next process; a program of the kernel's packet filter deals newcomers to
the other doors until then.
"""

import contextlib
import ctypes
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Final

ATTACH: Final = 51  # SO_ATTACH_REUSEPORT_CBPF
DETACH: Final = 68  # SO_DETACH_REUSEPORT_BPF
LOAD, REST, IF_EQUAL, ANSWER = 0x20, 0x94, 0x15, 0x06
BY_CHANCE: Final = 0xFFFFF000 + 56  # SKF_AD_OFF + SKF_AD_RANDOM


def only_to(doors: Sequence[socket.socket], living: Sequence[int]) -> None:
    """Deal newcomers out among some doors of one port alone, named by their place in the order in which they opened.

    A kernel that takes no such program, or of no door at all, deals them out among all, as ever.
    """
    program = [(LOAD, 0, 0, BY_CHANCE), (REST, 0, 0, len(living))]
    for n, door in enumerate(living):
        program += [(IF_EQUAL, 0, 1, n), (ANSWER, 0, 0, door)]
    program.append((ANSWER, 0, 0, 0))
    steps = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in program))
    if living:
        _told(doors[0], ATTACH, struct.pack("HP", len(program), ctypes.addressof(steps)))


def to_all(door: socket.socket) -> None:
    """Deal newcomers out among all doors of this one's port again."""
    _told(door, DETACH, struct.pack("i", 0))


def _told(door: socket.socket, option: int, value: bytes) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            door.setsockopt(socket.SOL_SOCKET, option, value)
