"""Syslog: RFC 5424 messages, octet counting (RFC 6587, 3.4.1) over TLS (RFC 5425).

The protocol has no acknowledgment. A message counts as taken when the receiver's host has confirmed every byte and the
receiver has not closed the connection; what a receiver loses after that is not ours to see.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import ssl
import struct
import termios
import time
from collections.abc import Sequence

from maskgate.base.audit_settings import AuditSink
from maskgate.base.errors import ConfigurationError
from maskgate.base.version import __version__
from maskgate.sync.entry import Item, NotTaken
from maskgate.sync.form import event_of, instant
from maskgate.sync.severity import SYSLOG, severity
from maskgate.sync.sinks import tls

_FACILITY = 13  # log audit
_TIMEOUT_S = 15.0
_CONFIRM_S = 10.0
_SEQUENCE = 2_147_483_647  # RFC 5424, 7.3.1: then it begins again


def message(item: Item, host: str) -> bytes:
    """The message of one entry; its text is JSON in ASCII, so that it needs no byte order mark."""
    event = event_of(item.entry) or {}
    pri = _FACILITY * 8 + SYSLOG[severity(event)]
    kind = "".join(c for c in str(event.get("type", "")) if c.isascii() and (c.isalnum() or c == "_"))[:32] or "-"
    data = (
        f'[origin software="maskgate" swVersion="{__version__}"][meta sequenceId="{item.entry.offset % _SEQUENCE + 1}"]'
    )
    head = f"<{pri}>1 {instant(item.entry.at_ms).replace('+00:00', 'Z')} {host} maskgate - {kind} {data} "
    return head.encode("ascii") + json.dumps(item.body).encode("ascii")


def framed(text: bytes) -> bytes:
    """The message behind its length in octets: nothing in it can begin another one."""
    return b"%d %b" % (len(text), text)


class Syslog:
    """One connection, opened again when it is gone."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._at, self._context = (host, port), context
        self._own = (
            "".join(c for c in socket.gethostname() if c.isascii() and c.isprintable() and c != " ")[:255] or "-"
        )
        self._socket: socket.socket | None = None

    def send(self, items: Sequence[Item]) -> None:
        """Write them and wait until the other host has them."""
        data = b"".join(framed(message(item, self._own)) for item in items)
        try:
            if self._socket is None or _closed(self._socket):
                self.close()
                self._socket = self._connect()
            self._socket.sendall(data)
            _confirmed(self._socket)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise NotTaken(
                f"the receiver's certificate is not believed: {error.verify_message}", refused=True
            ) from None
        except OSError as error:
            self.close()
            raise NotTaken(f"the receiver did not take it ({type(error).__name__})") from None

    def _connect(self) -> socket.socket:
        plain = socket.create_connection(self._at, _TIMEOUT_S)
        if self._context is None:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=self._at[0])
        except BaseException:
            plain.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None


def _closed(connection: socket.socket) -> bool:
    """Whether the receiver has ended the connection; it says nothing else that matters."""
    connection.setblocking(False)
    try:
        while True:
            if not connection.recv(4096):
                return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(_TIMEOUT_S)


def _confirmed(connection: socket.socket) -> None:
    """Wait until the receiver's host has confirmed every byte.

    Raises:
        OSError: it has not in time, or the connection was closed meanwhile.
    """
    until = time.monotonic() + _CONFIRM_S
    while struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0" * 4))[0]:
        if time.monotonic() > until:
            raise TimeoutError("bytes are not confirmed")
        time.sleep(0.002)
    if _closed(connection):
        raise ConnectionResetError("closed")


def make(sink: AuditSink) -> Syslog:
    """The sink of its settings."""
    if sink.allow_plain and (sink.ca or sink.certificate):
        raise ConfigurationError(f"audit.sinks.{sink.name}: allow_plain sends without TLS; take it out, or the files")
    return Syslog(sink.host, sink.port, None if sink.allow_plain else tls.context(sink))
