"""Posts entries over HTTP: a JSON array with a bearer token, or Splunk's HTTP Event Collector.

https://docs.splunk.com/Documentation/Splunk/latest/Data/FormateventsforHTTPEventCollector
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx

from maskgate.base import http_status
from maskgate.base.audit_settings import AuditSink
from maskgate.base.errors import ConfigurationError
from maskgate.sync.entry import Item, NotTaken
from maskgate.sync.sinks import tls

_TIMEOUT_S = 15.0


class Http:
    """One address; a redirect is not followed, because the token would go with it."""

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        body: Callable[[Sequence[Item]], bytes],
        verify: ssl.SSLContext,
        judge: Callable[[httpx.Response], None] | None = None,
    ) -> None:
        self._url, self._body, self._judge = url, body, judge or by_status
        self._client = httpx.Client(
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            verify=verify,
            headers=headers,
        )

    def send(self, items: Sequence[Item]) -> None:
        """Post them together."""
        try:
            answer = self._client.post(self._url, content=self._body(items))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotTaken(f"the receiver did not answer ({type(error).__name__})") from None
        self._judge(answer)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def by_status(answer: httpx.Response) -> None:
    """Judge an answer by its status."""
    check(answer.status_code, answer.headers.get("retry-after", ""))


def check(status: int, after: str = "") -> None:
    """Judge a status: 2xx is taken; 408, 425, 429 and 5xx are for later; all others are refused."""
    meant = http_status.means(status)
    if meant == "taken":
        return
    after_s = http_status.seconds(after) if meant == "again" else 0.0
    raise NotTaken(f"the receiver answered {status}", refused=meant == "refused", after_s=after_s)


def address(sink: AuditSink) -> str:
    """The address of the settings, which may hold a secret and is told nowhere.

    Raises:
        ConfigurationError: no http(s) address, or one without TLS that is not allowed.
    """
    url = sink.url.get_secret_value()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"audit.sinks.{sink.name}: url: not an http(s) address")
    if parts.scheme != "https" and not sink.allow_plain:
        raise ConfigurationError(f"audit.sinks.{sink.name}: url: not https; allow_plain: true lets it be, for tests")
    return url


def make(sink: AuditSink) -> Http:
    """The sink of its settings."""
    url, secret = address(sink), sink.secret.get_secret_value()
    headers = {"Content-Type": "application/json"}
    if sink.preset == "splunk-hec":
        if not secret:
            raise ConfigurationError(f"audit.sinks.{sink.name}: splunk-hec needs 'secret', the collector's token")
        headers["Authorization"] = f"Splunk {secret}"
        return Http(url, headers, _hec(sink.index), tls.context(sink))
    if secret:
        headers["Authorization"] = f"Bearer {secret}"
    return Http(url, headers, _array, tls.context(sink))


def _array(items: Sequence[Item]) -> bytes:
    return json.dumps([item.body for item in items], ensure_ascii=False).encode()


def _hec(index: str) -> Callable[[Sequence[Item]], bytes]:
    """Events one after the other, as the collector takes them in a batch; its times are seconds."""
    host = socket.gethostname()
    where = {"index": index} if index else {}

    def body(items: Sequence[Item]) -> bytes:
        events = (
            {"time": item.entry.at_ms / 1000, "host": host, "source": "maskgate", "sourcetype": "maskgate:audit"}
            | where
            | {"event": item.body}
            for item in items
        )
        return "\n".join(json.dumps(event, ensure_ascii=False) for event in events).encode()

    return body
