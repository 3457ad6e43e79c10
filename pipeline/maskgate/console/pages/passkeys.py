"""A passkey made in the browser of a person who is signed in: what an administrator puts into the people file.

It counts nothing by itself. The page gives the line for the people file; who may change that file decides.
"""

from __future__ import annotations

import base64
import binascii

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from maskgate.base.errors import RefusedError
from maskgate.base.log import say
from maskgate.console.access import must_know
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.rendering import Pages
from maskgate.console.submitted import party_of
from maskgate.crypto import webauthn
from maskgate.people.registry import webauthn_key_id

_TYPE = "application/vnd.maskgate.passkey.v1+json"


class Made(BaseModel):
    """What the browser made: the challenge it answers, and its answer, members in base64url."""

    model_config = ConfigDict(extra="forbid")
    payload: str = Field(max_length=2000)
    attestation: str = Field(max_length=20_000)
    client_data: str = Field(max_length=4000)


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its routes."""

    @pages.get("/passkey")
    def passkey(request: Request) -> Response:
        me: Caller | None = request.state.caller
        if me is None:
            return RedirectResponse("/signin?next=/passkey", 303)
        person = context.registry.people.persons.get(_person(me).person_id)
        keys = [key.key_id for key in person.keys if key.usable] if person else []
        return shown.render(request, "passkey.html", nav="people", own_keys=keys)

    @pages.post("/passkey/challenge")
    def challenge(request: Request) -> dict[str, str]:
        me = _person(must_know(request))
        payload = context.auth.challenge()
        return {
            "payload": base64.b64encode(payload).decode(),
            "challenge": _url(webauthn.challenge(_TYPE, payload)),
            "rp_id": context.settings.console.rp_id,
            "user_id": _url(me.person_id.encode()[:64]),
            "name": me.name,
        }

    @pages.post("/passkey")
    def made(body: Made, request: Request) -> dict[str, str]:
        me = _person(must_know(request))
        try:
            payload = base64.b64decode(body.payload, validate=True)
        except (binascii.Error, ValueError):
            raise RefusedError("malformed_input", "This answers no challenge of ours.") from None
        given = webauthn.challenge(_TYPE, payload)
        credential = webauthn.register(body.attestation, body.client_data, given, party_of(context))
        context.auth.take_challenge(payload)
        key_id = webauthn_key_id(credential.credential_id)
        say("console", "passkey_made", person=me.person_id, key_id=key_id, provider=me.provider)
        entry = f'credential_id: "{credential.credential_id.hex()}", public: "{credential.cose_key.hex()}"'
        return {"person": me.person_id, "key_id": key_id, "line": f"- {{webauthn: {{{entry}}}}}"}


def _person(caller: Caller) -> Caller:
    if not caller.person_id:
        raise RefusedError("forbidden", "Passkeys are for people.")
    return caller


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
