"""Sockets to listen on, and what to do where one cannot be had."""

from __future__ import annotations

import errno
import socket

from maskgate.base.errors import ConfigurationError, WorldError


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A bound socket; ``setting`` names what chose the port.

    Raises:
        ConfigurationError: no such address here, or no right to the port.
        WorldError: somebody else has the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        where = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise WorldError(
                f"{where} is in use; end that program, or choose another {setting} (0: a free one)"
            ) from None
        if error.errno == errno.EACCES:
            raise ConfigurationError(f"{where}: no right to this port; choose a {setting} over 1023") from None
        raise ConfigurationError(f"{where}: cannot listen there ({error.strerror}); see {setting}") from None
    return listener
