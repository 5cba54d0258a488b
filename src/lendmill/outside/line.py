"""One exchange over HTTP with somebody outside: a whole answer in good time, of a size that could be true, or silence.

The rail and the third parties are reached by it alike.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import httpx

WHOLE_TIMES: Final = 2  # the time-out is for each part of an answer; all of them together have twice as long
CONNECT_TRIES_MORE: Final = 1  # only where the line was never up, so that nothing was asked yet
BODY_BYTES_MAX: Final = 1_000_000
LETTERS_MAX: Final = 200
OPENED: Final = ("connection.connect_tcp.complete", "connection.start_tls.complete")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: a status and a body; or why nothing whole did, and whether it was for want of time."""

    status: int = 0
    text: bytes = b""
    silence: str = ""
    too_slow: bool = False


TOO_LONG: Final = Heard(silence="the answer took too long as a whole", too_slow=True)
TOO_LARGE: Final = Heard(silence="the answer is larger than any that could be true")


class Line:
    """The way to one address outside; each exchange has a connection of its own, which can be cut."""

    def __init__(self, url: str, *, timeout_seconds: float, transport: httpx.BaseTransport | None = None) -> None:
        afresh = httpx.Limits(max_keepalive_connections=0)
        ours = httpx.HTTPTransport(retries=CONNECT_TRIES_MORE, trust_env=False, limits=afresh)
        self._whole_seconds = WHOLE_TIMES * timeout_seconds
        self._client = httpx.Client(base_url=url, timeout=timeout_seconds, transport=transport or ours, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Heard:
        """Send something, as JSON."""
        return self._exchange(self._client.build_request("POST", path, json=body, headers=headers))

    def get(self, path: str) -> Heard:
        """Ask for something."""
        return self._exchange(self._client.build_request("GET", path))

    def _exchange(self, request: httpx.Request) -> Heard:
        connection = _Connection()
        request.extensions["trace"] = connection.note
        try:
            with (
                connection.held_for(self._whole_seconds),
                closing(self._client.send(request, stream=True)) as response,
            ):
                text = _bounded(response)
        except httpx.TimeoutException as silence:
            return Heard(silence=f"no answer in time: {type(silence).__name__}", too_slow=True)
        except httpx.HTTPError as broken:
            return TOO_LONG if connection.was_cut else Heard(silence=f"no answer: {type(broken).__name__}")
        if connection.was_cut:
            return TOO_LONG
        return TOO_LARGE if text is None else Heard(response.status_code, text)


class _Connection:
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
        """Cut the connection after so many seconds, unless the block is over by then."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _bounded(response: httpx.Response) -> bytes | None:
    """The body, unless it is too large to be one."""
    text = b""
    for part in response.iter_bytes():
        text += part
        if len(text) > BODY_BYTES_MAX:
            return None
    return text


def readable(text: str) -> str:
    """Somebody's own words, cut short, and without signs that cannot be written down."""
    return "".join(sign for sign in text[:LETTERS_MAX] if sign.isprintable())
