"""Credentials: each provider's format in decoded text, escaped JSON, bare in a field that names it; and look-alikes.

The tokens are drawn from the templates of the rules with other seeds than the tests use; what is measured is whether
they survive the places they stand in. The negatives are hand-written.
"""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.detection.marks import mark
from benchmarks.detection.structured import _hex

_PLACES = (
    "export TOKEN={}", "token = '{}'", 'curl -H "X-Key: {}" https://api.example.com/v1', "key: {}\nregion: eu", "see {} for access", "url?x=1&auth={}&y=2",
)  # fmt: skip
NAMES = (
    "datadog_api_key", "clientSecret", "AWS_SECRET_ACCESS_KEY", "jwt_secret", "webhookSecret", "signing_key", "db_password", "smtpPassword", "accessToken",
    "refresh_token", "encryptionKey", "apiKey", "x-api-key", "auth_token", "private_key", "consumer_secret", "session_secret", "admin_password", "api_token",
    "TWILIO_AUTH_TOKEN", "service_account_key", "slackToken", "githubToken", "OPENAI_API_KEY", "stripe.secret_key", "license_key", "bot_token", "passphrase",
)  # fmt: skip


def tokens(seed: int) -> Iterator[tuple[str, str]]:
    """(rule id, text with the token marked by ⟦ ⟧) of every sample without a key."""
    from maskgate_detectors.model import registry, samples
    from maskgate_detectors.model.rule import SECRET

    for rule in registry.load():
        if rule.entity != SECRET:
            continue
        for template in rule.matches:
            sample = samples.read(template, seed)
            if not sample.key and "{" in template and len(sample.spans) == 1:
                start, end = sample.spans[0]
                yield rule.id, sample.text[:start] + "⟦" + sample.text[start:end] + "⟧" + sample.text[end:]


def decoded(r: random.Random) -> Iterator[Any]:
    """Every token in ordinary text, once."""
    for _, text in tokens(r.getrandbits(32)):
        marked = text.replace("⟦", mark("SECRET", "")[:-1]).replace("⟧", mark("SECRET", "")[-1])
        places = _PLACES if " " not in marked else _PLACES[:-1]  # no URL holds a blank
        yield {"text": r.choice(places).format(marked) if "=" not in text and "://" not in text else f"line: {marked}"}


def escaped(r: random.Random) -> Iterator[Any]:
    """Every token inside JSON that is itself a string."""
    for tree in decoded(r):
        yield {"message": "payload " + json.dumps(tree, ensure_ascii=False), "level": "info"}


def bare(r: random.Random) -> Iterator[Any]:
    """A random value with no format of its own in a field that names it."""
    alphabets = ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz0123456789-_",
                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")  # fmt: skip
    for _ in range(400):
        alphabet = r.choice(alphabets)
        value = "".join(r.choice(alphabet) for _ in range(r.choice((16, 20, 24, 32, 40, 64))))
        name = r.choice(NAMES)
        yield r.choice([{name: mark("SECRET", value), "id": r.randint(1, 999)}, {"config": {"env": {name: mark("SECRET", value)}}},
                        {"settings": [{name: mark("SECRET", value)}]}, {"log": f"{name}={mark('SECRET', value)} loaded"}])  # fmt: skip


def negatives(r: random.Random) -> Iterator[Any]:
    """What looks like a credential and is none."""

    def x(size: int) -> str:
        return _hex(r, size)

    u = f"{x(8)}-{x(4)}-4{x(3)}-a{x(3)}-{x(12)}"
    yield from (
        {"commit": x(40)}, {"sha256": x(64)}, {"digest": f"sha256:{x(64)}"}, {"image": f"nginx@sha256:{x(64)}"}, {"etag": f'"{x(32)}"'}, {"request_id": u},
        {"api_key": "YOUR_API_KEY"}, {"api_key": "${API_KEY}"}, {"api_key": "<your-api-key>"}, {"password": "********"}, {"password": "<redacted>"},
        {"token_type": "Bearer"}, {"expires_in": 3600}, {"next_page_token": x(32)}, {"nextToken": x(40)}, {"max_tokens": 4096}, {"total_tokens": 812},
        {"secret_name": "prod/db/password"}, {"secretRef": {"name": "db-credentials", "key": "password"}}, {"passwordPolicy": {"minLength": 12}},
        {"password_reset_url": "https://example.com/reset"}, {"api_key_id": "key-1"}, {"public_key_fingerprint": f"SHA256:{x(20)}"}, {"key": "colour"},
        {"text": "set the API key in the settings page and restart"}, {"text": "token bucket rate limiter with 100 tokens"}, {"cache_key": f"user:{x(16)}"},
        {"text": "git clone git@github.com:acme/app.git"}, {"text": "pip install requests==2.31.0"}, {"text": f"Merge {x(40)} into main"},
        {"integrity": "sha512-" + "A1b2C3d4" * 10 + "=="}, {"csrf": "disabled"}, {"auth": "none"}, {"auth": {"type": "oauth2"}}, {"cookie": "accepted"},
        {"text": "password: string (required)"}, {"text": "def login(password: str, token: str) -> bool:"}, {"text": "token = request.headers.get('X-Token')"},
        {"text": "os.environ['API_KEY']"}, {"text": "secret: !vault db/password"}, {"idempotency_key": u}, {"partition_key": x(16)}, {"primary_key": "id"},
        {"foreign_key": "user_id"}, {"sort_key": "created_at"}, {"trace": f"00-{x(32)}-{x(16)}-01"}, {"cursor": x(24)}, {"nonce": x(16)}, {"salt_rounds": 12},
        {"text": "AKIAXXXXXXXXXXXXXXXX"}, {"text": "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}, {"text": "sk_test_your_key_here"}, {"font": "Secret Sans"},
        {"text": "the secret ingredient is love"}, {"text": "Basic knowledge of SQL"}, {"text": "bearer of good news"}, {"title": "Keys to success"},
        {"sri": "sha384-" + x(64)}, {"build": {"id": x(20), "key": "APP-MASTER-142"}}, {"text": f"container {x(12)} started"}, {"uuid": u}, {"md5": x(32)},
        {"private_key_path": "/etc/ssl/private/app.key"}, {"ssl_certificate": "/etc/ssl/app.pem"}, {"token_endpoint": "https://id.example.com/oauth/token"},
        {"grant_type": "client_credentials"}, {"scope": "openid profile email"}, {"jwks_uri": "https://id.example.com/jwks.json"}, {"alg": "RS256", "kid": "2024-01"},
        {"password_changed": True}, {"password_strength": "strong"}, {"hasPassword": False}, {"license": "Apache-2.0"}, {"pin_count": 40}, {"text": "GPIO pin 1234 high"},
    )  # fmt: skip
