"""Pages out of templates, with what every page shows."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from maskgate.base.version import __version__
from maskgate.console.context import Context

HERE = Path(__file__).parent


class Pages:
    """Renders templates; the address of a static file carries its digest."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._env = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
        self._env.filters["iso"] = lambda ms: datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._env.filters["clock"] = self._clock
        self._env.filters["moment"] = lambda s: datetime.fromtimestamp(s, UTC).strftime("%d %b %H:%M")
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
        silent = context.heart.silent_since()
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
