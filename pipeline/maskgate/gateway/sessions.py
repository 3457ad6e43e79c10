"""Mask → model → restore: placeholders in a prompt, and the values back in the answer.

A session remembers which placeholder stands for which value, in memory, for the one client that opened it and for a
limited time. The model sees ``[EMAIL_ADDRESS_1]``; equal values get equal placeholders, so that it can reason about
them. What the text itself already writes like a placeholder is no placeholder: a session's marks carry a nonce.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from maskgate.base.errors import RefusedError

_MARK = re.compile(r"\[[A-Z][A-Z0-9_]{0,63}_[0-9]{1,6}-[0-9a-f]{4}\]")
_LONGEST = 80  # characters of a mark at most
_MOST_SESSIONS = 10_000
_MOST_VALUES = 10_000


@dataclass(slots=True)
class Session:
    """The placeholders of one conversation."""

    client: str
    opened: float
    nonce: str = field(default_factory=lambda: secrets.token_hex(2))
    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def mark(self, entity: str, value: str) -> str:
        """The placeholder of a value.

        Raises:
            RefusedError: code ``too_many``: the session is full.
        """
        known = self.marks.get((entity, value))
        if known is None:
            if len(self.marks) >= _MOST_VALUES:
                raise RefusedError("too_many", f"a session holds {_MOST_VALUES} values; open another")
            number = sum(kind == entity for kind, _ in self.marks) + 1
            known = self.marks[(entity, value)] = f"[{entity}_{number}-{self.nonce}]"
            self.values[known] = value
        return known

    def restore(self, text: str) -> str:
        """The text with the values in the place of this session's placeholders."""
        return _MARK.sub(lambda m: self.values.get(m[0], m[0]), text)

    def restore_json(self, text: str) -> str:
        """The same inside a JSON text, such as the arguments of a tool call: values are escaped as JSON strings."""

        def back(mark: re.Match[str]) -> str:
            value = self.values.get(mark[0])
            return mark[0] if value is None else json.dumps(value, ensure_ascii=False)[1:-1]

        return _MARK.sub(back, text)


class Restorer:
    """Puts values back into an answer that comes in chunks: a placeholder may be cut anywhere."""

    def __init__(self, session: Session, *, as_json: bool = False) -> None:
        self._restore = session.restore_json if as_json else session.restore
        self._held = ""

    def feed(self, chunk: str) -> str:
        """What can be given on by now."""
        text = self._held + chunk
        cut = text.rfind("[", max(0, len(text) - _LONGEST))
        if cut < 0 or "]" in text[cut:]:
            cut = len(text)
        self._held = text[cut:]
        return self._restore(text[:cut])

    def end(self) -> str:
        """The rest, once the answer is over."""
        rest, self._held = self._held, ""
        return self._restore(rest)


class Sessions:
    """Open sessions by the digest of their token; the token itself is kept nowhere."""

    def __init__(self, ttl_s: float, clock: Callable[[], float]) -> None:
        self._ttl, self._clock = ttl_s, clock
        self._open: OrderedDict[bytes, Session] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, client: str) -> tuple[str, Session]:
        """A new session and its token: whoever holds both the token and the client's key gets values back."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget()
            session = self._open[_digest(token)] = Session(client, self._clock())
            if len(self._open) > _MOST_SESSIONS:
                self._open.popitem(last=False)
        return token, session

    def get(self, client: str, token: str) -> Session:
        """The open session of this client.

        Raises:
            RefusedError: code ``no_session``: over, of another client, or never there; which of them is not told.
        """
        with self._lock:
            self._forget()
            session = self._open.get(_digest(token))
        if session is None or session.client != client:
            raise RefusedError("no_session", "no such session: it is over or belongs to another key; open a new one")
        return session

    def close(self, client: str, token: str) -> None:
        """Forget its values now."""
        self.get(client, token)
        with self._lock:
            self._open.pop(_digest(token), None)

    def _forget(self) -> None:
        oldest = self._clock() - self._ttl
        while self._open and next(iter(self._open.values())).opened < oldest:
            self._open.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def mask_text(text: str, findings: Sequence[tuple[int, int, str]], session: Session) -> str:
    """The text with a placeholder in the place of every (start, end, entity); overlapping spans become one."""
    out: list[str] = []
    at = 0
    for start, end, entity in sorted(findings, key=lambda span: (span[0], -span[1])):
        if end <= at:
            continue
        begin = max(start, at)
        out += [text[at:begin], session.mark(entity, text[begin:end])]
        at = end
    return "".join(out) + text[at:]
