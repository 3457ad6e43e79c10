"""From the settings to the channels, each with its outbox and its filter."""

from __future__ import annotations

import importlib
import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from maskgate.base import config
from maskgate.base.errors import ConfigurationError
from maskgate.watch.channels.mail import Mail, Server
from maskgate.watch.channels.message import Channel
from maskgate.watch.channels.pagerduty import PagerDuty
from maskgate.watch.channels.teams import Teams
from maskgate.watch.channels.webhook import WebhookChannel
from maskgate.watch.outbox import Outbox

_NEEDS = {
    "slack": ("secret", "channel"), "slack-webhook": ("url",), "teams": ("url",), "webhook": ("url",),
    "pagerduty": ("secret",), "mail": ("host", "sender", "to"),
}  # fmt: skip


def outboxes(settings: config.Settings) -> list[Outbox]:
    """An outbox for each channel of the settings, and for ``watch.webhook_url``.

    Raises:
        ConfigurationError: a channel lacks a setting, two have one name, an address is private or no https.
    """
    state, age = settings.pipeline.state_dir, settings.watch.max_notice_age
    out = []
    if settings.watch.webhook_url:
        own = WebhookChannel("webhook", settings.watch.webhook_url, settings.watch.webhook_secret.get_secret_value())
        out.append(Outbox(state, own, max_age_s=age))
    for one in settings.channels:
        if any(box.channel.name == one.name for box in out):
            raise ConfigurationError(f"channels: two are called '{one.name}'; each needs a name of its own")
        out.append(Outbox(state, make(one), max_age_s=age, wants=wants(one)))
    return out


def make(one: config.Channel) -> Channel:
    """The channel of its settings.

    Raises:
        ConfigurationError: a setting is missing, the address is refused, or the extra is not installed.
    """
    for name in _NEEDS[one.kind]:
        if not _plain(getattr(one, name)):
            raise ConfigurationError(f"channels.{one.name}: kind {one.kind} needs '{name}'")
    url, secret = one.url.get_secret_value(), one.secret.get_secret_value()
    if url:
        check_address(one.name, url, one.allow_private)
    match one.kind:
        case "slack":
            return _slack(one.name).SlackBot(one.name, secret, one.channel, one.members)  # type: ignore[no-any-return]
        case "slack-webhook":
            return _slack(one.name).SlackWebhook(one.name, url)  # type: ignore[no-any-return]
        case "teams":
            return Teams(one.name, url)
        case "pagerduty":
            return PagerDuty(one.name, secret)
        case "mail":
            server = Server(one.host, one.port, one.starttls, one.user, one.password.get_secret_value(), one.ca or None)
            return Mail(one.name, server, one.sender, one.to)
        case "webhook":
            return WebhookChannel(one.name, url, secret)


def _plain(value: Any) -> Any:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _slack(name: str) -> Any:
    try:
        return importlib.import_module("maskgate.watch.channels.slack")
    except ModuleNotFoundError:
        raise ConfigurationError(f"channels.{name}: Slack needs an extra: pip install 'maskgate[slack]'") from None


def check_address(name: str, url: str, allow_private: bool) -> None:
    """Refuse an address that is no https, or of a private network unless that is allowed.

    Raises:
        ConfigurationError: it is refused; the address, which can hold a secret, is not told.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"channels.{name}: url: not an http(s) address")
    if allow_private:
        return
    if parts.scheme != "https":
        raise ConfigurationError(f"channels.{name}: url: not https; allow_private: true lets it be, for tests")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, parts.port or 443)}
    except OSError:
        return  # not known here and now: the post will fail, and says so
    if any(not ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found):
        raise ConfigurationError(
            f"channels.{name}: url: an address of a private network; allow_private: true if that is meant"
        )


def wants(one: config.Channel) -> Callable[[Mapping[str, Any]], bool]:
    """The channel's filter over notices; what is about no request passes all filters but the level's."""

    def test(notice: Mapping[str, Any]) -> bool:
        if one.levels and notice["level"] not in one.levels and notice["kind"] != "voted":
            return False
        now = notice.get("situation")
        if not isinstance(now, Mapping):
            return True
        return (
            (not one.tiers or now["tier"] in one.tiers)
            and (not one.verbs or now["verb"] in one.verbs)
            and (not one.destinations or now["destination"] in one.destinations)
            and (not one.groups or any(group in one.groups for group, *_ in now["progress"]))
            and (not one.entities or any(kind in one.entities for kind, _ in now["kinds"]))
        )

    return test
