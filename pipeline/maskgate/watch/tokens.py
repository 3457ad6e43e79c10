"""Tokens of an identity provider for the watch's connection to Kafka; the other roles fetch theirs in librdkafka."""

from __future__ import annotations

import time

import httpx
from aiokafka.abc import AbstractTokenProvider  # type: ignore[import-untyped]

from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError

_EARLY_S = 60.0  # a token that ends so soon is not used for a new connection


class Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """Fetches a token by client credentials and keeps it until shortly before its end."""

    def __init__(self, kafka: Kafka) -> None:
        self._kafka = kafka
        self._token, self._until = "", 0.0

    async def token(self) -> str:
        """A token that holds for a while.

        Raises:
            WorldError: the provider does not answer, or refuses.
        """
        if time.monotonic() >= self._until:
            self._token, lasts_s = await self._fetch()
            self._until = time.monotonic() + max(0.0, lasts_s - _EARLY_S)
        return self._token

    async def _fetch(self) -> tuple[str, float]:
        kafka = self._kafka
        form = {"grant_type": "client_credentials"} | ({"scope": kafka.oauth_scope} if kafka.oauth_scope else {})
        verify = kafka.oauth_ca_location or True
        who = (kafka.oauth_client_id, kafka.oauth_client_secret.get_secret_value())
        try:
            async with httpx.AsyncClient(timeout=10.0, verify=verify) as client:
                answer = await client.post(kafka.oauth_token_url, data=form, auth=who)
                answer.raise_for_status()
                tree = answer.json()
                return str(tree["access_token"]), float(tree.get("expires_in", 300))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise WorldError(f"kafka.oauth_token_url: no token: {type(error).__name__}") from None
