"""Events in the layouts of real systems, with values of our own: optional members, lists of any length, maps by ids.

What random events do not have: objects that tell each other what they are, one after the other in hundreds of ways.
"""

from __future__ import annotations

import json
import os
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "MASKGATE_REAL_EVENTS"  # an environment variable: a folder of *.ndjson, read beside these where it is set
_NAMES = ("Anna Berg", "Jan Novak", "Mária Kováčová", "李 雷", "O'Neil, Sean", "codertocat", "Zoë K.")
_WORDS = "created push review merged assigned label urgent bug docs release ssn email phone".split()


class RealShapes:
    """A source of events, the same for one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._kinds = (
            self.webhook, self.audit, self.patient, self.trace, self.chat, self.payment, self.change, self.form,
            self.by_id, self.table, self.mail, self.login,
        )  # fmt: skip

    def records(self, count: int) -> list[bytes]:
        """Events of all kinds in turn, some of them printed with whitespace or with escapes."""
        return [self._spelled(self._kinds[at % len(self._kinds)]()) for at in range(count)]

    def _spelled(self, event: dict[str, Any]) -> bytes:
        for key in list(event):
            if self.rng.random() < 0.08:
                event[key] = None
        way = self.rng.randrange(4)
        if way == 0:
            return json.dumps(event, indent=self.rng.choice((1, 4))).encode()
        return json.dumps(event, ensure_ascii=way == 1, separators=(",", ":") if way == 2 else None).encode()

    def _id(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _mail(self) -> str:
        return f"{self.rng.choice(('anna', 'jan.novak', 'sean'))}{self.rng.randrange(99)}@example.org"

    def _phone(self) -> str:
        return f"+1 212 555 0{self.rng.randrange(100, 200)}"

    def _user(self) -> dict[str, Any]:
        rng = self.rng
        user: dict[str, Any] = {"login": rng.choice(_NAMES).lower(), "id": rng.randrange(10**6), "type": "User"}
        user["avatar_url"] = f"https://avatars.example.com/u/{user['id']}?v=4"
        if rng.random() < 0.5:
            user |= {"name": rng.choice(_NAMES), "email": self._mail(), "location": "Lisbon", "site_admin": False}
        return user

    def webhook(self) -> dict[str, Any]:
        """A pull request with its repository."""
        rng = self.rng
        sides = {"label": f"anna:{rng.choice(_WORDS)}", "ref": "main", "sha": f"{rng.getrandbits(160):040x}"}
        return {
            "action": rng.choice(_WORDS),
            "pull_request": {
                "title": "Fix the mail of Anna Berg", "body": rng.choice((None, "call +1 212 555 0147\r\nthanks", "")),
                "user": self._user(), "head": {**sides, "user": self._user()}, "assignees": [
                    self._user() for _ in range(rng.randrange(3))
                ], "labels": [{"name": word, "color": "fff", "default": True} for word in rng.sample(_WORDS, 2)],
            },
            "repository": {
                "name": "hello", "full_name": "anna/hello", "owner": self._user(), "size": rng.randrange(9),
                "pusher": {"name": "anna", "email": self._mail()}, "topics": rng.sample(_WORDS, rng.randrange(3)),
            },
        }  # fmt: skip

    def audit(self) -> dict[str, Any]:
        """An audit log with changed fields and a place."""
        rng = self.rng
        return {
            "actor": {"alternateId": self._mail(), "displayName": rng.choice(_NAMES), "type": "User"},
            "client": {"ipAddress": f"81.2.69.{rng.randrange(255)}", "geographicalContext": {
                "city": "Reno", "geolocation": {"lat": 39.5, "lon": -119.8}, "postalCode": "89501",
            }},
            "target": [{"id": self._id(), "displayName": rng.choice(_NAMES)} for _ in range(rng.randrange(3))],
            "changes": [{"field": rng.choice(("email", "phone", "status")), "old": self._mail(), "new": self._phone()}],
            "debugContext": {"debugData": {"requestUri": f"/users/{rng.randrange(999)}?email={self._mail()}"}},
        }  # fmt: skip

    def patient(self) -> dict[str, Any]:
        """A FHIR resource."""
        rng = self.rng
        return {
            "resourceType": "Patient", "id": self._id(),
            "identifier": [
                {"type": {"coding": [{"code": code, "system": "v2-0203"}]}, "value": str(rng.randrange(10**8, 10**9))}
                for code in rng.sample(("MR", "SS", "DL", "PPN", "XX"), 2)
            ],
            "name": [{"family": "Berg", "given": ["Anna", "Maria"][: rng.randrange(1, 3)]}],
            "telecom": [{"system": rng.choice(("phone", "email")), "value": rng.choice((self._phone(), self._mail()))}],
            "address": [{"line": ["1 High St"], "city": "Reno", "state": "NV", "postalCode": "89501"}],
            "birthDate": "1981-04-05",
        }  # fmt: skip

    def trace(self) -> dict[str, Any]:
        """Spans with attributes as keys and values."""
        rng = self.rng
        attributes = [
            {"key": key, "value": {kind: value}}
            for key, kind, value in (
                ("user.email", "stringValue", self._mail()), ("http.status", "intValue", "200"),
                ("client.address", "stringValue", "81.2.69.142"), ("user.full_name", "stringValue", rng.choice(_NAMES)),
            )
        ]  # fmt: skip
        rng.shuffle(attributes)
        return {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /", "attributes": attributes[:3]}]}]}]}

    def chat(self) -> dict[str, Any]:
        """A message with blocks, and JSON in a string."""
        inner = json.dumps({"user": {"email": self._mail(), "note": 'say "hi"'}})
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"mail {self._mail()} or \u00fcber"}}]
        return {"event": {"type": "message", "text": inner, "blocks": blocks, "user": "U02", "ts": "1716000000.000100"}}

    def payment(self) -> dict[str, Any]:
        """A charge with a card in parts."""
        number = "4111111111111111"
        return {
            "data": {"object": {"amount": self.rng.randrange(10**5), "card": {
                "number1": number[:4], "number2": number[4:8], "number3": number[8:12], "number4": number[12:],
                "exp_month": 4, "cvc": "123", "last4": number[12:],
            }, "billing_details": {"name": self.rng.choice(_NAMES), "phone": self._phone(), "address": {
                "line1": "1 High St", "line2": None, "city": "Reno", "postal_code": "89501",
            }}}}, "livemode": False,
        }  # fmt: skip

    def change(self) -> dict[str, Any]:
        """Change data: a row before and after."""
        row = {"id": self.rng.randrange(999), "first_name": "Anna", "last_name": "Berg", "email": self._mail()}
        return {"op": "u", "before": self.rng.choice((None, row)), "after": {**row, "email": self._mail()}, "ts_ms": 1}

    def form(self) -> dict[str, Any]:
        """Questions and answers."""
        asked = (("What is your full name?", "Anna Berg"), ("Your email", self._mail()), ("Colour", "blue"))
        return {"answers": [{"question": question, "answer": answer} for question, answer in asked],
                "fields": [{"label": "Phone", "value": self._phone(), "type": "text"}]}  # fmt: skip

    def by_id(self) -> dict[str, Any]:
        """Maps whose keys are ids."""
        people = {self._id(): {"name": self.rng.choice(_NAMES), "email": self._mail()} for _ in range(2)}
        return {"users": people, "scores": {str(self.rng.randrange(10**4)): {"email": self._mail()}}, "a/b": {"~": "x"}}

    def table(self) -> dict[str, Any]:
        """A table with heads, and one without."""
        rows = [[at, self.rng.choice(_NAMES), self._mail()] for at in range(self.rng.randrange(1, 4))]
        return {"columns": ["id", "last_name", "email"], "rows": rows, "pairs": [["Authorization", "Bearer abc123def"]]}

    def mail(self) -> dict[str, Any]:
        """Headers as names and values."""
        pairs = (("From", self._mail()), ("X-Forwarded-For", "81.2.69.142"), ("Subject", "Hi"))
        return {"mail": {"headers": [{"name": name, "value": value} for name, value in pairs]}}

    def login(self) -> dict[str, Any]:
        """First and last name beside something of a person, and an empty key."""
        return {"first": "Anna", "last": "Berg", "": {"": self._mail()}, "emptied": {}, "none": [], "deep": [[[1], []]]}


def outside() -> Iterator[bytes]:
    """Events of the folder that the environment names; none where it names none."""
    folder = os.environ.get(FOLDER)
    for file in sorted(Path(folder).glob("*.ndjson")) if folder else ():
        yield from (line for line in file.read_bytes().split(b"\n") if line.strip())
