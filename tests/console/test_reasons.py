"""Personal data in a reason: masked before it is signed, at every door; what was signed elsewhere is turned away."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fake_office as office
import pytest
from fake_console import Site

from maskgate.base.errors import RefusedError
from maskgate.cli import approvals_cmd
from maskgate.reviewer.desk import ApiDesk, sign_vote
from maskgate.reviewer.tui import DeskApp

RAW, MASKED = "asked jane@example.com", "asked <EMAIL_ADDRESS>"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A console and a gate whose clocks are today's."""
    made = Site(tmp_path, now=time.time_ns() // 1_000_000)
    yield made
    made.close()


def reason_of(site: Site, request: Any) -> str:
    return str(site.world.of(request).votes[-1].reason)


@pytest.mark.parametrize("many", [False, True], ids=["one", "a list"])
def test_the_command_line_masks_and_says_so(
    many: bool, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The vote counts, with the masked reason, which is printed."""
    held = [site.hold(tier="double"), site.hold(tier="double", value=b'{"b":2}', topic="tickets")]
    chosen = held if many else held[:1]
    monkeypatch.setattr(approvals_cmd, "_desk", lambda way: ApiDesk(site.client("dan")))
    monkeypatch.setattr("maskgate.cli.way.Way.must_sign", lambda self: office.key("dan"))
    approve = approvals_cmd.command.commands["approve"]  # type: ignore[attr-defined]
    approve.main([*(r.request_id for r in chosen), "-m", RAW, "--yes"], standalone_mode=False)
    assert MASKED in capsys.readouterr().err
    assert [reason_of(site, r) for r in chosen] == [MASKED] * len(chosen)


def test_the_tui_masks_and_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in the full screen."""
    request = site.hold(tier="double")
    said: list[str] = []
    app = DeskApp(ApiDesk(site.client("dan")), office.key("dan"))
    monkeypatch.setattr(app, "call_from_thread", lambda act, *args, **named: said.append(str(args[0])))
    DeskApp._cast.__wrapped__(app, [request.request_id], "approve", RAW)  # type: ignore[attr-defined]
    assert reason_of(site, request) == MASKED
    assert said[0].endswith(MASKED)


def test_the_page_masks_and_shows_it(site: Site) -> None:
    """The draft, which the dialog shows, has the masked reason."""
    request = site.hold(tier="double")
    body = {"decision": "approve", "reason": RAW}
    draft = site.post(site.signed_in("anna"), f"/r/{request.request_id}/draft", body).json()
    assert draft["reason"] == MASKED


def test_what_was_signed_elsewhere_is_turned_away_with_the_cure(site: Site) -> None:
    """The API cannot change what was signed; its refusal says how to word it, and that is then accepted."""
    request, desk = site.hold(tier="double"), ApiDesk(site.client("dan"))
    with pytest.raises(RefusedError, match="Sign it again as: " + MASKED) as refused:
        desk.submit(sign_vote(desk.me(), office.key("dan"), request, "approve", RAW), 1)
    assert refused.value.code == "raw_reason"
    assert "jane" not in json.dumps(str(refused.value))
    told = desk.submit(sign_vote(desk.me(), office.key("dan"), request, "approve", MASKED), 1)
    assert told["outcome"] == "accepted"
