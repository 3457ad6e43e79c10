"""Record a WebAuthn registration and assertion with Chromium's virtual authenticator.

    python tests/fakes/record_webauthn.py > tests/approvals/data/webauthn_chromium.json

Speaks the DevTools protocol over a pipe (--remote-debugging-pipe), so it needs Chromium and nothing else.
"""

from __future__ import annotations

import base64
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from maskgate.approvals.messages import votes
from maskgate.crypto import canonical, webauthn

PAYLOAD = canonical.dumps({"domain": "vote.v1", "decision": "approve", "nonce": "recorded-with-chromium"})

SCRIPT = """
(async () => {
  const b64 = buf => btoa(String.fromCharCode(...new Uint8Array(buf)))
      .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const made = await navigator.credentials.create({publicKey: {
    rp: {id: 'localhost', name: 'maskgate'}, user: {id: bytes('YW5uYQ=='), name: 'anna', displayName: 'Anna'},
    challenge: bytes('cmVnaXN0cmF0aW9u'), pubKeyCredParams: [{type: 'public-key', alg: ALG}],
    authenticatorSelection: {userVerification: 'required', residentKey: 'required'}}});
  const got = await navigator.credentials.get({publicKey: {
    challenge: bytes('CHALLENGE'), rpId: 'localhost', userVerification: 'required',
    allowCredentials: [{type: 'public-key', id: made.rawId}]}});
  return JSON.stringify({
    credentialId: b64(made.rawId), attestationObject: b64(made.response.attestationObject),
    registrationClientDataJSON: b64(made.response.clientDataJSON), origin: location.origin,
    authenticatorData: b64(got.response.authenticatorData), clientDataJSON: b64(got.response.clientDataJSON),
    signature: b64(got.response.signature)});
})()
"""


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>record</title>")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Browser:
    """Chromium behind a pipe."""

    def __init__(self, folder: str) -> None:
        down_read, self._write = os.pipe()
        self._read, up_write = os.pipe()
        self._buffer = b""
        self._ids = 0

        def ends() -> None:  # the protocol's descriptors are 3 and 4; move ours out of their way first
            one, two = os.dup(down_read), os.dup(up_write)
            os.dup2(one, 3)
            os.dup2(two, 4)

        browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}"]
        self.process = subprocess.Popen(
            [browser, *flags, "--remote-debugging-pipe", "about:blank"],
            preexec_fn=ends,  # noqa: PLW1509 - the only way to give it descriptors 3 and 4
            close_fds=False,
            stderr=subprocess.DEVNULL,
        )

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """One command of the protocol and its answer."""
        self._ids += 1
        message = {"id": self._ids, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._buffer:
                self._buffer += os.read(self._read, 1 << 16)
            raw, _, self._buffer = self._buffer.partition(b"\0")
            answer = json.loads(raw)
            if answer.get("id") == self._ids:
                if "error" in answer:
                    raise RuntimeError(answer["error"]["message"])
                return dict(answer["result"])

    def wait_for(self, session: str, condition: str, patience_s: float = 20.0) -> None:
        """Until a JavaScript condition holds in the page."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if self.call("Runtime.evaluate", session, expression=condition)["result"].get("value"):
                return
            time.sleep(0.05)
        raise RuntimeError("the page did not load")

    def close(self) -> None:
        """End the browser."""
        self.process.terminate()
        self.process.wait(10)


def record(algorithm: int = webauthn.ES256) -> dict[str, Any]:
    """A registration and an assertion over the challenge of PAYLOAD."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            url = f"http://localhost:{server.server_port}/"
            target = browser.call("Target.createTarget", url=url)["targetId"]
            session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            browser.call("WebAuthn.enable", session)
            browser.wait_for(session, "location.protocol === 'http:' && document.readyState === 'complete'")
            options = {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
            browser.call("WebAuthn.addVirtualAuthenticator", session, options=options)
            challenge = base64.b64encode(webauthn.challenge(votes.VOTE_TYPE, PAYLOAD)).decode()
            script = SCRIPT.replace("CHALLENGE", challenge).replace("ALG", str(algorithm))
            out = browser.call(
                "Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True, userGesture=True
            )
            if "exceptionDetails" in out:
                raise RuntimeError(out["exceptionDetails"].get("exception", {}).get("description", "script failed"))
            return {"payload": PAYLOAD.decode(), **json.loads(out["result"]["value"])}
        finally:
            browser.close()
            server.shutdown()
            server.server_close()


if __name__ == "__main__":
    print(json.dumps(record(int(sys.argv[1]) if len(sys.argv) > 1 else webauthn.ES256), indent=2))
