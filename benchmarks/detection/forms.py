"""The hard forms: the same values as numbers, keys, wrapped, encoded, in other scripts' digits, in parts."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from benchmarks.detection.marks import Number, mark, through, whole
from benchmarks.detection.values import Person

Family = Callable[[random.Random, Person], Any]
_WIDE = {c: chr(ord(c) + 0xFEE0) for c in map(chr, range(0x21, 0x7F))}


def wide(text: str) -> str:
    """Full-width spelling of ASCII."""
    return "".join(_WIDE.get(c, c) for c in text)


def numeric_card(r: random.Random, p: Person) -> Any:
    digits = re.sub(r"\D", "", p.card())
    return {
        "event": "auth",
        "card": {"number": Number("CREDIT_CARD", digits)},
        "value": Number("CREDIT_CARD", digits),
        "amount": 1200,
    }


def as_keys(r: random.Random, p: Person) -> Any:
    return {
        "counts_by_user": {p.m_email: r.randint(1, 9), p.m_email: 2},
        "phones": {p.m_intl_phone: "sent"},
        "total": 3,
    }


def json_in_string(r: random.Random, p: Person) -> Any:
    inner = json.dumps(
        {"user": {"first_name": p.m_first, "last_name": p.m_last, "email": p.m_email}, "n": 4}, ensure_ascii=False
    )
    twice = json.dumps(
        {"body": json.dumps({"email": p.m_email, "phone": p.m_intl_phone}, ensure_ascii=False)}, ensure_ascii=False
    )
    return {"payload": inner, "raw": twice, "kind": "audit"}


def percent(r: random.Random, p: Person) -> Any:
    email = through(p.m_email, lambda text: quote(text, safe=""))
    name = through(mark("PERSON", f"{p.first_} {p.last_}"), lambda text: quote(text, safe=""))
    return {
        "url": f"https://example.com/u?first_name={name}&email={email}&page=2",
        "form": f"email={email}&newsletter=1",
    }


def log_line(r: random.Random, p: Person) -> Any:
    return {
        "message": f"2025-01-02 10:11:12,345 INFO [main] c.a.Mailer - sent to={p.m_email} ip={p.m_ip} dur=34ms",
        "line": f'{p.m_ip} - - [02/Jan/2025:10:11:12 +0000] "POST /login HTTP/1.1" 200 512 "-" "curl/8.1" '
        f"user={p.m_email}",
        "csv": f"{p.digits(5)},{p.m_email},{p.m_ip},{p.m_iban.replace(' ', '')},ok",
    }


def upper_lower_names(r: random.Random, p: Person) -> Any:
    change = r.choice([str.upper, str.lower])
    return {
        "customer_name": through(p.m_name, change),
        "LAST_NAME": through(p.m_last, change),
        "cardholderName": through(p.m_name, str.upper),
    }


def full_width(r: random.Random, p: Person) -> Any:
    return {
        "note": "連絡先 " + through(p.m_email, wide) + " まで",
        "card": through(mark("CREDIT_CARD", p.card()), wide),
        "phone": through(p.m_intl_phone, wide),
    }


def split_names(r: random.Random, p: Person) -> Any:
    return {"people": [{"given": p.m_first, "family": p.m_last, "role": "owner"}], "contact": {"name": {"first": p.m_first, "last": p.m_last}},
            "user": {"firstname": p.m_first, "surname": p.m_last}}  # fmt: skip


def in_base64(r: random.Random, p: Person) -> Any:
    def encode(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    return {
        "blob": whole(json.dumps({"email": p.m_email, "name": "x"}, ensure_ascii=False), encode),
        "data": whole(f"contact {p.m_email} today", encode),
    }


def escapes(r: random.Random, p: Person) -> Any:
    html = through(p.m_email, lambda text: text.replace("@", "&#64;"))
    return {
        "html": f"<p>Write to <b>{html}</b></p>",
        "zero": through(p.m_email, lambda text: text.replace("@", "\u200b@")),
        "nbsp": f"card {through(mark('CREDIT_CARD', '4111 1111 1111 1111'), lambda t: t.replace(' ', chr(160)))} ok",
    }


FAMILIES: tuple[Family, ...] = (
    numeric_card, as_keys, json_in_string, percent, log_line, upper_lower_names, full_width, split_names, in_base64, escapes,
)  # fmt: skip
