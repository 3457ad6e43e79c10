"""The pages. GET only shows; what a person decides is a signature made in their browser and posted."""

from __future__ import annotations

from fastapi import APIRouter

from maskgate.console.context import Context
from maskgate.console.pages import history, lineage, live, passkeys, queue, registry, request, signin
from maskgate.console.rendering import Pages


def router(context: Context, shown: Pages) -> APIRouter:
    """The routes."""
    pages = APIRouter(include_in_schema=False)
    for part in (queue, history, request, signin, passkeys, registry, lineage, live):
        part.add(pages, context, shown)
    if context.settings.console.providers:
        from maskgate.console.pages import oidc

        oidc.add(pages, context, shown)
    return pages
