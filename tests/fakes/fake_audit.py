"""An approval log in memory, and receivers of its entries that check what they get."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from maskgate.sync.courier import Courier
from maskgate.sync.cursor import CursorFile
from maskgate.sync.entry import Entry, Sink
from maskgate.sync.form import plain

TOPIC_ID = "log-1"
AT = 1_795_300_000_000


def entry(offset: int, **more: object) -> Entry:
    """An entry of the log."""
    event = {"type": "refused", "meta": {"at": AT + offset}, "code": "unknown_request", "n": offset} | more
    return Entry(offset, AT + offset, json.dumps(event).encode())


class FakeLog:
    """A log in memory; each ``reader`` goes through it on its own."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self.entries = list(entries)

    def reader(self) -> FakeReader:
        """A reader at its start."""
        return FakeReader(self)


class FakeReader:
    """Reads a :class:`FakeLog`."""

    def __init__(self, log: FakeLog) -> None:
        self._log, self._next, self.at_end, self.reads = log, 0, False, 0

    def seek(self, offset: int) -> None:
        """Go on from there."""
        self._next = offset

    def read(self, max_entries: int, max_wait_s: float) -> list[Entry]:
        """The next entries; never waits."""
        self.reads += 1
        found = [one for one in self._log.entries if one.offset >= self._next][:max_entries]
        if found:
            self._next = found[-1].offset + 1
        self.at_end = not found
        return found

    def bounds(self) -> tuple[int, int]:
        """Where the log begins and ends."""
        offsets = [one.offset for one in self._log.entries]
        return (offsets[0], offsets[-1] + 1) if offsets else (0, 0)

    def close(self) -> None:
        """Nothing to let go."""


def courier(
    folder: Path, log: FakeLog, sink: Sink, *, name: str = "siem", batch: int = 3, topic_id: str = TOPIC_ID
) -> Courier:
    """A courier that has claimed its cursor, not yet started."""
    file = CursorFile(folder, name)
    file.claim()
    return Courier(name, sink, plain, file, log.reader(), topic_id, batch)


def drain(one: Courier, steps: int = 200) -> float:
    """Step until all is sent, or the sink wants a pause: its seconds."""
    for _ in range(steps):
        wait_s = one.step()
        if wait_s or one.done:
            return wait_s
    raise AssertionError("it never came to an end")


class Post:
    """One request that a receiver got."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body


@contextmanager
def http_receiver(
    answer: Callable[[Post], tuple[int, dict[str, str]]], tls: tuple[Path, Path] | None = None, body: bytes = b""
) -> Iterator[tuple[str, list[Post]]]:
    """An HTTP server that answers as told; gives its address and what it got."""
    got: list[Post] = []

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            post = Post(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, sent)
            got.append(post)
            status, headers = answer(post)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET = do_PUT = _any

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
