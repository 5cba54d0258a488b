"""The line to a third party, which is cut when an answer takes too long as a whole, however it drips in."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Line:
    """One exchange's connection: it notes its socket when it is opened, and knows whether it was cut."""

    def __init__(self) -> None:
        self.was_cut = False
        self._socket: socket.socket | None = None

    def note(self, event: str, about: Mapping[str, Any]) -> None:
        """Hear from the client how the exchange goes on; what is asked for as its `trace`."""
        if event in OPENED:
            self._socket = about["return_value"].get_extra_info("socket")
            if self.was_cut:
                self._cut()

    def _cut(self) -> None:
        self.was_cut = True
        if self._socket is not None:
            with suppress(OSError):  # it may be down already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @contextmanager
    def held_for(self, seconds: float) -> Iterator[None]:
        """Cut the line after so many seconds, unless the block is over by then."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
