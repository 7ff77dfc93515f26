# SPDX-License-Identifier: Apache-2.0
"""Sockets in the lab's network namespaces, all in one process: a socket stays where it was made."""
import contextlib
import ctypes
import os
import socket

PREFIX = os.environ.get("LAB_PREFIX", "sp-")
NEW_NET = 0x40000000  # CLONE_NEWNET
libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)  # where the process began


def enter(space, name):
    if libc.setns(space, NEW_NET) != 0:
        raise OSError(ctypes.get_errno(), f"cannot enter {name}: {os.strerror(ctypes.get_errno())}")


@contextlib.contextmanager
def inside(space):
    """What is made here is made in that namespace (short name). One thread at a time."""
    with open(f"/run/netns/{PREFIX}{space}", "rb") as file:
        enter(file.fileno(), space)
    try:
        yield
    finally:
        enter(home, "the namespace of before")


def udp(space, address, port=0):
    """A bound UDP socket that does not block."""
    with inside(space):
        end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind((address, port))
    end.setblocking(False)
    return end
