"""A transit engine over HTTP that really signs and encrypts, and refuses what Vault would refuse."""

from __future__ import annotations

import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "s.a-token-of-the-tests"


class FakeVault:
    """Ed25519 keys by name and version, and one wrapping key a name."""

    def __init__(self) -> None:
        self.keys: dict[str, list[Ed25519PrivateKey]] = {}
        self.wrapping: dict[str, AESGCM] = {}
        self.seen: list[tuple[str, str]] = []
        self.sealed = False
        vault = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"))

            def _answer(self, body: dict[str, Any]) -> None:
                vault.seen.append((self.command, self.path))
                if self.headers.get("X-Vault-Token") != TOKEN:
                    status, data = 403, None
                elif vault.sealed:
                    status, data = 503, None
                else:
                    status, data = vault.act(self.command, self.path, body)
                self.send_response(status)
                self.end_headers()
                if status != 204:
                    self.wfile.write(json.dumps({"data": data} if data is not None else {"errors": []}).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def act(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        """The engine's answer to a call."""
        _, version, engine, verb, name = path.split("/")
        assert (version, engine) == ("v1", "transit")
        if (method, verb) == ("POST", "keys"):
            assert body == {"type": "ed25519", "exportable": False}
            self.rotate(name)
            return 204, None
        if (method, verb) == ("POST", "encrypt"):
            cipher, nonce = self.wrapping.setdefault(name, AESGCM(os.urandom(32))), os.urandom(12)
            data = nonce + cipher.encrypt(nonce, base64.b64decode(body["plaintext"]), b"")
            return 200, {"ciphertext": f"vault:v1:{base64.b64encode(data).decode()}"}
        if (method, verb) == ("POST", "decrypt") and name in self.wrapping:
            data = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))
            return 200, {"plaintext": base64.b64encode(self.wrapping[name].decrypt(data[:12], data[12:], b"")).decode()}
        if name not in self.keys:
            return 404, None
        if (method, verb) == ("GET", "keys"):
            versions = enumerate(self.keys[name], 1)
            return 200, {"type": "ed25519", "keys": {str(n): {"public_key": _public(key)} for n, key in versions}}
        if (method, verb) == ("POST", "sign"):
            key = self.keys[name][body["key_version"] - 1]
            signature = base64.b64encode(key.sign(base64.b64decode(body["input"]))).decode()
            return 200, {"signature": f"vault:v{body['key_version']}:{signature}"}
        return 405, None

    def rotate(self, name: str) -> None:
        """A new version of a key."""
        self.keys.setdefault(name, []).append(Ed25519PrivateKey.generate())

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def _public(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    return base64.b64encode(raw).decode()
