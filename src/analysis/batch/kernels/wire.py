"""Messages between a template and its owner: JSON with its length before it, and open files."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_FILES = 32


def send(channel: socket.socket, content: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message; the receiver gets descriptors of its own for the open `files`, in their order."""
    text = json.dumps(content).encode()
    if files:
        socket.send_fds(channel, [_LENGTH.pack(len(text))], list(files))
    else:
        channel.sendall(_LENGTH.pack(len(text)))
    channel.sendall(text)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and its files, or None when the other side is gone.

    Raises TimeoutError where the channel has a time limit that passes, BlockingIOError where it waits for
    nothing and nothing is there.
    """
    files: list[int] = []
    try:
        head = _exactly(channel, _LENGTH.size, files)
        text = _exactly(channel, _LENGTH.unpack(head)[0], files)
        return json.loads(text), files
    except (EOFError, ConnectionError):
        for file in files:
            os.close(file)
        return None


def _exactly(channel: socket.socket, count: int, files: list[int]) -> bytes:
    parts: list[bytes] = []
    while count:
        part, new, _, _ = socket.recv_fds(channel, min(count, 2**16), _MOST_FILES)
        files += new
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
