"""Settings: one frozen model per section; a flag beats the environment beats the file beats the default.

``load(file, flags)`` returns the settings and, per field, where its value came from. The environment name of
``kafka.bootstrap_servers`` is ``MASKGATE_KAFKA_BOOTSTRAP_SERVERS``. Durations are written ``30s``, sizes ``64MiB``.
A secret may come from a file: ``sasl_password: {file: /run/secrets/kafka}``, or its variable with ``_FILE`` behind it.
"""

from __future__ import annotations

import difflib
import os
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from ruamel.yaml import YAML

from maskgate.base import audit_settings, console_settings, drift_settings, kafka_settings, lineage_settings
from maskgate.base import section as parts
from maskgate.base.errors import ConfigurationError
from maskgate.base.yaml_size import MAX_NODES, NOT_READ, is_bomb, problem_of

Section = parts.Section
Duration = parts.Duration
Size = parts.Size
Secret = parts.Secret
parse_duration = parts.parse_duration
parse_size = parts.parse_size
Kafka = kafka_settings.Kafka
Audit = audit_settings.Audit
Lineage = lineage_settings.Lineage
AuditSink = audit_settings.AuditSink
Console = console_settings.Console


class Pipeline(Section):
    """What is read and what its results are called."""

    name: str = Field("main", description="Name of the pipeline; part of the group names", pattern=r"^[a-z0-9-]+$")
    topics: tuple[str, ...] = Field(("events",), description="Input topics")
    instance: str = Field(default_factory=socket.gethostname, description="Unique per host; part of the worker ids")
    partitions: int = Field(4, description="Partitions of input and output topics that maskgate creates", ge=1)
    state_dir: Path = Field(Path(".maskgate"), description="Keys, snapshots, in-flight files, the review index")


class Worker(Section):
    """The mask worker: batches and limits."""

    workers: int = Field(1, description="Processes", ge=1)
    batch_records: int = Field(1000, description="Records a transaction at most", ge=1)
    batch_wait: Duration = Field(0.05, description="Longest wait for a batch to fill")
    max_record_bytes: Size = Field(1 << 20, description="A larger record is dead-lettered")
    max_depth: int = Field(200, description="A deeper record is dead-lettered", ge=1)
    max_nodes: int = Field(100_000, description="A record with more values is dead-lettered", ge=1)
    time_budget: Duration = Field(0.05, description="Time for all rules on one record …")
    time_budget_per_kb: Duration = Field(0.02, description="… and per kB of it …")
    time_budget_max: Duration = Field(1.5, description="… and at most, however large it is")
    watchdog: Duration = Field(10.0, description="A worker that is silent for so long is killed")
    seal_dead_letters: bool = Field(False, description="Dead letters carry the body sealed to the gate's key")


class Detection(Section):
    """What the engine looks for and with which model."""

    model: str = Field(
        "default", description="NER model: default (sa), open, none, en_core_web_sm, or any spaCy package or path"
    )
    models: dict[str, str] = Field(
        default_factory=dict, description="Language → NER model that reads its prose in place of `model`"
    )
    languages: tuple[str, ...] = Field(("en",), description="Languages of the prose; the first where nothing says more")
    min_score: float = Field(0.5, description="Findings below are dropped", ge=0, le=1)


class Keys(Section):
    """Where the private keys of the roles are, beside unlocked files in ``keys/`` of the state folder."""

    passphrase_file: Path | None = Field(None, description="File with the passphrase of the roles' locked key files")
    vault: str = Field("", description="Address of a Vault or OpenBao that signs for roles: https://HOST:8200")
    in_vault: dict[str, str] = Field(
        default_factory=dict, description="Role key → its name in the Vault's transit engine: pipeline=maskgate-host-a"
    )
    in_pkcs11: dict[str, str] = Field(
        default_factory=dict, description="Role key → its PKCS #11 URI, with module-path and pin-source"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Keys:
        if both := sorted(self.in_vault.keys() & self.in_pkcs11.keys()):
            raise ValueError(f"in_vault and in_pkcs11 both name {', '.join(both)}: a key is in one place")
        return self


class Gate(Section):
    """The approval gate."""

    expires: Duration = Field(86400.0, description="How long a request may wait where the policy does not say")
    release_ttl: Duration = Field(3600.0, description="How long an approval may wait for its release")
    tick: Duration = Field(1.0, description="How often expiry is looked at")
    snapshot_every: int = Field(5000, description="Log events between two snapshots", ge=1)
    group_window: Duration = Field(
        0.0, description="Held records of one requester, destination and rule that arrive in this time share a request"
    )


class Payloads(Section):
    """Avro, Protobuf and JSON Schema payloads."""

    registry_url: str = Field("", description="Schema registry (Confluent API) of the input; empty: payloads are JSON")
    registry_username: str = Field("", description="User at the registry")
    registry_password: Secret = Field(SecretStr(""), description="Its password; {file: PATH} reads it from a file")


class Watch(Section):
    """Notices and usage statistics."""

    webhook_url: str = Field("", description="Where notices are posted; empty: nowhere")
    webhook_secret: Secret = Field(SecretStr(""), description="HMAC key of the posts")
    max_notice_age: Duration = Field(3600.0, description="An older notice is not posted any more (after an outage)")
    link_base: str = Field("", description="Address of the console in notices; empty: the first of console.origins")
    tick: Duration = Field(5.0, description="How often reminders are looked at")


class Channel(Section):
    """One place that notices go to; its kind says which settings it needs, and an empty filter lets all through."""

    name: str = Field(description="Its name in logs, metrics and files", pattern=r"^[a-z0-9-]{1,40}$")
    kind: Literal["slack", "slack-webhook", "teams", "mail", "pagerduty", "webhook"] = Field(description="What it is")
    url: Secret = Field(SecretStr(""), description="slack-webhook, teams, webhook: where notices are posted")
    secret: Secret = Field(SecretStr(""), description="slack: bot token; pagerduty: routing key; webhook: HMAC key")
    channel: str = Field("", description="slack: id of the channel")
    members: dict[str, str] = Field(default_factory=dict, description="slack: person → member id, for direct messages")
    host: str = Field("", description="mail: SMTP server")
    port: int = Field(587, description="mail: its port", ge=1, le=65535)
    starttls: bool = Field(True, description="mail: encrypt; without it no password is sent")
    user: str = Field("", description="mail: user at the server")
    password: Secret = Field(SecretStr(""), description="mail: its password")
    ca: str = Field("", description="mail: CA certificates of the server")
    sender: str = Field("", description="mail: address in From")
    to: tuple[str, ...] = Field((), description="mail: addresses of the readers")
    allow_private: bool = Field(False, description="Let the address be one of a private network")
    levels: tuple[Literal["info", "action", "alarm"], ...] = Field((), description="Only these levels")
    tiers: tuple[str, ...] = Field((), description="Only requests of these tiers")
    groups: tuple[str, ...] = Field((), description="Only requests that ask one of these groups")
    verbs: tuple[str, ...] = Field((), description="Only requests of these verbs")
    destinations: tuple[str, ...] = Field((), description="Only requests for these destinations")
    entities: tuple[str, ...] = Field((), description="Only requests in which one of these kinds was found")


class Api(Section):
    """The mask step over HTTP (``maskgate run api``)."""

    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8400, description="Port; 0 picks a free one", ge=0, le=65535)
    clients: dict[str, str] = Field(default_factory=dict, description="Client → file that holds its key, mode 0600")
    policies: dict[str, str] = Field(default_factory=dict, description="Client → policy of its own (file or profile)")
    per_minute: int = Field(6000, description="Calls of one client a minute; 0: no limit", ge=0)
    max_batch_bytes: Size = Field(64 << 20, description="Bytes of one batch at most")
    session_ttl: Duration = Field(3600.0, description="How long a session remembers what it put placeholders for")
    litellm_images: Literal["block", "pass"] = Field(
        "block", description="Images in calls of LiteLLM's guardrail, which nobody can look into"
    )


class Monitor(Section):
    """Metrics, liveness and readiness of the roles of a host, served by one process."""

    enabled: bool = Field(True, description="Serve /metrics, /livez and /readyz")
    host: str = Field("127.0.0.1", description="Address to listen on; another than loopback needs `token_file`")
    port: int = Field(8301, description="Port; 0 picks a free one", ge=0, le=65535)
    token_file: Path | None = Field(None, description="File with the bearer token that callers show")
    max_lag: Duration = Field(120.0, description="A role that is further behind is not ready: overloaded")


class Log(Section):
    """What the roles write on stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Lines below it are left out")
    format: Literal["json", "text"] = Field("json", description="One JSON object a line, or text for people")


class Principals(Section):
    """Kafka users, as the ACLs name them (``maskgate topics --print``)."""

    mask: str = Field("maskgate-mask", description="User of the mask workers")
    gate: str = Field("maskgate-gate", description="User of the gate")
    lineage: str = Field("maskgate-lineage", description="User of the lineage sink")
    watch: str = Field("maskgate-watch", description="User of the watch")
    console: str = Field("maskgate-console", description="User of the console and its API")
    admin: str = Field("maskgate-admin", description="User that writes people and policy")
    reviewers: tuple[str, ...] = Field((), description="Users of reviewers who vote without the console")
    auditors: tuple[str, ...] = Field((), description="Users that read the log, the checkpoints and lineage")
    operators: tuple[str, ...] = Field((), description="Users that read dead letters")
    producers: dict[str, str] = Field(default_factory=dict, description="Input topic → the one user that writes it")
    consumers: dict[str, str] = Field(default_factory=dict, description="User → masked or destination topic it reads")


class Settings(Section):
    """All settings."""

    kafka: Kafka = Field(default_factory=Kafka)
    pipeline: Pipeline = Field(default_factory=Pipeline)
    worker: Worker = Field(default_factory=Worker)
    detection: Detection = Field(default_factory=Detection)
    keys: Keys = Field(default_factory=Keys)
    gate: Gate = Field(default_factory=Gate)
    audit: Audit = Field(default_factory=Audit)
    lineage: Lineage = Field(default_factory=Lineage)
    drift: drift_settings.Drift = Field(default_factory=drift_settings.Drift)
    payloads: Payloads = Field(default_factory=Payloads)
    watch: Watch = Field(default_factory=Watch)
    console: Console = Field(default_factory=Console)
    api: Api = Field(default_factory=Api)
    monitor: Monitor = Field(default_factory=Monitor)
    log: Log = Field(default_factory=Log)
    principals: Principals = Field(default_factory=Principals)
    channels: tuple[Channel, ...] = Field((), description="Where notices go: Slack, Teams, mail, PagerDuty, webhooks")
    policy: Path | None = Field(None, description="Policy file or folder; none: the built-in default policy")
    people: Path | None = Field(None, description="People file that seeds the registry (groups, accounts, keys)")


def _fields() -> Iterator[tuple[str, str | None, Any]]:
    """(section or "", field, FieldInfo) of every leaf setting."""
    for name, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            for sub, sub_info in info.annotation.model_fields.items():
                yield name, sub, sub_info
        else:
            yield name, None, info


def env_name(section: str, field: str | None) -> str:
    """Name of the environment variable of a setting."""
    return "MASKGATE_" + "_".join(p.upper() for p in (section, field) if p)


def _from_env(info: Any, text: str, variable: str) -> Any:
    if "tuple" in str(info.annotation):
        return [part.strip() for part in text.split(",") if part.strip()]
    if "dict" in str(info.annotation):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if wrong := [part for part in parts if "=" not in part]:
            raise ConfigurationError(
                f"{variable}: write it as NAME=VALUE,NAME=VALUE; item {parts.index(wrong[0]) + 1} has no '='"
            )
        return dict(part.split("=", 1) for part in parts)
    return text


def _read_file(path: Path) -> tuple[dict[str, Any], Mapping[tuple[str, ...], int]]:
    """The file's tree and the line of every key."""
    try:
        text = path.read_text(encoding="utf-8")
        if is_bomb(text):
            raise ConfigurationError(f"{path}: its aliases stand for more than {MAX_NODES} values; write it out")
        tree = YAML(typ="rt").load(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    except NOT_READ as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        raise ConfigurationError(f"{path}{where}: not YAML: {problem_of(error)}") from None
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{path}:1: expected sections such as 'kafka:', found a {type(tree).__name__}")
    lines: dict[tuple[str, ...], int] = {}

    def plain(node: Any, at: tuple[str, ...]) -> Any:
        if isinstance(node, dict):
            marks: Any = getattr(node, "lc", None)
            for key in node if marks else ():
                lines[(*at, str(key))] = marks.key(key)[0] + 1
            return {str(key): plain(value, (*at, str(key))) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(value, (*at, str(i))) for i, value in enumerate(node)]
        return node

    return plain(tree, ()), lines


def _nearest(loc: tuple[str, ...]) -> str:
    section = Settings.model_fields.get(loc[0]) if len(loc) > 1 else None
    known = list(section.annotation.model_fields) if section and section.annotation else list(Settings.model_fields)
    near = difflib.get_close_matches(loc[-1], known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"allowed: {', '.join(known)}"


def _explain(
    error: ValidationError, file: Path | None, lines: Mapping[tuple[str, ...], int], origin: Mapping[str, str]
) -> str:
    out = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        loc = tuple(str(part) for part in item["loc"])
        name = ".".join(loc[:2])
        where = origin.get(name, "")
        if file and where in ("", "file"):
            line = next((lines[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in lines), None)
            where = f"{file}:{line}" if line else str(file)
        hint = f"unknown key; {_nearest(loc)}" if item["type"] == "extra_forbidden" else item["msg"]
        out.append(f"{where}: {name}: {hint}" if where else f"{name}: {hint}")
    return "\n".join(out)


def load(file: Path | str | None = None, flags: Mapping[str, Any] | None = None) -> tuple[Settings, dict[str, str]]:
    """Settings and the origin (``flag``, variable name, ``file``, ``default``) of each ``section.field``.

    ``flags`` maps ``"kafka.bootstrap_servers"`` to a value; None values are ignored.

    Raises:
        ConfigurationError: an unknown key or a bad value; names file, line and key.
    """
    path = Path(file) if file else Path("maskgate.yaml")
    tree, lines = _read_file(path) if file or path.exists() else ({}, {})
    origin: dict[str, str] = {}
    for section, field, info in _fields():
        name = f"{section}.{field}" if field else section
        holder = tree.get(section) if field else tree
        inside = isinstance(holder, dict) and (field or section) in holder
        origin[name] = "file" if inside else "default"
        flag = (flags or {}).get(name)
        variable, text = env_name(section, field), os.environ.get(env_name(section, field))
        if text is None and info.annotation is SecretStr and f"{variable}_FILE" in os.environ:
            variable = f"{variable}_FILE"
            text = os.environ[variable]
        if flag is None and text is None:
            continue
        origin[name] = "flag" if flag is not None else variable
        value = flag if flag is not None else _from_env(info, str(text), variable)
        if variable.endswith("_FILE") and flag is None:
            value = {"file": value}
        if field is None:
            tree[section] = value
        else:
            tree.setdefault(section, {})
            if isinstance(tree[section], dict):
                tree[section][field] = value
    try:
        return Settings.model_validate(tree), origin
    except ValidationError as error:
        raise ConfigurationError(_explain(error, path if lines else None, lines, origin)) from None


def reference() -> str:
    """The reference page of all settings, as Markdown."""
    out = ["# Configuration", ""]
    out += ["A flag beats the environment beats the file beats the default.", ""]
    out += ["The file is `maskgate.yaml` in the working folder, or the one named with `-C`."]
    out += ["Durations are written `30s`, sizes `64MiB`; a secret may be `{file: /run/secrets/NAME}`."]
    out += ["`maskgate config show --origin` prints what is in force and where it came from.", ""]
    shown = None
    for section, name, info in _fields():
        if section != shown and name:
            shown = section
            kind = Settings.model_fields[section].annotation
            out += [f"## {section}", "", (kind.__doc__ or "").strip() if kind else "", ""]
            out += ["| setting | default | environment | meaning |", "| --- | --- | --- | --- |"]
        elif not name and shown != "":
            shown = ""
            out += ["", "## Further", "", "| setting | default | environment | meaning |", "| --- | --- | --- | --- |"]
        default = "the host name" if name == "instance" else _shown_default(info)
        label = f"{section}.{name}" if name else section
        out.append(f"| `{label}` | {default} | `{env_name(section, name)}` | {info.description} |")
    text = "\n".join(out) + "\n"
    return re.sub(r"(\|\n)(## )", r"\1\n\2", text)


def _shown_default(info: Any) -> str:
    value = info.get_default(call_default_factory=True)
    if isinstance(value, SecretStr):
        return "(not set)"
    if isinstance(value, tuple):
        return f"`{', '.join(value)}`"
    return f"`{value}`" if value not in ("", None, {}, ()) else "(empty)"
