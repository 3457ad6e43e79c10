"""What the calls take."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A JSON body: members that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class Account(Body):
    """An account: issuer and subject."""

    iss: str = Field(max_length=300)
    sub: str = Field(max_length=300)


class Ask(Body):
    """A request for approval of an action. Free text is masked before anybody sees it."""

    verb: str = Field(max_length=200, description="What is to be done, for example db.rollback")
    arguments: str | dict[str, Any] = Field("{}", description="Named arguments: an object, or its canonical JSON text")
    resource: str = Field("", max_length=500, description="What it is done to")
    purpose: str = Field("", max_length=4000)
    expected_outcome: str = Field(max_length=4000, description="What is true afterwards")
    destination: str = Field("", max_length=200)
    on_behalf_of: list[Account] = Field(default_factory=list, max_length=20, description="They may not vote on it")


class Further(Body):
    """Paths of the masked document that a reviewer wants replaced by a fixed label before it leaves."""

    pointers: list[str] = Field(min_length=1, max_length=50)
    scope: list[str] = Field(default_factory=list, max_length=500)


class Spend(Body):
    """A permit and the exact arguments that are about to run."""

    permit: str = Field(max_length=200_000)
    arguments: str = Field(max_length=200_000)
    verb: str = Field("", max_length=200, description="What is about to run; refused where the permit is for another")
    proof: dict[str, Any] | None = Field(None, description="To spend it: a fresh envelope by a key of who asked for it")


class Reason(Body):
    """What a reviewer wants to give as the reason of a vote or an act."""

    reason: str = Field(max_length=4000)
