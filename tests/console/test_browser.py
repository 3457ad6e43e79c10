"""The pages in a real Chromium: import a key, sign in, sign a vote with it, and see it count."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import chromium
import fake_office as office
import gate_world
import pytest
import uvicorn
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec
from lineage_counts import counted

from maskgate.approvals.model import ItemState

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium.BINARY, reason="BROWSER TESTS SKIPPED: no Chromium on this machine"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


class Served:
    """A console on a real port of localhost."""

    def __init__(self, site: Any, port: int = 0) -> None:
        self.site = site
        config = uvicorn.Config(site.app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < end
            time.sleep(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://localhost:{port}"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture
def served(make_site: Any, tmp_path: Path) -> Iterator[Served]:
    """A console with its clock at the wall's time."""
    made = Served(make_site(console={"public_read": False}, now=time.time_ns() // 1_000_000))
    made.site.context.rollup = counted(tmp_path / "lineage", time.time_ns() // 1_000_000)
    yield made
    made.close()


async def sign_in(page: chromium.Page, served: Served, person: str) -> None:
    await page.go(f"{served.url}/signin")
    await page.choose_file("#pem", served.site.world.folder / "reviewers" / f"{person}.pem")
    await page.until("!!document.querySelector('.who .avatar')")


def test_a_reviewer_signs_in_and_approves_from_the_keyboard(served: Served, tmp_path: Path) -> None:
    """Key file in, queue with j and Enter, a to approve, a typed confirmation, and the gate counts the signature."""
    request = served.site.hold(tier="standard")

    async def play() -> list[str]:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            await page.until("document.querySelectorAll('.queue .row').length === 1")
            await page.press("j")
            await page.js("document.querySelector('.row.at').click()")
            await page.until("!!document.querySelector('#approve')")
            await page.press("a")
            await page.until("document.querySelector('#confirm').open")
            assert "vote.v1" in await page.js("document.querySelector('#c-payload').textContent")
            await page.js("document.querySelector('#c-yes').click()")
            await page.until("document.querySelector('#outcome')?.textContent.includes('counts')")
            await page.until("document.querySelector('.pill')?.textContent === 'Released'")
            await page.until("document.querySelector('#h-move').textContent === 'What happened'")
            await page.until("document.querySelector('#leaving').textContent.includes('as they left')")
            return page.problems

    problems = asyncio.run(play())
    assert served.site.world.of(request).state is ItemState.RELEASED
    assert problems == []


AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
OTHERS = ("/history", "/stats", "/lineage", "/people", "/passkey", "/api/docs", "/signin")
OUTSIDE = """
[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && e.getBoundingClientRect().width &&
  (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1) && !e.matches('.skip'))
  .map(e => e.tagName + '.' + e.className)"""
ABOVE = "(a, b) => [a, b].map(s => document.querySelector(s).getBoundingClientRect().top).reduce((x, y) => x < y)"
# text whose contrast with what is painted behind it is below 4.5 (WCAG 2.2, 1.4.3)
FAINT = """
(() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const out = new Set();
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getBoundingClientRect().width || e.closest('[disabled], .skip, option')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) out.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return [...out];
})()"""


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_cut_off_at_any_width(served: Served, tmp_path: Path, width: int) -> None:
    """On a phone as on a desk: votes, tier, time and sign-out are there; what is decided comes before the decision."""
    request = served.site.hold(tier="standard", purpose="monthly settlement with a partner whose name is rather long")

    async def play() -> None:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            for path in ("/", f"/r/{request.request_id}", f"/r/{request.request_id}/whole", *OTHERS):
                await page.go(served.url + path)
                await page.picture(tmp_path / "page.png", width, 800, dark=width == 768)
                assert await page.js(OUTSIDE) == [], path
            await page.go(served.url)
            for part in (".c-tier", ".c-votes", ".c-left", ".who button"):
                assert await page.js(f"document.querySelector('{part}').getBoundingClientRect().width > 0"), part
            await page.go(f"{served.url}/r/{request.request_id}")
            if width < 900:
                assert await page.js(f"({ABOVE})('.preview', '#decide')")
                assert await page.js(f"({ABOVE})('#status', '.flow')")

    asyncio.run(play())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_can_be_read(served: Served, tmp_path: Path, dark: bool) -> None:
    """Every text has a contrast of 4.5 with its background, in both colour schemes."""
    waiting, released, denied = (
        served.site.hold(tier=t, requester=office.verified(t, "service")) for t in ("high", "standard", "double")
    )
    served.site.world.vote(released, "dan")
    served.site.world.vote(denied, "dan", "deny")
    served.site.world.vote(waiting, "ben")
    served.site.sync()

    async def play() -> None:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            tabs = [f"/?tab={tab}" for tab in ("open", "released", "refused")]
            pages = [f"/r/{r.request_id}" for r in (waiting, released, denied)]
            for path in (*tabs, *pages, "/history", "/stats", "/lineage", "/people", "/api/docs", "/r/00000000"):
                await page.go(served.url + path)
                await page.picture(tmp_path / "page.png", 1280, 900, dark)
                assert await page.js(FAINT) == [], path

    asyncio.run(play())


def test_a_passkey_is_made_on_the_page(make_site: Any) -> None:
    """Signed in with a key file, a click and the device: the line for the people file is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    console = {"public_read": False, "origins": [f"http://localhost:{port}"]}
    served = Served(make_site(console=console, now=time.time_ns() // 1_000_000), port)

    async def play() -> str:
        async with chromium.Chromium() as page:
            await page.send("WebAuthn.enable")
            await page.send("WebAuthn.addVirtualAuthenticator", options=AUTHENTICATOR)
            await sign_in(page, served, "anna")
            await page.go(f"{served.url}/passkey")
            await page.js("document.querySelector('#make-passkey').click()")
            await page.until("!document.querySelector('#made').hidden")
            return str(await page.js("document.querySelector('#passkey-line').textContent"))

    try:
        line = asyncio.run(play())
    finally:
        served.close()
    assert re.fullmatch(r'- \{webauthn: \{credential_id: "[0-9a-f]+", public: "a[0-9a-f]+"\}\}', line)


def test_closing_the_confirmation_signs_nothing(served: Served) -> None:
    """Bare Enter on the page or Back in the dialog sends no vote; a denial needs a reason."""
    request = served.site.hold(tier="standard")

    async def play() -> None:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            await page.go(f"{served.url}/r/{request.request_id}")
            await page.press("Enter")
            await page.press("d")
            await page.until("document.querySelector('#outcome').textContent.includes('Say why')")
            await page.press("x")
            await page.until("!document.querySelector('#outcome').textContent")  # what was asked for is being given
            await page.js("document.activeElement.blur()")
            await page.press("a")
            await page.until("document.querySelector('#confirm').open")
            times = await page.js("document.querySelector('#c-times').textContent")
            assert re.fullmatch(r"Drafted (\S+ \S+) UTC; the gate takes it until (\S+ \S+) UTC\.", times), times
            await page.js("document.querySelector('#confirm [value=no]').click()")
            await page.until("!document.querySelector('#confirm').open")

    asyncio.run(play())
    assert served.site.world.broker.values("maskgate.approvals.votes") == []


def test_the_imported_key_cannot_leave_the_browser(served: Served) -> None:
    """The key is stored as one that scripts can use but not export."""

    async def play() -> Any:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            return await page.js(
                "loadKey().then(async m => [m.key.extractable, "
                "await crypto.subtle.exportKey('pkcs8', m.key).then(() => 'left', () => 'stays')])"
            )

    assert asyncio.run(play()) == [False, "stays"]


def test_pages_look_right(served: Served, tmp_path: Path) -> None:
    """Queue and request page render in light and dark and on a narrow screen without sideways scrolling."""
    folder = Path(os.environ.get("MASKGATE_TEST_PICTURES") or tmp_path)
    first = served.site.hold(tier="standard", value=b'{"order":4711,"email":"mg1.abc","total":18.40}')
    served.site.world.vote(first, "dan")
    request = served.site.hold(value=b'{"order":4712,"email":"mg1.abd","total":20.00,"note":"<PERSON> called"}')
    served.site.world.vote(request, "dan", reason="fields agreed")
    served.site.sync()

    async def play() -> list[int]:
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            wide = []
            for name, path in (
                ("queue", "/"),
                ("request", f"/r/{request.request_id}"),
                ("history", "/history"),
                ("figures", "/stats"),
                ("lineage", "/lineage"),
                ("people", "/people"),
            ):
                await page.go(served.url + path)
                await page.picture(folder / f"{name}.png", height=1300 if name == "request" else 800)
                await page.picture(folder / f"{name}-dark.png", height=1300 if name == "request" else 800, dark=True)
                await page.picture(folder / f"{name}-narrow.png", width=400, height=900)
                wide.append(await page.js("document.documentElement.scrollWidth"))
            return wide

    assert all(width <= 400 for width in asyncio.run(play()))
    assert (folder / "request.png").stat().st_size > 10_000


def passkey() -> tuple[dict[str, Any], dict[str, Any]]:
    """An ES256 credential: how the browser's virtual authenticator takes it, and how the people file lists it."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    private = key.private_bytes(ser.Encoding.DER, ser.PrivateFormat.PKCS8, ser.NoEncryption())
    credential_id = os.urandom(16)
    held = {
        "credentialId": base64.b64encode(credential_id).decode(),
        "isResidentCredential": True,
        "rpId": "localhost",
        "privateKey": base64.b64encode(private).decode(),
        "userHandle": base64.b64encode(b"anna").decode(),
        "signCount": 1,
    }
    return held, {"webauthn": {"credential_id": credential_id.hex(), "public": cbor2.dumps(cose).hex()}}


def test_a_passkey_signs_in_and_votes(make_site: Any) -> None:
    """With a security key and no key file: the assertion over the vote's digest counts, for exactly our origin."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = make_site(
        console={"public_read": False, "origins": [f"http://localhost:{port}"]},
        policy=gate_world.POLICY | {"approvals": office.POLICY | {"enrolment_cooling": "0s"}},  # the key is of today
        now=time.time_ns() // 1_000_000,
    )
    held, enrolled = passkey()
    tree = office.people_tree()
    next(p for p in tree["persons"] if p["id"] == "anna")["keys"] = [enrolled]
    site.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    site.world.gate._loaded = False
    site.sync()
    request = site.hold(tier="standard")
    served = Served(site, port)

    async def play() -> None:
        async with chromium.Chromium() as page:
            await page.send("WebAuthn.enable")
            made = await page.send("WebAuthn.addVirtualAuthenticator", options=AUTHENTICATOR)
            await page.send("WebAuthn.addCredential", authenticatorId=made["authenticatorId"], credential=held)
            await page.go(f"{served.url}/signin")
            await page.until("!document.querySelector('#use-passkey').hidden")
            await page.js("document.querySelector('#use-passkey').click()")
            await page.until("!!document.querySelector('.who .avatar')")
            await page.go(f"{served.url}/r/{request.request_id}")
            await page.press("a")
            await page.until("document.querySelector('#confirm').open")
            await page.js("document.querySelector('#c-yes').click()")
            await page.until("document.querySelector('#outcome')?.textContent.includes('counts')")

    try:
        asyncio.run(play())
    finally:
        served.close()
    assert site.world.of(request).state is ItemState.RELEASED
    assert site.world.of(request).votes[0].channel == "webauthn"
