"""The HTTP door: events and texts in, masked ones out. Whatever goes wrong, no answer holds the input."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from maskgate.base.errors import MaskgateError, RefusedError
from maskgate.base.log import describe, say
from maskgate.base.rate_limit import Pace
from maskgate.base.records import Record
from maskgate.embed import Gate, Result
from maskgate.gateway import litellm
from maskgate.gateway.clients import Client, Clients
from maskgate.gateway.sessions import Session, Sessions, mask_text
from maskgate_detectors import Finding

_CHUNK_RECORDS = 256
_CHUNK_BYTES = 1 << 20
_JSON = "application/json"
_NDJSON = "application/x-ndjson"
_STATUS = {"unauthorized": 401, "too_many": 429, "no_session": 404, "too_large": 413}


@dataclass(slots=True)
class Doors:
    """What the routes work with: the gate of each client's policy, the open sessions, the limits."""

    clients: Clients
    gate_of: Callable[[Client], Gate]
    max_event_bytes: int
    max_batch_bytes: int
    per_minute: int = 0
    session_ttl_s: float = 3600.0
    litellm_images: bool = False
    clock: Callable[[], float] = time.monotonic
    sessions: Sessions = field(init=False)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.session_ttl_s, self.clock)
        self.pace = Pace(self.per_minute, self.clock)

    def caller(self, request: Request) -> Client:
        """Who calls.

        Raises:
            RefusedError: codes ``unauthorized`` and ``too_many``.
        """
        key = request.headers.get("x-api-key")  # LiteLLM and other gateways send it so
        client = self.clients.of(f"Bearer {key}" if key else request.headers.get("authorization", ""))
        if client is None:
            raise RefusedError("unauthorized", "send the header 'Authorization: Bearer KEY' with the key of a client")
        self.pace.take(client.name)
        return client


def create_app(doors: Doors) -> Starlette:
    """The application."""
    routes = [
        Route("/v1/mask", _guarded(doors, _mask), methods=["POST"]),
        Route("/v1/mask/batch", _guarded(doors, _batch), methods=["POST"]),
        Route("/v1/scan", _guarded(doors, _scan), methods=["POST"]),
        Route("/v1/text", _guarded(doors, _text), methods=["POST"]),
        Route("/v1/sessions", _guarded(doors, _open), methods=["POST"]),
        Route("/v1/sessions/restore", _guarded(doors, _restore), methods=["POST"]),
        Route("/v1/sessions/close", _guarded(doors, _close), methods=["POST"]),
        Route(litellm.PATH, _guarded(doors, _litellm), methods=["POST"]),
        Route("/livez", _alive, methods=["GET"]),
    ]
    return Starlette(routes=routes)


Handler = Callable[[Doors, Client, Request], Any]


def _guarded(doors: Doors, handler: Handler) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            response: Response = await handler(doors, doors.caller(request), request)
        except ClientDisconnect:
            raise
        except RefusedError as error:
            return _error(error.code, str(error), _STATUS.get(error.code, 400))
        except MaskgateError as error:
            say("api", "failed", level="error", **describe(error))
            return _error("not_ready", "the policy, keys or models of this host cannot be used; see its log", 503)
        except Exception as error:  # fail closed: a message could hold a value, a type cannot
            say("api", "failed", level="error", error=type(error).__name__)
            return _error("failed", f"nothing was masked: {type(error).__name__}", 500)
        return response

    return endpoint


def _error(code: str, message: str, status: int) -> Response:
    headers = {"retry-after": "60"} if status == 429 else {"www-authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers=headers)


async def _alive(request: Request) -> Response:
    return JSONResponse({"status": "alive"})


# -- events --------------------------------------------------------------------------------------------------------


async def _mask(doors: Doors, client: Client, request: Request) -> Response:
    """One event: its masked bytes as they are (200), held (202), or quarantined (422)."""
    body = await _body(request, doors.max_event_bytes)
    gate = doors.gate_of(client)
    result = (await run_sync(gate.mask_records, [_record(gate, request, 0, body)]))[0]
    headers = {"maskgate-outcome": result.outcome, "maskgate-lineage": base64.b64encode(result.lineage).decode()}
    if result.outcome == "masked":
        return Response(result.value, media_type=_JSON, headers=headers)
    return Response(_described(result), 202 if result.outcome == "held" else 422, media_type=_JSON, headers=headers)


async def _batch(doors: Doors, client: Client, request: Request) -> Response:
    """NDJSON in, one line of JSON out for each, in order, while it still comes in."""
    gate = doors.gate_of(client)
    await run_sync(gate.load)
    return _Streamed(_masked_lines(doors, gate, request))


class _Streamed(Response):
    """An answer that is written while the call is still read; Starlette's own would read the call beside us."""

    media_type = _NDJSON

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _masked_lines(doors: Doors, gate: Gate, request: Request) -> AsyncIterator[bytes]:
    number = size = 0
    async for lines in _lines(request, doors.max_event_bytes):
        size += sum(map(len, lines))
        if size > doors.max_batch_bytes:
            yield b'{"outcome":"quarantined","code":"batch_too_large"}\n'
            return
        records = [_record(gate, request, number + i, line) for i, line in enumerate(lines)]
        number += len(lines)
        results = await run_sync(gate.mask_records, records)
        yield b"".join(_described(result) + b"\n" for result in results)


async def _lines(request: Request, longest: int) -> AsyncIterator[list[bytes]]:
    """Lines in chunks; one that is too long is cut and so no JSON any more."""
    rest, lines, size = bytearray(), [], 0
    async for piece in request.stream():
        *whole, last = piece.split(b"\n")
        for part in whole:
            rest += part
            if rest.strip():
                lines.append(bytes(rest[: longest + 1]))
                size += len(lines[-1])
            rest.clear()
            if len(lines) >= _CHUNK_RECORDS or size >= _CHUNK_BYTES:
                yield lines
                lines, size = [], 0
        rest += last[: max(0, longest + 1 - len(rest))]
    if rest.strip():
        lines.append(bytes(rest))
    if lines:
        yield lines


async def _scan(doors: Doors, client: Client, request: Request) -> Response:
    """The findings in one event, without masking; never the text."""
    body = await _body(request, doors.max_event_bytes)
    scan = await run_sync(doors.gate_of(client).scan, body)
    if scan.error:
        return _error(scan.error, scan.detail or "the event cannot be looked at", 422)
    return Response(orjson.dumps({"findings": [_finding(f) for f in scan.findings]}), media_type=_JSON)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "path": finding.path, "start": finding.start, "end": finding.end, "entity": finding.entity,
        "score": finding.score, "detector": finding.detector, "in": finding.where,
    }  # fmt: skip


def _record(gate: Gate, request: Request, number: int, body: bytes) -> Record:
    query = request.query_params
    return Record(query.get("topic", gate.topic), _whole(query, "partition"), _whole(query, "offset") + number, body)


def _whole(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise RefusedError("malformed_input", f"{name}: a whole number from 0")
    return int(text)


def _described(result: Result) -> bytes:
    """One result as JSON; the masked event stands in it byte for byte."""
    fields = [
        {"path": u.path, "entity": u.entity, "operator": u.operator, "detector": u.detector} for u in result.fields
    ]
    about: dict[str, Any] = {"outcome": result.outcome}
    if result.outcome == "quarantined":
        about |= {"code": result.code, "detail": result.detail}
    if result.outcome == "held":
        about |= {"destination": result.destination, "item": base64.b64encode(result.item or b"").decode()}
    about["fields"] = fields
    text = orjson.dumps(about)
    return text if result.outcome != "masked" else text[:-1] + b',"event":' + result.value + b"}"


async def _body(request: Request, longest: int) -> bytes:
    parts, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > longest:
            raise RefusedError("too_large", f"an event has {longest} bytes at most")
        parts.append(piece)
    return b"".join(parts)


# -- texts and sessions --------------------------------------------------------------------------------------------


async def _asked(doors: Doors, request: Request, *names: str) -> dict[str, Any]:
    """The members of the call, of the types that are known."""
    try:
        tree = orjson.loads(await _body(request, doors.max_event_bytes))
    except orjson.JSONDecodeError:
        raise RefusedError("malformed_input", "the body is no JSON") from None
    if not isinstance(tree, dict) or not set(tree) <= set(names):
        raise RefusedError("malformed_input", f"the body is an object with members of: {', '.join(names)}")
    return tree


async def _text(doors: Doors, client: Client, request: Request) -> Response:
    """Texts with labels; with a session, with placeholders whose values come back in ``restore``."""
    asked = await _asked(doors, request, "texts", "session")
    texts = asked.get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise RefusedError("malformed_input", "texts: a list of strings")
    session = doors.sessions.get(client.name, _string(asked, "session")) if "session" in asked else None
    masked = await run_sync(_mask_texts, doors.gate_of(client), texts, session)
    return Response(orjson.dumps({"texts": masked}), media_type=_JSON)


def _mask_texts(gate: Gate, texts: Sequence[str], session: Session | None) -> list[str]:
    if session is None:
        return [gate.mask_text(text) for text in texts]
    out = []
    for text in texts:
        try:
            findings = gate.scan_text(text)
        except ValueError:  # nobody could look into it
            raise RefusedError(
                "unreadable", "a text cannot be looked at in the time it has; nothing is passed on"
            ) from None
        spans = [(0, len(text), f.entity) if f.where == "whole" else (f.start, f.end, f.entity) for f in findings]
        out.append(mask_text(text, spans, session))
    return out


async def _litellm(doors: Doors, client: Client, request: Request) -> Response:
    """LiteLLM's generic guardrail."""
    try:
        call = orjson.loads(await _body(request, doors.max_event_bytes))
    except orjson.JSONDecodeError:
        raise RefusedError("malformed_input", "the body is no JSON") from None
    if not isinstance(call, dict):
        raise RefusedError("malformed_input", "the body is an object, as LiteLLM sends it")
    gate = doors.gate_of(client)
    told = await run_sync(lambda: litellm.answer(gate, call, images=doors.litellm_images))
    return Response(orjson.dumps(told), media_type=_JSON)


async def _open(doors: Doors, client: Client, request: Request) -> Response:
    token, _ = doors.sessions.open(client.name)
    return JSONResponse({"session": token, "expires_s": doors.session_ttl_s}, 201)


async def _restore(doors: Doors, client: Client, request: Request) -> Response:
    """The values back in ``texts`` and in ``arguments``, which are JSON texts such as those of tool calls."""
    asked = await _asked(doors, request, "session", "texts", "arguments")
    session = doors.sessions.get(client.name, _string(asked, "session"))
    out = {}
    for name, back in (("texts", session.restore), ("arguments", session.restore_json)):
        texts = asked.get(name, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise RefusedError("malformed_input", f"{name}: a list of strings")
        if name in asked:
            out[name] = [back(text) for text in texts]
    return Response(orjson.dumps(out), media_type=_JSON)


async def _close(doors: Doors, client: Client, request: Request) -> Response:
    asked = await _asked(doors, request, "session")
    doors.sessions.close(client.name, _string(asked, "session"))
    return Response(status_code=204)


def _string(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise RefusedError("malformed_input", f"{name}: a string")
    return value
