"""Tells open pages that something changed, as server-sent events without content: each asks anew with its session."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from maskgate.base.errors import RefusedError
from maskgate.console.access import may_read
from maskgate.console.context import Context
from maskgate.console.rendering import Pages

_LONGEST_S = 600.0  # then the browser comes again, and its session is looked at again
_SIGN_OF_LIFE_S = 15.0
_MOST, _MOST_EACH = 500, 20


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its route."""
    seats = context.listeners

    @pages.get("/live")
    async def live(request: Request) -> StreamingResponse:
        caller = may_read(context, request)
        who = caller.person_id or str(caller.principal) if caller else request.client.host if request.client else ""
        if seats.total() >= _MOST or seats[who] >= _MOST_EACH:
            raise RefusedError("too_many", "Too many pages are open; this one looks every few seconds instead.")
        return StreamingResponse(
            _told(context, seats, who), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )


async def _told(context: Context, seats: Counter[str], who: str) -> AsyncIterator[str]:
    """A line at each change, and a comment while there is none."""
    seats[who] += 1
    try:
        seen, end = context.version(), time.monotonic() + _LONGEST_S
        yield "retry: 2000\n\n"
        while time.monotonic() < end:
            if await context.pulse.until(time.monotonic() + _SIGN_OF_LIFE_S, partial(_is_other, context, seen)):
                seen = context.version()
                yield "data: changed\n\n"
            else:
                yield ": here\n\n"
    finally:
        seats[who] -= 1


def _is_other(context: Context, seen: tuple[int, int]) -> bool:
    return context.version() != seen
