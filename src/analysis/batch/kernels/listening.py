"""What a kernel says of one request, received by waiting for its sockets and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import zmq
from jupyter_client import AsyncKernelClient
from jupyter_client.session import Session

_SIGNATURE, _OWN_MAJOR = 0, "5"


class Listener:
    """Receives from a kernel's shell and output channels, without an event loop.

    With one, each message passes through some ten callbacks and futures, which takes longer than to read it.
    """

    def __init__(self, client: AsyncKernelClient) -> None:
        self._session: Session = client.session
        # The same sockets, as ones that are waited for.
        self._shell, self._output = (
            zmq.Socket.shadow(channel.socket.underlying)
            for channel in (client.shell_channel, client.iopub_channel)
        )
        self._both = zmq.Poller()
        for socket in (self._shell, self._output):
            self._both.register(socket, zmq.POLLIN)

    def hear(
        self, request: str, take: Callable[[dict[str, Any]], None], seconds: float
    ) -> dict[str, Any] | None:
        """Give `take` each output message that there is for a request; return the reply once it is there.

        Waits so many seconds for the first message, and then takes what there is: returns None where the
        reply is not among it. The channels' other messages are thrown away.
        """
        reply = None
        for socket, _ in self._both.poll(1000 * seconds):
            while (message := self._next(socket)) is not None:
                if message["parent_header"].get("msg_id") != request:
                    continue
                if socket is self._shell:
                    reply = message
                else:
                    take(message)
        return reply

    def _next(self, socket: zmq.Socket) -> dict[str, Any] | None:
        try:
            frames = socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return None
        _, parts = self._session.feed_identities(frames)
        return read_message(self._session, parts)


def runs_in_a_loop() -> bool:
    """Return whether the caller is run by an event loop, as the cells of a notebook are."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def read_message(session: Session, parts: list[bytes]) -> dict[str, Any]:
    """Return a message as `Session.deserialize` does, without reading every time in it where that is enough.

    What is signed, or of another version of the protocol, is for the session to read.
    """
    if session.auth is not None or parts[_SIGNATURE]:
        return session.deserialize(parts)
    header, parent, metadata, content = map(session.unpack, parts[1:5])
    if header.get("version", "").partition(".")[0] != _OWN_MAJOR:
        return session.deserialize(parts)
    with contextlib.suppress(KeyError, TypeError, ValueError):
        header["date"] = dt.datetime.fromisoformat(header["date"])
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": [memoryview(part) for part in parts[5:]],
    }
