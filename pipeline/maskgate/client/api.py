"""The HTTP API, synchronous and asynchronous, over one description of its calls."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from maskgate.base.errors import RefusedError
from maskgate.client.approval import Approval, from_json
from maskgate.client.calls import authorization
from maskgate.client.errors import ApiError, PermitRefused
from maskgate.client.permit import check_permit, prove
from maskgate.crypto import canonical, signing

_POLL_S = 20.0
Key = str | Path | signing.Signer


class _Base:
    """What both clients share: the key, the pinned gate key, how a call is signed and an answer read."""

    def __init__(
        self,
        url: str = "",
        key: Key | None = None,
        *,
        passphrase: str | None = None,
        gate_key: str | Path | bytes | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        self.url = (url or os.environ.get("MASKGATE_URL", "http://localhost:8300")).rstrip("/")
        chosen: Key | None = key or os.environ.get("MASKGATE_KEY") or None
        self.signer = signing.load_signer(Path(chosen), passphrase) if isinstance(chosen, (str, Path)) else chosen
        pinned = gate_key or os.environ.get("MASKGATE_GATE_KEY") or None
        self.gate_key = signing.load_public(Path(pinned)) if isinstance(pinned, (str, Path)) else pinned
        self.timeout_s = timeout_s

    def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"content-type": "application/json"} if content else {}
        if self.signer is not None:
            headers["authorization"] = authorization(
                self.signer, urlsplit(self.url).hostname or "", method, path, content
            )
        return {"method": method, "url": self.url + path, "content": content, "headers": headers}

    def _read(self, answer: httpx.Response) -> Any:
        try:
            data = answer.json()
        except ValueError:
            data = {}
        if answer.is_success:
            return data
        code = str(data.get("code", answer.status_code))
        message = str(data.get("message") or f"HTTP {answer.status_code}")
        if answer.status_code in (400, 401, 403, 404, 409, 422, 429):
            raise RefusedError(code, message)
        raise ApiError(f"{self.url}: {message}")

    def _ask(self, verb: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        arguments = fields.get("arguments") or {}
        text = arguments if isinstance(arguments, str) else canonical.snapshot(dict(arguments))
        body = {**{k: v for k, v in fields.items() if v}, "verb": verb, "arguments": text}
        return self._call("POST", "/api/v1/requests", body)

    def check(self, permit: str, arguments: str | Mapping[str, Any], verb: str | None = None) -> None:
        """Verify a permit offline against the pinned gate key; it is not spent by this.

        Raises:
            PermitRefused: not the gate's, too late, or for other arguments or another verb.
        """
        if self.gate_key is None:
            raise PermitRefused(
                "no_gate_key", "give gate_key=PATH: without the gate's public key no permit can be believed"
            )
        check_permit(permit, arguments, self.gate_key, verb=verb)

    def prove(self, permit: str, arguments: str | Mapping[str, Any]) -> dict[str, Any]:
        """The word of who asked that this permit is to be spent now, for an executor with a key of its own.

        Raises:
            PermitRefused: this client has no key, or that is no permit.
        """
        return prove(permit, _text(arguments), self.signer)

    def _spending(
        self, permit: str, arguments: str | Mapping[str, Any], verb: str, proof: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        shown = dict(proof) if proof is not None else self.prove(permit, arguments)
        return {"permit": permit, "arguments": _text(arguments), "verb": verb, "proof": shown}


def _opened(url: str, told: Mapping[str, Any]) -> Approval:
    """The request of an answer.

    Raises:
        ApiError: the gate has not read the question; it is stored, and the same question later finds its request.
    """
    if not told["request_id"]:
        raise ApiError(f"{url}: the gate has not read the question yet; it is stored, so ask the same again later")
    return from_json(told)


def _text(arguments: str | Mapping[str, Any]) -> str:
    return arguments if isinstance(arguments, str) else canonical.snapshot(dict(arguments))


def _filters(filters: Mapping[str, Any]) -> str:
    return "/api/v1/requests?" + urlencode({k: v for k, v in filters.items() if v not in (None, "", False)})


class Client(_Base):
    """The API, blocking."""

    def __init__(self, *args: Any, transport: httpx.BaseTransport | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self._http = httpx.Client(timeout=self.timeout_s, transport=transport)

    def _send(self, call: Mapping[str, Any]) -> Any:
        try:
            return self._read(self._http.request(**call))
        except httpx.HTTPError as error:
            raise ApiError(
                f"{self.url} does not answer ({type(error).__name__}); is `maskgate run console` up?"
            ) from None

    def request(
        self,
        verb: str,
        *,
        resource: str = "",
        arguments: str | Mapping[str, Any] | None = None,
        purpose: str = "",
        expected_outcome: str = "",
        destination: str = "",
        on_behalf_of: Sequence[Mapping[str, str]] = (),
    ) -> Approval:
        """Ask; the same request while one is open gives that one again."""
        fields: dict[str, Any] = {"resource": resource, "arguments": arguments, "purpose": purpose}
        fields |= {"expected_outcome": expected_outcome, "destination": destination, "on_behalf_of": list(on_behalf_of)}
        told = self._send(self._ask(verb, fields))
        until = time.monotonic() + self.timeout_s
        while not told["request_id"] and time.monotonic() < until:  # the gate has not read it yet
            told = self._send(self._call("GET", f"/api/v1/tickets/{told['ticket']}?wait=8"))
        return _opened(self.url, told)

    def get(self, request_id: str) -> Approval:
        """Where a request stands now."""
        return from_json(self._send(self._call("GET", f"/api/v1/requests/{quote(request_id)}")))

    def wait(self, request_id: str, timeout_s: float = 300.0) -> Approval:
        """Where it stands once somebody decided, or ``pending`` when the time is over: never denied by waiting."""
        until = time.monotonic() + timeout_s
        while True:
            left = max(0.0, until - time.monotonic())
            path = f"/api/v1/requests/{quote(request_id)}?wait={min(left, _POLL_S):.0f}"
            got = from_json(self._send(self._call("GET", path)))
            if not got.pending or time.monotonic() >= until:
                return got
            time.sleep(min(0.05, left))

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        """Requests as JSON; filters: state, tier, requester, mine, expiring, text, limit, after."""
        return list(self._send(self._call("GET", _filters(filters)))["requests"])

    def show(self, request_id: str) -> dict[str, Any]:
        """Everything a reviewer may see of a request."""
        return dict(self._send(self._call("GET", f"/api/v1/requests/{quote(request_id)}?full=1")))

    def redeem(
        self,
        permit: str,
        arguments: str | Mapping[str, Any],
        verb: str = "",
        *,
        proof: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Spend a permit for exactly these arguments (and verb), before running them; says what was approved.

        An executor that is not who asked gives the ``proof`` that who asked made.

        Raises:
            PermitRefused: spent already, too late, other arguments, or not by the word of who asked.
        """
        body = self._spending(permit, arguments, verb, proof)
        try:
            return dict(self._send(self._call("POST", "/api/v1/permits/redeem", body)))
        except RefusedError as error:
            raise PermitRefused(error.code, str(error)) from None

    def submit(self, envelope: bytes, wait_s: float = 8.0) -> dict[str, Any]:
        """Post a signed vote, act or bulk decision: {offset, outcome, code, message}."""
        body = {"envelope": json.loads(envelope)}
        return dict(self._send(self._call("POST", f"/api/v1/votes?wait={wait_s:.0f}", body)))

    def get_json(self, path: str) -> Any:
        """Any other resource below ``/api/v1``."""
        return self._send(self._call("GET", "/api/v1" + path))

    def post_json(self, path: str, body: Any) -> Any:
        """Any other call below ``/api/v1``."""
        return self._send(self._call("POST", "/api/v1" + path, body))

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Base):
    """The API for asyncio."""

    def __init__(self, *args: Any, transport: httpx.AsyncBaseTransport | None = None, **named: Any) -> None:
        super().__init__(*args, **named)
        self._http = httpx.AsyncClient(timeout=self.timeout_s, transport=transport)

    async def _send(self, call: Mapping[str, Any]) -> Any:
        try:
            return self._read(await self._http.request(**call))
        except httpx.HTTPError as error:
            raise ApiError(
                f"{self.url} does not answer ({type(error).__name__}); is `maskgate run console` up?"
            ) from None

    async def request(self, verb: str, **fields: Any) -> Approval:
        """Ask; fields as for ``Client.request``."""
        told = await self._send(self._ask(verb, fields))
        until = time.monotonic() + self.timeout_s
        while not told["request_id"] and time.monotonic() < until:  # the gate has not read it yet
            told = await self._send(self._call("GET", f"/api/v1/tickets/{told['ticket']}?wait=8"))
        return _opened(self.url, told)

    async def get(self, request_id: str) -> Approval:
        """Where a request stands now."""
        return from_json(await self._send(self._call("GET", f"/api/v1/requests/{quote(request_id)}")))

    async def wait(self, request_id: str, timeout_s: float = 300.0) -> Approval:
        """Where it stands once somebody decided, or ``pending`` when the time is over."""
        until = time.monotonic() + timeout_s
        while True:
            left = max(0.0, until - time.monotonic())
            path = f"/api/v1/requests/{quote(request_id)}?wait={min(left, _POLL_S):.0f}"
            got = from_json(await self._send(self._call("GET", path)))
            if not got.pending or time.monotonic() >= until:
                return got

    async def list(self, **filters: Any) -> list[dict[str, Any]]:
        """Requests as JSON."""
        return list((await self._send(self._call("GET", _filters(filters))))["requests"])

    async def redeem(
        self,
        permit: str,
        arguments: str | Mapping[str, Any],
        verb: str = "",
        *,
        proof: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Spend a permit for exactly these arguments (and verb), before running them; says what was approved."""
        body = self._spending(permit, arguments, verb, proof)
        try:
            return dict(await self._send(self._call("POST", "/api/v1/permits/redeem", body)))
        except RefusedError as error:
            raise PermitRefused(error.code, str(error)) from None

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
