"""What the gate does with a message before the machine sees it, and where one goes that it cannot judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from maskgate.approvals import commands as cmd
from maskgate.approvals.messages import votes
from maskgate.approvals.model import InputRef
from maskgate.base.errors import RecordError
from maskgate.base.log import describe, say
from maskgate.crypto import signing
from maskgate.gate.batch import CANNOT_JUDGE, Batch
from maskgate.people.registry import People
from maskgate.policy import CompiledPolicy, published

_ALARMS = ("bad_signature",)


@contextmanager
def refusing(batch: Batch, command: str, at: InputRef, now: int) -> Iterator[None]:
    """Log what a message is refused for, and go on: the same bytes would say the same at every start.

    Errors of the disk, of memory and of the broker pass: they end the process, and no message is skipped for them.
    """
    try:
        yield
    except RecordError as error:
        batch.refuse(error.code, error.detail or error.code, command, at, now, alarm=error.code in _ALARMS)
    except CANNOT_JUDGE as error:
        say("gate", "cannot_judge", topic=at.topic, offset=at.offset, **describe(error))
        batch.refuse("malformed_input", "the input cannot be judged; nothing was decided", command, at, now, alarm=True)


def refuse_policy(raw: bytes, people: People, last: CompiledPolicy | None) -> None:
    """Refuse a message of the policy topic that does not come into force, so that the log says who tried.

    Raises:
        RecordError: nobody who may signed it, or too few (:func:`maskgate.policy.published.judge`).
    """
    published.judge(raw, published.Admins.of(people), lambda: last)


def vote_command(raw: bytes, ref: InputRef) -> cmd.Command:
    """What the machine is asked to do with a message of the votes topic."""
    try:
        kind = signing.parse(raw).payload_type
    except RecordError:
        kind = ""
    if kind == votes.BULK_TYPE:
        return cmd.CastBulk(envelope=raw, input=ref)
    return cmd.CastVote(envelope=raw, input=ref)
