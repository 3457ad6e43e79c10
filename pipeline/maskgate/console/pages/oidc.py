"""Signing in with an OpenID provider: to it, back from it, and its word that a session is over."""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from maskgate.base.errors import RefusedError
from maskgate.base.log import say
from maskgate.base.oidc_settings import Provider
from maskgate.console.auth import SESSION_S
from maskgate.console.context import Context
from maskgate.console.guard import COOKIE, cookie, is_https
from maskgate.console.oidc import claims as groups
from maskgate.console.oidc import flow, tokens
from maskgate.console.oidc.published import Claims, Published
from maskgate.console.pages.signin import own_path
from maskgate.console.rendering import Pages
from maskgate.kafka import topics
from maskgate.people.principal import Principal

BEGUN = "maskgate_signin"
_FIRST_S = 2.0  # how long a sign-in waits for the gate to take its groups, so that the first page knows them


class _Doors:
    """To the providers, and back from them."""

    def __init__(self, context: Context) -> None:
        self._context, self._origins = context, context.settings.console.origins
        self._known = {p.name: Published(p, context.clock) for p in context.settings.console.providers}
        self._sealed, self._named = flow.Sealed(), cookie(BEGUN, self._origins)

    def _find(self, name: str) -> Published:
        if name not in self._known:
            raise RefusedError("not_found", "There is no such provider.")
        return self._known[name]

    async def to_provider(self, name: str, request: Request, next: str = "/", again: bool = False) -> Response:
        origin = _origin(request, self._origins)
        url, begun = await flow.begin(self._find(name), origin, own_path(next), self._context.clock(), again)
        answer = RedirectResponse(url, 303)
        answer.set_cookie(
            self._named,
            self._sealed.seal(begun),
            max_age=int(flow.BEGUN_S),
            httponly=True,
            samesite="lax",
            secure=is_https(self._origins),
        )
        return answer

    async def from_provider(self, name: str, request: Request) -> Response:
        published = self._find(name)
        begun = self._sealed.open(request.cookies.get(self._named, ""), self._context.clock())
        told = await flow.finish(published, begun, dict(request.query_params), self._context.clock())
        if not self._context.auth.once(f"oidc {name} {begun.nonce}", begun.until):
            raise RefusedError("stale_challenge", "This sign-in was used. Try again.")
        vouched = flow.vouched(published, told)
        strong_s = groups.strong_for(published.provider, vouched, self._context.clock()) if begun.step_up else 0.0
        if begun.step_up and not strong_s:
            raise RefusedError("sign_in_refused", f"{published.title} did not ask you for a second factor just now.")
        session = self._context.auth.open_vouched(vouched)
        await _tell_groups(self._context, published.provider, session.person_id, told, strong_s)
        say("console", "signed_in", provider=name, person=session.person_id, acr=vouched.acr, amr=list(vouched.amr))
        answer = RedirectResponse(begun.next, 303)
        secure = is_https(self._origins)
        answer.set_cookie(
            cookie(COOKIE, self._origins),
            session.token,
            max_age=int(SESSION_S),
            httponly=True,
            samesite="lax",
            secure=secure,
        )
        answer.delete_cookie(self._named, secure=secure, httponly=True, samesite="lax")
        return answer

    async def sign_out_there(self, name: str, request: Request) -> Response:
        """On to the provider's own sign-out; here the session has ended before."""
        published = self._find(name)
        where = (await published.metadata()).get("end_session_endpoint")
        if not isinstance(where, str) or urlsplit(where).scheme not in ("https", "http"):
            raise RefusedError("not_found", f"{published.title} has no page to sign out on; close the browser.")
        back = {
            "client_id": published.provider.client_id,
            "post_logout_redirect_uri": f"{_origin(request, self._origins)}/signin",
        }
        return RedirectResponse(where + ("&" if "?" in where else "?") + urlencode(back), 303)

    async def ended(self, name: str, request: Request) -> Response:
        """The back channel: sessions that the provider says are over. Its own signature lets the call in."""
        published, form = self._find(name), await request.form()
        now = self._context.clock()
        sub, sid, jti = await tokens.logout_token(published, str(form.get("logout_token", "")), now=now)
        if not self._context.auth.once(f"logout {name} {jti}", now + 4 * tokens.SKEW_S):
            raise RefusedError("bad_token", "This logout token was used before.")
        persons = self._context.auth.end_vouched(published.provider.issuer, sub, sid)
        by_account = self._context.registry.people.person_of(Principal(published.provider.issuer, sub)) if sub else ""
        for person_id in sorted(persons | {by_account} - {""}):
            say("console", "signed_out_by_provider", provider=name, person=person_id)
            if published.provider.groups_claim:
                await run_in_threadpool(groups.say_groups, self._context, person_id, ())
        return JSONResponse({"ended": len(persons)})


def add(pages: APIRouter, context: Context, shown: Pages) -> None:
    """Its routes."""
    doors = _Doors(context)
    pages.get("/signin/with/{name}")(doors.to_provider)
    pages.get("/signin/back/{name}")(doors.from_provider)
    pages.get("/signin/over/{name}")(doors.sign_out_there)
    pages.post("/api/v1/providers/{name}/ended")(doors.ended)


async def _tell_groups(context: Context, provider: Provider, person_id: str, told: Claims, strong_s: float) -> None:
    """Have the gate log the groups, and wait a moment for it, so that the first page knows them."""
    if not provider.groups_claim:
        return
    named = groups.groups_of(provider, told, strong_s > 0)
    offset = await run_in_threadpool(groups.say_groups, context, person_id, named, strong_s or SESSION_S)
    if offset is not None:
        until = time.monotonic() + _FIRST_S
        await context.pulse.until(until, lambda: context.index.outcome_of(topics.PEOPLE, offset))


def _origin(request: Request, origins: tuple[str, ...]) -> str:
    """The page's own address among those of the settings: there the cookies are."""
    host = request.headers.get("host", "").lower()
    return next((o for o in origins if urlsplit(o).netloc.lower() == host), origins[0])
