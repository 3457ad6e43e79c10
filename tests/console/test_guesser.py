"""What a reviewer may read says no value: a guesser who tries all of them out offline learns nothing."""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from fake_console import Site

from maskgate.approvals.messages import items, manifest
from maskgate.base.records import FieldUse
from maskgate.console.api import requests
from maskgate.gate import view
from maskgate.kafka import topics

SECRET = b"7351"
BEFORE, AFTER = b'{"pin":"mg1.', b'","n":1}'


@pytest.fixture
def site(tmp_path: Path) -> Any:
    made = Site(tmp_path, now=time.time_ns() // 1_000_000)
    yield made
    made.close()


def told(site: Site) -> str:
    """All that a reviewer reads of a held four-digit value: the API, and the topic of the views."""
    uses = (FieldUse("/pin", "PIN", "fpe", "pin", 1.0, 1, "a" * 64), *(FieldUse("/n", "PIN", "fpe", "n", 1.0, 2),))
    request = site.hold(value=BEFORE + SECRET + AFTER, key=None, uses=uses)
    client = site.client("dan")
    texts = [json.dumps(client.show(request.request_id)), json.dumps(client.get_json("/requests"))]
    texts.append(json.dumps(client.get_json(f"/requests/{request.request_id}/whole")))
    texts.append(json.dumps(client.post_json(f"/requests/{request.request_id}/masked", {"pointers": ["/n"]})))
    texts += [(out.value or b"").decode() for _, out in site.world.broker.records[topics.STATE]]
    return "\n".join(texts)


def guesses(value: bytes) -> list[str]:
    """Every digest of a value that needs no key."""
    masked = items.masked_digest(None, value, ())
    result = items.masked_digest(None, value.replace(b'"n":1', b'"n":"<MASKED_BY_REVIEWER>"'), ())
    plain = [hashlib.sha256(part).hexdigest() for part in (value, SECRET, BEFORE[-4:] + SECRET)]
    return [masked, result, manifest.result_digest([("0" * 32, result)]), *plain]


def learnt(text: str) -> list[str]:
    """The four digits that fit something in the text."""
    seen = set(re.findall(r"[0-9a-f]{64}", text))
    out = []
    for number in range(10_000):
        digits = f"{number:04}".encode()
        if seen & set(guesses(BEFORE + digits + AFTER)):
            out.append(digits.decode())
    return out


def test_no_digest_that_reviewers_read_can_be_tried_out(site: Site) -> None:
    """Ten thousand guesses against everything that the API and the views hold: none fits."""
    text = told(site)
    assert SECRET.decode() not in text
    assert learnt(text) == []
    for word in ("masked_digest", "content_mac", "key_mac", "blind"):
        assert not re.search(rf'"{word}":\s*"[0-9a-f]', text)
    assert "a" * 64 not in text  # the MAC that says two requests are about one person


def test_exact_counts_are_not_told(site: Site) -> None:
    """Kinds come with bands; the state that is signed has no counts."""
    request = site.hold()
    entry = site.client("dan").show(request.request_id)["entry"]
    assert all(item["entities"] == [] for item in entry["request"]["items"])


def counts_on_the_topic(site: Site) -> tuple[set[int], list[list[str]]]:
    """Whoever reads the topic of the views and nothing else: every count of a finding in it, and the bands."""
    uses = (FieldUse("/a", "PERSON", "token", "a", 1.0, 7301), FieldUse("/b", "IBAN", "token", "b", 1.0, 3))
    site.hold(uses=uses)
    counts: set[int] = set()
    bands: list[list[str]] = []
    for _, out in site.world.broker.records[topics.STATE]:
        tree = json.loads(out.value or b"{}")
        if "entry" in tree:
            request = tree["entry"]["request"]
            counts |= {count for item in request["items"] for _, count in item["entities"]}
            counts |= {found for _, _, found, _ in request["spent"]}
            bands = tree["found"]
    return counts, bands


def test_the_topic_of_the_views_holds_bands(site: Site) -> None:
    """A reader of the topic without the console learns what was found as bands: no count of an item or a budget."""
    counts, bands = counts_on_the_topic(site)
    assert counts == set()
    assert bands == [["PERSON", "1,000+"], ["IBAN", "1-4"]]
    shown = site.client("dan").get_json("/requests")["requests"][0]
    assert [row["band"] for row in shown["entities"]] == ["1,000+", "1-4"]


def test_counts_are_on_the_topic_without_the_defence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the request left as the gate has it the exact counts are read."""
    monkeypatch.setattr(view, "for_readers", lambda entry: entry)
    assert {7301, 3} <= counts_on_the_topic(site)[0]


def test_counts_of_an_older_gate_are_read_as_bands(site: Site) -> None:
    """What lies on the topic from before has its counts taken out before it is shown or kept."""
    request = site.hold()
    site.sync()
    kept = site.context.index.get(request.request_id)
    assert kept is not None
    tree = json.loads(view.encode_view(kept))
    tree["entry"]["request"]["items"][0]["entities"] = [["PERSON", 7301]]
    tree["entry"]["request"]["spent"] = [["day", 1, 7301, 1]]
    del tree["found"]
    read = view.decode_view(json.dumps(tree).encode())
    assert read.found == (("PERSON", "1,000+"),)
    assert b"7301" not in view.encode_view(read)


def test_the_guesser_wins_without_the_defence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the digests left in, one guess fits: the one that is right."""
    for module in (view, requests):
        monkeypatch.setattr(module, "for_readers", lambda entry: entry)
    assert learnt(told(site)) == [SECRET.decode()]


def test_the_blind_keeps_the_root_from_being_tried_out() -> None:
    """The same item under another blind has another leaf, and a log from before blinds keeps its leaves."""
    row = ("a" * 32, "b" * 64, "c" * 64, "t")
    assert len({manifest.leaf(*row), manifest.leaf(*row, "d" * 64), manifest.leaf(*row, "e" * 64)}) == 3
