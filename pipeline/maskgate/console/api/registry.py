"""People, the caller, figures, health, metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from maskgate.console import stats
from maskgate.console.access import may_read_figures, may_read_metrics, must_know
from maskgate.console.context import Context


def add(api: APIRouter, context: Context) -> None:
    """Their routes."""

    @api.get("/people")
    def people(request: Request) -> dict[str, Any]:
        """Who is enrolled: names, groups, key ids; no private half exists anywhere here."""
        may_read_figures(context, request)
        return stats.people_view(context.registry.people, int(context.clock() * 1000))

    @api.get("/me")
    def me(request: Request) -> dict[str, Any]:
        """Who the console takes the caller for."""
        caller = must_know(request)
        return {
            "person_id": caller.person_id,
            "name": caller.name,
            "iss": caller.principal.iss,
            "sub": caller.principal.sub,
            "kind": caller.kind,
            "groups": list(caller.groups),
        }

    @api.get("/stats")
    def figures(request: Request) -> dict[str, Any]:
        """Counts, latency percentiles, reviewers, refusals."""
        may_read_figures(context, request)
        return stats.figures(context.index, context.reader())

    @api.get("/health")
    def health() -> JSONResponse:
        """Whether the console is up to date and the gate answers."""
        silent = context.heart.silent_since()
        good = context.caught_up.is_set() and not silent
        body = {"ready": context.caught_up.is_set(), "gate_silent_since": silent or None}
        return JSONResponse(body, 200 if good else 503)

    @api.get("/metrics")
    def metrics(request: Request) -> PlainTextResponse:
        """Prometheus text; states and counts only. For callers who are known, or whom ``public_figures`` lets in."""
        may_read_metrics(context, request)
        return PlainTextResponse(stats.metrics(context.index), media_type="text/plain; version=0.0.4")
