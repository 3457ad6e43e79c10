"""What every call passes before a route sees it: the name it uses, who makes it, from which site, how large it is."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Iterable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maskgate.base.errors import MaskgateError, RefusedError, WorldError
from maskgate.base.log import describe, say
from maskgate.base.rate_limit import Pace
from maskgate.console import hosts
from maskgate.console.context import Context

COOKIE = "maskgate_session"
VISIT = "maskgate_visit"
MAX_BODY = 1 << 20
_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)",
    "cache-control": "no-store",
}
STATUS = {
    "not_found": 404,
    "not_signed_in": 401,
    "unknown_key": 401,
    "bad_signature": 401,
    "stale_call": 401,
    "counter_went_back": 401,
    "bad_token": 401,
    "not_enrolled": 403,
    "sign_in_refused": 403,
    "malformed_call": 401,
    "wrong_call": 401,
    "replayed_call": 409,
    "forbidden": 403,
    "csrf": 403,
    "other_origin": 403,
    "unknown_host": 421,
    "no_such_method": 405,
    "too_large": 413,
    "too_many": 429,
}


class _Capped:
    """Stops reading a body that is larger than it may be, whatever length it declared or did not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MAX_BODY:
                raise RefusedError("too_large", "The body is larger than 1 MiB.")
            return message

        await self._app(scope, counted, send)


def install(app: FastAPI, context: Context) -> None:
    """Put it in front of every route."""
    origins = set(context.settings.console.origins)
    names = hosts.allowed(context.settings.console)
    meant = hosts.configured(context.settings.console)
    pace = Pace(context.settings.console.writes_per_minute, context.clock)
    reads = Pace(context.settings.console.reads_per_minute, context.clock, "reading")

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Who calls, from where; and the headers that keep a page from doing what ours never does."""
        began = time.perf_counter()
        try:
            name = hosts.check(request.headers.getlist("host"), names)
            await _identify(request, context, origins, {*meant, *([] if hosts.is_foreign(name, names) else [name])})
            (reads if request.method in ("GET", "HEAD", "OPTIONS") else pace).take(_who(request))
            response = await call_next(request)
        except MaskgateError as error:
            response = refused(error)
        except Exception as error:  # must not get further: the server would log its message, which can hold a value
            say("console", "error", route=getattr(request.scope.get("route"), "path", ""), **describe(error))
            body = {"code": "internal", "message": "The console failed; nothing was decided."}
            response = JSONResponse(body, 500)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if getattr(request.state, "new_visit", False):
            named, secure = cookie(VISIT, origins), is_https(origins)
            response.set_cookie(named, request.state.visit, httponly=True, samesite="lax", secure=secure)
        response.headers["server-timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.1f}"
        return response

    app.add_middleware(_Capped)


async def _identify(request: Request, context: Context, origins: set[str], names: Collection[str]) -> None:
    request.state.caller = None
    request.state.visit = request.cookies.get(cookie(VISIT, origins), "")
    request.state.new_visit = len(request.state.visit) < 20
    if request.state.new_visit:
        request.state.visit = secrets.token_urlsafe(24)
    length = request.headers.get("content-length") or "0"
    if not (length.isascii() and length.isdigit()) or int(length[:12]) > MAX_BODY:
        raise RefusedError("too_large", "The body is larger than 1 MiB.")
    if request.method == "POST" and "json" in request.headers.get("content-type", ""):
        _refuse_duplicates(await request.body())
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "maskgate":
        body = await request.body()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        request.state.caller = context.auth.caller_of_call(value, names, request.method, target, body)
        return
    request.state.caller = context.auth.caller_of_session(request.cookies.get(cookie(COOKIE, origins)))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    _own_origin(request, origins)
    if request.cookies.get(cookie(COOKIE, origins)) or not is_api(request):
        await _own_page(request, context)


def _refuse_duplicates(body: bytes) -> None:
    """Two members of one name: we would take one of them, and somebody who looks at the call may see the other."""

    def unique(pairs: list[tuple[str, object]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            raise RefusedError("duplicate_members", "The body has two members of one name; send each once.")

    try:
        json.loads(body, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        return  # the route says what is wrong with it


def _who(request: Request) -> str:
    """Whom a writing call is counted for: the key, the person whom a provider vouches for, else the address."""
    if request.state.caller is not None:
        return str(request.state.caller.key_id or request.state.caller.person_id)
    return request.client.host if request.client else ""


def is_api(request: Request) -> bool:
    """Whether this is a call of the API, which answers in JSON."""
    return request.url.path.startswith("/api/")


def _own_origin(request: Request, origins: set[str]) -> None:
    """A changing call of a browser comes from our own site; the Host header was checked before."""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin is not None and origin not in origins | {own}:
        raise RefusedError("other_origin", "This call comes from another site.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError("other_origin", "This call comes from another site.")


async def _own_page(request: Request, context: Context) -> None:
    """… and from our own page: it carries the page's token."""
    token = request.headers.get("x-csrf-token", "")
    if not token and request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        token = str((await request.form()).get("csrf", ""))
    if not context.auth.csrf_fits(request.state.visit, token):
        raise RefusedError("csrf", "This page is too old. Reload it and try again.")


def cookie(name: str, origins: Iterable[str]) -> str:
    """The name of a cookie of ours: behind TLS one that no other host and no plain page can set."""
    return f"__Host-{name}" if is_https(origins) else name


def is_https(origins: Iterable[str]) -> bool:
    """Whether every page is reached by TLS, so that cookies may say so."""
    origins = tuple(origins)
    return all(o.startswith("https://") for o in origins) if origins else False


def code_of(error: MaskgateError) -> tuple[str, int]:
    """The stable code of an error and its status."""
    code = getattr(error, "code", "unavailable" if isinstance(error, WorldError) else "wrong")
    return code, 503 if isinstance(error, WorldError) else STATUS.get(code, 422)


def refused(error: MaskgateError) -> JSONResponse:
    """An error as the API tells it."""
    code, status = code_of(error)
    return JSONResponse({"code": code, "message": str(error)}, status)
