"""ID tokens and logout tokens: whether they are the provider's, for this console, of now, and for what was asked."""

from __future__ import annotations

import base64

import orjson
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from maskgate.base.errors import RefusedError
from maskgate.console.oidc.published import ALGORITHMS, Claims, Published

SKEW_S = 60
_OLDEST_S = 600  # an ID token comes straight from the provider: one issued earlier was made for another sign-in
_MAX_TOKEN = 1 << 16
_ID_TYPES = frozenset({None, "JWT"})
_LOGOUT_TYPES = _ID_TYPES | {"logout+jwt"}
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_MAX_SUB = 255
_LATEST = 1 << 40  # seconds; anything later is no time, and may be too large to reckon with


async def id_token(published: Published, token: str, *, nonce: str, now: float, max_age: int = 0) -> Claims:
    """The claims of an ID token that answers the sign-in with this nonce.

    Raises:
        RefusedError: code ``bad_token``; forged, expired, of another issuer, for another client or another sign-in.
        WorldError: the provider's keys cannot be fetched.
    """
    header, claims = await _signed(published, token, _ID_TYPES)
    must = {
        "iss": {"essential": True, "value": published.provider.issuer},
        "aud": {"essential": True, "value": published.provider.client_id},
    }
    params = {"nonce": nonce, "client_id": published.provider.client_id, "max_age": max_age}
    _check(CodeIDToken(claims, header, must, params), now)
    if not _is_name(claims.get("sub")) or not nonce:
        raise _bad("it names nobody")
    if now - time_of(claims, "iat") > _OLDEST_S + SKEW_S:
        raise _bad("it was issued for an earlier sign-in")
    if max_age and now - time_of(claims, "auth_time") > max_age + SKEW_S:
        raise RefusedError("bad_token", "The provider did not ask for your password or key again. Sign in anew.")
    return claims


async def logout_token(published: Published, token: str, *, now: float) -> tuple[str, str, str]:
    """(sub, sid, jti) of what a provider's back channel says is over; sub or sid may be "".

    Raises:
        RefusedError: code ``bad_token``.
        WorldError: the provider's keys cannot be fetched.
    """
    header, claims = await _signed(published, token, _LOGOUT_TYPES)
    must = {
        "iss": {"essential": True, "value": published.provider.issuer},
        "aud": {"essential": True, "value": published.provider.client_id},
    }
    named = {"sub": "", "exp": claims.get("iat"), **claims}  # both may be left out of a logout token
    _check(CodeIDToken(named, header, must, {"client_id": published.provider.client_id}), now)
    events, sub, sid, jti = (claims.get(name) for name in ("events", "sub", "sid", "jti"))
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(_LOGOUT), dict):
        raise _bad("it is no logout token")
    if now - time_of(claims, "iat") > 2 * SKEW_S or not _is_name(jti):
        raise _bad("it is too old, or has no id")
    if not all(one is None or _is_name(one) for one in (sub, sid)) or not (sub or sid):
        raise _bad("it names neither an account nor a session")
    return str(sub or ""), str(sid or ""), str(jti)


def time_of(claims: Claims, name: str) -> float:
    """A time in the claims, in seconds; 0 where there is none."""
    at = claims.get(name)
    return float(at) if isinstance(at, int | float) else 0.0


async def _signed(published: Published, token: str, types: frozenset[str | None]) -> tuple[Claims, Claims]:
    """Header and claims of a token whose signature fits a key that the provider publishes."""
    header = _header(token)
    kid, algorithm = header.get("kid", ""), header.get("alg")
    if algorithm not in ALGORITHMS or not isinstance(kid, str) or header.get("typ") not in types or "crit" in header:
        raise _bad("its header is not one of a token that is taken here")
    key = await published.key(kid, str(algorithm))
    try:
        decoded = jwt.decode(token, key, algorithms=[str(algorithm)])
    except (JoseError, ValueError, TypeError):
        raise _bad("its signature does not fit the provider's key") from None
    return dict(decoded.header), dict(decoded.claims)


def _header(token: str) -> Claims:
    first = token.partition(".")[0]
    try:
        if not token.isascii() or len(token) > _MAX_TOKEN or token.count(".") != 2:
            raise ValueError
        tree = orjson.loads(base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True))
    except ValueError:
        raise _bad("it is no signed token") from None
    return tree if isinstance(tree, dict) else {}


def _check(claims: CodeIDToken, now: float) -> None:
    times = [claims.get(name) for name in ("exp", "iat", "nbf", "auth_time") if claims.get(name) is not None]
    if not all(type(at) in (int, float) and 0 <= at < _LATEST for at in times):
        raise _bad("a time in it is no number")
    try:
        claims.validate(int(now), SKEW_S)
    except (JoseError, TypeError, ValueError) as error:
        raise _bad(_why(error)) from None


def _why(error: Exception) -> str:
    """What is wrong, by the name of the claim alone: its value may be anything."""
    name = getattr(error, "claim", "")
    return f"its '{name}' is missing or wrong" if name else "it is expired or not valid"


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_SUB and value.isprintable()


def _bad(why: str) -> RefusedError:
    return RefusedError("bad_token", f"What the provider sent cannot be taken: {why}. Sign in again.")
