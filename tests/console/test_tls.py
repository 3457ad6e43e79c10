"""The console speaks TLS itself: its certificate, its cookies, and keys that it refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from fakes.secure_kafka import Authority
from maskgate.base.config import Console, Settings
from maskgate.base.errors import ConfigurationError
from maskgate.console.server import tls

HTTPS = ["https://localhost"]


@pytest.fixture
def served(make_site: Callable[..., Any], tmp_path: Path) -> Iterator[tuple[str, Authority]]:
    """A console on a free port with a certificate of a test authority."""
    authority = Authority(tmp_path / "ca")
    cert, key = authority.issue("console")
    site = make_site(console={"tls_cert": cert, "tls_key": key, "origins": HTTPS, "public_read": False})
    options = tls(site.world.settings)
    server = uvicorn.Server(
        uvicorn.Config(site.app, host="127.0.0.1", port=0, log_config=None, lifespan="off", **options)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"localhost:{server.servers[0].sockets[0].getsockname()[1]}", authority
    server.should_exit = True
    thread.join(10)


def test_the_console_speaks_tls_and_names_its_cookies_for_it(served: tuple[str, Authority]) -> None:
    """A client that trusts the authority gets the page, with cookies that only this host and TLS can set."""
    address, authority = served
    import ssl

    trusting = ssl.create_default_context(cafile=str(authority.file))
    answer = httpx.get(f"https://{address}/signin", verify=trusting)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie and "Domain" not in cookie
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"https://{address}/signin")  # nobody else's authority vouches for it
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://{address}/signin")  # and it speaks nothing else


@pytest.mark.parametrize(
    ("change", "told"),
    [("wide", "chmod 600"), ("other", "cannot be used"), ("none", "cannot be used")],
    ids=["others read the key", "a key of another certificate", "no certificate"],
)
def test_a_certificate_that_cannot_be_used_ends_the_start(tmp_path: Path, change: str, told: str) -> None:
    """Exit code 2 with what to do, before the port is taken."""
    authority = Authority(tmp_path)
    cert, key = authority.issue("console")
    if change == "wide":
        key.chmod(0o644)
    elif change == "other":
        key = authority.issue("another")[1]
    else:
        cert.unlink()
    found = Settings(console=Console(tls_cert=cert, tls_key=key, origins=tuple(HTTPS)))
    with pytest.raises(ConfigurationError, match=told):
        tls(found)


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"tls_cert": "a", "origins": HTTPS}, "belong together"),
        ({"tls_cert": "a", "tls_key": "b", "origins": ["http://localhost:8300"]}, "begins with https"),
    ],
    ids=["half", "an origin without TLS"],
)
def test_tls_by_halves_is_refused(tree: dict[str, Any], told: str) -> None:
    """A page that is reached without TLS would get cookies that it cannot use."""
    with pytest.raises(ValueError, match=told):
        Console.model_validate(tree)
