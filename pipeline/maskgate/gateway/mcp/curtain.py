"""What an agent gets to see: every document masked by the policy, each with its row of lineage, or withheld."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from maskgate.base.errors import MaskgateError, RefusedError
from maskgate.base.log import describe, say
from maskgate.base.records import FieldUse, Record
from maskgate.embed import Gate
from maskgate.gateway.mcp.rows import Rows
from maskgate.lineage.event import Kind, LineageEvent, event_id, now_ms
from maskgate.lineage.wire import codec

ACTION = "tool.call"
WITHHELD_BYTES = "[bytes withheld: nobody can look into them]"
_BYTES = {"image", "audio"}
_NAMES = tuple(field.name for field in fields(LineageEvent))


@dataclass(frozen=True, slots=True)
class Why:
    """What lets a document through: the rule, and the request where people approved it."""

    rule: str = ""
    request_id: str = ""


class Curtain:
    """Masks for one MCP server; its documents are records of the topic ``mcp.SERVER.TOOL``."""

    def __init__(self, gate: Gate, server: str, rows: Rows, actor: str = "") -> None:
        self.gate, self._server, self._rows, self._actor = gate, server, rows, actor
        self._offsets = itertools.count(time.time_ns() // 1000)  # never again the same, also after a restart

    def topic(self, tool: str) -> str:
        """The topic whose rules hold for a tool's arguments and results."""
        return f"mcp.{self._server}.{tool}"

    def document(self, tool: str, tree: Any, why: Why | None = None) -> Any:
        """The masked document.

        Raises:
            RefusedError: it is quarantined or held by the policy, or its row cannot be written: nothing of it leaves.
        """
        try:
            text = json.dumps(tree, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise RefusedError("withheld", "withheld: the answer is no JSON that can be looked at") from None
        record = Record(self.topic(tool), 0, next(self._offsets), text, timestamp_ms=now_ms())
        result = self.gate.mask_records([record])[0]
        self._write(self._row(result.lineage, why or Why()))
        if result.outcome == "quarantined":
            raise RefusedError("withheld", f"withheld: it cannot be looked at ({result.code} {result.detail})".strip())
        if result.outcome == "held":
            raise RefusedError("withheld", f"withheld: the policy holds it for {result.destination}")
        return json.loads(result.value)

    def text(self, text: str) -> str:
        """Free text with labels."""
        return self.gate.mask_text(text)

    def note(self, kind: Kind, tool: str, reason: str, request_id: str = "") -> None:
        """A row for a call that gave nothing to mask: refused, or with an outcome that nobody knows."""
        topic, offset, policy = self.topic(tool), next(self._offsets), self.gate.policy.ref
        row = LineageEvent(
            event_id(kind, topic, offset), kind, now_ms(), topic, 0, offset, offset, now_ms(), actor=self._actor,
            action=ACTION, reason=reason, policy_id=policy.id, policy_version=policy.version,
            policy_digest=policy.digest, request_id=request_id,
        )  # fmt: skip
        self._write(row)

    def unmasked(self, row: LineageEvent) -> None:
        """The row of tokens that are about to be opened; where it cannot be written, they stay closed."""
        self._write(row)

    def _row(self, raw: bytes, why: Why) -> LineageEvent:
        row = codec.decode(raw)
        found = {name: row[name] for name in _NAMES} | {"fields": [FieldUse(**use) for use in row["fields"]]}
        found |= {"action": ACTION, "reason": row["reason"] or why.rule, "request_id": why.request_id}
        return LineageEvent(**{**found, "actor": self._actor or row["actor"]})

    def _write(self, row: LineageEvent) -> None:
        try:
            self._rows.write(row)
        except MaskgateError as error:
            say("mcp", "lineage_lost", level="error", **describe(error))
            raise RefusedError("withheld", "withheld: the lineage row cannot be written; see the proxy's log") from None


def without_bytes(result: Mapping[str, Any], keep: bool) -> dict[str, Any]:
    """The result of a tool with a note in the place of images, sound and other bytes; ``keep`` lets them pass."""
    if keep:
        return dict(result)
    return {**result, "content": [_seen(block) for block in result.get("content", ())]}


def _seen(block: Mapping[str, Any]) -> Mapping[str, Any]:
    resource = block.get("resource") or {}
    if block.get("type") in _BYTES or "blob" in resource:
        return {"type": "text", "text": WITHHELD_BYTES}
    return block


def contents_without_bytes(result: Mapping[str, Any], keep: bool) -> dict[str, Any]:
    """The same for the contents of a resource."""
    if keep:
        return dict(result)
    contents = [
        {"uri": part["uri"], "text": WITHHELD_BYTES} if "blob" in part else part for part in result.get("contents", ())
    ]
    return {**result, "contents": contents}


def shaped(masked: Any, given: Mapping[str, Any]) -> Any:
    """The masked result with the words of the protocol that it came with: they say what a part is, never whose."""
    if not isinstance(masked, dict):
        return masked
    for name in ("isError", "resultType"):
        if name in given:
            masked[name] = given[name]
    blocks, were = masked.get("content"), given.get("content")
    if isinstance(blocks, list) and isinstance(were, list) and len(blocks) == len(were):
        for block, was in zip(blocks, were, strict=True):
            if isinstance(block, dict):
                block["type"] = was["type"]
    return masked
