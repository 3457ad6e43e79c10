"""The application: middleware, errors, pages and API put together. Nothing here decides."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from maskgate import __version__
from maskgate.console import api, hosts, pages
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.errors import MaskgateError, RefusedError, WorldError
from maskgate.streams.log import describe, say

HERE = Path(__file__).parent
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
    "malformed_call": 401,
    "wrong_call": 401,
    "replayed_call": 409,
    "forbidden": 403,
    "csrf": 403,
    "other_origin": 403,
    "unknown_host": 421,
    "too_large": 413,
    "too_many": 429,
}


class Pages:
    """Renders templates; the address of a static file carries its digest."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._env = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
        self._env.filters["iso"] = lambda ms: datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._env.filters["clock"] = self._clock
        self._digests = {
            p.name: hashlib.sha256(p.read_bytes()).hexdigest()[:10] for p in (HERE / "static").iterdir() if p.is_file()
        }
        self._env.globals["static"] = lambda name: f"/static/{name}?{self._digests[name]}"

    def _clock(self, ms: int) -> str:
        ago = self._context.clock() - ms / 1000
        if ago < 0 or ago > 86_400:
            return datetime.fromtimestamp(ms / 1000, UTC).strftime("%d %b %H:%M UTC")
        if ago < 60:
            return "just now"
        return f"{int(ago // 60)} min ago" if ago < 3600 else f"{int(ago // 3600)} h ago"

    def render(self, request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page with what every page shows."""
        context = self._context
        silent = context.silent_since()
        shared = {
            "me": request.state.caller,
            "csrf": context.auth.csrf(request.state.visit),
            "here": request.url.path,
            "version": __version__,
            "embedded": context.settings.kafka.embedded,
            "stale": self._clock(int(silent * 1000)) if silent else "",
            "nav": "",
        }
        return HTMLResponse(self._env.get_template(name).render(**(shared | values)), status)


def create_app(context: Context) -> FastAPI:
    """The application of one context."""
    app = FastAPI(
        title="maskgate",
        version=__version__,
        summary="Ask for approvals, vote with signatures, spend permits.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    shown = Pages(context)
    app.state.context, app.state.pages = context, shown
    _middleware(app, context)
    _errors(app, shown)
    app.include_router(api.router(context))
    app.include_router(pages.router(context, shown))

    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        path = HERE / "static" / name
        if "/" in name or not path.is_file():
            return PlainTextResponse("no such file", 404)
        return FileResponse(path, headers={"cache-control": "public, max-age=31536000, immutable"})

    return app


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


def _middleware(app: FastAPI, context: Context) -> None:
    origins = set(context.settings.console.origins)
    names = hosts.allowed(context.settings.console)

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Who calls, from where; and the headers that keep a page from doing what ours never does."""
        began = time.perf_counter()
        try:
            hosts.check(request.headers.getlist("host"), names)
            await _identify(request, context, origins)
            response = await call_next(request)
        except MaskgateError as error:
            response = _refused(error)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if getattr(request.state, "new_visit", False):
            response.set_cookie(VISIT, request.state.visit, httponly=True, samesite="lax", secure=_is_https(origins))
        response.headers["server-timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.1f}"
        return response

    app.add_middleware(_Capped)


async def _identify(request: Request, context: Context, origins: set[str]) -> None:
    request.state.caller = None
    request.state.visit = request.cookies.get(VISIT, "")
    request.state.new_visit = len(request.state.visit) < 20
    if request.state.new_visit:
        request.state.visit = secrets.token_urlsafe(24)
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        raise RefusedError("too_large", "The body is larger than 1 MiB.")
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "maskgate":
        body = await request.body()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        request.state.caller = context.auth.caller_of_call(value, request.method, target, body)
        return
    request.state.caller = context.auth.caller_of_session(request.cookies.get(COOKIE))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    _own_origin(request, origins)
    if request.cookies.get(COOKIE) or not _is_api(request):
        await _own_page(request, context)


def _is_api(request: Request) -> bool:
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


def _is_https(origins: set[str]) -> bool:
    return all(o.startswith("https://") for o in origins) if origins else False


def _code(error: MaskgateError) -> tuple[str, int]:
    """The stable code of an error and its status."""
    code = getattr(error, "code", "unavailable" if isinstance(error, WorldError) else "wrong")
    return code, 503 if isinstance(error, WorldError) else STATUS.get(code, 422)


def _refused(error: MaskgateError) -> JSONResponse:
    code, status = _code(error)
    return JSONResponse({"code": code, "message": str(error)}, status)


def _errors(app: FastAPI, shown: Pages) -> None:
    @app.exception_handler(MaskgateError)
    async def ours(request: Request, error: MaskgateError) -> Response:
        if _is_api(request) or request.method != "GET" or "application/json" in request.headers.get("accept", ""):
            return _refused(error)
        _, status = _code(error)
        heading = "There is nothing here" if status == 404 else "That did not work"
        return shown.render(request, "message.html", status, heading=heading, text=str(error))

    @app.exception_handler(Exception)
    async def others(request: Request, error: Exception) -> Response:
        say("console", "error", path=request.url.path, **describe(error))
        return JSONResponse({"code": "internal", "message": "The console failed; nothing was decided."}, 500)


def caller_of(request: Request) -> Caller | None:
    """Who makes this call."""
    caller: Caller | None = request.state.caller
    return caller
