"""``@requires_approval``: a function that runs only with an approval of exactly its arguments, and then once.

The arguments are bound to their names (positional ones and defaults too) and written as one canonical text before
anybody is asked. That text is what the reviewer sees, what the permit covers, and what the function is called with: a
list that the caller changes while people decide changes nothing.
"""

from __future__ import annotations

import functools
import inspect
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar, cast

from maskgate.approvals.messages import permits
from maskgate.client.api import AsyncClient, Client
from maskgate.client.approval import Approval
from maskgate.crypto import canonical

P = ParamSpec("P")
R = TypeVar("R")
_SELF = ("self", "cls")
_REMEMBERED = 1000  # requests of one function that nobody waits for any more


class _Plan:
    """How one function's calls become requests."""

    def __init__(self, function: Callable[..., Any], verb: str, words: dict[str, str]) -> None:
        self.function = function
        self.signature = inspect.signature(function)
        self.verb = verb or f"{function.__module__}.{function.__qualname__}"
        self.words = words
        self._asked: dict[str, str] = {}

    def earlier(self, text: str) -> str:
        """The request of the same arguments that a call of this process stopped waiting for; told once."""
        return self._asked.pop(text, "")

    def note(self, text: str, asked: Approval) -> None:
        """Remember a request that nobody has decided yet."""
        if asked.pending:
            self._asked[text] = asked.request_id
            if len(self._asked) > _REMEMBERED:
                self._asked.pop(next(iter(self._asked)), None)

    def freeze(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[str, Any]:
        """The canonical text of a call's arguments, and the object a method is called on."""
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(bound.arguments)
        first = next(iter(self.signature.parameters), "")
        owner = values.pop(first) if first in _SELF else None
        return canonical.snapshot({name: _plain(value) for name, value in values.items()}), owner

    def thaw(self, text: str, owner: Any) -> inspect.BoundArguments:
        """The call that the text stands for."""
        values = json.loads(text)
        first = next(iter(self.signature.parameters), "")
        if first in _SELF:
            values = {first: owner, **values}
        order = [name for name in self.signature.parameters if name in values]
        return inspect.BoundArguments(self.signature, cast(Any, {name: values[name] for name in order}))

    def request(self, text: str) -> dict[str, Any]:
        words = {name: word.format_map(_Words(json.loads(text))) for name, word in self.words.items()}
        return {"arguments": text, **words}


class _Words(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def requires_approval(
    client: Client | AsyncClient,
    *,
    verb: str = "",
    resource: str = "",
    purpose: str = "",
    expected_outcome: str = "",
    wait_s: float = 300.0,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Hold every call until people approved it; ``async def`` functions need an ``AsyncClient``.

    ``resource``, ``purpose`` and ``expected_outcome`` may name arguments in braces: ``"roll {database} back"``.

    Raises (when the function is called):
        ApprovalPending: nobody decided in ``wait_s``; call again with the same arguments to go on waiting, or
            to run with the approval that came meanwhile.
        ApprovalRefused: denied, expired, withdrawn, revoked, … PermitRefused: the permit does not fit or is spent.
    """
    words = {"resource": resource, "purpose": purpose, "expected_outcome": expected_outcome}

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        plan = _Plan(function, verb, words)
        if inspect.iscoroutinefunction(function):
            if not isinstance(client, AsyncClient):
                raise TypeError(f"{function.__qualname__} is asynchronous: give it an AsyncClient")
            return cast(Callable[P, R], _asynchronous(plan, client, wait_s))
        if not isinstance(client, Client):
            raise TypeError(f"{function.__qualname__} is synchronous: give it a Client")
        return cast(Callable[P, R], _synchronous(plan, client, wait_s))

    return decorate


def _synchronous(plan: _Plan, client: Client, wait_s: float) -> Callable[..., Any]:
    @functools.wraps(plan.function)
    def run(*args: Any, **kwargs: Any) -> Any:
        text, owner = plan.freeze(args, kwargs)
        known = plan.earlier(text)
        asked = client.get(known) if known else None
        if asked is None or not still_good(asked):
            asked = client.request(plan.verb, **plan.request(text))
        plan.note(text, asked)
        answer = client.wait(asked.request_id, wait_s) if asked.pending else asked
        if not answer.pending:
            plan.earlier(text)
        approval = answer.raise_for_state()
        _check(client, approval, text, plan.verb)
        client.redeem(approval.permit, text, plan.verb)
        call = plan.thaw(text, owner)
        return plan.function(*call.args, **call.kwargs)

    return run


def _asynchronous(plan: _Plan, client: AsyncClient, wait_s: float) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(plan.function)
    async def run(*args: Any, **kwargs: Any) -> Any:
        text, owner = plan.freeze(args, kwargs)
        known = plan.earlier(text)
        asked = await client.get(known) if known else None
        if asked is None or not still_good(asked):
            asked = await client.request(plan.verb, **plan.request(text))
        plan.note(text, asked)
        answer = await client.wait(asked.request_id, wait_s) if asked.pending else asked
        if not answer.pending:
            plan.earlier(text)
        approval = answer.raise_for_state()
        _check(client, approval, text, plan.verb)
        await client.redeem(approval.permit, text, plan.verb)
        call = plan.thaw(text, owner)
        return await plan.function(*call.args, **call.kwargs)

    return run


def still_good(approval: Approval) -> bool:
    """Whether an earlier question can be gone on with: its answer was not used, and can still be."""
    if not approval.approved:
        return True  # to wait for, or the refusal that nobody was told
    if not approval.permit or approval.raw.get("redeemed"):
        return False
    return permits.read(approval.permit.encode()).not_after > time.time_ns() // 1_000_000


def _check(client: Client | AsyncClient, approval: Approval, text: str, verb: str) -> None:
    """Offline check first where the gate's key is pinned; redeeming asks the gate in any case."""
    if client.gate_key is not None:
        client.check(approval.permit, text, verb)
