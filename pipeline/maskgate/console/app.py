"""The application: guard, errors, pages and API put together. Nothing here decides."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from maskgate.approvals.messages import plain
from maskgate.base.errors import MaskgateError, RefusedError
from maskgate.base.version import __version__
from maskgate.console import api, described, guard, pages
from maskgate.console.access import may_read_metrics
from maskgate.console.context import Context
from maskgate.console.rendering import HERE, Pages


def create_app(context: Context) -> FastAPI:
    """The application of one context."""
    app = FastAPI(
        title="maskgate",
        version=__version__,
        summary="Ask for approvals, vote with signatures, spend permits.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    shown = Pages(context)
    app.state.context, app.state.pages = context, shown
    guard.install(app, context)
    _errors(app, shown)
    app.include_router(api.router(context))
    app.include_router(pages.router(context, shown))

    @app.get("/api/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> dict[str, Any]:
        may_read_metrics(context, request)
        return described.openapi(app, context.settings.console)

    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        path = HERE / "static" / name
        if "/" in name or not path.is_file():
            return PlainTextResponse("no such file", 404)
        return FileResponse(path, headers={"cache-control": "public, max-age=31536000, immutable"})

    return app


def _errors(app: FastAPI, shown: Pages) -> None:
    def tell(request: Request, error: MaskgateError) -> Response:
        if guard.is_api(request) or request.method != "GET" or "application/json" in request.headers.get("accept", ""):
            return guard.refused(error)
        _, status = guard.code_of(error)
        heading = "There is nothing here" if status == 404 else "That did not work"
        return shown.render(request, "message.html", status, heading=heading, text=str(error))

    @app.exception_handler(MaskgateError)
    async def ours(request: Request, error: MaskgateError) -> Response:
        return tell(request, error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        """Which part is wrong and how, without what was sent."""
        said = "; ".join(dict.fromkeys(map(_problem, error.errors()[:5])))
        return tell(request, RefusedError("malformed_input", plain.one_line(said, 400)))

    @app.exception_handler(HTTPException)
    async def elsewhere(request: Request, error: HTTPException) -> Response:
        if (cause := _ours_behind(error)) is not None:  # raised while the body was read
            return tell(request, cause)
        known = {404: ("not_found", "There is no such page."), 405: ("no_such_method", "Not with this method.")}
        return tell(request, RefusedError(*known.get(error.status_code, ("malformed_input", "The call is malformed."))))


def _problem(error: dict[str, Any]) -> str:
    """A problem of the input; the names are ours, for what is unknown has none."""
    if error["type"] == "extra_forbidden":
        return "a member that is not known here"
    return f"{'.'.join(map(str, error['loc'][1:])) or 'the body'}: {error['msg']}"


def _ours_behind(error: BaseException) -> MaskgateError | None:
    """The error of ours that another one was made of."""
    todo: list[BaseException | None] = [error.__cause__]
    while todo:
        one = todo.pop()
        if isinstance(one, MaskgateError):
            return one
        if one is not None:
            todo += [one.__cause__, *getattr(one, "exceptions", ())]
    return None
