"""Events without what lets their reader try out the values of records: digests of bytes, MACs, and the blinds.

Many read what an audit system collects. A digest of a short value falls to guesses, also one that a blind would guard
once the blind lies beside it; a MAC that stands in two requests says that both are about one person. The log keeps all
of it, and is what is verified.
"""

from __future__ import annotations

from collections.abc import Mapping

_ITEM = frozenset({"blind", "content_mac", "key_mac", "masked_digest", "preview", "subjects"})
_REQUEST = frozenset({"digest", "manifest_root", "seen_digest"})
_VOTE = frozenset({"result", "seen_digest"})
_EVENT = frozenset({"envelope", "request_digest", "result"})  # an envelope is the signed vote, digests and all
_SIGNED_BY_ADMINS = frozenset({"people_changed"})  # their envelopes hold what changed, and nothing of a record


def bare(event: Mapping[str, object]) -> object:
    """The event without what is only for who verifies the log."""
    keep = {"envelope"} if event.get("type") in _SIGNED_BY_ADMINS else set()
    out = _without(event, _EVENT - keep)
    if isinstance(vote := event.get("vote"), dict):
        out["vote"] = _without(vote, _VOTE)
    if isinstance(request := event.get("request"), dict):
        items = request.get("items")
        found = items if isinstance(items, list) else []
        bare_items = [_without(item, _ITEM) if isinstance(item, dict) else item for item in found]
        out["request"] = _without(request, _REQUEST) | ({"items": bare_items} if found else {})
    return out


def _without(tree: Mapping[str, object], names: frozenset[str]) -> dict[str, object]:
    return {name: value for name, value in tree.items() if name not in names}
