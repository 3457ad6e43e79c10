"""Values that somebody tries to carry past: wrapped, encoded, split and spelled oddly. One case, one value."""
# ruff: noqa: E501  (a record or a sentence reads best on one line)

from __future__ import annotations

import base64
import gzip
import json
import random
from typing import Any
from urllib.parse import quote

from benchmarks.detection.forms import wide
from benchmarks.detection.marks import Number, mark, through, whole
from benchmarks.detection.values import Person

PLAIN, ENCODED = "plain", "encoded"


def cases(r: random.Random, p: Person) -> list[tuple[str, Any]]:
    """(class, tree) of every way; the class says whether the value stands unencoded in one string leaf."""
    card = p.card()
    values = [p.m_email, p.m_iban, mark("CREDIT_CARD", card), p.m_intl_phone, mark("US_SSN", p.ssn()), p.m_ip]
    out: list[tuple[str, Any]] = []
    for value in values:
        out += [
            (PLAIN, {"text": value}),
            (PLAIN, {"x": {"y": {"z": [[value]]}}}),
            (PLAIN, {"order_id": value}),
            (PLAIN, {"debug": f"<<<{value}>>>"}),
            (PLAIN, {"note": f"({value})"}),
            (PLAIN, {"note": f"value:'{value}',"}),
            (PLAIN, {"note": f"\n\t{value}\r\n"}),
            (PLAIN, {"note": f"a|b|{value}|c"}),
            (PLAIN, {"note": "lorem ipsum dolor " * 40 + value + " sit amet " * 40}),
            (PLAIN, {value: 1}),
            (PLAIN, {"json": json.dumps({"a": [value]}, ensure_ascii=False)}),
            (ENCODED, {"u": through(value, lambda text: quote(text, safe=""))}),
            (ENCODED, {"b": whole(value, lambda text: base64.b64encode(text.encode()).decode())}),
            (
                ENCODED,
                {
                    "b": whole(
                        "see " + value + " please",
                        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
                    )
                },
            ),
            (
                ENCODED,
                {
                    "g": whole(
                        "see " + value, lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
                    )
                },
            ),
            (ENCODED, {"w": through(value, wide)}),
            (ENCODED, {"h": through(value, lambda text: "".join(f"&#{ord(c)};" for c in text))}),
            (ENCODED, {"z": through(value, lambda text: text[:2] + "\u200b" + text[2:])}),
            (ENCODED, {"e": through(value, lambda text: "".join(f"\\u{ord(c):04x}" for c in text))}),
        ]
    digits = "".join(c for c in card if c.isdigit())
    out += [
        (ENCODED, {"card1": mark("CREDIT_CARD", digits[:4]), "card2": mark("CREDIT_CARD", digits[4:8]), "card3": mark("CREDIT_CARD", digits[8:12]),
                   "card4": mark("CREDIT_CARD", digits[12:])}),
        (ENCODED, {"first_name": p.m_first, "last_name": p.m_last}),
        (ENCODED, {"n": Number("CREDIT_CARD", digits)}),
        (ENCODED, {"t": mark("EMAIL_ADDRESS", p.email().replace("@", " [at] ").replace(".com", " [dot] com"))}),
        (ENCODED, {"t": mark("CREDIT_CARD", ".".join(digits[at : at + 4] for at in range(0, len(digits), 4)))}),
        (ENCODED, {"phone_country": mark("~PHONE_NUMBER", "+49"), "phone_number": mark("PHONE_NUMBER", p.digits(10))}),
    ]  # fmt: skip
    words = "zero one two three four five six seven eight nine".split()
    mail = p.email()
    out += [
        (PLAIN, {"t": "card " + mark("CREDIT_CARD", "*".join(digits[at : at + 4] for at in range(0, len(digits), 4)))}),
        (PLAIN, {"t": "paid by z" + mark("CREDIT_CARD", digits)}),
        (PLAIN, {"t": "scan-" + mark("CREDIT_CARD", digits) + ".png"}),
        (PLAIN, {"t": "7,x," + mark("CREDIT_CARD", digits) + ",ok"}),
        (PLAIN, {"t": "ssn_" + mark("US_SSN", p.ssn().replace("-", "_"))}),
        (PLAIN, {"t": "log in as " + mark("EMAIL_ADDRESS", mail) + "/" + mark("~SECRET", "x")}),
        (ENCODED, {"t": "my number is " + mark("CREDIT_CARD", " ".join(words[int(digit)] for digit in digits))}),
        (ENCODED, {"t": "write to " + mark("EMAIL_ADDRESS", " ".join(mail))}),
        (ENCODED, {"t": "see " + whole("mail " + mark("EMAIL_ADDRESS", mail), lambda text: text.encode().hex())}),
        (ENCODED, {"t": "To: " + mark("EMAIL_ADDRESS", mail.replace("@", "=40"))}),
        (ENCODED, {"t": "From: " + whole(mark("EMAIL_ADDRESS", mail), lambda text: f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?=")}),
    ]  # fmt: skip
    return out
