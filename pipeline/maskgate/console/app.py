"""The application: guard, errors, pages and API put together. Nothing here decides."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response

from maskgate import __version__
from maskgate.console import api, guard, pages
from maskgate.console.context import Context
from maskgate.console.rendering import HERE, Pages
from maskgate.errors import MaskgateError
from maskgate.streams.log import describe, say


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
    guard.install(app, context)
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


def _errors(app: FastAPI, shown: Pages) -> None:
    @app.exception_handler(MaskgateError)
    async def ours(request: Request, error: MaskgateError) -> Response:
        if guard.is_api(request) or request.method != "GET" or "application/json" in request.headers.get("accept", ""):
            return guard.refused(error)
        _, status = guard.code_of(error)
        heading = "There is nothing here" if status == 404 else "That did not work"
        return shown.render(request, "message.html", status, heading=heading, text=str(error))

    @app.exception_handler(Exception)
    async def others(request: Request, error: Exception) -> Response:
        say("console", "error", path=request.url.path, **describe(error))
        return JSONResponse({"code": "internal", "message": "The console failed; nothing was decided."}, 500)
