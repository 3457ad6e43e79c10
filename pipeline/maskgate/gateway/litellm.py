"""LiteLLM's generic guardrail: what goes to a model, and what comes back, masked by the policy of the caller.

The contract is that of ``litellm/proxy/guardrails/guardrail_hooks/generic_guardrail_api`` (1.110): a call carries
``texts`` and what they were taken from; the answer is ``NONE``, ``GUARDRAIL_INTERVENED`` with what to put in their
place, or ``BLOCKED``. What the answer has no place for (the tool calls of a response) or nobody can look into (images,
sound, files, also inside of a message) is blocked, never passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from maskgate.base.errors import RefusedError
from maskgate.embed import Gate

PATH = "/beta/litellm_basic_guardrail_api"
HOLDBACK = 128
"""Characters at the end of a stream's text that wait for the next chunk: a value may be cut there."""

# Members of messages, tools and tool calls that name things of the protocol, and are no text of anybody.
_FIXED = {"role", "type", "id", "index", "tool_call_id", "call_id", "cache_control", "format"}
_NAMES = {"function", "tool", "json_schema"}  # in these, `name` is the name of a function
_DEEPEST = 60
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:/-]{0,200}")  # what such a member says; anything else is text
_MEDIA = {
    "image", "image_url", "input_image", "image_file", "audio", "input_audio", "audio_url", "video", "video_url",
    "input_video", "file", "input_file", "document",
}  # fmt: skip
_EMBEDDED = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_UNSEEN = "images, sound and files cannot be looked into; see api.litellm_images"


@dataclass(slots=True)
class _Texts:
    """Masks strings, each once; ``changed`` when one of them held something."""

    gate: Gate
    media: bool = False
    known: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    def mask(self, text: str) -> str:
        """The text with labels.

        Raises:
            RefusedError: code ``blocked``: it cannot be looked at in the time that it has.
        """
        masked = self.known.get(text)
        if masked is None:
            masked = self.known[text] = self.gate.mask_text(text)
        self.changed |= masked != text
        return masked

    def arguments(self, text: str) -> str:
        """The arguments of a call, masked as the event that they are; no JSON is text like any other."""
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return self.mask(text)
        result = self.gate.mask(text.encode())
        if result.outcome != "masked":
            raise RefusedError("blocked", f"the arguments of a tool call are {result.outcome} by the policy")
        self.changed |= result.value != text.encode()
        return bytes(result.value).decode()

    def tree(self, value: Any, inside: str = "", depth: int = 0) -> Any:
        """Messages or tools with every text in them masked."""
        if depth > _DEEPEST:
            raise RefusedError("blocked", f"nested deeper than {_DEEPEST}")
        if isinstance(value, str):
            if not self.media and _EMBEDDED.match(value):
                raise RefusedError("blocked", _UNSEEN)
            return self.mask(value)
        if isinstance(value, Mapping):
            return self._members(value, inside, depth)
        if isinstance(value, list):
            return [self.tree(member, inside, depth + 1) for member in value]
        if type(value) in (int, float):
            masked = self.mask(str(value))
            return value if masked == str(value) else masked
        return value

    def _members(self, value: Mapping[str, Any], inside: str, depth: int) -> dict[str, Any]:
        if not self.media and str(value.get("type")) in _MEDIA and len(value) > 1:
            raise RefusedError("blocked", _UNSEEN)
        for name in value:
            if not _IDENTIFIER.fullmatch(name) and self.gate.mask_text(name) != name:
                raise RefusedError("blocked", "the name of a member holds personal data or a secret")
        return {name: self._member(name, member, inside, depth) for name, member in value.items()}

    def _member(self, name: str, member: Any, inside: str, depth: int) -> Any:
        if isinstance(member, str):
            if (name in _FIXED or (name == "name" and inside in _NAMES)) and _IDENTIFIER.fullmatch(member):
                return member
            if name == "arguments":
                return self.arguments(member)
        return self.tree(member, name, depth + 1)


def answer(gate: Gate, call: Mapping[str, Any], *, images: bool = False) -> dict[str, Any]:
    """What to tell LiteLLM of a call; ``images``: let pass what nobody looked into.

    Raises:
        RefusedError: code ``malformed_input``: it is no call of that contract.
    """
    kind = call.get("input_type")
    if kind not in ("request", "response"):
        raise RefusedError("malformed_input", "input_type: request or response")
    texts = _list(call, "texts", lambda text: isinstance(text, str))
    rows = _list(call, "structured_messages", lambda row: isinstance(row, dict))
    tools = _list(call, "tools", lambda tool: isinstance(tool, dict))
    calls = _list(call, "tool_calls", lambda one: isinstance(one, dict))
    if call.get("images") and not images:
        return _blocked(_UNSEEN)
    try:
        return _judged(_Texts(gate, images), kind, texts, rows, tools, calls)
    except RefusedError as error:
        return _blocked(str(error))


def _judged(
    masker: _Texts,
    kind: str,
    texts: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]],
    calls: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, given in (("texts", texts), ("structured_messages", rows), ("tools", tools)):
        masker.changed = False
        masked = [masker.tree(one) for one in given]
        if masker.changed:
            told[name] = masked
    masker.changed = False
    for one in calls:
        masker.tree(one)
    if masker.changed and not (kind == "request" and "structured_messages" in told):
        return _blocked("a tool call carries personal data or a secret")
    action = "GUARDRAIL_INTERVENED" if told else "NONE"
    if told:
        told.setdefault("texts", list(texts))
    if kind == "response":  # also where nothing was found yet: what was sent cannot be taken back
        told["stream_holdback_chars"] = [HOLDBACK] * len(texts)
    return {"action": action} | told


def _blocked(reason: str) -> dict[str, Any]:
    return {"action": "BLOCKED", "blocked_reason": f"maskgate: {reason}"}


def _list(call: Mapping[str, Any], name: str, fits: Callable[[Any], bool]) -> list[Any]:
    value = call.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(map(fits, value)):
        raise RefusedError("malformed_input", f"{name}: a list, as LiteLLM sends it")
    return value
