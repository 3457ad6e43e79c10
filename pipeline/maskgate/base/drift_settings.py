"""Settings of the drift gate: what is learned of a topic, and what happens where its records change."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from maskgate.base.section import Section

OnDrift = Literal["notify", "hold", "quarantine"]


class Drift(Section):
    """Records that begin to hold other kinds of data, or hold them at other places."""

    learn_records: int = Field(10_000, description="Records of a topic before changes are told; 0: none are", ge=0)
    least: int = Field(3, description="Records in which a new kind has to stand before it is told", ge=1)
    on_drift: dict[str, OnDrift] = Field(
        default_factory=dict, description="topic → notify, hold or quarantine: what a worker does with such a record"
    )
    profile: Path | None = Field(None, description="Profile signed by an administrator, for hold and quarantine")
    destination: str = Field("default", description="Destination of the policy that held records ask for")

    @model_validator(mode="after")
    def _complete(self) -> Drift:
        strict = sorted(topic for topic, what in self.on_drift.items() if what != "notify")
        if strict and self.profile is None:
            raise ValueError(f"on_drift of '{strict[0]}' needs drift.profile: make one with `maskgate drift sign`")
        return self
