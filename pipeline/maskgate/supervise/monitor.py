"""``/metrics``, ``/livez`` and ``/readyz`` of every role of a host: one process, started by exec beside them.

It reads what the roles write below ``meters/`` of the state folder; it shares no memory with them and holds no key.
"""

from __future__ import annotations

import hmac
import ipaddress
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from maskgate.base import filemodes, log, meters
from maskgate.base.config import Monitor, Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.sockets import listen
from maskgate.supervise import exposition

ROLE = "monitor"
_TEXT = "text/plain; charset=utf-8"
_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
ADDRESS = "monitor.address"


def token(monitor: Monitor) -> str:
    """The bearer token that callers show; empty where none is asked for.

    Raises:
        ConfigurationError: a public address without one, or a file that cannot be read.
    """
    if monitor.token_file is None:
        if not is_loopback(monitor.host):
            raise ConfigurationError(
                f"monitor.host {monitor.host}: others than this host can reach it; "
                "set monitor.token_file to a file with a bearer token, or listen on 127.0.0.1"
            )
        return ""
    try:
        text = monitor.token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"monitor.token_file {monitor.token_file}: {error.strerror}") from None
    if len(text) < 16:
        raise ConfigurationError(f"monitor.token_file {monitor.token_file}: a token of 16 characters or more, please")
    return text


def is_loopback(host: str) -> bool:
    """Whether only this host reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Server(ThreadingHTTPServer):
    """The server with what its answers need."""

    daemon_threads = True

    def __init__(self, settings: Settings) -> None:
        self.state_dir: Path = settings.pipeline.state_dir
        self.max_lag_s = settings.monitor.max_lag
        self.token = token(settings.monitor)
        listener = listen(settings.monitor.host, settings.monitor.port, "monitor.port")
        super().__init__(listener.getsockname()[:2], Answers, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.socket.listen(16)


class Answers(BaseHTTPRequestHandler):
    """GET only; nothing of a caller is logged."""

    server: Server
    server_version, sys_version = "maskgate", ""

    def do_GET(self) -> None:
        """Answer one of the three pages."""
        if not self._allowed():
            self._send(401, _TEXT, "show the bearer token of monitor.token_file\n")
            return
        path = self.path.partition("?")[0].rstrip("/")
        trees = meters.read(self.server.state_dir)
        if path == "/metrics":
            self._send(200, _EXPOSITION, exposition.page(trees, self.server.max_lag_s))
        elif path == "/livez":
            self._send(200, _TEXT, "ok\n")
        elif path == "/readyz" or path.startswith("/readyz/"):
            self._ready(trees, path.removeprefix("/readyz").strip("/"))
        else:
            self._send(404, _TEXT, "pages: /metrics, /livez, /readyz, /readyz/ROLE\n")

    def _ready(self, trees: list[dict[str, object]], role: str) -> None:
        found = exposition.readiness(trees, self.server.max_lag_s)
        if role:
            found = {role: found.get(role, ["does not run on this host"])}
        lines = [f"{name}: {'; '.join(reasons) or 'ready'}" for name, reasons in sorted(found.items())]
        lines += [] if role else exposition.notes(trees)
        good = bool(found) and not any(found.values())
        self._send(200 if good else 503, _TEXT, "\n".join(lines or ["no role runs yet"]) + "\n")

    def _allowed(self) -> bool:
        if not self.server.token:
            return True
        given = self.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return hmac.compare_digest(given.encode(), self.server.token.encode())

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main(settings: Settings) -> None:
    """Serve until the supervisor ends."""
    server = Server(settings)
    host, port = server.server_address[:2]
    log.say(ROLE, "listening", url=f"http://{host!s}:{port}/metrics")
    folder = settings.pipeline.state_dir / meters.FOLDER
    filemodes.write_secret(folder / ADDRESS, f"{host!s}:{port}\n".encode())
    sys.stderr.flush()
    server.serve_forever()
