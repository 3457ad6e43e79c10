"""What speaks against a finding: messages, references and states under keys of credentials, words beside numbers."""
# ruff: noqa: E501  (tables read best in full lines; none of these is a secret)

from __future__ import annotations

import time

import pytest

from maskgate_detectors.checks import checksums
from maskgate_detectors.checks import secrets as secret_checks
from maskgate_detectors.model import negative_patterns as unlike

VALUES = (
    "hunter2", "correct horse battery staple", "Sommer2024!", "x7Kq-93_pLm", "vanish4me", "my dog ate 7 shoes",
    "-----BEGIN RSA PRIVATE KEY-----\nabc", "Bearer 9fKq2LmZx81Pq", "letmein", "/Qx9+LmZ8aK1pT3vB6cD",
)  # fmt: skip
NO_VALUES = (
    "must have at least 8 characters", "is too short (minimum is 8 characters)", "required|min:8|confirmed", "[FILTERED]",
    "vault:kv/app#pw", "ref+vault://app/pw", "${DB_PASSWORD}", "{{ pw }}", "%DB_PW%", "<your password>", "********",
    "unchanged", "write-only", "your_password_here", "arn:aws:secretsmanager:eu-west-1:1:secret:x", "Enter your password",
    "Bearer ${TOKEN}", "-----BEGIN PUBLIC KEY-----\nabc", "hmac-sha256:0a1b2c", "Passwort vergessen?", "bytea", "2 of 3",
)  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_credentials_stand_for_themselves(text: str) -> None:
    """A password, a passphrase, a key or a header is taken for what it is."""
    assert unlike.own_value(text)


@pytest.mark.parametrize("text", NO_VALUES)
def test_what_only_speaks_of_a_credential_is_none(text: str) -> None:
    """Messages, rules, references, placeholders and states are no credentials."""
    assert not unlike.own_value(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("part 536-90-4399 fits", "536-90-4399"), ("P/N 212-456-7890", "212-456-7890"), ("took 2124567890 ns", "2124567890"),
     ("Auftragsnr. 030 901820", "030 901820"), ("order no: 2124567890", "2124567890")],
)  # fmt: skip
def test_goods_and_counts_have_numbers_too(text: str, number: str) -> None:
    """The word before a number, or behind it, says that it is no person's."""
    at = text.index(number)
    assert unlike.numbered(text, at, at + len(number))


@pytest.mark.parametrize("text", ["call 212-456-7890 today", "her number is 212-456-7890", "depart 536-90-4399"])
def test_other_words_say_nothing_of_a_number(text: str) -> None:
    """Only whole words count."""
    at = next(at for at, char in enumerate(text) if char.isdigit())
    assert not unlike.numbered(text, at, at + 11)


@pytest.mark.parametrize(
    ("address", "somebody"),
    [("ana.roe@example.org", True), ("support@example.org", True), ("no-reply@example.org", False), ("you@example.com", False),
     ("deploy@build.internal", False), ("ana@build.internal", True), ("77+app[bot]@users.noreply.github.com", False)],
)  # fmt: skip
def test_robots_and_placeholders_are_nobody(address: str, somebody: bool) -> None:
    """Addresses of robots, placeholders and logins of services at machines are no person's."""
    assert checksums.email(address) is somebody


@pytest.mark.parametrize(
    "text",
    [
        "required" + "|a" * 40_000 + "!",
        "your" + "_a" * 40_000,
        "/" + "a/" * 40_000 + "!",
        "a-" * 40_000 + "!",
        "x" * 80_000,
    ],
    ids=["rules", "placeholder", "path", "slug", "run"],
)
def test_checks_take_linear_time(text: str) -> None:
    """Eighty thousand characters made to confuse take no second."""
    begun = time.perf_counter()
    unlike.own_value(text)
    unlike.numbered(text, 10, 20)
    secret_checks.field_secret(text)
    secret_checks.password_there(text)
    secret_checks.told(text)
    assert time.perf_counter() - begun < 1.0
