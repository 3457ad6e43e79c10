"""Settings of the audit log: who else holds its heads, and where its entries are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from maskgate.base.section import Secret, Section

_NEEDS = {"jsonl": ("path",), "http": ("url",), "otlp": ("url",), "syslog": ("host",), "kafka": ("topic",)}


class AuditSink(Section):
    """One place that the entries of the approval log go to; its kind says which settings it needs."""

    name: str = Field(description="Its name in logs, metrics and files", pattern=r"^[a-z0-9-]{1,40}$")
    kind: Literal["jsonl", "http", "syslog", "kafka", "otlp"] = Field(description="What it is")
    format: Literal["maskgate", "ocsf"] = Field("maskgate", description="Our own events, or those of OCSF 1.4.0")
    whole: bool = Field(
        False, description="Send digests, MACs and blinds of records too: for a receiver that only auditors read"
    )
    batch: int = Field(100, description="Entries that are sent together at most", ge=1, le=10_000)
    path: Path | None = Field(None, description="jsonl: the file, mode 0600")
    url: Secret = Field(SecretStr(""), description="http, otlp: where entries are posted")
    preset: Literal["json", "splunk-hec"] = Field("json", description="http: a JSON array, or Splunk's event collector")
    secret: Secret = Field(SecretStr(""), description="http, otlp: bearer token, or Splunk's HEC token")
    index: str = Field("", description="http, splunk-hec: index of the events; empty: the token's own")
    host: str = Field("", description="syslog: the receiver, as its certificate names it")
    port: int = Field(6514, description="syslog: its port", ge=1, le=65535)
    topic: str = Field("", description="kafka: the topic")
    bootstrap_servers: str = Field("", description="kafka: brokers; empty: those of `kafka`, with its settings")
    options: dict[str, str] = Field(default_factory=dict, description="kafka: further librdkafka settings")
    ca: str = Field("", description="CA certificates (PEM) of the receiver; empty: the system's")
    certificate: str = Field("", description="mTLS: certificate (PEM) that is shown to the receiver")
    certificate_key: str = Field("", description="mTLS: its private key (PEM)")
    allow_plain: bool = Field(False, description="Send without TLS, for tests")

    @model_validator(mode="after")
    def _whole(self) -> AuditSink:
        for name in _NEEDS[self.kind]:
            value = getattr(self, name)
            if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                raise ValueError(f"kind {self.kind} needs '{name}'")
        if bool(self.certificate) != bool(self.certificate_key):
            raise ValueError("certificate and certificate_key belong together")
        return self


class Audit(Section):
    """Who else holds heads of the approval log, and where its entries are sent."""

    witnesses: tuple[str, ...] = Field(
        (), description="Files or http(s) pages with signed heads, one a line; the gate starts only when all answer"
    )
    sinks: tuple[AuditSink, ...] = Field(
        (),
        description="Where entries of the log are sent: JSON lines, HTTP, Splunk, syslog, Kafka, OTLP (docs/audit.md)",
    )

    @field_validator("sinks")
    @classmethod
    def _names(cls, value: tuple[AuditSink, ...]) -> tuple[AuditSink, ...]:
        names = [sink.name for sink in value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two sinks are called '{twice[0]}'; each needs a name of its own, its cursor has it")
        return value
