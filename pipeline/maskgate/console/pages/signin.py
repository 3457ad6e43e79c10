"""Signing in and out, with a key file in the browser or a security key."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from maskgate.client.calls import SIGN_IN_TYPE
from maskgate.console import passkey
from maskgate.console.context import Context
from maskgate.console.guard import COOKIE, is_https
from maskgate.console.rendering import Pages
from maskgate.console.submitted import Vote, envelope_of, party_of
from maskgate.console.tosign import to_sign
from maskgate.crypto import signing


class SignIn(BaseModel):
    """With which key."""

    model_config = ConfigDict(extra="forbid")
    key_id: str = Field("", max_length=100)
    passkey: bool = False


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its routes."""

    @pages.get("/signin")
    def sign_in_page(request: Request, next: str = "/") -> Response:
        if request.state.caller is not None:
            return RedirectResponse("/", 303)
        safe = next if next.startswith("/") and not next.startswith(("//", "/\\")) else "/"
        return shown.render(request, "signin.html", nav="signin", next=safe)

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
        secure = is_https(context.settings.console.origins)
        answer.set_cookie(COOKIE, session.token, max_age=8 * 3600, httponly=True, samesite="lax", secure=secure)
        return answer

    @pages.post("/signout")
    def sign_out(request: Request, csrf: str = Form("")) -> Response:
        context.auth.close(request.cookies.get(COOKIE))
        answer = RedirectResponse("/signin", 303)
        answer.delete_cookie(COOKIE)
        return answer
