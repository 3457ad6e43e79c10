"""A reviewer's desk for the command line and the TUI: through the API, or straight from Kafka with one's own rights."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, cast

import orjson

from maskgate.approvals.messages import manifest, preview, votes
from maskgate.approvals.model import Request, RequestState
from maskgate.approvals.store import from_json
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, RefusedError, WorldError
from maskgate.client import Client
from maskgate.console import present, previews, stats, verdict
from maskgate.console.access import find
from maskgate.console.api.requests import one_page, plain, signable
from maskgate.console.auth import Caller
from maskgate.console.context import Context
from maskgate.console.heart import Heart
from maskgate.console.index import Index
from maskgate.console.listing import query_of
from maskgate.crypto import signing
from maskgate.gate.view import TICK_KEY
from maskgate.gate.wire import Wire
from maskgate.kafka import admin, topics
from maskgate.kafka.session import place
from maskgate.masking.texts import Texts
from maskgate.people.principal import Principal

Further = tuple[str, Sequence[str]]
"""Result digest and previews of extra masking."""


@dataclass(frozen=True, slots=True)
class Me:
    """The reviewer behind a key."""

    person_id: str
    name: str
    principal: Principal


class Desk(Protocol):
    """What a reviewer can do."""

    def me(self) -> Me:
        """Who the key belongs to."""

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        """Requests, as the queue shows them."""

    def show(self, request_id: str) -> dict[str, Any]:
        """One request with everything a reviewer sees, and its state under ``entry``."""

    def whole(self, request_id: str, page: int = 1) -> dict[str, Any]:
        """One page of all that would leave: ``pages`` says how many there are, ``parts`` what is on it."""

    def masked_further(self, request_id: str, pointers: Sequence[str], scope: Sequence[str]) -> Further:
        """Result digest and previews of extra masking."""

    def masked(self, reason: str) -> str:
        """A reason as it may be signed: personal data and secrets are masked."""

    def submit(self, envelope: bytes, wait_s: float = 8.0) -> dict[str, Any]:
        """Hand in something signed; what the gate made of it."""

    def figures(self) -> dict[str, Any]:
        """Counts, latencies, reviewers."""


def entry_of(shown: dict[str, Any], desk: Desk | None = None) -> RequestState:
    """The state of a shown request, held against its own digest and the texts that were shown.

    With ``desk`` (whoever approves gives it) all that would leave is fetched where the request shows less than that.

    Raises:
        RefusedError: what was shown is not what would be signed.
    """
    entry = from_json(orjson.dumps(shown["entry"]))
    request = entry.request
    if manifest.request_digest(request) != request.digest:
        raise RefusedError("digest_mismatch", "the request does not fit its digest; do not sign it")
    texts: list[str] | None = [i["preview"] for i in shown["items"]]
    if len(shown["items"]) < len(request.items) or any(i["left_off"] or i["problem"] for i in shown["items"]):
        texts = None
        if desk is not None:
            whole = whole_texts(desk, request.request_id)
            texts = [whole[item.item_id] for item in request.items if item.item_id in whole]
    if texts is not None and preview.seen(request.action, [preview.digest(t) for t in texts]) != request.seen_digest:
        raise RefusedError("digest_mismatch", "the preview is not the one the gate computed; do not sign it")
    return entry


def whole_texts(desk: Desk, request_id: str) -> dict[str, str]:
    """The text of every record of a request, and of the action under ``action``, put together from all pages."""
    texts: dict[str, list[str]] = {}
    page = pages = 1
    while page <= pages:
        told = desk.whole(request_id, page)
        pages, page = int(told["pages"]), page + 1
        for part in told["parts"]:
            texts.setdefault(part["item_id"], []).append(part["text"])
    return {item_id: "".join(parts) for item_id, parts in texts.items()}


def sign_vote(
    me: Me, signer: signing.Signer, request: Request, decision: str, reason: str = "", **fields: Any
) -> bytes:
    """The envelope of a vote of this reviewer."""
    return votes.build_vote(
        request,
        decision,
        signer=signer,
        reviewer=me.principal,
        person_id=me.person_id,
        seen_digest=request.seen_digest,
        now_ms=time.time_ns() // 1_000_000,
        reason=reason,
        **fields,
    )


def sign_act(
    me: Me,
    signer: signing.Signer,
    request: Request,
    verb: str,
    reason: str = "",
    scope: Sequence[str] = (),
    channel: str = "cli",
) -> bytes:
    """The envelope of an act of this reviewer, or of a ``retract`` of a vote of theirs."""
    build = votes.build_retraction if verb == "retract" else partial(votes.build_act, verb=cast(votes.ActVerb, verb))
    return build(
        request,
        signer=signer,
        reviewer=me.principal,
        person_id=me.person_id,
        now_ms=time.time_ns() // 1_000_000,
        reason=reason,
        scope=scope,
        channel=channel,
    )


def sign_bulk(me: Me, signer: signing.Signer, requests: Sequence[Request], decision: str, reason: str = "") -> bytes:
    """One signature over the explicit list of votes on these requests.

    Raises:
        RefusedError: code ``mixed_tiers``.
    """
    tiers = sorted({r.tier for r in requests})
    if len(tiers) > 1:
        raise RefusedError("mixed_tiers", f"mixed_tiers: a bulk decision is for one tier, these are {', '.join(tiers)}")
    now = time.time_ns() // 1_000_000
    payloads = [
        votes.vote_payload(
            r,
            decision,
            reviewer=me.principal,
            person_id=me.person_id,
            seen_digest=r.seen_digest,
            now_ms=now,
            reason=reason,
        )
        for r in requests
    ]
    return votes.build_bulk(payloads, signer=signer)


class ApiDesk:
    """Over HTTP."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def me(self) -> Me:
        told = self._client.get_json("/me")
        if not told["person_id"]:
            raise RefusedError("not_a_person", "this key belongs to a program; only people vote")
        return Me(told["person_id"], told["name"], Principal(told["iss"], told["sub"]))

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        return self._client.list(**filters)

    def show(self, request_id: str) -> dict[str, Any]:
        return self._client.show(request_id)

    def whole(self, request_id: str, page: int = 1) -> dict[str, Any]:
        return dict(self._client.get_json(f"/requests/{request_id}/whole?page={page}"))

    def masked_further(self, request_id: str, pointers: Sequence[str], scope: Sequence[str]) -> Further:
        body = {"pointers": list(pointers), "scope": list(scope)}
        told = self._client.post_json(f"/requests/{request_id}/masked", body)
        return str(told["result_digest"]), list(told["previews"])

    def masked(self, reason: str) -> str:
        return str(self._client.post_json("/reasons", {"reason": reason})["reason"]) if reason.strip() else ""

    def submit(self, envelope: bytes, wait_s: float = 8.0) -> dict[str, Any]:
        return self._client.submit(envelope, wait_s)

    def figures(self) -> dict[str, Any]:
        return dict(self._client.get_json("/stats"))


class KafkaDesk:
    """Reads `.state` and `.log` anew for every look, writes to `.votes`."""

    def __init__(self, settings: Settings, signer: signing.Signer | None) -> None:
        self._settings, self._signer = settings, signer
        self._wire = Wire(settings.kafka)
        self._context: Context | None = None

    def _fresh(self) -> Context:
        index, heart = Index(":memory:"), Heart()
        views: dict[str, bytes | None] = {}
        log = []
        for m in admin.read_to_end(self._settings.kafka, [topics.STATE, topics.LOG], timeout_s=60):
            (topic, partition), offset = place(m)
            key, value = m.key(), m.value()
            if partition == 0 and topic == topics.LOG and value is not None:
                log.append((offset, m.timestamp()[1], value))
            elif partition == 0 and topic == topics.STATE and key == TICK_KEY:
                heart.hear(value)
            elif partition == 0 and topic == topics.STATE and isinstance(key, bytes):
                views[key.decode()] = value
        index.write(views.items(), log)
        if self._context is not None:
            self._context.index.close()
        self._context = Context(settings=self._settings, index=index, wire=self._wire, texts=_NoTexts(), heart=heart)
        return self._context

    def me(self) -> Me:
        if self._signer is None:
            raise ConfigurationError("give your key: --key FILE, or MASKGATE_KEY")
        context = self._context or self._fresh()
        found = context.registry.people.voter(self._signer.key_id)
        if found is None:
            raise RefusedError("unknown_key", "this key is not enrolled, or it was revoked")
        person = found[0]
        account = person.accounts[0] if person.accounts else Principal("maskgate", person.person_id)
        return Me(person.person_id, person.name or person.person_id, account)

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        context = self._fresh()
        me = None
        if filters.get("mine"):
            who = self.me()
            groups = context.registry.people.groups_of(who.person_id, int(time.time() * 1000))
            me = Caller(who.principal, "human", who.name, who.person_id, groups)
        query = query_of(
            context,
            me,
            state=filters.get("state") or "open",
            tier=filters.get("tier") or "",
            requester=filters.get("requester") or "",
            text=filters.get("text") or "",
            mine=bool(filters.get("mine")),
            expiring=float(filters.get("expiring") or 0),
            limit=int(filters.get("limit") or 50),
        )
        reader = context.reader()
        return [present.brief(v, reader, me) for v in context.index.page(query)]

    def show(self, request_id: str) -> dict[str, Any]:
        context = self._fresh()
        view = find(context, request_id, None)
        history = context.index.history(view.entry.request.request_id)
        told = present.detail(view, context.reader(), None, history, context.index.last_approved(view))
        return plain(context, view, None) | present.as_json(told) | {"entry": signable(view.entry)}

    def whole(self, request_id: str, page: int = 1) -> dict[str, Any]:
        if self._context is None or page == 1:
            self._fresh()
        assert self._context is not None
        return one_page(self._context, find(self._context, request_id, None), page)

    def masked_further(self, request_id: str, pointers: Sequence[str], scope: Sequence[str]) -> Further:
        context = self._fresh()
        view = find(context, request_id, None)
        return previews.masked_further(view.entry, context.reader(), pointers, scope)

    def masked(self, reason: str) -> str:
        return Texts(self._settings).mask(reason.strip()) if reason.strip() else ""

    def submit(self, envelope: bytes, wait_s: float = 8.0) -> dict[str, Any]:
        offset = self._wire.send(topics.VOTES, envelope)
        said = votes.named(envelope)
        until = time.monotonic() + wait_s
        settle = until
        while True:
            told = verdict.outcome_now(self._fresh(), topics.VOTES, offset, said=said)
            if told["outcome"] == "accepted":
                settle = min(settle, time.monotonic() + verdict.SETTLE_S)
            moving = told["outcome"] == "pending" or any(s["state"] == "approved" for s in told.get("standing", ()))
            if not moving or time.monotonic() > settle:
                return told
            time.sleep(0.2)

    def figures(self) -> dict[str, Any]:
        context = self._fresh()
        return stats.figures(context.index, context.reader())


class _NoTexts:
    """The desk on Kafka asks for nothing, so it masks nothing; the gate checks the reason of a vote."""

    def mask(self, text: str) -> str:
        raise WorldError("no free text is taken here")

    def forbidden(self, text: str) -> list[str]:
        raise WorldError("no free text is taken here")


def scoped(entry: RequestState, wanted: Sequence[str]) -> tuple[str, ...]:
    """Full item ids of what a person typed.

    Raises:
        RefusedError: code ``unknown_item``.
    """
    ids = [item.item_id for item in entry.request.items]
    out = []
    for text in wanted:
        found = [i for i in ids if i.startswith(text)]
        if len(found) != 1:
            raise RefusedError("unknown_item", f"no item, or more than one, starts with {text[:40]}")
        out.append(found[0])
    return tuple(out)


__all__ = ["ApiDesk", "Desk", "KafkaDesk", "Me", "entry_of", "scoped", "sign_act", "sign_bulk", "sign_vote"]
