"""Events for the speed figures: about 632 bytes, 17 strings and 2 numbers, keys permuted into many shapes."""

from __future__ import annotations

import json
import random
import string
import uuid
from collections.abc import Callable, Iterator
from typing import Any

FIRST = (
    "Anna Jan Maria Petra Lukas Sofia Marco Elena Piotr Ingrid Noah Emma Lars Chloe Hugo Ines Omar Leila Ravi Mei "
    "Tomas Eva Nils Clara Bruno Alice Felix Nora Ivan Julia"
).split()
LAST = (
    "Smith Novak Mueller Rossi Garcia Dubois Jansen Kowalski Larsson Costa Yilmaz Brown Fischer Moreau Conti Silva "
    "Berg Visser Wagner Lopez Martin Nowak Lindgren Bakker Ferrari Keller Ortega Weber Horvat Olsen"
).split()
CITIES = "Lisbon Hamburg Lyon Turin Utrecht Gdansk Malmo Porto Graz Leeds Bergen Ghent Seville Brno Aarhus".split()
STREETS = "Main Oak Mill Church Station Park High Lake River Garden".split()
VERBS = "called asked complained wrote waited paid moved returned signed agreed".split()
THINGS = "the invoice,a late parcel,the new contract,a broken lamp,the refund,an old order,the delivery".split(",")
_HEX = "0123456789abcdef"


def _token(rng: random.Random, alphabet: str, size: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(size))


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _fields(rng: random.Random) -> dict[str, Any]:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    number = rng.randrange(10**6)
    return {
        "event_id": _uuid(rng),
        "ts": f"2026-{rng.randrange(10, 13)}-{rng.randrange(10, 29)}T{rng.randrange(10, 24)}:17:09.{number % 1000:03}Z",
        "type": rng.choice(("order.created", "order.paid", "page.viewed", "cart.updated")),
        "service": rng.choice(("checkout-api", "web-frontend", "billing-worker")),
        "trace_id": _token(rng, _HEX, 32),
        "session": _token(rng, string.ascii_letters + string.digits, 22),
        "customer": {"first_name": first, "last_name": last, "email": f"{first}.{last}{number}@example.org".lower()},
        "client_ip": f"{rng.randrange(1, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
        "order_id": f"ORD-{rng.randrange(10**8):08}",
        "sku": f"SK{rng.randrange(10**6):06}-{rng.choice('ABCDE')}",
        "amount": round(rng.random() * 500, 2),
        "quantity": rng.randrange(1, 9),
        "currency": rng.choice(("EUR", "USD", "SEK", "PLN")),
        "status": rng.choice(("accepted", "pending", "shipped")),
        "url": f"https://shop.example.com/{rng.choice(('p', 'c', 'search'))}/{number}?ref=mail&v=7",
        "user_agent": f"Mozilla/5.0 (X11; Linux x86_64) Gecko/{number} Firefox/{rng.randrange(60, 140)}.0",
        "build": f"{rng.randrange(9)}.{rng.randrange(40)}.{rng.randrange(99)}",
    }


def _shape(rng: random.Random, field: dict[str, Any]) -> list[str]:
    keys = list(field)
    rng.shuffle(keys)
    return keys


def text(rng: random.Random) -> str:
    """A note of about 156 characters with a name and a place in it."""
    parts = [
        f"Yesterday {rng.choice(FIRST)} {rng.choice(LAST)} {rng.choice(VERBS)} about {rng.choice(THINGS)} and",
        f"{rng.choice(VERBS)} again from {rng.choice(CITIES)}; the parcel for {rng.randrange(1, 200)}",
        f"{rng.choice(STREETS)} Street was {rng.choice(VERBS)} {rng.randrange(2, 40)} days later than we had planned.",
    ]
    return " ".join(parts)


def events(
    count: int,
    *,
    seed: int,
    values: int | None = None,
    shapes: int = 200,
    fresh_shapes: bool = False,
    texts: Callable[[random.Random], str] | None = None,
) -> Iterator[bytes]:
    """Events in Zipf-distributed shapes, those of ``seed`` with the values of ``values``.

    With ``fresh_shapes`` every event has its own order of keys and a key that no other event has.
    """
    rng = random.Random(seed)
    layouts = [_shape(rng, _fields(rng)) for _ in range(shapes)]
    weights = [1 / (rank + 1) for rank in range(shapes)]
    rng = random.Random(seed if values is None else values)
    for at, layout in enumerate(rng.choices(layouts, weights, k=count)):
        field, keys = _fields(rng), list(layout)
        if texts is not None:
            field["note"] = texts(rng)
            keys.append("note")
        if fresh_shapes:
            keys = [*_shape(rng, field), f"x{at}"]
            field[f"x{at}"] = "unseen"
        yield json.dumps({key: field[key] for key in keys}).encode()


def repeating_texts(seed: int, distinct: int) -> Callable[[random.Random], str]:
    """Texts out of ``distinct`` ones, each as likely."""
    rng = random.Random(seed)
    pool = [text(rng) for _ in range(distinct)]
    return lambda other: other.choice(pool)
