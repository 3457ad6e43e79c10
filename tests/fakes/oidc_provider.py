"""A real OpenID provider in a process of its own (Node, npm's `oidc-provider`), and people who sign in with it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc import jwk

HERE = Path(__file__).parent.parent / "console" / "oidc"
CLIENT = {"client_id": "console", "client_secret": "a secret of the tests, with / and : in it"}
ACCOUNTS = {"anna": ["privacy", "staff"], "ben": ["security"], "mallory": []}


@cache
def missing() -> str:
    """Why there is no provider here; "" where there is one. Installs it once for all runs, beside its lock file."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "OIDC TESTS SKIPPED: no Node.js on this machine"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.lstrip("v").split(".")[0] or 0) < 20:
        return "OIDC TESTS SKIPPED: Node.js is older than 20"
    try:
        folder()
    except subprocess.CalledProcessError as error:
        return f"OIDC TESTS SKIPPED: npm could not install the provider (exit {error.returncode})"
    return ""


@cache
def folder() -> Path:
    """Where the provider is installed, by the digest of what it is made of."""
    parts = [HERE / name for name in ("package.json", "package-lock.json", "provider.mjs")]
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in parts)).hexdigest()[:16]
    cache_dir = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maskgate"
    place = cache_dir / f"oidc-provider-{digest}"
    if place.exists():
        return place
    cache_dir.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=cache_dir))
    try:
        for part in parts:
            shutil.copy(part, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=fresh, check=True, capture_output=True, timeout=240)
        try:
            fresh.rename(place)
        except OSError:  # another run was faster
            assert place.exists()
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


@cache
def signing_key(name: str) -> dict[str, Any]:
    """A private key of the provider, as JWK."""
    key = jwk.RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}, private=True)
    return dict(key.as_dict(private=True))


class OidcProvider:
    """The process; `with` ends it."""

    def __init__(self, console: str, port: int = 0, name: str = "local", key: str = "first") -> None:
        self.port = port or _free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.name, self.console, self.key = name, console, signing_key(key)
        client = CLIENT | {
            "redirect_uris": [f"{console}/signin/back/{name}"],
            "post_logout_redirect_uris": [f"{console}/signin"],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
        }
        told = {"port": self.port, "client": client, "jwks": [self.key], "accounts": ACCOUNTS}
        self._process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=folder(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(told))
        self._process.stdin.close()
        while (line := self._process.stdout.readline()) and "ready" not in line:
            pass
        assert line, "the provider ended before it was ready"

    def settings(self, **more: Any) -> dict[str, Any]:
        """An entry of console.providers."""
        return {"name": self.name, "issuer": self.issuer, "groups_claim": "groups"} | CLIENT | more

    def signs_in(self, address: str, account: str, amr: Sequence[str] = ()) -> str:
        """Somebody with a browser of their own follows the console's redirect; where the provider sends them back."""
        with httpx.Client(timeout=60.0) as browser:
            answer = browser.get(address)
            for _ in range(8):
                where = answer.headers.get("location", "")
                where = where if "://" in where else self.issuer + where
                if where.startswith(self.console):
                    return where.removeprefix(self.console)
                own = {"as": account, "amr": list(amr)} if "/interaction/" in urlsplit(where).path else None
                answer = browser.get(where, params=own)
        raise AssertionError(f"the provider did not send the browser back: {answer.status_code} {answer.text[:300]}")

    def spoil_next(self, **how: Any) -> None:
        """How the next ID token is wrong."""
        httpx.post(f"{self.issuer}/tests/next", json=how, timeout=60.0).raise_for_status()

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """A token of the provider's own making."""
        answer = httpx.post(f"{self.issuer}/tests/sign", json={"claims": dict(claims), "header": header}, timeout=60.0)
        return answer.raise_for_status().text

    def close(self) -> None:
        self._process.kill()
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
