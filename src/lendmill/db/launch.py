"""Starts one program as a user PostgreSQL accepts, and sees to it that the program never outlives its parent.

Run as `python -I -S launch.py PARENT SIGNAL WHO PROGRAM ARGUMENT...`: standard library only, because it runs outside
the virtual environment. PARENT is the process whose death sends SIGNAL; WHO is one of

    self            stay who we are
    map=UID:GID     keep our rights on files, but be called UID in a user namespace of our own (PostgreSQL refuses root)
    become=UID:GID  give up our rights and be that user
"""

import ctypes
import os
import sys
from pathlib import Path

CANNOT = 71  # the exit code that says: this machine does not allow WHO
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def main(parent: int, signal: int, who: str, program: list[str]) -> None:
    """Become who is asked for, tie our life to the parent's, and turn into the program."""
    try:
        take_identity(who)
    except OSError as error:
        print(f"cannot run as {who}: {error}", file=sys.stderr)
        sys.exit(CANNOT)
    os.setsid()  # a Ctrl-C at the terminal goes to our parent alone, and the parent stops us in its own order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before we could ask for the signal
            sys.exit(CANNOT)
    os.execv(program[0], program)


def take_identity(who: str) -> None:
    """Change into WHO, or raise OSError where the machine forbids it."""
    if who == "self":
        return
    way, _, ids = who.partition("=")
    uid, gid = (int(part) for part in ids.split(":"))
    if way == "become":
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        return
    own_uid, own_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
