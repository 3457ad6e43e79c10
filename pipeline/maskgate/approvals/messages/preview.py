"""What a reviewer sees of a request in short, and the digest of all that was shown.

``seen_digest`` of a vote is ``seen(...)``: over the text of the action and the whole text of every held record (see
``shown``). The gate computes the same from the bytes it holds, so a vote on another view does not count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from maskgate.approvals.messages import plain
from maskgate.approvals.model import Action
from maskgate.crypto import canonical

BANDS = ((5, "1-4"), (10, "5-9"), (50, "10-49"), (100, "50-99"), (1000, "100-999"))
_TOKEN = re.compile(r"mg1\.[A-Za-z0-9._~:/+=-]+")


def band(count: int) -> str:
    """A count as a range: how many people of a kind there are can name one of them."""
    if count <= 0:
        return "0"
    return next((label for limit, label in BANDS if count < limit), "1,000+")


def without_tokens(text: str) -> str:
    """A path with every token as a label: a member's name can be one."""
    return "/".join(_TOKEN.sub("⟦TOKEN⟧", part) for part in text.split("/"))


def summary(entities: Sequence[tuple[str, int]], records: int) -> str:
    """One line of counts, banded."""
    kinds = ", ".join(f"{plain.one_line(kind, 40)}: {band(count)}" for kind, count in entities)
    return f"{band(records)} record(s); {kinds or 'nothing found'}"


def action_text(action: Action) -> str:
    """All of an action, fixed labels first, then every argument by name: no text is cut, none can add a line."""
    lines = [
        f"verb: {plain.visible(action.verb)}",
        f"resource: {plain.visible(action.resource)}",
        f"destination: {plain.visible(action.destination)}",
        f"purpose: {plain.visible(action.purpose)}",
        f"expected outcome: {plain.visible(action.expected_outcome)}",
    ]
    if action.raw:
        lines.append("raw: THE ORIGINALS LEAVE, NOT WHAT THE PREVIEW SHOWS")
    lines.append("arguments:")
    for name, value in canonical.loads(action.arguments).items():
        text = canonical.dumps(value).decode()
        marks = plain.flags(f"{name}{text}")
        lines.append(f"  {plain.visible(name)} = {plain.visible(text)}" + (f"  ⚠ {', '.join(marks)}" if marks else ""))
    return "\n".join(lines)


def digest(text: str) -> str:
    """Digest of one preview."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seen(action: Action, previews: Sequence[str]) -> str:
    """``seen_digest``: over the action's text and the digests of the items' previews, in manifest order."""
    return canonical.digest(["seen.v1", digest(action_text(action)), list(previews)])
