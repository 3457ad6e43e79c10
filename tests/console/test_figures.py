"""Dashboard, lineage explorer and history: counts that are right, small ones that name nobody, and who may look."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import fake_office as office
import pytest
from lineage_counts import counted

from maskgate.client.calls import authorization
from maskgate.console import trends, ways
from maskgate.lineage.ask.rollup import Found


@pytest.fixture
def desk(site: Any, tmp_path: Path) -> Any:
    """A console with lineage beside it."""
    site.context.rollup = counted(tmp_path / "lineage", site.world.broker.now)
    return site


def board_of(desk: Any, over: str = "hour") -> trends.Board:
    context = desk.context
    return trends.board(context.index, context.rollup, context.settings.pipeline.state_dir, over, context.clock())


def plot(board: trends.Board, name: str) -> trends.Plot:
    return next(p for p in board.plots if p.id == name)


def test_the_dashboard_counts_records_values_and_dead_letters(desk: Any) -> None:
    """What left unmasked by policy is no masked value; what lies before the span is not in it."""
    board = board_of(desk)
    cards = dict(board.cards)
    assert cards["values masked"] == "1,423"
    assert cards["secrets stopped"] == "10-49"
    assert cards["dead letters"] == "1"
    assert "LOCATION" not in plot(board, "kinds").series
    assert sum(plot(board, "rate").series["masked"]) * 60 == pytest.approx(2)
    assert "passed" not in plot(board, "rate").series
    assert sum(plot(board_of(desk, "day"), "rate").series["passed"]) * 1800 == pytest.approx(100)
    assert sum(plot(board_of(desk, "week"), "rate").series["passed"]) * 10_800 == pytest.approx(100)


def test_the_dashboard_counts_decisions(desk: Any) -> None:
    """Asked, released, denied, the time it took, and votes that came within seconds of seeing the request."""
    hasty, slow, denied = (desk.hold(tier="standard") for _ in range(3))
    browser = desk.signed_in("dan")
    browser.get(f"/r/{hasty.request_id}")
    browser.get(f"/r/{slow.request_id}")
    desk.world.broker.now += 2_000
    desk.world.vote(hasty, "dan")
    desk.world.broker.now += 60_000
    desk.world.vote(slow, "dan")
    desk.world.vote(denied, "dan", "deny")
    desk.sync()
    board = board_of(desk)
    asked = {name: sum(values) for name, values in plot(board, "asked").series.items()}
    assert asked == {"asked": 3, "released": 2, "denied": 1}
    assert max(plot(board, "time").series["median"]) >= 2_000
    assert dict(board.cards)["votes within 5 s"] == "33 %"
    assert dict(board.cards)["held now"] == "0"


def test_every_number_of_a_plot_stands_in_its_table(desk: Any) -> None:
    """The picture has a name, and the page has the same numbers as text."""
    page = desk.signed_in("anna").get("/stats").text
    drawn = re.findall(r'<svg viewBox="0 0 656[^>]*>', page)
    assert drawn and all('role="img" aria-label="' in svg for svg in drawn)
    assert page.count('<tbody id="rows-') == len(drawn)
    table = re.search(r'<tbody id="rows-dead".*?</tbody>', page, re.S)
    assert table and re.findall(r'class="num">(\d+)<', table[0]).count("1") == 1
    for span in ("day", "week", "century"):
        assert desk.signed_in("anna").get(f"/stats?over={span}").status_code == 200


def test_small_counts_are_bands_in_text_and_in_drawing(desk: Any) -> None:
    """Three values of a kind are '1-4' everywhere, and no height or width tells which of them."""
    browser = desk.signed_in("anna")
    for path in ("/lineage", "/stats"):
        page = browser.get(path).text
        assert "1-4" in page
        assert not re.search(r"IBAN_CODE[^<]*: 3\b", page)
    drawn = [
        ways.draw([Found("a", "IBAN_CODE", "fpe", "b", n), Found("a", "X", "fpe", "b", 4000)], ways_of(), "day")
        for n in (1, 2, 3, 4)
    ]
    assert len({tuple((e.width, e.n) for e in graph.edges) for graph in drawn}) == 1
    assert {trends.coarse(n) for n in (1, 2, 3, 4)} == {1} and trends.coarse(1234) == 1234


def ways_of(**chosen: str) -> dict[str, str]:
    return dict.fromkeys(ways.PARTS, "") | chosen


def test_the_explorer_follows_topic_kind_and_destination(desk: Any) -> None:
    """A name that is clicked leaves its own ways; clicked again it lets go. The table says the same."""
    browser = desk.signed_in("anna")
    whole = browser.get("/lineage").text
    assert all(name in whole for name in ("orders", "clicks", "partner.in", "PERSON", "1,400"))
    link = next(href for href in links(whole) if parse_qs(href.query).get("topic") == ["clicks"])
    one = browser.get(link.geturl()).text
    assert "partner.in" in one and "orders.masked" not in one and "IBAN_CODE" not in one
    back = next(href for href in links(one) if "topic" not in parse_qs(href.query))
    assert "orders.masked" in browser.get(back.geturl()).text
    assert "Nothing was found here" in browser.get("/lineage?topic=nothing").text


def links(page: str) -> list[Any]:
    graph = re.search(r'<svg class="graph".*?</svg>', page, re.S)
    return [urlsplit(unescape(href)) for href in re.findall(r'href="([^"]+)"', graph[0])] if graph else []


def test_a_crowded_graph_keeps_its_numbers_apart() -> None:
    """Numbers that would lie on each other are left to the table; names beyond a column's room are counted."""
    rows = [Found(f"t{i}", f"K{j}", "fpe", f"d{i % 4}", 1000 + i * j) for i in range(12) for j in range(12)]
    graph = ways.draw(rows, ways_of(), "day")
    spots = [(e.x, e.y) for e in graph.edges if e.n]
    assert spots and all(abs(a[0] - b[0]) > 50 or abs(a[1] - b[1]) > 14 for i, a in enumerate(spots) for b in spots[:i])
    assert graph.left_off == 3 + 3
    assert all(0 <= node.y <= graph.height - graph.high for node in graph.nodes)


def test_what_strangers_named_is_text(desk: Any) -> None:
    page = desk.signed_in("anna").get("/lineage?topic=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_without_lineage_the_pages_say_so(site: Any) -> None:
    """A console beside no lineage folder shows what the log tells."""
    browser = site.signed_in("anna")
    assert "No lineage here" in browser.get("/lineage").text
    assert "Requests asked and decided" in browser.get("/stats").text


@pytest.mark.parametrize("path", ["/lineage", "/stats", "/history"])
def test_a_program_reads_no_figures(desk: Any, path: str) -> None:
    """An agent has no use for who reviews and what others ask."""
    signed = authorization(office.key("agent-7"), "localhost", "GET", path, b"", desk.world.broker.now)
    told = {"authorization": signed, "accept": "application/json"}
    answer = desk.browser().get(path, headers=told)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    signed = authorization(office.key("anna"), "localhost", "GET", path, b"", desk.world.broker.now)
    assert desk.browser().get(path, headers=told | {"authorization": signed}).status_code == 200


# ── history ──


def found(desk: Any, **asked: str) -> set[str]:
    page = desk.signed_in("anna").get("/history", params=asked).text
    return set(re.findall(r'class="row" href="/r/([0-9a-f-]+)"', page))


def test_history_is_searched_by_words_persons_kinds_state_and_time(desk: Any) -> None:
    """All filters together have to fit; a kind is found by any part of its name, as its chip is written."""
    one = desk.hold(tier="standard", purpose="monthly settlement", requester=office.verified("billing", "service"))
    desk.world.broker.now += 86_400_000 // 2
    two = desk.hold(tier="standard", purpose="fraud model", requester=office.verified("etl", "service"))
    desk.world.vote(one, "dan")
    desk.sync()
    both = {one.request_id, two.request_id}
    assert found(desk) == both
    assert found(desk, q="settlement") == {one.request_id}
    assert found(desk, person="billing") == {one.request_id}
    assert found(desk, person="dan") == found(desk, person="Dan Exam") == {one.request_id}
    assert found(desk, kind="email") == found(desk, kind="email address") == both
    assert found(desk, kind="iban") == set()
    assert found(desk, state="released") == {one.request_id}
    assert found(desk, state="pending", q="fraud", person="etl") == {two.request_id}
    assert found(desk, state="released", q="fraud") == set()
    assert found(desk, since="2020-01-01") == both and found(desk, since="2999-01-01") == set()


@pytest.mark.parametrize("asked", [{"state": "gone"}, {"since": "yesterday"}, {"after": "x.y"}])
def test_a_search_that_means_nothing_is_refused(desk: Any, asked: dict[str, str]) -> None:
    answer = desk.signed_in("anna").get("/history", params=asked, headers={"accept": "application/json"})
    assert answer.json()["code"] == "bad_filter"


def test_history_goes_on_page_by_page(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request stands on exactly one page, and the filters go along."""
    monkeypatch.setattr("maskgate.console.pages.history.PAGE", 2)
    asked = [
        desk.hold(tier="standard", purpose="audit", requester=office.verified(f"s{i}", "service")) for i in range(5)
    ]
    browser, path, seen = desk.signed_in("anna"), "/history?q=audit", []
    while path:
        page = browser.get(path).text
        seen += re.findall(r'class="row" href="/r/([0-9a-f-]+)"', page)
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        path = unescape(onward[1]) if onward else ""
        assert not path or "q=audit" in path
    assert sorted(seen) == sorted(r.request_id for r in asked)
