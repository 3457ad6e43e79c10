"""Records that speak about personal data or look like it and hold none: forms, schemas, errors, goods, machines.

Split by template family into train, dev and test. Rules are mended on train; dev says whether that carries over; test
is only measured.
"""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from benchmarks.detection.benign import _d, _u
from benchmarks.detection.structured import _hex


def _inside(r: random.Random) -> str:
    return f"10.{r.randint(20, 250)}.{r.randint(20, 250)}.{r.randint(20, 250)}"


def _luhn(digits: str) -> str:
    """``digits`` with the check digit that a card number has."""
    total = sum(int(c) if at % 2 else sum(divmod(2 * int(c), 10)) for at, c in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _dashed(r: random.Random, *sizes: int) -> str:
    return "-".join(_d(r, size) for size in sizes)


# train


def sign_up_page(r: random.Random) -> Any:
    return {"page": "join", "inputs": [{"id": "given_name", "caption": "Given name", "kind": "text"}, {"id": "mail", "caption": "Mail address", "placeholder": "you@example.com"},
                                       {"id": "passcode", "caption": "Choose a password", "rule": f"min:{r.randint(8, 14)}"}]}  # fmt: skip


def refused_form(r: random.Random) -> Any:
    return {"status": 400, "errors": {"surname": ["Surname is required"], "password": ["must have at least 10 characters"], "birth_date": ["lies in the future"], "mobile": ["is not a number"]}, "ref": _u(r)}  # fmt: skip


def goods(r: random.Random) -> Any:
    return {"item_no": _dashed(r, 3, 2, 4), "drawing_no": _dashed(r, 3, 3, 4), "serial_number": _luhn("4" + _d(r, 14)), "order_number": _d(r, 10), "gtin": _d(r, 14), "bin": f"A-{_d(r, 2)}-{_d(r, 3)}"}  # fmt: skip


def cluster(r: random.Random) -> Any:
    return {"node": {"name": f"worker-{r.randint(1, 40)}", "internalIP": _inside(r), "podCIDR": "10.244.3.0/24"}, "clusterIP": _inside(r), "endpoint": f"{_inside(r)}:9100", "veth": "02:42:ac:11:00:1" + _hex(r, 1)}  # fmt: skip


def settings(r: random.Random) -> Any:
    return {"db": {"password": r.choice(["${PG_PASS}", "vault:kv/shop#pw", "{{ pg_password }}", "ref+awsssm://shop/pw"])}, "mail": {"secret": "op://ops/mail/key"}, "api_key": r.choice(["<your api key>", "REPLACE_ME", "[hidden]"])}  # fmt: skip


def robots(r: random.Random) -> Any:
    return {"from": "no-reply@notify.example.net", "pusher": f"{_d(r, 8)}+renovate[bot]@users.noreply.github.com", "message_id": f"<{_hex(r, 24)}.{_d(r, 10)}@mx2.example.net>", "run": "ssh deploy@build.internal make"}  # fmt: skip


def what_to_do_with(r: random.Random) -> Any:
    return {"masking": {"email": "drop", "password": "remove", "first_name": "redact", "dob": "year"}, "visibility": {"phone": "friends", "birthday": "private"}, "version": r.randint(1, 9)}  # fmt: skip


def counted(r: random.Random) -> Any:
    return {"distinct": {"phone": int(_d(r, 9)), "first_name": int(_d(r, 5))}, "users_with_phone": int(_d(r, 10)), "note": f"{_d(r, 10)} calls and {_d(r, 9)} mobile views in 30 days"}  # fmt: skip


# dev


def types_of_fields(r: random.Random) -> Any:
    return {"entity": "Member", "columns": {"mail": "varchar(120)", "dob": "date", "password": "bytea", "surname": "text", "phone": "string?"}, "rev": _hex(r, 7)}  # fmt: skip


def catalogue_of_words(r: random.Random) -> Any:
    return {"fi": {"password": "Salasana", "phone": "Puhelinnumero"}, "de": {"dob": "Geburtsdatum", "street": "Straße und Hausnummer", "first_name": "Vorname"}, "rev": r.randint(1, 99)}  # fmt: skip


def work_order(r: random.Random) -> Any:
    return {
        "text": f"Fitted kit P/N {_dashed(r, 3, 3, 4)} from lot {_dashed(r, 3, 2, 4)}; order {_d(r, 10)} closed, invoice {_d(r, 9)} follows.",
        "hours": r.randint(1, 9),
    }


def proxy_line(r: random.Random) -> Any:
    return {
        "log": f'{_inside(r)} - - [02/Mar/2025:04:05:06 +0000] "GET /ready HTTP/1.1" 200 {_d(r, 3)} "-" "kube-probe/1.29"'
    }


def migration(r: random.Random) -> Any:
    return {
        "up": "ALTER TABLE member ADD COLUMN phone text, ADD COLUMN password_hash bytea; CREATE INDEX ON member (lower(email));",
        "checksum": int(_d(r, 9)),
    }


def rejected_login(r: random.Random) -> Any:
    return {
        "message": r.choice(
            [
                "password: must not be blank",
                "invalid token, please sign in again",
                "The API key has expired.",
                "Wrong PIN, 2 tries left",
            ]
        ),
        "code": f"AUTH-{_d(r, 3)}",
    }


def sets_of_keys(r: random.Random) -> Any:
    return {"public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + _hex(r, 43), "fingerprint": "SHA256:" + _hex(r, 43), "kid": _hex(r, 16), "key_id": _hex(r, 20).upper(), "token_type": "Bearer", "alg": "ES256"}  # fmt: skip


def sorted_by(r: random.Random) -> Any:
    return {"sort": {"last_name": "asc", "email": "desc"}, "widths": {"first_name": "120px", "phone": "90px"}, "placeholders": {"ssn": "000-00-0000", "card": "0000 0000 0000 0000"}, "page": r.randint(1, 9)}  # fmt: skip


# test


def schema_in_a_string(r: random.Random) -> Any:
    return {"schema": json.dumps({"type": "object", "required": ["email", "pin"], "properties": {"email": {"type": "string", "format": "email"}, "pin": {"type": "string", "maxLength": 4}}}), "id": r.randint(1, 999)}  # fmt: skip


def import_plan(r: random.Random) -> Any:
    return {
        "mapping": {"first_name": "FNAME", "email": "EMAIL", "zip": "PLZ", "password": "pwd_hash"},
        "rows": int(_d(r, 6)),
        "delimiter": ";",
    }


def secret_store(r: random.Random) -> Any:
    return {"kind": "SecretClaim", "spec": {"secretName": "shop-db", "passwordKey": "password", "remoteRef": {"key": "kv/shop/db", "property": "password"}, "token": "${{ secrets.CI_TOKEN }}"}, "uid": _u(r)}  # fmt: skip


def parcel(r: random.Random) -> Any:
    return {"parcel_no": "00" + _d(r, 18), "consignment_ref": _dashed(r, 3, 3, 4), "weight_g": int(_d(r, 4)), "hub": "Leipzig 2", "route": [f"{_d(r, 2)}.{_d(r, 3)}" for _ in range(3)], "voucher_no": _luhn("5" + str(r.randint(1, 5)) + _d(r, 13))}  # fmt: skip


def service_mesh(r: random.Random) -> Any:
    return {
        "upstream_host": f"{_inside(r)}:8443",
        "listen": "0.0.0.0:15001",
        "dns": _inside(r),
        "trace": _hex(r, 32),
        "line": f"peer {_inside(r)} left, {_inside(r)} is leader",
    }


def template(r: random.Random) -> Any:
    return {"body": "Dear {{first_name}}, your code is {code}. Reply to support at the number on your card.", "sender": "Shop <noreply@post.example.org>", "locale": "en", "n": r.randint(1, 9)}  # fmt: skip


def source_code(r: random.Random) -> Any:
    return {"diff": r.choice(['+    password = os.environ["PG_PASSWORD"]\n-    password = None', "+  const token = await getToken(user);", "+    private String secret = config.get(\"secret\");", "+login(user=name, password=password)"]), "file": "src/auth.py"}  # fmt: skip


def ids_of_machines(r: random.Random) -> Any:
    return {"batch_id": _d(r, 16), "offset": int(_d(r, 12)), "lsn": f"{_hex(r, 2)}/{_hex(r, 8)}".upper(), "etag": f'W/"{_hex(r, 32)}"', "layer": f"sha256:{_hex(r, 64)}", "ts": 1700000000000 + int(_d(r, 10)), "part_number": f"({_d(r, 3)}) {_d(r, 3)}-{_d(r, 4)}"}  # fmt: skip


SPLITS: dict[str, tuple[Callable[[random.Random], Any], ...]] = {
    "train": (sign_up_page, refused_form, goods, cluster, settings, robots, what_to_do_with, counted),
    "dev": (types_of_fields, catalogue_of_words, work_order, proxy_line, migration, rejected_login, sets_of_keys, sorted_by),
    "test": (schema_in_a_string, import_plan, secret_store, parcel, service_mesh, template, source_code, ids_of_machines),
}  # fmt: skip


def events(split: str, each: int) -> list[tuple[str, Any]]:
    """``each`` records of every family of ``split``."""
    return [(f.__name__, f(random.Random(f"lookalikes:{split}:{f.__name__}:{at}"))) for f in SPLITS[split] for at in range(each)]  # fmt: skip
