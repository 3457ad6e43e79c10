"""What a change of the registry is made of, per kind: checked before it is applied, so that nothing is coerced."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maskgate.base.errors import RecordError
from maskgate.people.file import (
    AbsenceEntry,
    AccountEntry,
    DelegationEntry,
    KeyEntry,
    PersonEntry,
    RotaEntry,
    ServiceEntry,
)

Name = Annotated[str, Field(min_length=1, max_length=200)]
Time = Annotated[int, Field(ge=0, le=2**53 - 1)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class _Enrol(PersonEntry):
    groups: tuple[Name, ...] = ()


class _Account(_Body):
    person: Name
    account: AccountEntry


class _Key(_Body):
    person: Name
    key: KeyEntry


class _KeyId(_Body):
    key_id: Name


class _Person(_Body):
    person: Name


class _Group(_Body):
    group: Name
    members: list[Name] = Field(max_length=100_000)


class _Owns(_Body):
    person: Name
    agents: list[AccountEntry] = Field(max_length=10_000)


class _Claims(_Body):
    person: Name
    groups: list[Name] = Field(max_length=1000)
    start: Time
    end: Time


BODIES: dict[str, type[BaseModel]] = {
    "enrol": _Enrol,
    "account": _Account,
    "key": _Key,
    "retire_key": _KeyId,
    "revoke_key": _KeyId,
    "revoke_person": _Person,
    "group": _Group,
    "owns": _Owns,
    "service": ServiceEntry,
    "delegate": DelegationEntry,
    "oncall": RotaEntry,
    "away": AbsenceEntry,
    "claims": _Claims,
}


def check(change: str, body: dict[str, Any]) -> None:
    """Refuse a body that is not what the change is made of.

    Raises:
        RecordError: code ``malformed_change``.
    """
    model = BODIES.get(change)
    if model is None:
        raise RecordError("malformed_change", "no such change of the people registry")
    try:
        model.model_validate(body)
    except (ValidationError, ArithmeticError):
        raise RecordError("malformed_change", f"not the members of a change '{change}'") from None
