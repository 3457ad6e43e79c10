"""The lineage explorer: what kinds of data went from where to where."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from maskgate.console import ways
from maskgate.console.access import may_read_figures
from maskgate.console.context import Context
from maskgate.console.rendering import Pages
from maskgate.console.trends import SPANS, spell

_ROWS = 200
_ALL = "all"


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its route."""

    @pages.get("/lineage")
    def lineage(request: Request, over: str = "day", topic: str = "", entity: str = "", dest: str = "") -> HTMLResponse:
        may_read_figures(context, request)
        spans = {name: span.label for name, span in SPANS.items()} | {_ALL: "All of it"}
        over = over if over in spans else "day"
        chosen = {"topic": topic[:200], "entity": entity[:200], "dest": dest[:200]}
        step = SPANS[over].step if over != _ALL else 3600
        since = int(context.clock()) - SPANS[over].seconds if over != _ALL else 0
        rollup = context.rollup
        found = ways.chosen_of(rollup.found(step, since), chosen) if rollup else []
        moved = [m for m in rollup.moved(step, since) if topic in ("", m.topic)] if rollup else []
        return shown.render(
            request,
            "lineage.html",
            nav="lineage",
            there=rollup is not None,
            trouble=rollup.trouble if rollup else "",
            spans=spans,
            over=over,
            chosen=chosen,
            graph=ways.draw(found, chosen, over) if found else None,
            found=[(f, spell(f.n, "band")) for f in found[:_ROWS]],
            found_more=max(0, len(found) - _ROWS),
            moved=moved[:_ROWS],
        )
