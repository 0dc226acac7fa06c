"""Telling systemd how we are (sd_notify): one datagram to the socket it names, or nothing."""

from __future__ import annotations

import os
import socket
import time


def notify(*states: str) -> bool:
    """Send states such as `READY=1` to the service manager.

    Return False when there is none, which is the normal case outside systemd. A manager that
    went away must not stop the daemon, so a failed send is False as well.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or address[0] not in "/@":
        return False
    if address[0] == "@":  # Linux's abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(address)
            channel.sendall("\n".join(states).encode())
    except OSError:
        return False
    return True


def reloading() -> bool:
    """Say that the configuration is being reloaded (needs the monotonic time, sd_notify(3))."""
    return notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_seconds() -> float | None:
    """Return how often systemd wants a sign of life: half of its limit, or None for never."""
    limit = os.environ.get("WATCHDOG_USEC", "")
    for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(limit) / 2_000_000 if for_us and limit.isdigit() and int(limit) > 0 else None
