"""The description of the API: what FastAPI knows of the routes, and how a caller proves who it is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from maskgate.base.config import Console
from maskgate.console import guard

Tree = dict[str, Any]

_OPEN = {("get", "/api/v1/health")}
"""Answered to everybody."""
_SIGNED_INSIDE = {("post", "/api/v1/votes")}
"""What is posted is signed itself: who posts it does not matter."""
_KNOWN = {"/api/v1/me", "/api/v1/metrics", "/api/v1/tickets/{offset}"}
"""Answered to nobody who is unknown, also where everybody may read."""
_REFUSAL = {
    "title": "Refusal",
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string", "description": "Stable; docs/api.md lists them"},
        "message": {"type": "string", "description": "For people"},
    },
}


def openapi(app: FastAPI, console: Console) -> Tree:
    """The OpenAPI document, with security schemes and the form of a refusal."""
    if app.openapi_schema is None:
        tree = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        parts = tree.setdefault("components", {})
        parts["securitySchemes"] = _schemes(console)
        parts.setdefault("schemas", {})["Refusal"] = _REFUSAL
        for path, methods in tree["paths"].items():
            for method, told in methods.items():
                told["security"] = _needed(method, path, console)
                told["responses"]["4XX"] = {"description": "Refused", "content": _json("Refusal")}
        app.openapi_schema = tree
    return app.openapi_schema


def _json(name: str) -> Tree:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _schemes(console: Console) -> Tree:
    return {
        "signedCall": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Maskgate BASE64(DSSE envelope)` by an enrolled key, anew for each call: docs/api.md, "
            "*Who calls*. The program's way; `maskgate.client` does it.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": guard.cookie(guard.COOKIE, console.origins),
            "description": "A person who signed in on the page.",
        },
        "pageToken": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "With a session, for every call that changes something: the token of the page.",
        },
    }


def _needed(method: str, path: str, console: Console) -> list[dict[str, list[str]]]:
    """Alternatives; an empty one: nothing has to be proven."""
    if (method, path) in _OPEN:
        return []
    person: dict[str, list[str]] = {"session": []} if method == "get" else {"session": [], "pageToken": []}
    free = (method, path) in _SIGNED_INSIDE or (method == "get" and console.public_read and path not in _KNOWN)
    return [{"signedCall": []}, person, *([{}] if free else [])]
