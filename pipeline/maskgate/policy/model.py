"""The policy as it is written: one frozen model per part; unknown keys are errors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from maskgate.base.config import Duration
from maskgate.operators.catalogue import AnyAction
from maskgate.policy.levels import Level


class Part(BaseModel):
    """A part of the policy: frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, populate_by_name=True, defer_build=True
    )


def _many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _text_values(value: Any) -> Any:
    return (
        {k: str(v) if isinstance(v, (int, float)) and not isinstance(v, bool) else v for k, v in value.items()}
        if (isinstance(value, dict))
        else value
    )


Score = Annotated[float, Field(ge=0, le=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_many)]
Headers = Annotated[dict[str, str], BeforeValidator(_text_values)]


class Rule(Part):
    """What is done with findings of this kind at this place; every condition that is given must hold."""

    id: str = Field(description="Name of the rule in lineage, `explain` and errors", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    description: str = ""
    topic: Names = Field((), description="Globs over the topic; none: every topic")
    path: Names = Field(
        (), description="Globs over the JSON Pointer: `*` in one part, `**` any parts; `#key`, `#header/NAME`"
    )
    entity: Names = Field((), description="Entities, as globs; none: every entity")
    detector: Names = Field((), description="Ids of detection rules, as globs; none: every one")
    level: Level | None = Field(None, description="At least this sensitive")
    score: float | None = Field(None, ge=0, le=1, description="At least this sure")
    header: Headers = Field(default_factory=dict, description="Header equals; `*`: it is there")
    when: str | None = Field(None, description="A CEL condition over topic, headers, event and finding (extra `cel`)")
    always: bool = Field(False, description="Every value under `path` is masked, found or not")
    action: AnyAction = Field(description="Operator, as a name or with its arguments")

    @model_validator(mode="after")
    def _always_needs_a_path(self) -> Rule:
        if self.always and not self.path:
            raise ValueError("'always' needs a 'path': without one it would mask every value")
        if self.always and (self.when or self.score is not None or self.level or self.detector):
            raise ValueError("'always' asks for no finding: only topic, path, header and an entity's name go with it")
        return self


class TopicPart(Part):
    """Rules for some topics, tried before the general ones."""

    language: str | None = Field(None, description="Language of the prose in these topics: de, fr, …")
    default: AnyAction | None = None
    rules: tuple[Rule, ...] = ()


class CustomPart(Part):
    """A detection rule of the policy's own."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    entity: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    pattern: str = Field(description="RE2 syntax; the group `value`, or else the whole match, is the value")
    score: float = Field(0.8, ge=0, le=1)
    context: Names = Field((), description="Words of which one stands near it")
    needs_context: bool = False
    keys: Names = Field((), description="Keys that announce it: lower-case words, one space between")
    key_decides: bool = False
    key_pattern: str | None = None
    checksum: str | None = Field(None, description="Name of a check in maskgate_detectors.checksums")
    numbers: bool = Field(False, description="Numbers are looked at as well")
    matches: Names = ()
    ignores: Names = ()


class AllowPart(Part):
    """Values that are no personal data here."""

    values: Names = ()
    file: str | None = Field(None, description="Text file beside the policy with further values, one a line")
    pattern: str | None = None
    entities: Names = ()
    paths: Names = ()

    @model_validator(mode="after")
    def _names_something(self) -> AllowPart:
        if not (self.values or self.file or self.pattern):
            raise ValueError("an allow list needs 'values', a 'file' or a 'pattern'")
        return self


class DenyPart(Part):
    """Words that always are findings."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    entity: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    values: Names = ()
    file: str | None = Field(None, description="Text file beside the policy with further values, one a line")
    score: float = Field(1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _names_something(self) -> DenyPart:
        if not (self.values or self.file):
            raise ValueError("a deny list needs 'values' or a 'file'")
        return self


def _bare_values(value: Any) -> Any:
    """``allow: [a, b]`` is one list of values."""
    return (
        [{"values": value}] if isinstance(value, list) and value and all(isinstance(v, str) for v in value) else value
    )


class DetectionPart(Part):
    """What the engine is told; goes to it as it is."""

    model: str | None = Field(
        None, description="NER model: default (sa), open, none, en_core_web_sm, any spaCy package or path"
    )
    models: dict[str, str] = Field(
        default_factory=dict, description="Language → model that reads its prose in place of `model`"
    )
    min_score: float | None = Field(None, ge=0, le=1)
    spread: bool | None = Field(None, description="A sure value found once is masked everywhere in its record (true)")
    custom: tuple[CustomPart, ...] = Field((), description="Detection rules of your own")
    allow: Annotated[tuple[AllowPart, ...], BeforeValidator(_bare_values)] = Field(
        (), description="Values that are never personal data"
    )
    deny: tuple[DenyPart, ...] = Field((), description="Values that always are")
    thresholds: dict[str, Score] = Field(default_factory=dict, description="Least score per entity")
    paths: dict[str, Score] = Field(default_factory=dict, description="Least score per path glob")
    disabled: Names = Field((), description="Detection rules and entities that are switched off")
    enabled: Names = Field((), description="Detection rules and entities that are off by default and switched on")


class KeyPart(Part):
    """Record keys."""

    mask: Literal["mask", "refuse", "keep"] = Field(
        "mask", description="A key with personal data is masked, refused (dead letter) or kept"
    )
    binary: Literal["keep", "hash", "refuse"] = Field("hash", description="What happens to a key that is not UTF-8")


class Predicate(Part):
    """One condition over a value of the record."""

    path: str
    equals: Any = None
    any_of: tuple[Any, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    exists: bool | None = None


class When(Part):
    """When a record is flagged for export; every condition that is given must hold."""

    topic: Names = ()
    header: Headers = Field(default_factory=dict)
    path: tuple[Predicate, ...] = ()
    entity: Names = Field((), description="Some finding is one of these")
    level: Level | None = Field(None, description="Some finding is at least this sensitive")
    min_findings: int | None = Field(None, ge=1)
    min_bytes: int | None = Field(None, ge=1)
    destination: Names = Field((), description="The alias that was asked for")
    raw: bool | None = Field(None, description="Raw fields were asked for")
    cel: str | None = Field(None, description="A CEL condition over topic, headers, event and findings (extra `cel`)")

    @field_validator("path", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else [{"path": value}] if isinstance(value, str) else value


class ExportRule(Part):
    """Which records are held, and what their request says."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    when: When = Field(default_factory=When)
    destination: str | None = Field(None, description="Alias; none: the one that the header names, else `default`")
    verb: str = "export"
    tier: str = "default"
    purpose: str = ""
    expires: Duration | None = None
    release_ttl: Duration | None = None


class Destination(Part):
    """Where released records go."""

    topic: str | None = Field(None, description="Topic; none: `<source topic>.released`")
    masking: tuple[Rule, ...] = Field(
        (), description="Further rules for what goes there; only stricter ones have effect"
    )
    default: AnyAction | None = Field(None, description="The least that is done to every finding that goes there")
    allow_raw: bool = Field(False, description="Raw fields may be asked for")
    tier: str | None = Field(None, description="Tier of everything that goes there, where it is stated")

    @model_validator(mode="after")
    def _always_only_hides(self) -> Destination:
        if any(r.always and r.action.name not in ("replace", "redact", "drop") for r in self.masking):
            raise ValueError("a destination's 'always' rules replace, redact or drop: they may only be stricter")
        return self


class Principal(Part):
    """Who writes a topic whose write ACL admits nobody else."""

    iss: str
    sub: str
    kind: Literal["human", "agent", "service"] = "service"
    owner: str | None = None


class Exports(Part):
    """What is flagged for export and where it may go."""

    by_header: bool = Field(True, description="The header maskgate.export asks for an export")
    rules: tuple[ExportRule, ...] = ()
    destinations: dict[str, Destination] = Field(default_factory=lambda: {"default": Destination()})
    principals: dict[str, Principal] = Field(default_factory=dict, description="Per topic, who writes it")
    owners: dict[str, Names] = Field(default_factory=dict, description="Per topic glob, who owns it")


class ToolRule(Part):
    """What becomes of calls of an agent's tools; every condition that is given must hold."""

    id: str = Field(description="Name of the rule in answers and lineage", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    server: Names = Field((), description="Globs over the name that `--server` gave the MCP server; none: every one")
    tool: Names = Field(
        (), description="Globs over the tool; `resources/read` and `prompts/get` stand for those calls; none: every one"
    )
    when: tuple[Predicate, ...] = Field((), description="Conditions over the arguments, as in `exports`")
    action: Literal["allow", "mask", "hold", "deny"] = Field(
        description="`allow`: run; `mask`: run with masked arguments; `hold`: run once people approved; `deny`: never"
    )
    verb: str = Field("tool.call", description="Verb of a held call's request: `approvals.verbs` gives it its tier")
    purpose: str = Field("", description="What reviewers read as the purpose")
    expected_outcome: str = Field("", description="What reviewers read as the expected outcome")
    wait: Duration = Field(300.0, gt=0, description="How long a held call waits before it answers `pending`")
    unmask: bool = Field(
        False, description="Tokens in the arguments are opened after an approval of the verb `unmask`; goes with `hold`"
    )

    @model_validator(mode="after")
    def _only_people_unmask(self) -> ToolRule:
        if self.unmask and self.action != "hold":
            raise ValueError("'unmask' goes with action: hold; tokens are opened only when people approved it")
        return self


class Tools(Part):
    """What agents may call through `maskgate mcp proxy`."""

    rules: tuple[ToolRule, ...] = Field((), description="The first one that fits decides")
    default: Literal["hold", "deny"] = Field("hold", description="What becomes of a call that no rule names")
    binary: Literal["withhold", "pass"] = Field(
        "withhold", description="Images, sound and other bytes in results: nobody can look into them"
    )


class Case(Part):
    """A test of the policy's own: an event, and what must become of it."""

    name: str
    topic: str = "events"
    key: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    event: Any = None
    json_text: str | None = Field(None, alias="json", description="The event as it is written, instead of `event`")
    outcome: Literal["masked", "held", "quarantined"] = "masked"
    code: str | None = None
    destination: str | None = None
    masked: Any = Field(None, description="The whole masked event")
    paths: dict[str, Any] = Field(default_factory=dict, description="Per pointer of the masked event, its value")
    absent: Names = Field((), description="Texts that may occur nowhere in the result")
    operators: dict[str, str] = Field(default_factory=dict, description="Per pointer, the operator that masked it")


class Policy(Part):
    """A policy file."""

    version: Literal[1] = Field(1, description="Version of this format")
    id: str = Field("policy", pattern=r"^[a-z0-9][a-z0-9._-]*$")
    revision: str | None = Field(None, description="Your name for this state of the policy; none: from its digest")
    description: str = ""
    extends: Names = Field((), description="Profiles or files whose rules come after the policy's own")
    languages: tuple[str, ...] | None = None
    detection: DetectionPart = Field(default_factory=DetectionPart)
    levels: dict[str, Level] = Field(default_factory=dict, description="Sensitivity per entity")
    topics: dict[str, TopicPart] = Field(default_factory=dict, description="Per topic glob, rules that come first")
    rules: tuple[Rule, ...] = ()
    default: AnyAction | None = Field(None, description="What is done with findings that no rule matches (replace)")
    keys: KeyPart = Field(default_factory=KeyPart)
    exports: Exports = Field(default_factory=Exports)
    tools: Tools = Field(default_factory=Tools, description="Which calls of an agent's tools run, wait or are refused")
    approvals: dict[str, Any] | None = Field(None, description="Tiers, quorums, budgets: see approvals")
    subject: Names = Field((), description="Pointers of the field that names whose record it is (date_shift)")
    tests: tuple[Case, ...] = ()
