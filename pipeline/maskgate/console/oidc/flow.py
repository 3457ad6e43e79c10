"""One sign-in with a provider: authorization code with PKCE, state and nonce, kept by the browser and not by us.

What the two halves of a sign-in share travels in a sealed cookie, so nobody fills our memory by starting many, and the
half that comes back is one that this browser began. Each provider has an address of its own to come back to, and says
who it is (RFC 9207) where it can: a code of one is never taken to the other.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import orjson
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maskgate.base.errors import RefusedError
from maskgate.console.auth import Vouched
from maskgate.console.oidc import tokens
from maskgate.console.oidc.published import Claims, Published
from maskgate.people.principal import Principal

BEGUN_S = 600.0
_NONCE = 12
_DENIED = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})


@dataclass(frozen=True, slots=True)
class Begun:
    """What a sign-in that went to the provider must come back with."""

    provider: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    next: str
    until: float
    step_up: bool = False


class Sealed:
    """Seals what a browser carries for us; the key lives as long as the console."""

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def seal(self, begun: Begun) -> str:
        """The value of the cookie."""
        nonce = os.urandom(_NONCE)
        return (nonce + self._cipher.encrypt(nonce, orjson.dumps(begun), None)).hex()

    def open(self, value: str, now: float) -> Begun:
        """What was sealed.

        Raises:
            RefusedError: code ``stale_challenge``; not ours, of a console before this one, or too old.
        """
        try:
            raw = bytes.fromhex(value)
            begun = Begun(**orjson.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None)))
        except (ValueError, InvalidTag):
            begun = None
        if begun is None or begun.until < now:
            raise RefusedError("stale_challenge", "This sign-in took too long, or began in another browser. Try again.")
        return begun


async def begin(published: Published, origin: str, next_path: str, now: float, step_up: bool) -> tuple[str, Begun]:
    """The provider's address to send the browser to, and what it must come back with.

    Raises:
        WorldError: the provider does not answer.
    """
    provider = published.provider
    begun = Begun(
        provider=provider.name,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=f"{origin}/signin/back/{provider.name}",
        next=next_path,
        until=now + BEGUN_S,
        step_up=step_up and provider.step_up is not None,
    )
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": begun.redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": create_s256_code_challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    if begun.step_up and provider.step_up is not None:
        asked |= {"prompt": "login", "max_age": str(int(provider.step_up.within))}
        asked |= {"acr_values": " ".join(provider.step_up.acr)} if provider.step_up.acr else {}
    endpoint = str((await published.metadata())["authorization_endpoint"])
    return endpoint + ("&" if "?" in endpoint else "?") + urlencode(asked), begun


async def finish(published: Published, begun: Begun, answer: Mapping[str, str], now: float) -> Claims:
    """The claims of who signed in.

    Raises:
        RefusedError: codes ``sign_in_refused``, ``stale_challenge``, ``bad_token``.
        WorldError: the provider does not answer.
    """
    metadata = await published.metadata()
    if begun.provider != published.provider.name or not secrets.compare_digest(
        begun.state.encode(), answer.get("state", "").encode()
    ):
        raise RefusedError("stale_challenge", "This answer belongs to another sign-in. Try again.")
    told_iss = answer.get("iss", "")
    if (told_iss or metadata.get("authorization_response_iss_parameter_supported") is True) and (
        told_iss != published.provider.issuer
    ):
        raise RefusedError("sign_in_refused", "The answer comes from another provider than was asked. Try again.")
    if "error" in answer or not answer.get("code"):
        why = "You were not signed in there." if answer.get("error") in _DENIED else "The provider refused the sign-in."
        raise RefusedError("sign_in_refused", f"{why} Try again, or sign in with your own key.")
    token = (await _exchange(published, begun, answer["code"])).get("id_token")
    if not isinstance(token, str):
        raise RefusedError("bad_token", "The provider sent no ID token; its client needs the scope openid.")
    strong = published.provider.step_up if begun.step_up else None
    max_age = int(strong.within) if strong else 0
    return await tokens.id_token(published, token, nonce=begun.nonce, now=now, max_age=max_age)


async def _exchange(published: Published, begun: Begun, code: str) -> Claims:
    """What the token endpoint gives for a code and the secret half of its challenge."""
    provider, secret = published.provider, published.provider.client_secret.get_secret_value()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun.redirect_uri,
        "code_verifier": begun.verifier,
    }
    auth = None
    if provider.auth_method == "client_secret_basic":
        auth = (quote(provider.client_id, safe=""), quote(secret, safe=""))  # as RFC 6749 2.3.1 writes them
    else:
        form |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    endpoint = str((await published.metadata())["token_endpoint"])
    return await published.call("POST", endpoint, form, auth)


def vouched(published: Published, claims: Claims) -> Vouched:
    """What the session keeps of an ID token."""
    acr, amr, sid = claims.get("acr"), claims.get("amr"), claims.get("sid")
    return Vouched(
        provider=published.provider.name,
        account=Principal(published.provider.issuer, str(claims["sub"])),
        sid=sid if isinstance(sid, str) else "",
        auth_time=int(tokens.time_of(claims, "auth_time")),
        acr=acr if isinstance(acr, str) else "",
        amr=tuple(m for m in amr if isinstance(m, str)) if isinstance(amr, list) else (),
    )
