"""Records without personal data that look as if they had some, and plain texts of every kind."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.detection.structured import _hex, _time


def _d(r: random.Random, size: int) -> str:
    return str(r.randint(1, 9)) + "".join(str(r.randint(0, 9)) for _ in range(size - 1))


def _u(r: random.Random) -> str:
    return str(uuid.UUID(int=r.getrandbits(128), version=4))


PRODUCTS = (
    "Eva Kitchen Table", "Ralph Lauren Polo Shirt", "Madison Desk Lamp", "Victoria Sponge Tin", "Dr. Martens 1460", "Jack Daniel's Glass Set", "Ben & Jerry's 500 ml",
    "Charlotte Wool Scarf", "Brooks Ghost 15", "Austin Backpack 30L", "Florence Marble Tray", "Harley Helmet M", "Paris Wall Clock", "iPhone 15 Pro Max 256GB",
    "Levi's 501 Original", "Johnson's Baby Oil", "Olivia Bed Frame 160x200", "Stanley Quencher 1.2 L", "Sony WH-1000XM5", "Mercedes Wiper Blade", "Georgia Font License",
    "Ray-Ban Wayfarer", "Hugo Boss No. 6", "Estée Lauder Serum 50ml", "Oscar Mayer Bacon", "Carhartt WIP Jacket", "Billy Bookcase 80x28x202", "Samsung QE55Q60",
)  # fmt: skip
HOSTS = ("paris-02.internal", "db-3.eu-west-1.rds.amazonaws.com", "victoria.k8s.local", "cache01.sydney.example.net", "jenkins-agent-7", "ip-10-0-3-17.ec2.internal", "london-gw1")  # fmt: skip
TEXTS = (
    "Deployment of version 2.14.3 finished in 341 seconds on 12 nodes.", "The April release ships in May; August is for maintenance.", "Quarterly revenue rose 4.2% to 1,234,567.89 EUR.",
    "Cache miss ratio above 0.35 for shard 17, rebalancing.", "Out of memory: killed process 18231 (java), total-vm 8123456kB.", "Returns are accepted within 30 days of purchase.",
    "GET /api/v1/products/8841/reviews?page=2&size=50 HTTP/1.1 200 5312", "java.lang.NullPointerException at com.acme.cart.Cart.add(Cart.java:112)", "SELECT id, total FROM orders WHERE created_at > '2024-01-01' LIMIT 100",
    "Your parcel will arrive between 10:00 and 12:00.", "The new Madison lamp is back in stock in black and oak.", "Check out the Jordan collection and the Chelsea boots.", "Upgrade from 10.2.0.1 to 10.2.0.4 before Monday.",
    "Battery at 87 %, temperature 21.5 C, humidity 40 %.", "Job nightly-export failed with exit code 137 after 3 retries.", "if (user.isActive()) { sendReport(user); } // TODO handle null", "Use kubectl rollout undo deployment/web --to-revision=4 to go back.",
    "Open 24/7. Free shipping on orders over 50 EUR. Terms apply.", "Chapter 3: linear time pattern matching, pages 45-67.", "Build #4821 passed: 1,204 tests, 0 failures, coverage 91.3%.", "The meeting room is booked from 2 pm to 3 pm on Tuesday.",
    "Sensor 52.5200, 13.4050 reports 1013 hPa at 12:34:56.", "std::vector<int> v; v.push_back(42); // ok", "CVE-2024-3094 affects xz 5.6.0 and 5.6.1.", "RFC 9110 section 15.5.1 defines 400 Bad Request.", "See https://docs.example.com/guide/install#step-2 for details.",
    "Total: 3 items, 129.97 USD, tax 10.40, ref 2024/000123.", "Model XPS 13 9310, part 0N7YGH, 16GB RAM, 512GB SSD.", "Flight LH 454 departs from gate A12 at 09:35.", "UPDATE inventory SET qty = qty - 1 WHERE sku = 'AB-1234-XL';",
    "Die Lieferung erfolgt in 2 bis 3 Werktagen.", "Le colis sera livré sous 48 heures.", "El pedido se ha enviado correctamente.", "Il prodotto è disponibile in tre colori.", "Order confirmed. Thank you for shopping with us.", "Ticket closed as duplicate of #10233.",
    "Isolation level READ COMMITTED, timeout 30s, pool size 20.", "Rotate logs daily, keep 14 files of 100 MB.", "We ship to \ue000~LOCATION\ue001Germany\ue002, \ue000~LOCATION\ue001France\ue002 and \ue000~LOCATION\ue001Spain\ue002.", "Blue, size M, 2 pcs; red, size L, 1 pc.",
)  # fmt: skip


def telemetry(r: random.Random) -> Any:
    return {"sensor": {"id": f"S-{_d(r, 6)}", "lat": round(r.uniform(-80, 80), 6), "lon": round(r.uniform(-170, 170), 6)}, "ts": 1735689600000 + r.randint(0, 10**9),
            "readings": [round(r.uniform(0, 100), 3) for _ in range(5)], "fw": "1.4.22", "seq": int(_d(r, 10))}  # fmt: skip


def catalogue(r: random.Random) -> Any:
    return {"product": {"name": r.choice(PRODUCTS), "sku": f"{_d(r, 3)}-{_d(r, 2)}-{_d(r, 4)}", "ean": _d(r, 13), "asin": "B0" + _hex(r, 8).upper(), "price": round(r.uniform(1, 999), 2),
            "brand": r.choice(["Tommy Hilfiger", "Calvin Klein", "Hugo Boss", "Acme"]), "dimensions": "80x28x202", "weight_g": r.randint(50, 9000)}, "in_stock": True}  # fmt: skip


def order(r: random.Random) -> Any:
    return {"order_id": _d(r, 10), "order_number": f"{_d(r, 3)}-{_d(r, 7)}-{_d(r, 7)}", "invoice_no": f"INV-2025-{_d(r, 6)}", "tracking_number": f"1Z{_hex(r, 16).upper()}", "total": "129.97",
            "items": [{"name": r.choice(PRODUCTS), "qty": 2, "line": 1}], "status": "shipped", "created": _time(r), "transaction_id": _d(r, 16)}  # fmt: skip


def trace(r: random.Random) -> Any:
    return {"trace_id": _hex(r, 32), "span_id": _hex(r, 16), "parent_id": _hex(r, 16), "traceparent": f"00-{_hex(r, 32)}-{_hex(r, 16)}-01", "service": r.choice(["cart", "search", "auth-gateway"]),
            "duration_ns": int(_d(r, 9)), "start": 1735689600000000000 + int(_d(r, 15)), "host": r.choice(HOSTS), "attributes": {"http.route": "/v1/{id}", "thread.id": int(_d(r, 5))}}  # fmt: skip


def build(r: random.Random) -> Any:
    return {"commit": _hex(r, 40), "short": _hex(r, 7), "branch": r.choice(["main", "release/2.14", "feature/ada-lovelace-mode"]), "version": "10.2.0.4", "image": f"app@sha256:{_hex(r, 64)}",
            "go": "go1.22.3", "artifact": f"app-1.2.{r.randint(0, 99)}-linux-x86_64.tar.gz", "md5": _hex(r, 32), "build_number": int(_d(r, 7)), "duration": "00:12:34"}  # fmt: skip


def log(r: random.Random) -> Any:
    return {"@timestamp": _time(r), "level": r.choice(["INFO", "WARN"]), "message": r.choice(TEXTS), "logger": "com.acme.shop.CartService", "pid": int(_d(r, 5)), "host": r.choice(HOSTS),
            "request_id": _u(r), "line": r.randint(1, 999)}  # fmt: skip


def metrics(r: random.Random) -> Any:
    return {"metric": "jvm.memory.used", "value": int(_d(r, 10)), "tags": {"area": "heap", "env": "prod", "az": "eu-west-1a", "pod": f"web-{_hex(r, 9)}-{_hex(r, 5)}"}, "p99": round(r.random(), 6),
            "buckets": [int(_d(r, 9)) for _ in range(4)]}  # fmt: skip


def config(r: random.Random) -> Any:
    return {"database": {"host": r.choice(HOSTS), "port": 5432, "name": "orders", "pool": 20}, "listen_address": "0.0.0.0:8080", "loopback": "127.0.0.1", "cidr": "10.20.0.0/16", "netmask": "255.255.255.0",
            "schedule": "0 3 * * 1", "timezone": "Europe/Berlin", "locale": "de_DE", "feature": {"name": "new-checkout", "owner_team": "payments"}, "retention": "720h"}  # fmt: skip


def kube(r: random.Random) -> Any:
    return {"kind": "Pod", "metadata": {"name": f"api-{_hex(r, 10)}-{_hex(r, 5)}", "namespace": "prod", "uid": _u(r), "labels": {"app.kubernetes.io/name": "api", "pod-template-hash": _hex(r, 10)},
            "resourceVersion": _d(r, 9)}, "spec": {"containers": [{"name": "api", "image": "registry.local/api:1.2.3", "resources": {"limits": {"memory": "512Mi"}}}]}}  # fmt: skip


def book(r: random.Random) -> Any:
    return {"title": r.choice(["A Field Guide to Getting Lost", "The April Gardener", "Linear Algebra, 4th Edition", "Streets of Laredo Map"]), "isbn": f"978-{_d(r, 1)}-{_d(r, 4)}-{_d(r, 4)}-{_d(r, 1)}", "pages": r.randint(80, 900),
            "published": f"{r.randint(1950, 2024)}-0{r.randint(1, 9)}-15", "language": "en", "doi": f"10.1000/{_hex(r, 8)}"}  # fmt: skip


def finance(r: random.Random) -> Any:
    return {"symbol": r.choice(["AAPL", "SIE.DE", "BTC-USD"]), "isin": "US0378331005", "price": round(r.uniform(1, 900), 4), "volume": int(_d(r, 8)), "open_time": 1735689600000, "bid": "101.25", "ask": "101.27",
            "period": "2025-Q1", "fiscal_year": 2025, "cusip": "037833100", "rate": 0.0425}  # fmt: skip


def agent_step(r: random.Random) -> Any:
    return {"id": f"msg_{_hex(r, 24)}", "role": "assistant", "content": r.choice(TEXTS), "tool": {"name": "search_products", "arguments": {"query": r.choice(PRODUCTS).lower(), "limit": 10}},
            "usage": {"input_tokens": int(_d(r, 4)), "output_tokens": int(_d(r, 3))}, "stop_reason": "end_turn"}  # fmt: skip


def game(r: random.Random) -> Any:
    return {
        "match_id": _u(r),
        "map": r.choice(["Santiago Canyon", "Old Victoria", "Dust II"]),
        "score": [r.randint(0, 16), r.randint(0, 16)],
        "weapon": "Desert Eagle",
        "seed": int(_d(r, 10)),
        "tick": int(_d(r, 6)),
    }


def http(r: random.Random) -> Any:
    return {"method": "POST", "path": f"/v2/items/{_d(r, 8)}/variants/{_u(r)}", "query": "sort=price&order=asc&page=3", "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
"Chrome/120.0.0.0 Safari/537.36",
            "status": 200, "bytes": int(_d(r, 5)), "etag": f'W/"{_hex(r, 16)}"', "referer": "https://www.example.com/sale/summer-2025", "accept": "text/html;q=0.9"}  # fmt: skip


def workflow(r: random.Random) -> Any:
    return {"workflow": {"name": "Nightly Export", "id": _d(r, 9), "run": int(_d(r, 5))}, "steps": [{"name": "Checkout", "uses": "actions/checkout@v4", "ok": True}, {"name": "Set up Python", "ok": True}],
            "cron": "15 2 * * *", "started_at": _time(r), "attempt": 1, "ref": "refs/tags/v1.8.0"}  # fmt: skip


# 9 a digit, A a capital, a a letter, h hex, X a capital or digit: formats of numbers that shops and machines give out.
SHAPES = (
    "9999999999", "999999999999", "9999999999999", "999999999999999999", "999-9999999-9999999", "99-9999999", "A9999999A", "AA99AA9999", "AAA999999", "AA999999999", "AAAAA9999A",
    "AAA-9999", "AA-999-AA", "hhhhhhhhhhhh", "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", "XXXXXXXXXXXXXXXXX", "9.99.999", "9999.9999.9999", "hh:hh:hh:hh", "hh:hh:hh:hh:hh:hh:hh:hh", "9999-99-99",
    "999.999.999", "9,999,999.99", "99999-9999", "aaaaaaaa-9999", "tok_XXXXXXXX", "XXXX-XXXX-XXXX-XXXX", "1Z999AA99999999999", "#99999", "9AAA999", "99999999-9", "999999/9999", "99.999999,99.999999",
    "0xhhhhhhhh", "AAAA99AA", "AAAAAAAAAAA", "aaaaa.aaaa:9999", "a9aaa99h", "9e+99", "AA 99 AA 9999",
)  # fmt: skip
_DRAW = {
    "9": "0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "a": "abcdefghijklmnopqrstuvwxyz",
    "h": "0123456789abcdef",
    "X": "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789",
}


def codes(r: random.Random) -> Any:
    def draw() -> str:
        return "".join(r.choice(_DRAW[c]) if c in _DRAW else c for c in r.choice(SHAPES))

    return {
        "value": draw(),
        "code": draw(),
        "reference": draw(),
        "result": {"output": draw(), "text": f"step {draw()} done"},
        "n": int(_d(r, r.randint(6, 18))),
    }


FAMILIES: tuple[Callable[[random.Random], Any], ...] = (
    telemetry, catalogue, order, trace, build, log, metrics, config, kube, book, finance, agent_step, game, http, workflow, codes,
)  # fmt: skip


def events(r: random.Random, count: int) -> list[tuple[str, Any]]:
    """Look-alike events of every family in turn."""
    return [(FAMILIES[n % len(FAMILIES)].__name__, FAMILIES[n % len(FAMILIES)](r)) for n in range(count)]


def corpus() -> list[tuple[str, Any]]:
    """Plain texts without personal data, each a record."""
    return [("text", {"text": text}) for text in TEXTS] + [
        ("product", {"title": name, "category": "home"}) for name in PRODUCTS
    ]
