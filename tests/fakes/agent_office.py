"""An office with an agent of its own, whose requests reviewers decide through the API."""

from __future__ import annotations

import json
from typing import Any

import fake_office as office

from maskgate.reviewer.desk import ApiDesk, entry_of, sign_vote

AGENT = "deploy-agent"


def with_agent(site: Any) -> Any:
    """The console with an agent that anna owns."""
    tree = office.people_tree()
    tree["services"].append(
        {
            "name": AGENT,
            "role": "producer",
            "public": office.key(AGENT).public.hex(),
            "iss": office.ISS,
            "sub": AGENT,
            "kind": "agent",
            "owner": {"iss": office.ISS, "sub": office.account("anna").sub},
        }
    )
    site.world.gate._people = json.dumps(tree, sort_keys=True).encode()
    site.world.gate._loaded = False
    site.sync()
    return site


def decide(
    site: Any, request_id: str, person: str, decision: str = "approve", reason: str = "looked"
) -> dict[str, Any]:
    """A reviewer's vote through the API."""
    desk = ApiDesk(site.client(person))
    entry = entry_of(desk.show(request_id))
    told: dict[str, Any] = desk.submit(sign_vote(desk.me(), office.key(person), entry.request, decision, reason), 1)
    return told
