"""The console's index against a plain search through the same requests."""

from __future__ import annotations

import json
import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import fake_office as office
import pytest

from maskgate.approvals.model import OPEN, ItemState, RequestState, Slot
from maskgate.console.index import Index, due_at
from maskgate.console.queries import Query
from maskgate.gate.view import View, encode_view, for_readers

GROUPS = ("privacy", "security", "reviewers", "leads")
PEOPLE = tuple(office.PEOPLE)


def world() -> tuple[RequestState, list[Any]]:
    """A pending request to make others of, and a vote of everybody."""
    made = office.Office()
    request = made.open(tier="double")
    for person in ("anna", "ben", "dan"):
        made.vote(request, person, "abstain")
    return made.of(request), list(made.of(request).votes)


ENTRY, VOTES = world()


def some(rng: random.Random, number: int, turn: int) -> View:
    """A request in some state, for some groups, with some people out."""
    request = ENTRY.request
    quorum = replace(request.quorum, all_of=tuple(Slot(g, 1) for g in rng.sample(GROUPS, rng.randint(1, 2))))
    excluded = replace(request.exclusions, persons=tuple(rng.sample(PEOPLE, rng.choice((0, 0, 1, 2)))))
    fields = {
        "request_id": f"00000000-0000-7000-8000-{number:012d}",
        "quorum": quorum,
        "exclusions": excluded,
        "tier": rng.choice(("standard", "high")),
        "expires_at": request.created + rng.randint(1, 30) * 60_000,
        "action": replace(request.action, purpose=rng.choice(("monthly settlement", "audit"))),
    }
    state = rng.choice([*ItemState, *[ItemState.PENDING] * 12])
    votes = tuple(rng.sample(VOTES, rng.randint(0, 2)))
    entry = replace(ENTRY, request=replace(request, **fields), rest=state, votes=votes)
    return View(entry, request.created + turn, turn)


def wanted(views: dict[str, View], query: Query) -> list[str]:
    """Ids in the order of the queue, by looking at every request."""

    def fits(view: View) -> bool:
        entry, request = view.entry, view.entry.request
        out = {*request.exclusions.persons, *(v.person_id for v in entry.votes)}
        mine = entry.state is ItemState.PENDING and query.person not in out
        return (
            (query.open is None or query.open == (entry.state in OPEN))
            and (not query.states or entry.state.value in query.states)
            and (not query.tier or request.tier == query.tier)
            and query.text in request.action.purpose
            and (not query.expiring_before or due_at(entry) < query.expiring_before)
            and (not query.person or (mine and bool({s.group for s in request.quorum.all_of} & set(query.groups))))
        )

    def rank(view: View) -> tuple[int, str]:
        return (due_at(view.entry) if query.by_deadline else view.changed), view.entry.request.request_id

    found = sorted((rank(v) for v in views.values() if fits(v)), reverse=not query.by_deadline)
    return [request_id for _, request_id in found]


def queries() -> list[Query]:
    own = [
        Query(person=person, groups=groups)
        for person in ("anna", "ben", "frank")
        for groups in ((), ("reviewers",), ("privacy", "security"), GROUPS)
    ]
    soon = ENTRY.request.created + 600_000
    return [
        *own,
        *(replace(q, tier="high") for q in own),
        *(replace(q, expiring_before=soon) for q in own),
        *(replace(q, text="audit", tier="standard") for q in own[:6]),
        *(replace(q, states=("PENDING",)) for q in own[:4]),
        Query(),
        Query(open=True),
        Query(open=False),
        Query(open=True, tier="high", text="audit"),
        Query(open=True, expiring_before=soon),
        Query(states=("PENDING", "APPROVED")),
        Query(states=("RELEASED", "RATIFIED")),
        Query(states=("DENIED", "EXPIRED", "WITHDRAWN"), tier="high"),
        Query(states=("PENDING", "DENIED")),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_index_answers_as_a_search_would(seed: int) -> None:
    """Whatever came, changed or went: same rows, same order, page by page, and the same count."""
    rng = random.Random(seed)
    index, views = Index(":memory:"), {}
    for turn in range(300):
        view = some(rng, rng.randint(0, 120), turn)
        request_id = view.entry.request.request_id
        if rng.random() < 0.1:
            views.pop(request_id, None)
            index.write([(request_id, None)])
        else:
            views[request_id] = view
            index.write([(request_id, encode_view(view))])
    for query in queries():
        expected = wanted(views, query)
        assert index.count(query) == len(expected), query
        assert pages(index, replace(query, limit=7)) == expected, query


def pages(index: Index, query: Query) -> list[str]:
    """All pages, one after another, as a reader turns them."""
    out: list[str] = []
    while True:
        views = index.page(query)
        out += [v.entry.request.request_id for v in views]
        if len(views) < query.limit:
            return out
        last = views[-1]
        at = due_at(last.entry) if query.by_deadline else last.changed
        query = replace(query, after=(at, last.entry.request.request_id))


def test_what_waits_for_a_person_is_counted_without_a_search() -> None:
    """The count reads a handful of sums, and the first page stops at its limit, however much is held."""
    index, rng = Index(":memory:"), random.Random(1)
    index.write((v.entry.request.request_id, encode_view(v)) for v in (some(rng, n, n) for n in range(2000)))
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    index._db.set_progress_handler(step, 100)
    index.count(Query(person="anna", groups=("reviewers", "privacy")))
    counted, steps = steps, 0
    index.page(Query(person="anna", groups=("reviewers", "privacy"), limit=10))
    assert counted < 20
    assert steps < 60
    steps = 0
    index.count(Query(person="anna", groups=("reviewers", "privacy"), tier="high"))
    assert steps > 100, "a search takes more: the measure can tell the two apart"


def test_an_index_of_another_version_is_filled_anew(tmp_path: Path) -> None:
    """A file that an older console wrote is emptied, positions included, so that the feed starts from the beginning."""
    file = tmp_path / "index.sqlite"
    Index(file).close()
    with sqlite3.connect(file) as db:
        db.executescript(
            "DROP TABLE requests; CREATE TABLE requests(id TEXT PRIMARY KEY, body BLOB);"
            "INSERT INTO meta VALUES('maskgate.approvals.log', '900'); PRAGMA user_version=1;"
        )
    db.close()
    again = Index(file)
    assert again.meta() == {}
    view = View(for_readers(ENTRY), 1, 1)
    again.write([(ENTRY.request.request_id, encode_view(view))], meta={"x": "1"})
    again.close()
    kept = Index(file)
    assert kept.get(ENTRY.request.request_id) == view
    assert kept.meta() == {"x": "1"}
    kept.close()


def test_a_permit_in_the_clear_is_not_kept() -> None:
    """What an older gate wrote to the topic loses its permit before it lies on the console's disk."""
    index = Index(":memory:")
    tree = json.loads(encode_view(View(for_readers(ENTRY), 1, 1))) | {"permit": '{"payload": "MARK"}'}
    raw = json.dumps(tree, separators=(",", ":")).encode()
    index.write([(ENTRY.request.request_id, raw)])
    assert b"MARK" in raw
    assert b"MARK" not in b"".join(body for (body,) in index.ask("SELECT body FROM bodies"))
    assert index.get(ENTRY.request.request_id) is not None
    index.close()
