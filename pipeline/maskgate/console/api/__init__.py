"""``/api/v1``: requests, votes, permits, people, health. Every answer is JSON; every refusal has a stable code."""

from __future__ import annotations

from fastapi import APIRouter

from maskgate.console.api import permits, registry, requests, votes
from maskgate.console.context import Context


def router(context: Context) -> APIRouter:
    """The routes."""
    api = APIRouter(prefix="/api/v1")
    for part in (requests, votes, permits, registry):
        part.add(api, context)
    return api
