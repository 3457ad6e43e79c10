"""Figures, people, and the list of API calls."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from maskgate.console import stats, trends
from maskgate.console.access import may_read_figures, may_read_metrics
from maskgate.console.context import Context
from maskgate.console.rendering import Pages


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Their routes."""

    @pages.get("/stats")
    def figures(request: Request, over: str = "hour") -> HTMLResponse:
        may_read_figures(context, request)
        over = over if over in trends.SPANS else "hour"
        state_dir = context.settings.pipeline.state_dir
        board = trends.board(context.index, context.rollup, state_dir, over, context.clock())
        told = stats.figures(context.index, context.reader())
        times = told["latency_ms"]
        cards = [
            {"label": "waiting now", "value": f"{told['states'].get('pending', 0):,}"},
            {"label": "released", "value": f"{told['states'].get('released', 0):,}"},
            {"label": "denied", "value": f"{told['states'].get('denied', 0):,}"},
            {"label": "expired without an answer", "value": f"{told['states'].get('expired', 0):,}"},
            {"label": "median time to release", "value": stats.spell_ms(times["p50"]) if times else "–"},
            {"label": "slowest tenth", "value": stats.spell_ms(times["p90"]) if times else "–"},
        ]
        reviewers = [r | {"median": stats.spell_ms(r["median_ms"])} for r in told["reviewers"]]
        return shown.render(
            request,
            "stats.html",
            nav="stats",
            cards=cards,
            reviewers=reviewers,
            refused=told["refused"],
            board=board,
            over=over,
            spans={name: span.label for name, span in trends.SPANS.items()},
            trouble=context.rollup.trouble if context.rollup else "",
        )

    @pages.get("/people")
    def people(request: Request) -> HTMLResponse:
        may_read_figures(context, request)
        registry = stats.people_view(context.registry.people, int(context.clock() * 1000))
        return shown.render(request, "people.html", nav="people", registry=registry)

    @pages.get("/api/docs")
    def docs(request: Request) -> HTMLResponse:
        may_read_metrics(context, request)
        return shown.render(request, "api.html", paths=request.app.openapi()["paths"])
