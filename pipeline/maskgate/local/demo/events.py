"""Sample events: orders, tickets, logs, agent tool calls, database rows, config dumps; nested, several languages.

Every person, number and secret is made up. Secrets are put together from parts, so that no scanner finds one here.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple


class Person(NamedTuple):
    """A made-up person with values of their country."""

    first: str
    last: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    country: str
    iban: str
    born: str


PEOPLE = (
    Person("Amelia", "Okafor", "amelia.okafor@example.co.uk", "+44 20 7946 0958", "14 Wharf Lane", "Leeds",
           "LS1 4DY", "GB", "GB82 WEST 1234 5698 7654 32", "1984-03-19"),
    Person("Jürgen", "Weiß", "j.weiss@example.de", "+49 30 901820", "Lindenstraße 41", "Berlin", "10969", "DE",
           "DE89 3704 0044 0532 0130 00", "1971-11-02"),
    Person("Camille", "Lefèvre", "camille.lefevre@example.fr", "+33 1 70 18 99 00", "8 rue des Lilas", "Lyon",
           "69003", "FR", "FR14 2004 1010 0505 0001 3M02 606", "1990-07-28"),
    Person("Mateo", "Fernández", "mateo.fdez@example.es", "+34 910 123 456", "Calle de Alcalá 112", "Madrid", "28009",
           "ES", "ES91 2100 0418 4502 0005 1332", "1968-01-15"),
    Person("Priya", "Raman", "priya_raman@example.in", "+91 22 2778 2183", "22 Hill Road, Bandra West", "Mumbai",
           "400050", "IN", "", "1995-09-04"),
    Person("Emma", "Johansson", "emma.j@example.se", "+46 8 5055 0080", "Sveavägen 44", "Stockholm", "111 34", "SE",
           "SE45 5000 0000 0583 9825 7466", "1979-12-30"),
    Person("Marco", "Bianchi", "m.bianchi@example.it", "+39 06 698 1234", "Via Garibaldi 7", "Torino", "10122", "IT",
           "IT60 X054 2811 1010 0000 0123 456", "1988-05-11"),
    Person("Hannah", "Whitfield", "hannah.whitfield@example.com", "+1 415 555 0132", "2210 Juniper Avenue", "Portland",
           "97205", "US", "", "1992-02-08"),
    Person("Zofia", "Kowalska", "zofia.kowalska@example.pl", "+48 22 621 02 51", "ulica Miodowa 15", "Kraków",
           "31-055", "PL", "PL61 1090 1014 0000 0712 1981 2874", "1965-08-23"),
    Person("Daniel", "Mbeki", "d.mbeki@example.co.za", "+27 21 424 3456", "9 Kloof Street", "Cape Town", "8001", "ZA",
           "", "1999-10-17"),
)  # fmt: skip
CARDS = ("4242 4242 4242 4242", "5555 5555 5555 4444", "3782 822463 10005", "6011 1111 1111 1117")


def _secret(rng: random.Random, *parts: str | int) -> str:
    alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "".join(p if isinstance(p, str) else "".join(rng.choices(alphabet, k=p)) for p in parts)


def order(p: Person, rng: random.Random) -> dict[str, Any]:
    """An order with payment."""
    return {
        "orderId": f"ORD-{rng.randrange(10**6):06d}",
        "placedAt": f"2026-10-{rng.randrange(1, 29):02d}T1{rng.randrange(10)}:04:31Z",
        "customer": {"firstName": p.first, "lastName": p.last, "email": p.email, "phone": p.phone},
        "shipTo": {"street": p.street, "city": p.city, "postcode": p.postcode, "country": p.country},
        "payment": {
            "card": rng.choice(CARDS),
            "cvv": f"{rng.randrange(100, 999)}",
            "amount": rng.randrange(900) + 0.95,
        },
        "lines": [{"sku": f"SKU-{rng.randrange(9999):04d}", "qty": rng.randrange(1, 4), "title": "Trail lamp, 400 lm"}],
    }


def ticket(p: Person, rng: random.Random) -> dict[str, Any]:
    """A support ticket in English prose."""
    text = rng.choice((
        f"Hi, this is {p.first} {p.last}. My parcel went to the wrong house again, I live at {p.street} in {p.city}. "
        f"Please call me on {p.phone} or write to {p.email}.",
        f"Customer {p.first} {p.last} says the invoice was charged twice. Refund to {p.iban or p.email}.",
        f"Spoke with Mr {p.last} from {p.city} this morning, he moved to {p.street} and wants the old address deleted.",
    ))  # fmt: skip
    return {"ticket": rng.randrange(10**5), "channel": "mail", "lang": "en", "subject": "Delivery", "body": text}


def ticket_abroad(p: Person, rng: random.Random) -> dict[str, Any]:
    """A support ticket in German, French or Spanish."""
    lang, text = rng.choice((
        ("de", f"Guten Tag, mein Name ist {p.first} {p.last}. Bitte überweisen Sie auf {p.iban or 'mein Konto'}, "
               f"Rückfragen an {p.email}."),
        ("fr", f"Bonjour, je suis {p.first} {p.last}, j'habite {p.street} à {p.city}. Mon numéro : {p.phone}."),
        ("es", f"Hola, soy {p.first} {p.last} de {p.city}; mi correo es {p.email} y mi teléfono {p.phone}."),
    ))  # fmt: skip
    return {"ticket": rng.randrange(10**5), "lang": lang, "body": text, "tags": ["billing", "eu"]}


def log_line(p: Person, rng: random.Random) -> dict[str, Any]:
    """A log line that should never have been logged."""
    token = _secret(rng, "ghp", "_", 36)
    return {
        "ts": f"2026-10-12T09:{rng.randrange(60):02d}:11.482Z",
        "level": rng.choice(("INFO", "WARN", "ERROR")),
        "service": "checkout",
        "trace_id": f"{rng.getrandbits(128):032x}",
        "msg": rng.choice((
            f"login ok user={p.email} ip=203.0.113.{rng.randrange(255)} ua=\"Mozilla/5.0\"",
            f"POST /v1/pay?email={p.email.replace('@', '%40')}&amount=12.00 -> 502 in 381ms",
            f"retry webhook with Authorization: Bearer {token}",
            "cache warmed: 4182 entries, 17 evicted, hit ratio 0.93",
        )),
    }  # fmt: skip


def tool_call(p: Person, rng: random.Random) -> dict[str, Any]:
    """What an AI agent sends to a tool, arguments as JSON in a string."""
    arguments = {"query": "open invoices", "customer": {"name": f"{p.first} {p.last}", "email": p.email}, "limit": 20}
    return {
        "type": "tool_call",
        "agent": {"id": f"agent-{rng.randrange(40)}", "model": "assistant-2", "on_behalf_of": p.email},
        "tool": "crm.search",
        "arguments": json.dumps(arguments, ensure_ascii=False),
        "prompt": f"Find everything we owe {p.first} {p.last} and draft a mail to {p.email}.",
    }


def row(p: Person, rng: random.Random) -> dict[str, Any]:
    """A change of a database row."""
    return {
        "op": "u",
        "source": {"db": "hr", "table": "employees", "lsn": rng.randrange(10**9)},
        "after": {
            "employee_id": rng.randrange(10**5),
            "full_name": f"{p.last}, {p.first}",
            "date_of_birth": p.born,
            "ssn": f"{rng.randrange(100, 665):03d}-{rng.randrange(10, 99):02d}-{rng.randrange(1000, 9999):04d}",
            "iban": p.iban.replace(" ", "") or None,
            "salary": rng.randrange(38_000, 120_000),
        },
    }


def config_dump(p: Person, rng: random.Random) -> dict[str, Any]:
    """A configuration dump with credentials in it."""
    return {
        "host": f"app-{rng.randrange(9)}.internal",
        "env": {
            "DATABASE_URL": f"postgres://svc:{_secret(rng, 14)}@db.internal:5432/orders",
            "AWS_ACCESS_KEY_ID": "AK" + "IA" + "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)),
            "SLACK_TOKEN": _secret(rng, "xo", "xb-", str(rng.randrange(10**11, 10**12)), "-",
                                   str(rng.randrange(10**11, 10**12)), "-", 24),
            "LOG_LEVEL": "info",
        },
        "blob": base64.b64encode(f"owner={p.email}".encode()).decode(),
        "maintainer": f"{p.first} {p.last} <{p.email}>",
    }  # fmt: skip


def telemetry(p: Person, rng: random.Random) -> dict[str, Any]:
    """Nothing personal: must pass byte for byte."""
    return {
        "device": f"{rng.getrandbits(64):016x}",
        "metrics": {"cpu": 0.413, "mem": rng.randrange(10**9), "ratio": 1.10, "build": "2.14.7-rc1"},
        "checks": [{"name": "disk", "ok": True}, {"name": "clock", "ok": rng.random() < 0.9}],
        "request_id": f"{rng.getrandbits(128):032x}",
    }


KINDS: tuple[Callable[[Person, random.Random], dict[str, Any]], ...] = (
    order, ticket, ticket_abroad, log_line, tool_call, row, config_dump, telemetry,
)  # fmt: skip


def stream(count: int, seed: int = 7) -> list[bytes]:
    """``count`` events as JSON bytes, the kinds in turn, the same for the same seed."""
    rng = random.Random(seed)
    return [
        json.dumps(KINDS[n % len(KINDS)](rng.choice(PEOPLE), rng), ensure_ascii=n % 3 == 0).encode()
        for n in range(count)
    ]


def poison() -> list[bytes]:
    """Records that no parser should be asked twice about."""
    return [b'{"user": "cut off', b'{"a":' * 5000 + b"1" + b"}" * 5000, b"\xff\xfe not text", b'{"n": NaN}']
