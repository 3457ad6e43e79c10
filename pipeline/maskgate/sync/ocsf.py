"""Entries as events of the Open Cybersecurity Schema Framework, version 1.4.0; the mapping is in docs/audit.md.

https://schema.ocsf.io/1.4.0/classes — the event of ours is in ``unmapped``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from maskgate.base.version import __version__
from maskgate.sync import form
from maskgate.sync.bare import bare
from maskgate.sync.entry import Entry
from maskgate.sync.severity import OCSF, severity

VERSION = "1.4.0"
_IAM = "Identity & Access Management"
_CLASSES = {
    2006: ("Data Security Finding", 2, "Findings"),
    3003: ("Authorize Session", 3, _IAM),
    3004: ("Entity Management", 3, _IAM),
    6003: ("API Activity", 6, "Application Activity"),
}
_CREATE, _UPDATE, _ASSIGN, _OTHER = 1, 3, 1, 99
_SUCCESS, _FAILURE = 1, 2
Event = Mapping[str, Any]
Part = dict[str, Any]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _user(uid: str) -> Part:
    return {"uid": uid or "unknown", "type_id": 1 if uid else 0}


def _requester(event: Event) -> str:
    found = (event.get("request") or {}).get("requester") or {}
    return f"{_text(found.get('iss'))}#{_text(found.get('sub'))}" if found.get("sub") else ""


def _api(event: Event, operation: str, activity: int = _UPDATE, who: str = "", status: int = _SUCCESS) -> Part:
    """API Activity: what was done through the gate, and by whom; what nobody did, the gate did."""
    actor: Part = {"user": _user(who)} if who else {"app_name": "maskgate"}
    found = [{"type": "request", "uid": uid}] if (uid := _text(event.get("request_id"))) else []
    more: Part = {"resources": found} if found else {}
    api = {"operation": operation, "service": {"name": "maskgate"}}
    return {
        "class_uid": 6003, "activity_id": activity, "actor": actor, "api": api, "status_id": status,
        "src_endpoint": {"svc_name": "maskgate"},
    } | more  # fmt: skip


def _opened(event: Event) -> Part:
    request = event.get("request") or {}
    uid = _text(request.get("request_id"))
    if not request.get("items"):
        return _api({"request_id": uid}, "request.open", _CREATE, _requester(event))
    title = f"{len(request['items'])} records held for approval"
    return {
        "class_uid": 2006, "activity_id": _CREATE, "status_id": 1,
        "finding_info": {"uid": uid or "unknown", "title": title, "types": ["sensitive data leaves"]},
    }  # fmt: skip


def _entity(kind: str, uid: str, activity: int, version: str = "") -> Part:
    entity = {"type": kind, "uid": uid or kind, "name": kind} | ({"version": version} if version else {})
    actor = {"app_name": "maskgate"}
    return {"class_uid": 3004, "activity_id": activity, "entity": entity, "actor": actor, "status_id": _SUCCESS}


def _policy(event: Event) -> Part:
    ref = event.get("ref") or {}
    return _entity("policy", _text(ref.get("id")), _UPDATE, _text(ref.get("version")))


def _session(user: str, privilege: str, session: str) -> Part:
    return {
        "class_uid": 3003, "activity_id": _ASSIGN, "user": _user(user), "privileges": [privilege],
        "session": {"uid": session or "unknown"}, "status_id": _SUCCESS,
    }  # fmt: skip


def _vote(event: Event) -> Part:
    vote = event.get("vote") or {}
    return _api(event, f"vote.{_text(vote.get('decision'))}", _CREATE, _text(vote.get("person_id")))


def _moved(event: Event) -> Part:
    by = [one for one in event.get("by") or () if isinstance(one, str)]
    return _api(event, f"request.{_text(event.get('to')).lower()}", _UPDATE, by[0] if len(by) == 1 else "")


def _refused(event: Event) -> Part:
    made = _api(event, _text(event.get("command")) or "unknown", _OTHER, _text(event.get("by")), _FAILURE)
    return made | {"status_code": _text(event.get("code")), "activity_name": "Refused"}


_MAP: Mapping[str, Callable[[Event], Part]] = {
    "policy_loaded": _policy,
    "people_loaded": lambda e: _entity("people", _text(e.get("digest")), _UPDATE),
    "people_changed": lambda e: _entity("people", "", _UPDATE),
    "request_opened": _opened,
    "request_repeated": lambda e: _api(e, "request.repeat"),
    "vote_accepted": _vote,
    "vote_retracted": _vote,
    "moved": _moved,
    "glass_broken": lambda e: _session(_text(e.get("person_id")), "release without quorum", _text(e.get("request_id"))),
    "permit_issued": lambda e: _session(
        _text(e.get("requester")), f"{_text(e.get('verb'))} {_text(e.get('resource'))}".strip() or "permit",
        _text(e.get("permit_id")),
    ),
    "permit_redeemed": lambda e: _api(e, "permit.redeem"),
    "escalated": lambda e: _api(e, "request.escalate"),
    "review_overdue": lambda e: _api(e, "review.overdue"),
    "refused": _refused,
}  # fmt: skip


def ocsf(entry: Entry, topic_id: str, whole: bool = False) -> dict[str, Any]:
    """The event in the class that fits; of a type that this version does not know, API Activity: Other."""
    event = form.event_of(entry)
    kind = _text((event or {}).get("type"))
    if event is None:
        made = _api({}, "unreadable", _OTHER, status=_FAILURE)
        unmapped: Part = {"unreadable_sha256": hashlib.sha256(entry.value).hexdigest()}
    else:
        mapped = _MAP.get(kind)
        made = mapped(event) if mapped else _api(event, kind or "unknown", _OTHER)
        unmapped = {"event": event if whole else bare(event), "whole": whole}
    return _head(entry, topic_id, kind, made, event or {}) | made | {"unmapped": unmapped}


def _head(entry: Entry, topic_id: str, kind: str, made: Part, event: Event) -> Part:
    name, category, category_name = _CLASSES[made["class_uid"]]
    number, text = OCSF[severity(event)]
    product = {"name": "maskgate", "vendor_name": "maskgate", "version": __version__}
    metadata = {
        "version": VERSION, "product": product, "uid": form.ident(entry, topic_id), "sequence": entry.offset,
        "log_name": "maskgate.approvals.log", "event_code": kind or "unreadable",
    }  # fmt: skip
    return {
        "time": form.clamped(entry.at_ms), "metadata": metadata, "severity_id": number, "severity": text,
        "class_name": name, "category_uid": category, "category_name": category_name,
        "type_uid": made["class_uid"] * 100 + made["activity_id"],
    }  # fmt: skip


__all__ = ["VERSION", "ocsf"]
