"""Settings of an OpenID provider that people sign in to the console with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from maskgate.base.section import Duration, Secret, Section


class StepUp(Section):
    """Groups that only a fresh sign-in with a second factor gives, and how long it gives them."""

    groups: dict[str, str] = Field(description="Group as the provider names it → group, without `oidc:`", min_length=1)
    amr: tuple[str, ...] = Field((), description="Methods of which the ID token names one: mfa, otp, hwk …")
    acr: tuple[str, ...] = Field((), description="Classes of which the ID token names one; they are asked for, too")
    within: Duration = Field(600.0, description="How old the authentication is at most, and how long its groups hold")

    @model_validator(mode="after")
    def _asks_for_something(self) -> StepUp:
        if not self.amr and not self.acr:
            raise ValueError("say by amr or acr what makes a sign-in a strong one")
        if not 60 <= self.within <= 86_400:
            raise ValueError("within is between 1m and 1d")
        return self


class Provider(Section):
    """An OpenID provider (Okta, Entra ID, Google, Keycloak …)."""

    name: str = Field(description="Its name in addresses and in the log", pattern=r"^[a-z0-9-]{1,40}$")
    label: str = Field("", description="Its name on the sign-in page", max_length=60)
    issuer: str = Field(description="Its issuer, exactly as its ID tokens say it")
    client_id: str = Field(description="Id of this console there", min_length=1)
    client_secret: Secret = Field(SecretStr(""), description="Its secret; {file: PATH} reads it from a file")
    auth_method: Literal["client_secret_basic", "client_secret_post", "none"] = Field(
        "client_secret_basic", description="How the secret is shown; none: a public client, with PKCE alone"
    )
    scopes: tuple[str, ...] = Field(("openid",), description="What is asked for")
    groups_claim: str = Field("", description="Claim that lists groups: groups, roles, realm_access.roles")
    groups: dict[str, str] = Field(
        default_factory=dict, description="Group as the provider names it → group, without `oidc:`; empty: as named"
    )
    step_up: StepUp | None = Field(None, description="Groups that need a second factor")
    ca: Path | None = Field(None, description="CA certificates of the provider (PEM), where the system's do not do")

    @field_validator("issuer")
    @classmethod
    def _reached_by_tls(cls, value: str) -> str:
        if not is_safe_url(value) or "?" in value or "#" in value:
            raise ValueError("the issuer is an https address without '?' and '#'; http only on this machine")
        return value

    @model_validator(mode="after")
    def _whole(self) -> Provider:
        if "openid" not in self.scopes:
            raise ValueError("scopes holds openid, or the provider sends no ID token")
        if (self.auth_method == "none") == bool(self.client_secret.get_secret_value()):
            raise ValueError("client_secret and auth_method belong together; 'none' is for a client without a secret")
        if (self.groups or self.step_up) and not self.groups_claim:
            raise ValueError("groups_claim says where the groups are")
        return self


def is_safe_url(url: str) -> bool:
    """Whether what is sent there stays between us and it: TLS, or this very machine."""
    try:
        parts = urlsplit(url)
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        return bool(parts.hostname) and not parts.username and parts.scheme in ("https", "http")[: 1 + loopback]
    except ValueError:
        return False


def contradictions(providers: Sequence[Provider]) -> str:
    """What is wrong with these providers together; "" where nothing is."""
    for what in ("name", "issuer"):
        if len({getattr(p, what) for p in providers}) < len(providers):
            return f"two of console.providers have one {what}"
    if len(providers) > 1 and any(p.groups_claim and not p.groups and not p.step_up for p in providers):
        # a group of one provider must not give what the other's group of that name was meant to give
        return "with several providers each says under groups which ones it may give"
    return ""
