"""What a provider publishes about itself: endpoints and keys, fetched when they are needed and kept for an hour."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import cast

import httpx
import orjson
from joserfc import jwk
from joserfc.errors import JoseError

from maskgate.base.errors import RefusedError, WorldError
from maskgate.base.log import say
from maskgate.base.oidc_settings import Provider, is_safe_url

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures that are taken; none of them can be made with what is published."""

Claims = Mapping[str, object]
"""What a provider sent: any JSON, so each reader looks at what it is."""

_KEPT_S = 3600.0
_UNKNOWN_S = 10.0  # an unknown key id makes us fetch the keys anew, but not more often: whoever sends one chooses it
_DOWN_S = 3.0
_MAX_ANSWER = 1 << 19
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Published:
    """The metadata and keys of one provider."""

    def __init__(self, provider: Provider, clock: Callable[[], float]) -> None:
        self.provider = provider
        self._clock = clock
        self._tls = ssl.create_default_context(cafile=str(provider.ca) if provider.ca else None)
        self._metadata: Claims = {}
        self._keys: tuple[Claims, ...] = ()
        self._metadata_at = self._keys_at = self._down_at = float("-inf")

    async def metadata(self) -> Claims:
        """The endpoints.

        Raises:
            WorldError: the provider does not answer, or with what is no metadata of this issuer.
        """
        if self._clock() - self._metadata_at > _KEPT_S:
            url = self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            told = await self.call("GET", url)
            if told.get("issuer") != self.provider.issuer:
                raise self._wrong("its metadata names another issuer than console.providers does")
            if not all(isinstance(told.get(name), str) and is_safe_url(str(told[name])) for name in _ENDPOINTS):
                raise self._wrong("its metadata lacks an endpoint, or one is not reached by https")
            self._metadata, self._metadata_at = told, self._clock()
        return self._metadata

    async def key(self, kid: str, algorithm: str) -> jwk.Key:
        """The public key with which the provider signs under this id; the keys are fetched anew for an unknown one.

        Raises:
            RefusedError: code ``bad_token``; the provider publishes no such key.
            WorldError: the provider does not answer.
        """
        age = self._clock() - self._keys_at
        found = self._find(kid, algorithm) if age <= _KEPT_S else None
        if found is None and age > _UNKNOWN_S:
            told = await self.call("GET", str((await self.metadata())["jwks_uri"]))
            listed = told.get("keys")
            self._keys = tuple(k for k in listed if isinstance(k, dict)) if isinstance(listed, list) else ()
            self._keys_at = self._clock()
            found = self._find(kid, algorithm)
        if found is None:
            raise RefusedError("bad_token", "The provider publishes no key of this id for this kind of signature.")
        return found

    def _find(self, kid: str, algorithm: str) -> jwk.Key | None:
        fit = [k for k in self._keys if k.get("use", "sig") == "sig" and k.get("alg", algorithm) == algorithm]
        fit = [k for k in fit if k.get("kid") == kid] if kid else fit
        try:
            if len(fit) != 1 or fit[0].get("kty") not in ("RSA", "EC", "OKP"):
                return None
            return jwk.import_key(dict(cast(Mapping[str, str], fit[0])))
        except (JoseError, ValueError, TypeError, KeyError):
            return None

    async def call(
        self, method: str, url: str, form: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
    ) -> Claims:
        """What the provider answers, as a tree.

        Raises:
            RefusedError: code ``sign_in_refused``; it says no (4xx).
            WorldError: it does not answer, fails, or answers with something else.
        """
        if self._clock() - self._down_at < _DOWN_S:
            raise self._down("it did not answer a moment ago")
        try:
            async with (
                httpx.AsyncClient(verify=self._tls, timeout=5.0, follow_redirects=False) as client,
                client.stream(method, url, headers={"accept": "application/json"}, data=form, auth=auth) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _MAX_ANSWER:
                        raise self._wrong("its answer is larger than 512 KiB")
                if 400 <= answer.status_code < 500 and answer.status_code != 429:
                    raise RefusedError("sign_in_refused", f"{self.title} refused the sign-in. Try again.")
                tree = orjson.loads(body) if answer.status_code == 200 else None
        except httpx.HTTPError as error:
            self._down_at = self._clock()
            raise self._down(type(error).__name__) from None
        except ValueError:
            tree = None
        if not isinstance(tree, dict):
            raise self._wrong("its answer is not what OpenID Connect says")
        return tree

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.provider.label or self.provider.name

    def _down(self, why: str) -> WorldError:
        say("console", "provider_down", provider=self.provider.name, why=why)
        return WorldError(
            f"{self.title} does not answer, so nobody can sign in with it now. Whoever is signed in stays so, and your "
            "own key or passkey still lets you in."
        )

    def _wrong(self, why: str) -> WorldError:
        say("console", "provider_wrong", provider=self.provider.name, why=why)
        return WorldError(f"Nobody can sign in with {self.title} now: {why}. Tell an administrator.")
