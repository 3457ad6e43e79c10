"""An S3 that runs here (moto's server), and a wire to it that fails as real ones do."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer

from maskgate.base.address import Address

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret-4711"}
BUCKET = "lineage"
Fault = Callable[[str, str], str]
"""Method and path of a request → what the wire does: "" nothing, "lost" answers 503 after it was done, "refused" 503
before, "slow" waits, "412" refuses the condition, "blind" takes the condition away."""


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with an empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in KEYS.items():
                patch.setenv(name, value)
            boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket=BUCKET)
            yield url
    finally:
        server.stop()


def address(endpoint: str, folder: str, copies: Path, scheme: str = "s3") -> Address:
    """A folder of the bucket."""
    return Address(f"{scheme}://{BUCKET}/{folder}", copies, endpoint, "us-east-1")


@contextmanager
def wire(target: str, fault: Fault) -> Iterator[str]:
    """The address of a proxy before the server that does what ``fault`` says."""
    to, one_put = urlsplit(target), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Silent."""

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            what = fault(self.command, self.path)
            if what == "slow":
                time.sleep(0.3)
            if what in ("refused", "412"):
                self._answer(503 if what == "refused" else 412, b"<Error><Code>SlowDown</Code></Error>")
                return
            headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "if-none-match", "if-match")}
            if what != "blind":
                headers |= {k: v for k, v in self.headers.items() if k.lower() in ("if-none-match", "if-match")}
            with one_put if self.command == "PUT" else nullcontext():  # S3 does one put of a name after the other
                self._forward(body, headers, what)

        def _forward(self, body: bytes, headers: dict[str, str], what: str) -> None:
            onward = http.client.HTTPConnection(to.hostname or "", to.port, timeout=30)
            onward.request(self.command, self.path, body, headers)
            answer = onward.getresponse()
            data = answer.read()
            if what == "lost":
                self._answer(503, b"<Error><Code>SlowDown</Code></Error>")
                return
            self._answer(answer.status, data, dict(answer.getheaders()))

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                if name.lower() not in ("connection", "content-length", "date", "server", "transfer-encoding"):
                    self.send_header(name, value)
            length = (headers or {}).get("Content-Length", str(len(body))) if self.command == "HEAD" else str(len(body))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
