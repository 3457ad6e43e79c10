"""The groups that a provider names, as the signed change ``claims`` of the registry; see docs/people.md."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maskgate.base.errors import WorldError
from maskgate.base.log import describe, say
from maskgate.base.oidc_settings import Provider
from maskgate.console.auth import SESSION_S, Vouched
from maskgate.console.context import Context
from maskgate.console.oidc.published import Claims
from maskgate.kafka import topics
from maskgate.people.changes import build_change
from maskgate.people.registry import CLAIMED

_MAX_GROUPS = 200
_GROUP = re.compile(r"[\w.@/-](?:[\w .@/-]{0,98}[\w.@/-])?", re.ASCII)


def groups_of(provider: Provider, claims: Claims, strong: bool = False) -> tuple[str, ...]:
    """The groups of the registry that this sign-in gives: those of a second factor only to one that asked for it."""
    named = _named(provider, claims)
    told = provider.groups
    given = [told[name] for name in named if name in told] if told or provider.step_up else list(named)
    if provider.step_up is not None and strong:
        given += [provider.step_up.groups[name] for name in named if name in provider.step_up.groups]
    fit = [group for group in dict.fromkeys(given) if _GROUP.fullmatch(group)]
    if len(fit) > _MAX_GROUPS:
        say("console", "careful", what="more groups than are taken", provider=provider.name, groups=len(fit))
    return tuple(f"{CLAIMED}{group}" for group in fit[:_MAX_GROUPS])


def strong_for(provider: Provider, vouched: Vouched, now: float) -> float:
    """For how many seconds more this is an authentication by what the settings call a second factor; 0: it is none."""
    asked = provider.step_up
    if asked is None or (asked.amr and not set(asked.amr) & set(vouched.amr)):
        return 0.0
    if asked.acr and vouched.acr not in asked.acr:
        return 0.0
    return max(0.0, min(vouched.auth_time, now) + asked.within - now)


def say_groups(context: Context, person_id: str, groups: Sequence[str], hold_s: float = SESSION_S) -> int | None:
    """Sign that the provider named these groups, in place of what it named before; where that lies, None: nowhere.

    Somebody whose groups cannot be told is signed in all the same: they look, and none of their votes counts by a group
    of the provider.
    """
    if context.claims_signer is None:
        return None
    now = int(context.clock() * 1000)
    body = {"person": person_id, "groups": list(groups), "start": now, "end": now + int(hold_s * 1000)}
    try:
        return context.send(topics.PEOPLE, build_change("claims", body, signers=[context.claims_signer], now_ms=now))
    except WorldError as error:
        say("console", "failed", what="the groups of a sign-in could not be stored", **describe(error))
        return None


def _named(provider: Provider, claims: Claims) -> list[str]:
    """The provider's names of the groups, under the claim itself or down its path (realm_access.roles)."""
    value: object = claims.get(provider.groups_claim)
    if value is None:
        value = claims
        for part in provider.groups_claim.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if value is None and isinstance(claims.get("_claim_names"), dict):  # Entra ID, for somebody in very many groups
        say("console", "careful", what="the provider left the groups out; let it send fewer", provider=provider.name)
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
