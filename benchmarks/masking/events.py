"""Events for the masking benchmarks: 632 bytes, 19 scalar leaves, a handful of values that are found."""

from __future__ import annotations

import random

_FIRST = "Ann Bob Carla Dirk Eve Frank Gina Hugo Ida Jan Kim Lars Mona Nils Olga Paul".split()
_LAST = "Archer Berger Costa Dupont Evans Fischer Garcia Hansen Ivanov Jones Keller Lopez".split()


def _card(draw: random.Random) -> str:
    body = "4" + "".join(str(draw.randrange(10)) for _ in range(14))
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def event(draw: random.Random, size: int = 632) -> bytes:
    """One order event; every value is fresh."""
    name = f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"
    text = (
        f'{{"event_id":"evt_{draw.randrange(10**12):012d}","type":"order.created","version":3,"amount":{draw.randrange(10**5)}.50,'
        f'"currency":"EUR","customer":{{"id":{draw.randrange(10**8)},"full_name":"{name}",'
        f'"email":"{name.lower().replace(" ", ".")}{draw.randrange(10**6)}@mail-{draw.randrange(99)}.com",'
        f'"phone":"+49 30 {draw.randrange(10**7):07d}","vip":false}},'
        f'"payment":{{"method":"card","card_number":"{_card(draw)}","expires":"12/29"}},'
        f'"items":[{{"sku":"A-{draw.randrange(10**5)}","qty":{draw.randrange(9)}}},{{"sku":"B-{draw.randrange(10**5)}","qty":1}}],'
        f'"client_ip":"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(256)}","ok":true,"note":"'
    )
    return (text + "status update " * 40)[: size - 2].encode() + b'"}'


def events(count: int, seed: int = 1, size: int = 632) -> list[bytes]:
    """So many events, all different."""
    draw = random.Random(seed)
    return [event(draw, size) for _ in range(count)]
