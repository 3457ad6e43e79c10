"""A held call: asked for once, waited for with notices, and let through with a permit that is spent before it runs."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import anyio

from maskgate.base.errors import RefusedError
from maskgate.client import ApiError, Approval, AsyncClient
from maskgate.client.decorator import still_good

_ROUND_S = 5.0
_MOST_AT_ONCE = 50  # calls to the console that wait for a decision at the same time; held calls take turns
_REMEMBERED = 10_000

Tell = Callable[[float, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Question:
    """What people are asked: exactly these arguments, as canonical text."""

    verb: str
    resource: str
    arguments: str
    purpose: str
    expected_outcome: str
    wait_s: float


class Holding:
    """Asks in the name of one agent."""

    def __init__(self, client: AsyncClient, on_behalf_of: Sequence[Mapping[str, str]] = ()) -> None:
        self._client = client
        self._behalf = list(on_behalf_of)
        self._slots = anyio.Semaphore(_MOST_AT_ONCE)
        self._asked: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._held = 0

    async def approved(self, question: Question, tell: Tell) -> Approval:
        """The approval of this call, not spent yet.

        Raises:
            RefusedError: ``pending`` (nobody decided in time), the final state of the request, or ``unavailable``.
        """
        self._held += 1
        try:
            with anyio.CancelScope(shield=True):  # who goes away now could not find again what was asked for them
                asked = await self._ask(question)
            return await self._wait(question, asked, tell)
        finally:
            self._held -= 1

    async def spend(self, question: Question, approval: Approval) -> None:
        """Spend the permit for exactly these arguments.

        Raises:
            RefusedError: it was spent before, is too late or for something else: the call may not run.
        """
        try:
            if self._client.gate_key is not None:
                self._client.check(approval.permit, question.arguments, question.verb)
            await self._client.redeem(approval.permit, question.arguments, question.verb)
        except ApiError:
            raise RefusedError(
                "unavailable", "the permit could not be spent: the gate does not answer; nothing was run, call again"
            ) from None
        finally:
            self._asked.pop((question.verb, question.arguments), None)

    async def _ask(self, question: Question) -> Approval:
        key = (question.verb, question.arguments)
        try:
            known = self._asked.get(key)
            asked = await self._client.get(known) if known else None
            if asked is None or not still_good(asked):
                asked = await self._client.request(
                    question.verb,
                    resource=question.resource,
                    arguments=question.arguments,
                    purpose=question.purpose,
                    expected_outcome=question.expected_outcome,
                    on_behalf_of=self._behalf,
                )
        except ApiError:
            raise RefusedError(
                "unavailable", "nobody can be asked for approval now: the console does not answer; nothing was run"
            ) from None
        self._asked[key] = asked.request_id
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return asked

    async def _wait(self, question: Question, asked: Approval, tell: Tell) -> Approval:
        start = time.monotonic()
        while asked.pending:
            waited = time.monotonic() - start
            if waited >= question.wait_s:
                raise RefusedError(
                    "pending",
                    f"request {asked.request_id} is still pending; nobody has denied it, and nothing was run. Call "
                    "again with the same arguments to go on waiting",
                )
            await tell(waited, f"waiting for approval of request {asked.request_id}")
            asked = await self._look(asked, min(self._round(), question.wait_s - waited))
        if not asked.approved:
            self._asked.pop((question.verb, question.arguments), None)
        return asked

    def _round(self) -> float:
        return _ROUND_S if self._held <= _MOST_AT_ONCE else 1.0

    async def _look(self, asked: Approval, seconds: float) -> Approval:
        async with self._slots:
            try:
                return await self._client.wait(asked.request_id, seconds)
            except ApiError:  # a console that starts again; the request is in the log
                await anyio.sleep(min(1.0, seconds))
                return asked
