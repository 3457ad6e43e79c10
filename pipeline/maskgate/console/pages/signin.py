"""Signing in and out, with a key file in the browser or a security key."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from maskgate.client.calls import SIGN_IN_TYPE
from maskgate.console import passkey
from maskgate.console.context import Context
from maskgate.console.guard import COOKIE, cookie, is_https
from maskgate.console.rendering import Pages
from maskgate.console.submitted import Vote, envelope_of, party_of
from maskgate.console.tosign import to_sign
from maskgate.crypto import signing


class SignIn(BaseModel):
    """With which key."""

    model_config = ConfigDict(extra="forbid")
    key_id: str = Field("", max_length=100)
    passkey: bool = False


_PATH = re.compile(r"/(?:[A-Za-z0-9_~.-][A-Za-z0-9_~./-]*)?(?:\?[A-Za-z0-9_~./=&%+-]*)?")


def own_path(text: str) -> str:
    """The path of a page of ours, or the queue.

    Browsers drop tabs and line breaks and take a backslash for a slash, so only what our own links are made of passes.
    """
    return text if _PATH.fullmatch(text) and "//" not in text.partition("?")[0] else "/"


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its routes."""

    @pages.get("/signin")
    def sign_in_page(request: Request, next: str = "/", out: str = "") -> Response:
        if request.state.caller is not None:
            return RedirectResponse("/", 303)
        providers = context.settings.console.providers
        return shown.render(request, "signin.html", nav="signin", next=own_path(next), providers=providers, out=out)

    @pages.get("/signin/passkeys")
    def passkeys() -> dict[str, int]:
        return {"n": len(passkey.key_ids(context.registry.people))}

    @pages.post("/signin/challenge")
    def challenge(body: SignIn) -> dict[str, Any]:
        payload = context.auth.challenge()
        return to_sign(context, SIGN_IN_TYPE, payload, any_passkey=body.passkey)

    @pages.post("/signin")
    def sign_in(body: Vote, request: Request) -> Response:
        raw = envelope_of(body)
        if body.assertion is not None:
            key_id, count = passkey.verified_key(raw, context.registry.people, party_of(context))
            context.auth.take_challenge(signing.parse(raw).payload)
            session = context.auth.open_by_passkey(key_id, count, context.index.counter(key_id))
        else:
            session = context.auth.sign_in(raw)
        answer = JSONResponse({"person_id": session.person_id})
        origins = context.settings.console.origins
        secure, named = is_https(origins), cookie(COOKIE, origins)
        answer.set_cookie(named, session.token, max_age=8 * 3600, httponly=True, samesite="lax", secure=secure)
        return answer

    @pages.post("/signout")
    def sign_out(request: Request, csrf: str = Form("")) -> Response:
        named = cookie(COOKIE, context.settings.console.origins)
        context.auth.close(request.cookies.get(named))
        provider = request.state.caller.provider if request.state.caller else ""
        answer = RedirectResponse(f"/signin?out={provider}" if provider else "/signin", 303)
        answer.delete_cookie(named, secure=is_https(context.settings.console.origins), httponly=True, samesite="lax")
        return answer
