"""All that would leave, page by page: nothing is missing, and who approves holds every page against the digest."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from fake_console import Site

from maskgate.approvals.messages import preview
from maskgate.base.errors import RefusedError
from maskgate.reviewer.desk import ApiDesk, entry_of, whole_texts


@pytest.fixture
def site(tmp_path: Path) -> Any:
    made = Site(tmp_path, now=time.time_ns() // 1_000_000)
    yield made
    made.close()


class Forged(ApiDesk):
    """A console that shows another last page than the one the gate computed."""

    def whole(self, request_id: str, page: int = 1) -> dict[str, Any]:
        told = super().whole(request_id, page)
        if page == told["pages"]:
            told["parts"][-1]["text"] = told["parts"][-1]["text"].replace("last word", "fair word")
        return told


def held(site: Site) -> Any:
    """A request for a record that one page does not hold."""
    lines = "\\n".join(f"line {n} of many" for n in range(4000))
    return site.hold(value=b'{"text":"%s last word"}' % lines.encode())


def test_the_pages_together_are_what_the_votes_are_bound_to(site: Site) -> None:
    """The first view leaves something off and says so; all pages joined have the digest that is signed."""
    request, desk = held(site), ApiDesk(site.client("dan"))
    shown = desk.show(request.request_id)
    assert shown["items"][0]["left_off"]
    assert desk.whole(request.request_id)["pages"] > 2
    texts = whole_texts(desk, request.request_id)
    joined = [preview.digest(texts[item.item_id]) for item in request.items]
    assert preview.seen(request.action, joined) == request.seen_digest
    assert entry_of(shown, desk).request.digest == request.digest


def test_a_page_that_the_gate_did_not_compute_is_not_signed(site: Site) -> None:
    """One word changed on the last page, which the first view does not show: whoever approves is stopped."""
    request, desk = held(site), Forged(site.client("dan"))
    with pytest.raises(RefusedError, match="do not sign") as stopped:
        entry_of(desk.show(request.request_id), desk)
    assert stopped.value.code == "digest_mismatch"
